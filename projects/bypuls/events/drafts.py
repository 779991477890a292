"""A draft that an organiser has made after an earlier event, and hands in to be published."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from projects.bypuls.events import copying, moderation
from projects.bypuls.events.organisers import log
from projects.bypuls.models import Event, EventOrganiser, LogKind, Publication
from vekst import formats


class DraftError(Exception):
    """The draft cannot be made or handed in; the message can be shown."""


@transaction.atomic
def copy_as_next(event: Event, *, starts_at: dt.datetime, by: User, at: dt.datetime) -> Event:
    """Make the next one after this event, as a draft that `by` runs too. Raises DraftError."""
    if starts_at <= at:
        raise DraftError(_("Den nye tiden må være fram i tid."))
    new = copying.copy_event(event.pk, starts_at=starts_at, by=by, at=at)
    EventOrganiser.objects.get_or_create(
        event=new, email=by.email.lower(), defaults={"added_by": by, "added_at": at}
    )
    log(event.pk, LogKind.COPIED, by=by, at=at, detail=formats.moment_text(starts_at))
    return new


@transaction.atomic
def hand_in(event_id: int, *, by: User, at: dt.datetime) -> Event:
    """
    Send the draft to the office, with `by` as its sender, who gets the link with which to write it.

    Raises DraftError when it is no draft any more.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    if event.publication != Publication.DRAFT:
        raise DraftError(_("Arrangementet er alt sendt inn."))
    event.submitter_email, event.submitter_name = by.email, by.get_full_name()
    return moderation.submit(event, at=at)
