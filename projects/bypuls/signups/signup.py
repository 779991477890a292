"""
Sign up, change and sign off. Every change is made under a lock on the event's row, taken first.

A party is never split without its own yes, and whoever comes now stands behind those who wait.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.accounts.models import User
from members.mailings.ledger import Message, enqueue_many
from projects.bypuls.models import (
    Answer,
    Event,
    Invitation,
    Question,
    QueuePolicy,
    SeatHold,
    SignUp,
    SignUpState,
)
from projects.bypuls.signups import holds, mails, queue, seats, unsent
from projects.bypuls.signups.errors import (
    ClosedError,
    CompanyLimitError,
    FullError,
    HeldError,
    NotAdmittedError,
    OfferGoneError,
    SignUpError,
)
from projects.bypuls.signups.invitations import may_sign_up
from projects.bypuls.signups.limits import company_problem
from projects.bypuls.signups.reminder_rules import have_rule
from projects.bypuls.signups.seats import closed_reason

__all__ = [
    "ClosedError",
    "CompanyLimitError",
    "FullError",
    "HeldError",
    "NotAdmittedError",
    "OfferGoneError",
    "Outcome",
    "Party",
    "Prepared",
    "SignUpError",
    "cancel",
    "change_size",
    "closed_reason",
    "full_at_a_glance",
    "full_for_everybody",
    "is_signed_up",
    "prepare",
    "sign_up",
]

# A repeat of the same form within this time is the same person pressing twice, or another tab.
SAME_VISIT = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Party:
    """Who wants to come, as the form says it. `answers` are by the key of the question."""

    name: str
    email: str
    size: int = 1
    companions: str = ""
    note: str = ""
    diet: str = ""
    wants_reminder: bool = True
    own_reminder: str = ""
    language: str = "nb"
    company_id: int | None = None
    shows_name: bool = False
    answers: Mapping[int, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The e-mail address as the rows hold it."""
        return self.email.strip().lower()


@dataclass(frozen=True)
class Outcome:
    """
    What the visitor may be told: a seat, a number in the queue, or that their interest is noted.

    `signup` is the row, old or new. When the address was signed up before, the state is what a stranger
    would have got, so that nobody learns who is signed up; the mail tells the truth. `problem` is what
    a stranger would be told when there is no room.
    """

    signup: SignUp
    state: str
    number: int = 0
    is_new: bool = True
    problem: str = ""


@dataclass(frozen=True)
class Prepared:
    """A receipt for a seat, written before there is one. `told` is what it was written from."""

    signup_id: int
    receipt: Message
    told: tuple[object, ...]


def prepare(event: Event, party: Party) -> Prepared | None:
    """
    Write the receipt of a party that will most likely get seats, by `event` as it was just read.

    Drawing the code and writing the calendar file take longer than all the rest of `sign_up`. When
    hundreds come at once they would all wait for it, so it is done before the lock is asked for. None
    when the party hardly gets seats. One query.
    """
    left = event.seats_left
    if not event.is_date_set or event.waiting_taken or (left is not None and party.size > left):
        return None
    signup = _new_signup(event, party, SignUpState.ATTENDING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [SignUp._meta.db_table])
        signup.pk = int(cursor.fetchone()[0])
    return Prepared(signup.pk, mails.compose_receipt(event, signup), _told(event))


def _told(event: Event) -> tuple[object, ...]:
    """Return all that a receipt may tell of an event: what is not counted up while people sign up."""
    counted = {"seats_taken", "waiting_taken", "queue_counter", "has_room", "search"}
    fields = event._meta.concrete_fields
    return tuple(getattr(event, one.attname) for one in fields if one.attname not in counted)


@transaction.atomic
def sign_up(
    event_id: int,
    party: Party,
    *,
    at: dt.datetime,
    by_staff: bool = False,
    hold_key: uuid.UUID | None = None,
    invitation: Invitation | None = None,
    user: User | AnonymousUser | None = None,
    prepared: Prepared | None = None,
) -> Outcome:
    """
    Give the party seats, or a place in the queue when the seats are taken.

    Until the date is set, only the interest is noted. A hold that runs gives its seats whatever else
    happens; one that is too old is like none. The same address a second time changes nothing and is
    told by mail. Staff may sign up a caller before sign-up opens, after it has closed and whoever the
    event is for, but never beyond the capacity or a company's limit. Raises ClosedError,
    NotAdmittedError, CompanyLimitError, FullError, HeldError or SignUpError.
    """
    event = seats.lock(event_id)
    if not (by_staff and event.takes_signups and event.is_taking_place):
        _check_admission(event, party, invitation, user, at)
    seats.check_size(event, party.size)
    hold = holds.find_hold(event, hold_key, at=at)
    before = _find(event, party.address)
    if before is not None and _is_same_visit(before, party, at):
        number = queue.queue_number(before) if before.state == SignUpState.WAITING else 0
        return Outcome(before, before.state, number, is_new=False)
    state = _state_for(event, party, hold, at)
    if before is None and isinstance(state, SignUpError):
        raise state
    if hold is not None:
        hold.delete()
    if before is not None:
        outcome = _again(event, before, state, at)
    else:
        assert isinstance(state, SignUpState)  # noqa: S101
        outcome = _welcome(event, party, state, by_staff, prepared, at)
    if hold is not None:
        # Those of its seats that were not used.
        queue.offer_seats(event, at=at)
    return outcome


