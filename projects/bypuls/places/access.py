"""Who keeps which places on Min side. Only these functions decide."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from members.accounts.models import User
from projects.bypuls.models import Venue, VenueContact
from projects.bypuls.models.venue import VenueQuerySet

Visitor = User | AnonymousUser


def kept_venues(user: Visitor) -> VenueQuerySet:
    """Return the places whose page the person keeps: by the address that sign-in has proved."""
    if not isinstance(user, User) or not user.is_active:
        return Venue.objects.none()
    mine = VenueContact.objects.filter(email=user.email.lower())
    return Venue.objects.filter(pk__in=mine.values("venue"))


def contact_for(user: Visitor, slug: str) -> VenueContact:
    """Return the person's role at the place, with the place. Others' places do not exist: raises Http404."""
    if not isinstance(user, User) or not user.is_active:
        raise Http404
    found = VenueContact.objects.select_related("venue")
    contact = found.filter(venue__slug=slug, email=user.email.lower()).first()
    if contact is None:
        raise Http404
    return contact
