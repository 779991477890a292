"""From interest to sign-up: when the date is set, those who are interested are asked whether they come."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from members.mailings.ledger import MailKind, enqueue_many
from projects.bypuls.models import (
    LONGEST,
    Event,
    EventStatus,
    Publication,
    SignUp,
    SignUpState,
)
from projects.bypuls.signups import mails, queue, reminders, seats
from projects.bypuls.signups.errors import ClosedError, SignUpError


@transaction.atomic
def set_date(
    event_id: int, *, starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime
) -> int:
    """
    Give the event its date, ask everybody who is interested, and return how many were asked.

    Interest holds no seat: they go to those who answer first. What was postponed is planned again.
    Raises SignUpError.
    """
    event = seats.lock(event_id)
    _check_date(event, starts_at, ends_at, at)
    event.starts_at, event.ends_at = starts_at, ends_at
    event.is_date_set, event.date_note = True, ""
    if event.status == EventStatus.POSTPONED:
        event.status, event.status_reason = EventStatus.PLANNED, ""
    if event.signup_closes_at is not None and event.signup_closes_at > starts_at:
        event.signup_closes_at = None
    event.is_signup_over = event.takes_signups and event.closes_at <= at
    event.sequence += 1
    event.changed_at = event.announced_at = at
    event.save(
        update_fields=[
            *("starts_at", "ends_at", "is_date_set", "date_note", "signup_closes_at"),
            *("is_signup_over", "sequence", "changed_at", "announced_at"),
            *("status", "status_reason"),
        ]
    )
    reminders.plan(event, at=at)
    if event.publication != Publication.PUBLISHED:
        return 0
    interested = SignUp.objects.filter(event=event, state=SignUpState.INTERESTED)
    return sum(_ask(event, batch, at) for batch in interested.in_batches())


def _check_date(
    event: Event, starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime
) -> None:
    if event.is_date_set:
        raise SignUpError(_("Datoen er alt bestemt. Flytt arrangementet i stedet."))
    # A postponed event waits for just this.
    if not (event.is_taking_place or event.status == EventStatus.POSTPONED):
        raise SignUpError(
            _("Arrangementet er %(status)s.") % {"status": event.get_status_display().lower()}
        )
    if starts_at <= at:
        raise SignUpError(_("Arrangementet må være fram i tid."))
    if ends_at <= starts_at:
        raise SignUpError(_("Slutten må være etter starten."))
    if ends_at - starts_at > LONGEST:
        raise SignUpError(_("Et arrangement kan vare i høyst 31 dager."))


def _ask(event: Event, people: list[SignUp], at: dt.datetime) -> int:
    messages = [
        mails.compose(
            event,
            signup,
            "date_set",
            {},
            kind=MailKind.SIGNUP_ASKED,
            occasion=f"signup-{signup.pk}-date",
            stale_at=event.closes_at,
        )
        for signup in people
        if signup.email
    ]
    enqueue_many(messages, at=at)
    return len(people)


@transaction.atomic
def answer_interest(signup_id: int, *, comes: bool, at: dt.datetime) -> SignUp:
    """
    Sign up somebody who was interested, or let them go. A second answer changes nothing.

    Raises ClosedError, FullError, HeldError or SignUpError; the interest is then noted as before.
    """
    event, signup = seats.lock_both(signup_id)
    if signup.state != SignUpState.INTERESTED:
        return signup
    if not comes:
        seats.change(event, signup, state=SignUpState.CANCELLED, cancelled_at=at)
        mails.write_cancelled_by_oneself(event, signup, had_seat=False, at=at)
        return signup
    if not event.is_date_set:
        raise SignUpError(_("Datoen er ikke bestemt ennå."))
    reason = seats.closed_reason(event, at)
    if reason:
        raise ClosedError(reason)
    state = seats.place_for(event, signup.size, at=at)
    if state is None:
        raise seats.refusal(event, signup.size, at=at)
    waits = state == SignUpState.WAITING
    seats.change(
        event,
        signup,
        state=state,
        queue_number=seats.next_number(event) if waits else None,
        promoted_at=None if waits else at,
    )
    number = queue.queue_number(signup) if waits else 0
    mails.write_receipt(event, signup, number=number, at=at, occasion=f"signup-{signup.pk}-comes")
    queue.offer_seats(event, at=at)
    return signup