def full_at_a_glance(
    event: Event, party: Party, *, user: User | AnonymousUser | None = None, at: dt.datetime
) -> str:
    """
    Say that it is full, by `event` as it was just read; empty when only `sign_up` can tell.

    When hundreds come at once, nearly all of them find no seat and no room in the queue. They need not
    wait for the lock to hear it: it was true when the event was read. This is for a party without hold
    and invitation. Raises ClosedError or NotAdmittedError like `sign_up`. One query.
    """
    is_full = seats.is_refused_at_a_glance(event, party.size)
    # How many a company has sent is counted under the lock, and said first.
    if not is_full or (event.max_per_company is not None and party.company_id is not None):
        return ""
    _check_admission(event, party, None, user, at)
    seats.check_size(event, party.size)
    # Whoever is signed up already gets the same answer and a mail that tells the truth.
    return "" if is_signed_up(event, party.address) else seats.full_text(event)


def full_for_everybody(event: Event, *, at: dt.datetime) -> str:
    """
    Say that nobody new gets in, whoever it is and however many; empty when that is not certain.

    By `event` as it was just read, for a form without hold and invitation: reading the form takes longer
    than this.
    """
    if closed_reason(event, at) or not seats.is_refused_at_a_glance(event, 1):
        return ""
    # Where it matters who somebody is, the form tells.
    is_for_all = event.max_per_company is None and not may_sign_up(event, at=at)
    return seats.full_text(event) if is_for_all else ""


def is_signed_up(event: Event, address: str) -> bool:
    """Tell whether an address, as it was typed, has an active sign-up."""
    # No address holds such a character, and PostgreSQL does not take it.
    plain = address.replace("\x00", "").strip().lower()
    return SignUp.objects.active().filter(event=event, email=plain).exists()


def _check_admission(
    event: Event,
    party: Party,
    invitation: Invitation | None,
    user: User | AnonymousUser | None,
    at: dt.datetime,
) -> None:
    reason = closed_reason(event, at)
    if reason:
        raise ClosedError(reason)
    reason = may_sign_up(event, invitation=invitation, user=user, company=party.company_id, at=at)
    if reason:
        raise NotAdmittedError(reason)
    if invitation is not None and invitation.email != party.address:
        raise NotAdmittedError(
            _("Invitasjonen gjelder %(email)s. Meld deg på med den adressen.")
            % {"email": invitation.email}
        )


def _find(event: Event, address: str) -> SignUp | None:
    """Return the sign-up of an address; its own, rather than the rest of a party that split."""
    active = SignUp.objects.active().filter(event=event, email=address)
    keys = active.order_by(F("split_from").asc(nulls_first=True), "pk").values_list("pk", flat=True)
    # Nearly everybody is new, and the key alone is read in half the time.
    pk = keys.first()
    return None if pk is None else SignUp.objects.get(pk=pk)


def _is_same_visit(before: SignUp, party: Party, at: dt.datetime) -> bool:
    same = (before.name, before.size) == (party.name, party.size)
    return before.created_at > at - SAME_VISIT and same


def _state_for(
    event: Event, party: Party, hold: SeatHold | None, at: dt.datetime
) -> SignUpState | SignUpError:
    """Return how a stranger with this form would come in, or why not."""
    limit = company_problem(event, party.company_id, party.size)
    if limit:
        return CompanyLimitError(limit)
    held = hold.size if hold else 0
    state = seats.place_for(event, party.size, at=at, held=held)
    if state is None:
        return seats.refusal(event, party.size, at=at, hold=hold)
    if held and state == SignUpState.WAITING:
        # Nobody loses the seats they hold by asking for more.
        return FullError(
            ngettext(
                "Det holdes av %(count)s plass til dere, og det er ikke flere ledige.",
                "Det holdes av %(count)s plasser til dere, og det er ikke flere ledige.",
                held,
            )
            % {"count": held}
        )
    return state


def _welcome(
    event: Event,
    party: Party,
    state: SignUpState,
    by_staff: bool,
    prepared: Prepared | None,
    at: dt.datetime,
) -> Outcome:
    if prepared is not None and (state != SignUpState.ATTENDING or prepared.told != _told(event)):
        prepared = None
    pk = prepared.signup_id if prepared is not None else None
    signup = add_signup(event, party, state, by_staff=by_staff, pk=pk, at=at)
    waits = state == SignUpState.WAITING
    number = queue.queue_number(signup) if waits else 0
    if prepared is not None:
        enqueue_many([prepared.receipt], at=at)
    else:
        mails.write_receipt(event, signup, number=number, at=at)
    if waits and event.queue_policy == QueuePolicy.SPLIT and queue.offer_seats(event, at=at):
        # A group that does not fit is asked at once whether some of it will come.
        signup.refresh_from_db()
        number = number if signup.state == SignUpState.WAITING else 0
    return Outcome(signup, signup.state, number)


