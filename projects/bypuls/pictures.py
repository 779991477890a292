"""Who may open the pictures of events and places. Strangers only what stands on a page of theirs."""

import datetime as dt

from django.db.models import Q

from projects.bypuls.access import Visitor, organised_events
from projects.bypuls.models import Event, Venue, VenuePhoto
from projects.bypuls.places.access import kept_venues


def is_event_picture_public(name: str, at: dt.datetime) -> bool:
    """Tell whether an event that strangers may find has this picture; copies of an event share it."""
    return Event.objects.public(at).filter(picture=name).exists()


def may_open_event_picture(user: Visitor, name: str, at: dt.datetime) -> bool:
    """Tell whether the person runs an event with this picture, or sees all of them in the admin."""
    if _sees_in_admin(user, "bypuls.view_event"):
        return Event.objects.filter(picture=name).exists()
    return organised_events(user, at=at).filter(picture=name).exists()


def is_venue_picture_public(name: str, at: dt.datetime) -> bool:
    """Tell whether the page of a place shows this picture: as its own, or as a photo that is approved."""
    venues = Venue.objects.public(at)
    if venues.filter(picture=name).exists():
        return True
    return VenuePhoto.objects.shown().filter(picture=name, venue__in=venues).exists()


def may_open_venue_picture(user: Visitor, name: str, at: dt.datetime) -> bool:
    """Tell whether the person keeps the place with this picture, or approves photos."""
    if _sees_in_admin(user, "bypuls.view_venuephoto"):
        return (
            VenuePhoto.objects.filter(picture=name).exists()
            or Venue.objects.filter(picture=name).exists()
        )
    return kept_venues(user).filter(Q(picture=name) | Q(photos__picture=name)).exists()


def _sees_in_admin(user: Visitor, permission: str) -> bool:
    return user.is_active and user.is_staff and user.has_perm(permission)
