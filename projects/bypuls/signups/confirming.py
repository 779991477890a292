"""
"Confirm or free the seat": those with a seat are asked whether they come, and empty seats go on.

Who is asked with a deadline and does not answer loses the seat, but only after having had the mail for at
least half of that time, and never at night or in the last hours. Every change is made under a lock on the
event's row, taken first.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from members.mailings.ledger import MailKind, enqueue_many
from members.mailings.models.delivery import Delivery, DeliveryState
from projects.bypuls.calendar.calendar_file import CANCEL
from projects.bypuls.models import (
    TAKING_PLACE,
    Event,
    Publication,
    ReminderRule,
    SignUp,
    SignUpState,
)
from projects.bypuls.models.signup import SignUpQuerySet
from projects.bypuls.one_by_one import one_by_one
from projects.bypuls.signups import mails, queue, reminder_mails, seats, unsent
from projects.bypuls.signups.deadlines import is_quiet, mail_at, next_decent
from projects.bypuls.signups.errors import ClosedError, SignUpError
from projects.bypuls.signups.signup import cancel

# Seats freed in one transaction.
AT_A_TIME = 100
# So near the start nobody loses a seat: they may be on their way, and nobody else would hear of it in time.
TOO_LATE = dt.timedelta(hours=2)
WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)


def ask(
    event: Event,
    rule: ReminderRule,
    signups: Sequence[SignUp],
    *,
    at: dt.datetime,
    stale_at: dt.datetime,
) -> None:
    """
    Ask these parties whether they come, and note until when they may answer.

    The caller holds the lock on the event. When it is too late to ask, the mails end as missed and
    nobody has been asked.
    """
    deadline = None
    if rule.frees_after_minutes is not None:
        span = dt.timedelta(minutes=rule.frees_after_minutes)
        deadline = next_decent(mail_at(event, at=at) + span)
        if deadline > event.starts_at - TOO_LATE:
            deadline = None
    if at < stale_at:
        for signup in signups:
            signup.asked_at, signup.answer_due_at = at, deadline
        SignUp.objects.bulk_update(signups, ["asked_at", "answer_due_at"])
    reminder_mails.write_questions(event, rule, signups, at=at, stale_at=stale_at)


def forget_answers(event: Event) -> None:
    """Let everybody be asked anew: what they said was about another time. The caller holds the lock."""
    SignUp.objects.filter(event=event, asked_at__isnull=False).update(
        asked_at=None, answer_due_at=None, confirmed_at=None
    )


@transaction.atomic
def confirm(signup_id: int, *, at: dt.datetime) -> SignUp:
    """
    Note that the party comes. A second time changes nothing.

    Raises ClosedError once the event has begun or is called off, SignUpError for who has no seat.
    """
    event, signup = seats.lock_both(signup_id)
    if signup.state == SignUpState.LAPSED:
        raise SignUpError(_("Fristen for å svare gikk ut, og plassen er gått videre."))
    if signup.state != SignUpState.ATTENDING:
        raise SignUpError(_("Du har ingen plass å bekrefte."))
    if signup.confirmed_at is not None:
        return signup
    if not event.is_taking_place:
        raise ClosedError(
            _("Arrangementet er %(status)s.") % {"status": event.get_status_display().lower()}
        )
    if at >= event.starts_at:
        raise ClosedError(_("Arrangementet har begynt."))
    signup.confirmed_at = at
    signup.save(update_fields=["confirmed_at"])
    unsent.take_back_question(signup, at=at)
    return signup


def free(signup_id: int, *, at: dt.datetime) -> SignUp:
    """Give the seat to those who wait. A second time changes nothing. Raises ClosedError when it is over."""
    return cancel(signup_id, at=at)


def free_unanswered(*, at: dt.datetime) -> int:
    """Take the seats of those who did not answer in time, and pass them on. Returns the number of parties."""
    if is_quiet(at):
        return 0
    event_ids = _overdue(at).order_by("event_id").values_list("event_id", flat=True).distinct()
    return one_by_one(lambda pk: _free(pk, at=at), list(event_ids), "unanswered seats of event")


def _overdue(at: dt.datetime) -> SignUpQuerySet:
    return SignUp.objects.filter(
        state=SignUpState.ATTENDING,
        confirmed_at=None,
        checked_in_at=None,
        answer_due_at__lte=at,
        event__starts_at__gt=at + TOO_LATE,
        event__status__in=TAKING_PLACE,
        event__publication=Publication.PUBLISHED,
    )


def _free(event_id: int, *, at: dt.datetime) -> int:
    number, after = 0, 0
    while True:
        freed, last = _free_some(event_id, after=after, at=at)
        number += freed
        if last == after:
            return number
        after = last


@transaction.atomic
def _free_some(event_id: int, *, after: int, at: dt.datetime) -> tuple[int, int]:
    """Free the seats of the next few. Returns how many parties, and the key of the last one looked at."""
    event = seats.lock(event_id)
    batch = list(_overdue(at).filter(event=event, pk__gt=after).order_by("pk")[:AT_A_TIME])
    if not batch:
        return 0, after
    freed = []
    letters = _letters(batch)
    for signup in batch:
        letter = letters.get(signup.pk)
        if letter is None or letter.state not in (*WAITING, DeliveryState.SENT):
            # The question never reached them.
            signup.answer_due_at = None
            signup.save(update_fields=["answer_due_at"])
        elif _had_time(event, signup, letter, at):
            seats.change(event, signup, state=SignUpState.LAPSED)
            unsent.take_back_all(signup, event_id=event.pk, at=at)
            freed.append(signup)
    _write_freed(event, freed, at=at)
    queue.offer_seats(event, at=at)
    return len(freed), batch[-1].pk


def _letters(signups: Sequence[SignUp]) -> dict[int, Delivery]:
    """Return the latest question to each of these parties, as the ledger has it."""
    found = Delivery.objects.filter(
        kind=MailKind.SIGNUP_ASKED, recipient__in={signup.email for signup in signups}
    ).order_by("pk")
    by_subject = {letter.subject.rpartition("-")[0] + "-": letter for letter in found}
    prefixes = {signup.pk: reminder_mails.asked_prefix(signup.pk) for signup in signups}
    return {pk: by_subject[name] for pk, name in prefixes.items() if name in by_subject}


def _had_time(event: Event, signup: SignUp, letter: Delivery, at: dt.datetime) -> bool:
    """Tell whether the question has been with them for half of the time they were promised."""
    if letter.state != DeliveryState.SENT or letter.finished_at is None:
        return False
    if signup.asked_at is None or signup.answer_due_at is None:
        return False
    promised = signup.answer_due_at - mail_at(event, at=signup.asked_at)
    return at >= letter.finished_at + promised / 2


def _write_freed(event: Event, signups: Sequence[SignUp], *, at: dt.datetime) -> None:
    messages = [
        mails.compose(
            event,
            signup,
            "freed",
            {},
            kind=MailKind.SIGNUP_CANCELLED,
            occasion=f"signup-{signup.pk}-freed",
            method=CANCEL,
            stale_at=event.starts_at,
        )
        for signup in signups
    ]
    enqueue_many(messages, at=at)