def add_signup(
    event: Event,
    party: Party,
    state: SignUpState,
    *,
    by_staff: bool = False,
    series_signup_id: int | None = None,
    pk: int | None = None,
    at: dt.datetime,
) -> SignUp:
    """
    Write the row of a new party and count it. The caller holds the lock and has found room.

    `pk` is a number from the sequence that nobody else has.
    """
    signup = _new_signup(event, party, state)
    signup.pk = pk
    signup.queue_number = seats.take_number(event) if state == SignUpState.WAITING else None
    signup.is_by_staff = by_staff
    signup.series_signup_id = series_signup_id
    signup.created_at = at
    signup.save(force_insert=True)
    seats.add(event, *seats.weight(signup))
    have_rule(event, signup, at=at)
    if party.answers:
        asked = Question.objects.filter(event=event, pk__in=party.answers).order_by("pk")
        Answer.objects.bulk_create(
            Answer(signup=signup, question=question, text=party.answers[question.pk])
            for question in asked
            if party.answers[question.pk].strip()
        )
    return signup


def _new_signup(event: Event, party: Party, state: SignUpState) -> SignUp:
    return SignUp(
        event=event,
        name=party.name,
        email=party.address,
        size=party.size,
        companions=party.companions,
        note=party.note,
        diet=party.diet if event.asks_diet else "",
        company_id=party.company_id,
        shows_name=party.shows_name,
        wants_reminder=party.wants_reminder,
        own_reminder=party.own_reminder,
        language=party.language,
        state=state,
    )


def _again(
    event: Event, before: SignUp, state: SignUpState | SignUpError, at: dt.datetime
) -> Outcome:
    waits = before.state == SignUpState.WAITING
    number = queue.queue_number(before) if waits else 0
    mails.write_already_signed_up(event, before, number=number, at=at)
    if isinstance(state, SignUpError):
        # The mail must be kept, so this is no exception; the view shows the text like that of one.
        return Outcome(before, "full", is_new=False, problem=str(state))
    number = SignUp.objects.queue().filter(event=event).count() + 1
    return Outcome(before, state, number if state == SignUpState.WAITING else 0, is_new=False)


@transaction.atomic
def cancel(signup_id: int, *, at: dt.datetime) -> SignUp:
    """Sign a party off and give its seats to the queue. A second time changes nothing."""
    event, signup = seats.lock_both(signup_id)
    if not signup.is_active:
        return signup
    if event.is_date_set and at >= event.ends_at:
        raise ClosedError(_("Arrangementet er over."))
    had_seat = signup.state == SignUpState.ATTENDING
    leave(event, signup, at=at)
    mails.write_cancelled_by_oneself(event, signup, had_seat=had_seat, at=at)
    queue.offer_seats(event, at=at)
    return signup


def leave(event: Event, signup: SignUp, *, at: dt.datetime) -> None:
    """Take a party off the event. The caller holds the lock, writes the mail and offers the seats."""
    seats.change(
        event,
        signup,
        state=SignUpState.CANCELLED,
        offered_size=None,
        offer_expires_at=None,
        cancelled_at=at,
    )
    unsent.take_back_all(signup, event_id=event.pk, at=at)


@transaction.atomic
def change_size(signup_id: int, size: int, *, at: dt.datetime) -> SignUp:
    """
    Change the number of people of a party. Fewer frees seats for the queue.

    More needs free seats that nobody who waits could use; in the queue it needs room there, and the
    place is kept. Raises ClosedError, CompanyLimitError, FullError, HeldError or SignUpError.
    """
    event, signup = seats.lock_both(signup_id)
    reason = closed_reason(event, at)
    if reason:
        raise ClosedError(reason)
    if not signup.is_active:
        raise SignUpError(_("Påmeldingen er avmeldt."))
    if signup.state == SignUpState.OFFERED:
        raise SignUpError(_("Svar på tilbudet om plass først."))
    seats.check_size(event, size)
    more = size - signup.size
    if more == 0:
        return signup
    if more > 0:
        _require_room(event, signup, more, at)
    seats.change(event, signup, size=size)
    mails.write_size_changed(event, signup, at=at)
    queue.offer_seats(event, at=at)
    return signup


def _require_room(event: Event, signup: SignUp, more: int, at: dt.datetime) -> None:
    limit = company_problem(event, signup.company_id, more)
    if limit:
        raise CompanyLimitError(limit)
    if signup.state == SignUpState.ATTENDING:
        free = seats.free_seats(event, at=at)
        if seats.stands_behind(event, free):
            raise FullError(_("Noen står i kø foran flere plasser. Meld på de nye for seg."))
        if free is not None and more > free:
            raise seats.refusal(event, more, at=at)
    elif signup.state == SignUpState.WAITING and more > seats.queue_room(event):
        raise FullError(seats.full_text(event))
