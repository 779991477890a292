"""Who may run which events on Min side and at the door. Only these functions decide."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from members.accounts.access import may_edit_posts, may_run_programme
from members.accounts.models import User
from members.companies.access import editable_companies
from projects.bypuls.models import (
    DoorLink,
    Event,
    EventMaterial,
    EventOrganiser,
    EventPhoto,
    Publication,
)
from projects.bypuls.models.event import EventQuerySet
from vekst.links import BadLinkError, make_token, read_token

DOOR_LINK = "bypuls.door"
# How long after the end helpers without an account may still settle what their phones hold.
DOOR_OPEN_AFTER = dt.timedelta(hours=12)

Visitor = User | AnonymousUser


def organised_events(user: Visitor, *, at: dt.datetime) -> EventQuerySet:
    """Return the events that the person runs at `at`, on Min side and at the door."""
    if not isinstance(user, User) or not user.is_active:
        return Event.objects.none()
    if may_run_programme(user):
        return Event.objects.all()
    if may_edit_posts(user):
        return Event.objects.all()
    return own_events(user, at=at)


def own_events(user: User, *, at: dt.datetime) -> EventQuerySet:
    """Return the events that are the person's own, as organiser or as leader or editor of the company."""
    organisers = EventOrganiser.objects.filter(event=OuterRef("pk"), email=user.email.lower())
    return Event.objects.filter(
        Q(Exists(organisers)) | Q(company__in=editable_companies(user, at=at).values("pk"))
    )


def event_for_organiser(user: Visitor, slug: str, *, at: dt.datetime) -> Event:
    """Return the event to run. Those of others do not exist: raises Http404."""
    event = organised_events(user, at=at).select_related("venue").filter(slug=slug).first()
    if event is None:
        raise Http404
    return event


def may_see_all_figures(user: Visitor) -> bool:
    """Tell whether the person sees figures across the events of all organisers."""
    return may_run_programme(user) or may_edit_posts(user)


def door_token(link: DoorLink) -> str:
    """Return what makes the link's address: signed, for this one event, without personal data."""
    return make_token(DOOR_LINK, link.pk)


def is_door_open(link: DoorLink, *, at: dt.datetime) -> bool:
    """Tell whether the link still lets its holder check people in; needs `event`."""
    if link.withdrawn_at is not None:
        return False
    return at < link.event.ends_at + DOOR_OPEN_AFTER


def door_by_token(token: str, slug: str, *, at: dt.datetime) -> DoorLink:
    """Return the open door of that event. Forged, foreign, withdrawn and old ones: Http404."""
    try:
        pk = read_token(DOOR_LINK, token)
    except BadLinkError as error:
        raise Http404 from error
    return _open_door(pk, slug, at=at)


def _open_door(pk: int | None, slug: str, *, at: dt.datetime) -> DoorLink:
    links = DoorLink.objects.select_related("event__venue").filter(event__slug=slug)
    link = links.filter(pk=pk).first() if pk is not None else None
    if link is None or not is_door_open(link, at=at):
        raise Http404
    return link


def event_at_the_door(
    user: Visitor, door: object, slug: str, *, at: dt.datetime
) -> tuple[Event, DoorLink | None]:
    """
    Return the event to check people in at, and the door link if that is what lets one in.

    `door` is the key of the link that this session has opened, or None. Raises Http404.
    """
    event = organised_events(user, at=at).select_related("venue").filter(slug=slug).first()
    if event is not None:
        return event, None
    link = _open_door(door if isinstance(door, int) else None, slug, at=at)
    return link.event, link


def may_open_material(user: Visitor, material: EventMaterial, *, at: dt.datetime) -> bool:
    """Tell whether the file goes out: to all when it and the event are published, else to who runs it."""
    event, published_at = material.event, material.published_at
    if event.publication == Publication.PUBLISHED and published_at and published_at <= at:
        return True
    return organised_events(user, at=at).filter(pk=event.pk).exists()


def may_open_photo(user: Visitor, photo: EventPhoto, *, at: dt.datetime) -> bool:
    """Tell whether the picture is shown. Nobody sees one that somebody on it does not want shown."""
    if photo.consent_withdrawn_at is not None:
        return False
    if photo.event.publication == Publication.PUBLISHED and photo.published_at is not None:
        return True
    return organised_events(user, at=at).filter(pk=photo.event_id).exists()
