"""Door links: an organiser lets helpers without an account check people in at one event."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from members.accounts.models import User
from projects.bypuls.access import door_token
from projects.bypuls.events.organisers import log
from projects.bypuls.models import DoorLink, Event, LogKind


def door_url(link: DoorLink) -> str:
    """Return the address to send to the helper; needs `event`."""
    path = reverse("bypuls:door", args=[link.event.slug, door_token(link)])
    return settings.SITE_URL + path


@transaction.atomic
def make_door(event: Event, *, label: str, by: User, at: dt.datetime) -> DoorLink:
    """Make one helper's link. It ends some hours after the event by itself."""
    link = DoorLink.objects.create(event=event, label=label.strip()[:80], made_by=by, made_at=at)
    log(event.pk, LogKind.DOOR_OPENED, by=by, at=at, detail=link.label)
    return link


@transaction.atomic
def withdraw_door(event: Event, link_id: int, *, by: User, at: dt.datetime) -> None:
    """Close one link at once. A second time changes nothing."""
    link = DoorLink.objects.filter(event=event, pk=link_id, withdrawn_at=None).first()
    if link is None:
        return
    link.withdrawn_at = at
    link.save(update_fields=["withdrawn_at"])
    log(event.pk, LogKind.DOOR_CLOSED, by=by, at=at, detail=link.label)
