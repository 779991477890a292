"""
What happens to an event after people have signed up: moved, postponed, called off, held, taken away.

Each change raises the event's SEQUENCE by one and mails everybody who is signed up or waits, once.
Whoever fills in a form may pass the SEQUENCE they saw as `seen`: when another tab or colleague came first,
nothing is changed and StaleError says what the event has become.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.events import announcing, moderation
from projects.bypuls.events.announcing import Known
from projects.bypuls.models import (
    LONGEST,
    AnnouncementKind,
    Event,
    EventStatus,
    Publication,
    SignUp,
    Venue,
)
from projects.bypuls.signups import reminders
from vekst import formats


class ChangeError(Exception):
    """The event cannot be changed like that; the message is for staff."""


class StaleError(ChangeError):
    """Somebody else changed the event after the form was opened; the message says how it stands now."""


def _lock(event_id: int) -> Event:
    # The venue is read apart: a lock reaches no nullable side of a join.
    return Event.objects.select_for_update().get(pk=event_id)


def _check_seen(event: Event, seen: int | None) -> None:
    if seen is None or seen == event.sequence:
        return
    raise StaleError(
        _(
            "Noen har endret arrangementet siden du åpnet skjemaet. Nå er det %(status)s, %(time)s. "
            "Se over, og prøv igjen om det fortsatt trengs."
        )
        % {
            "status": event.get_status_display().lower(),
            "time": formats.moment_range_text(event.starts_at, event.ends_at),
        }
    )


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


def _check_movable(
    event: Event, starts_at: dt.datetime, venue: Venue | None, place: str, *, at: dt.datetime
) -> None:
    if event.status not in (EventStatus.PLANNED, EventStatus.MOVED, EventStatus.POSTPONED):
        raise ChangeError(
            _("Arrangementet er %(status)s og kan ikke flyttes.")
            % {"status": event.get_status_display().lower()}
        )
    if not event.is_date_set:
        raise ChangeError(_("Datoen er ikke bestemt ennå. Sett dato i stedet for å flytte."))
    if starts_at <= at:
        raise ChangeError(_("Den nye tiden må være fram i tid."))
    if venue is None and not place:
        raise ChangeError(_("Velg et sted, eller skriv hvor det er."))


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
    seen: int | None = None,
    writes: bool = True,
) -> int:
    """
    Give the event another time or place, and return how many are told.

    Address, sign-ups and calendar UID stay. Deadlines for sign-up move along, and so does the
    reminder. The same time and place again changes nothing. What was never public is not moved, only
    written anew. Without `writes` the caller sees to the mails. Raises ChangeError.
    """
    event = _lock(event_id)
    _check_span(starts_at, ends_at)
    _check_movable(event, starts_at, venue, place, at=at)
    before = (event.starts_at, event.ends_at, event.venue_id, event.place)
    after = (starts_at, ends_at, venue.pk if venue else None, place)
    if before == after and event.status != EventStatus.POSTPONED:
        return 0
    _check_seen(event, seen)
    if starts_at == event.starts_at:
        reminders.take_back_written(event, at=at)
    else:
        reminders.drop_written(event, at=at)
    known = announcing.last_known(event)
    _move_deadline(event, starts_at)
    event.starts_at, event.ends_at, event.venue, event.place = starts_at, ends_at, venue, place
    event.status_reason = reason
    if event.published_at is None:
        event.status = EventStatus.PLANNED
    else:
        event.status = EventStatus.MOVED
        event.previous_starts_at, event.previous_place = known.starts_at, known.place
    event.is_signup_over = event.takes_signups and event.closes_at <= at
    event.is_detached = event.series_id is not None
    _save(
        event,
        "is_detached",
        "starts_at",
        "ends_at",
        "venue",
        "place",
        "previous_starts_at",
        "previous_place",
        "status_reason",
        "signup_closes_at",
        "is_signup_over",
        at=at,
    )
    reminders.plan(event, at=at)
    return announcing.announce(event, AnnouncementKind.MOVED, known=known, at=at, writes=writes)


def _move_deadline(event: Event, starts_at: dt.datetime) -> None:
    if event.signup_closes_at is None:
        return
    event.signup_closes_at = min(event.signup_closes_at + (starts_at - event.starts_at), starts_at)
    if event.signup_opens_at and event.signup_closes_at <= event.signup_opens_at:
        event.signup_closes_at = None


@transaction.atomic
def postpone(event_id: int, *, reason: str, at: dt.datetime, seen: int | None = None) -> int:
    """Put the event off without a new time, and return how many are told. Sign-ups stay."""
    event = _lock(event_id)
    if event.status == EventStatus.POSTPONED:
        return 0
    if not event.is_taking_place:
        raise ChangeError(
            _("Arrangementet er %(status)s og kan ikke utsettes.")
            % {"status": event.get_status_display().lower()}
        )
    _check_seen(event, seen)
    reminders.drop_written(event, at=at)
    known = Known(event.starts_at, event.place_text)
    event.status, event.status_reason = EventStatus.POSTPONED, reason
    _save(event, "status_reason", at=at)
    return announcing.announce(event, AnnouncementKind.POSTPONED, known=known, at=at)


@transaction.atomic
def cancel_event(
    event_id: int,
    *,
    reason: str,
    at: dt.datetime,
    seen: int | None = None,
    writes: bool = True,
) -> int:
    """
    Call the event off, and return how many are told. A second time changes nothing.

    Without `writes` the caller sees to the mails.
    """
    event = _lock(event_id)
    if event.status == EventStatus.CANCELLED:
        return 0
    if event.status == EventStatus.HELD:
        raise ChangeError(_("Arrangementet er alt holdt."))
    _check_seen(event, seen)
    reminders.drop_written(event, at=at)
    known = Known(event.starts_at, event.place_text)
    event.status, event.status_reason = EventStatus.CANCELLED, reason
    _save(event, "status_reason", at=at)
    kind = AnnouncementKind.CANCELLED
    return announcing.announce(event, kind, known=known, at=at, writes=writes)


@transaction.atomic
def withdraw_event(event_id: int, *, reason: str, at: dt.datetime, seen: int | None = None) -> int:
    """
    Take the event away from strangers, and return how many are told.

    People who are signed up for something that lies ahead must not be left with it: for them it is called
    off. Raises ChangeError.
    """
    event = _lock(event_id)
    if event.publication == Publication.WITHDRAWN:
        return 0
    _check_seen(event, seen)
    told = 0
    has_people = SignUp.objects.active().filter(event=event).exists()
    if has_people and event.status not in (EventStatus.CANCELLED, EventStatus.HELD):
        told = cancel_event(event_id, reason=reason, at=at)
    try:
        moderation.withdraw(event_id, at=at)
    except moderation.SubmissionError as error:
        raise ChangeError(str(error)) from error
    return told


@transaction.atomic
def mark_held(
    event_id: int, *, attendance: int | None, at: dt.datetime, seen: int | None = None
) -> None:
    """Note that the event took place and how many came. Raises ChangeError before it has begun."""
    event = _lock(event_id)
    if event.status in (EventStatus.CANCELLED, EventStatus.POSTPONED):
        raise ChangeError(
            _("Arrangementet er %(status)s.") % {"status": event.get_status_display().lower()}
        )
    if timezone.localtime(at) < timezone.localtime(event.starts_at):
        raise ChangeError(_("Arrangementet har ikke begynt."))
    _check_seen(event, seen)
    event.status, event.attendance, event.changed_at = EventStatus.HELD, attendance, at
    event.is_attendance_counted = False
    event.save(update_fields=["status", "attendance", "is_attendance_counted", "changed_at"])
