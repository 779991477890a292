"""
What happens to an event after people have signed up: moved, postponed, called off, held.

Each change raises the event's SEQUENCE by one and mails everybody who is signed up or waits, once.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.mailings.ledger import MailKind
from members.mailings.models.delivery import Delivery, DeliveryState
from projects.bypuls.models import Event, EventStatus, Publication, SignUp, Venue
from projects.bypuls.models.event import LONGEST
from projects.bypuls.signups import mails


class ChangeError(Exception):
    """The event cannot be changed like that; the message is for staff."""


def _lock(event_id: int) -> Event:
    # The venue is read apart: a lock reaches no nullable side of a join.
    return Event.objects.select_for_update().get(pk=event_id)


def _drop_reminders(event: Event, *, at: dt.datetime) -> None:
    """Let reminders of the old time that wait in the ledger end as missed."""
    Delivery.objects.filter(
        kind=MailKind.EVENT_REMINDER,
        subject=mails.reminder_occasion(event),
        state=DeliveryState.QUEUED,
    ).update(stale_at=at)


def _announce(event: Event, template: str, *, at: dt.datetime) -> int:
    """Write the news to everybody. Nobody heard of an event that was never public."""
    if event.publication != Publication.PUBLISHED:
        return 0
    number = 0
    for batch in SignUp.objects.active().filter(event=event).in_batches():
        mails.write_changes(event, batch, template, at=at)
        number += len(batch)
    return number


def _save(event: Event, *fields: str, at: dt.datetime) -> None:
    event.sequence += 1
    event.changed_at = at
    event.announced_at = at
    event.save(update_fields=[*fields, "status", "sequence", "changed_at", "announced_at"])


def _check_span(starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    if ends_at <= starts_at:
        raise ChangeError(_("Slutten må være etter starten."))
    if ends_at - starts_at > LONGEST:
        raise ChangeError(_("Et arrangement kan vare i høyst 31 dager."))


@transaction.atomic
def move_event(
    event_id: int,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    venue: Venue | None,
    place: str,
    reason: str,
    at: dt.datetime,
) -> int:
    """
    Give the event another time or place, and return how many were told.

    Address, sign-ups and calendar UID stay. Deadlines for sign-up move along, and so does the
    reminder. The same time and place again changes nothing. Raises ChangeError.
    """
    event = _lock(event_id)
    _check_span(starts_at, ends_at)
    if event.status not in (EventStatus.PLANNED, EventStatus.MOVED, EventStatus.POSTPONED):
        raise ChangeError(
            _("Arrangementet er %(status)s og kan ikke flyttes.")
            % {"status": event.get_status_display().lower()}
        )
    if starts_at <= at:
        raise ChangeError(_("Den nye tiden må være fram i tid."))
    if venue is None and not place:
        raise ChangeError(_("Velg et sted, eller skriv hvor det er."))
    before = (event.starts_at, event.ends_at, event.venue_id, event.place)
    after = (starts_at, ends_at, venue.pk if venue else None, place)
    if before == after and event.status != EventStatus.POSTPONED:
        return 0
    _drop_reminders(event, at=at)
    delta = starts_at - event.starts_at
    if event.signup_closes_at is not None:
        event.signup_closes_at = min(event.signup_closes_at + delta, starts_at)
        if event.signup_opens_at and event.signup_closes_at <= event.signup_opens_at:
            event.signup_closes_at = None
    event.previous_starts_at = event.starts_at
    event.starts_at, event.ends_at, event.venue, event.place = starts_at, ends_at, venue, place
    event.status, event.status_reason = EventStatus.MOVED, reason
    event.is_signup_over = event.closes_at <= at
    _save(
        event,
        "starts_at",
        "ends_at",
        "venue",
        "place",
        "previous_starts_at",
        "status_reason",
        "signup_closes_at",
        "is_signup_over",
        at=at,
    )
    return _announce(event, "moved", at=at)


@transaction.atomic
def postpone(event_id: int, *, reason: str, at: dt.datetime) -> int:
    """Put the event off without a new time, and return how many were told. Sign-ups stay."""
    event = _lock(event_id)
    if event.status == EventStatus.POSTPONED:
        return 0
    if not event.is_taking_place:
        raise ChangeError(
            _("Arrangementet er %(status)s og kan ikke utsettes.")
            % {"status": event.get_status_display().lower()}
        )
    _drop_reminders(event, at=at)
    event.status, event.status_reason = EventStatus.POSTPONED, reason
    _save(event, "status_reason", at=at)
    return _announce(event, "postponed", at=at)


@transaction.atomic
def cancel_event(event_id: int, *, reason: str, at: dt.datetime) -> int:
    """Call the event off, and return how many were told. A second time changes nothing."""
    event = _lock(event_id)
    if event.status == EventStatus.CANCELLED:
        return 0
    if event.status == EventStatus.HELD:
        raise ChangeError(_("Arrangementet er alt holdt."))
    _drop_reminders(event, at=at)
    event.status, event.status_reason = EventStatus.CANCELLED, reason
    _save(event, "status_reason", at=at)
    return _announce(event, "cancelled", at=at)


@transaction.atomic
def mark_held(event_id: int, *, attendance: int | None, at: dt.datetime) -> None:
    """Note that the event took place and how many came. Raises ChangeError before it has begun."""
    event = _lock(event_id)
    if event.status in (EventStatus.CANCELLED, EventStatus.POSTPONED):
        raise ChangeError(
            _("Arrangementet er %(status)s.") % {"status": event.get_status_display().lower()}
        )
    if timezone.localtime(at) < timezone.localtime(event.starts_at):
        raise ChangeError(_("Arrangementet har ikke begynt."))
    event.status, event.attendance, event.changed_at = EventStatus.HELD, attendance, at
    event.is_attendance_counted = False
    event.save(update_fields=["status", "attendance", "is_attendance_counted", "changed_at"])
