"""
Seats and the waiting list. Every change is made under a lock on the event's row, taken first.

The queue is strict: the first party waits until all of it fits, and nobody passes it. A party is never
split. Promotion is a seat at once, told by mail.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.bypuls.models import Event, Publication, SignUp, SignUpState
from projects.bypuls.signups import mails

# A repeat of the same form within this time is the same person pressing twice, or another tab.
SAME_VISIT = dt.timedelta(minutes=15)


class SignUpError(Exception):
    """The sign-up cannot be as wished; the message is for the visitor."""


class ClosedError(SignUpError):
    """Sign-up is not open at this moment."""


class FullError(SignUpError):
    """Neither the seats nor the queue have room for all of the party."""


@dataclass(frozen=True)
class Party:
    """Who wants to come, as the form says it."""

    name: str
    email: str
    size: int = 1
    companions: str = ""
    note: str = ""
    diet: str = ""
    wants_reminder: bool = True
    language: str = "nb"


@dataclass(frozen=True)
class Outcome:
    """
    What the visitor may be told: a seat, or a number in the queue.

    `signup` is the row, old or new. When the address was signed up before, the state is what a stranger
    would have got, so that nobody learns who is signed up; the mail tells the truth. `problem` is what
    a stranger would be told when there is no room.
    """

    signup: SignUp
    state: str
    number: int = 0
    is_new: bool = True
    problem: str = ""


def closed_reason(event: Event, at: dt.datetime) -> str:
    """Say why nobody can sign up at this moment; empty when one can, if there is room."""
    if not event.takes_signups:
        return _("Dette arrangementet har ingen påmelding. Det er bare å møte opp.")
    if event.publication != Publication.PUBLISHED:
        return _("Arrangementet er ikke publisert.")
    if not event.is_taking_place:
        return _("Arrangementet er %(status)s, og påmeldingen er stengt.") % {
            "status": event.get_status_display().lower()
        }
    if at >= event.closes_at:
        return _("Påmeldingen er stengt.")
    if event.signup_opens_at is not None and at < event.signup_opens_at:
        return _("Påmeldingen har ikke åpnet ennå.")
    return ""


def _place_for(event: Event, size: int) -> str | None:
    """Return the state in which a new party of this size would come in, or None when there is no room."""
    seats_left = event.seats_left
    # Whoever comes now stands behind those who wait, even when a small party would fit.
    if event.waiting_taken == 0 and (seats_left is None or size <= seats_left):
        return SignUpState.ATTENDING
    if size <= event.waiting_left:
        return SignUpState.WAITING
    return None


def _lock(event_id: int) -> Event:
    return Event.objects.select_for_update().get(pk=event_id)


@transaction.atomic
def sign_up(event_id: int, party: Party, *, at: dt.datetime, by_staff: bool = False) -> Outcome:
    """
    Give the party seats, or a place in the queue when the seats are taken.

    The same address a second time changes nothing and is told by mail. Staff may sign up a caller
    before sign-up opens and after it has closed, but never beyond the capacity. Raises ClosedError,
    FullError or SignUpError.
    """
    email = party.email.strip().lower()
    event = _lock(event_id)
    if not (by_staff and event.takes_signups and event.is_taking_place):
        reason = closed_reason(event, at)
        if reason:
            raise ClosedError(reason)
    if not 1 <= party.size <= event.max_group_size:
        raise SignUpError(
            _("Du kan melde på fra 1 til %(most)s personer.") % {"most": event.max_group_size}
        )
    before = SignUp.objects.active().filter(event=event, email=email).first()
    if before is not None:
        return _again(event, before, party, at)
    state = _place_for(event, party.size)
    if state is None:
        raise FullError(_full_text(event))
    if state == SignUpState.WAITING:
        event.queue_counter += 1
        Event.objects.filter(pk=event.pk).update(queue_counter=event.queue_counter)
    signup = SignUp.objects.create(
        queue_number=event.queue_counter if state == SignUpState.WAITING else None,
        event=event,
        name=party.name,
        email=email,
        size=party.size,
        companions=party.companions,
        note=party.note,
        diet=party.diet if event.asks_diet else "",
        wants_reminder=party.wants_reminder,
        language=party.language,
        state=state,
        is_by_staff=by_staff,
        created_at=at,
    )
    _count(event, state, party.size)
    mails.write_receipt(event, signup, at=at)
    number = 0 if state == SignUpState.ATTENDING else mails.queue_number(signup)
    return Outcome(signup, state, number)


def _full_text(event: Event) -> str:
    left = event.seats_left or 0
    if event.waiting_taken == 0 and left > 0:
        return ngettext(
            "Det er bare %(count)s plass igjen, og ventelisten har ikke rom for alle dere.",
            "Det er bare %(count)s plasser igjen, og ventelisten har ikke rom for alle dere.",
            left,
        ) % {"count": left}
    if event.waiting_left > 0:
        return ngettext(
            "Det er fullt, og ventelisten har rom for bare %(count)s person til.",
            "Det er fullt, og ventelisten har rom for bare %(count)s personer til.",
            event.waiting_left,
        ) % {"count": event.waiting_left}
    if event.waiting_list_capacity:
        return _("Det er fullt, og ventelisten er full.")
    return _("Det er fullt.")


def _again(event: Event, before: SignUp, party: Party, at: dt.datetime) -> Outcome:
    if before.created_at > at - SAME_VISIT and (before.name, before.size) == (
        party.name,
        party.size,
    ):
        waiting = before.state == SignUpState.WAITING
        number = mails.queue_number(before) if waiting else 0
        return Outcome(before, before.state, number, is_new=False)
    mails.write_already_signed_up(event, before, at=at)
    state = _place_for(event, party.size)
    if state is None:
        # The mail must be kept, so this is no exception; the view shows the text like that of one.
        return Outcome(before, "full", is_new=False, problem=_full_text(event))
    number = SignUp.objects.queue().filter(event=event).count() + 1
    return Outcome(before, state, number if state == SignUpState.WAITING else 0, is_new=False)


def _count(event: Event, state: str, change: int) -> None:
    """Add people to the counter of that state. The lock makes the read value the true one."""
    field = "seats_taken" if state == SignUpState.ATTENDING else "waiting_taken"
    setattr(event, field, getattr(event, field) + change)
    Event.objects.filter(pk=event.pk).update(**{field: getattr(event, field)})


def _lock_both(signup_id: int) -> tuple[Event, SignUp]:
    """Lock the event, then read the sign-up as it is under that lock."""
    event_id = SignUp.objects.values_list("event_id", flat=True).get(pk=signup_id)
    event = _lock(event_id)
    return event, SignUp.objects.get(pk=signup_id)


@transaction.atomic
def cancel(signup_id: int, *, at: dt.datetime) -> SignUp:
    """Sign a party off and give its seats to the queue. A second time changes nothing."""
    event, signup = _lock_both(signup_id)
    if not signup.is_active:
        return signup
    if at >= event.ends_at:
        raise ClosedError(_("Arrangementet er over."))
    had_seat = signup.state == SignUpState.ATTENDING
    _count(event, signup.state, -signup.size)
    signup.state = SignUpState.CANCELLED
    signup.cancelled_at = at
    signup.save(update_fields=["state", "cancelled_at"])
    mails.write_cancelled_by_oneself(event, signup, had_seat=had_seat, at=at)
    promote(event, at=at)
    return signup


@transaction.atomic
def change_size(signup_id: int, size: int, *, at: dt.datetime) -> SignUp:
    """
    Change the number of people of a party. Fewer frees seats for the queue.

    More needs free seats and an empty queue; in the queue it needs room there, and the place is kept.
    Raises ClosedError, FullError or SignUpError.
    """
    event, signup = _lock_both(signup_id)
    reason = closed_reason(event, at)
    if reason:
        raise ClosedError(reason)
    if not signup.is_active:
        raise SignUpError(_("Påmeldingen er avmeldt."))
    if not 1 <= size <= event.max_group_size:
        raise SignUpError(
            _("Du kan melde på fra 1 til %(most)s personer.") % {"most": event.max_group_size}
        )
    more = size - signup.size
    if more == 0:
        return signup
    if more > 0:
        _require_room(event, signup, more)
    _count(event, signup.state, more)
    signup.size = size
    signup.save(update_fields=["size"])
    mails.write_size_changed(event, signup, at=at)
    promote(event, at=at)
    return signup


def _require_room(event: Event, signup: SignUp, more: int) -> None:
    if signup.state == SignUpState.ATTENDING:
        if event.waiting_taken:
            raise FullError(_("Noen står i kø foran flere plasser. Meld på de nye for seg."))
        if event.seats_left is not None and more > event.seats_left:
            raise FullError(_full_text(event))
    elif more > event.waiting_left:
        raise FullError(_full_text(event))


def promote(event: Event, *, at: dt.datetime) -> list[SignUp]:
    """
    Give free seats to those first in the queue, and mail them. The caller holds the lock on the event.

    Stops at the first party that does not fit. Nobody is promoted once the event is over or called off.
    """
    promoted: list[SignUp] = []
    if not event.waiting_taken or not event.is_taking_place or at >= event.ends_at:
        return promoted
    for signup in SignUp.objects.queue().filter(event=event).iterator(chunk_size=50):
        if event.seats_left is not None and signup.size > event.seats_left:
            break
        signup.state = SignUpState.ATTENDING
        signup.promoted_at = at
        signup.save(update_fields=["state", "promoted_at"])
        event.seats_taken += signup.size
        event.waiting_taken -= signup.size
        promoted.append(signup)
    if promoted:
        Event.objects.filter(pk=event.pk).update(
            seats_taken=event.seats_taken, waiting_taken=event.waiting_taken
        )
    for signup in promoted:
        mails.write_promoted(event, signup, at=at)
    return promoted


@transaction.atomic
def change_capacity(
    event_id: int, *, capacity: int | None, waiting_list_capacity: int, at: dt.datetime
) -> list[SignUp]:
    """
    Change how many there is room for, and return those from the queue who got a seat by it.

    Raises SignUpError when fewer would fit than are signed up or waiting.
    """
    event = _lock(event_id)
    if capacity is not None and capacity < event.seats_taken:
        raise SignUpError(
            _("%(count)s er alt påmeldt, så det må være minst så mange plasser.")
            % {"count": event.seats_taken}
        )
    event.capacity = capacity
    Event.objects.filter(pk=event.pk).update(capacity=capacity)
    promoted = promote(event, at=at)
    if event.waiting_taken > waiting_list_capacity:
        raise SignUpError(
            _("%(count)s står på ventelisten, så den må ha plass til minst så mange.")
            % {"count": event.waiting_taken}
        )
    Event.objects.filter(pk=event.pk).update(waiting_list_capacity=waiting_list_capacity)
    return promoted


def counter_drift() -> list[tuple[int, int, int]]:
    """Return (event, seats, waiting) as summed from the sign-ups where the counters say otherwise."""
    sums: dict[int, dict[str, int]] = {}
    for event_id, state, size in (
        SignUp.objects.active()
        .values_list("event_id", "state")
        .annotate(people=Sum("size"))
        .order_by("event_id", "state")
    ):
        sums.setdefault(event_id, {})[state] = size
    counters = Event.objects.exclude(seats_taken=0, waiting_taken=0).values_list(
        "pk", "seats_taken", "waiting_taken"
    )
    stated = {pk: (seats, waiting) for pk, seats, waiting in counters}
    found = []
    for pk in sorted(sums.keys() | stated.keys()):
        own = sums.get(pk, {})
        true = (own.get(SignUpState.ATTENDING, 0), own.get(SignUpState.WAITING, 0))
        if true != stated.get(pk, (0, 0)):
            found.append((pk, *true))
    return found


def set_reminder(signup_id: int, *, wanted: bool) -> None:
    """Turn the reminder of one sign-up on or off."""
    SignUp.objects.filter(pk=signup_id).update(wants_reminder=wanted)
