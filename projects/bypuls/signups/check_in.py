"""
At the door: who came, who came without signing up, and what that makes of the event's figures.

Phones lose the net and settle afterwards. Each press of a button has a key, so that it counts once
however often it is sent; of several presses about one party the latest holds, in whatever order they
come in. Walk-ins take no seat from those who signed up: they are counted beside `seats_taken`.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import transaction
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from members.accounts.models import User
from projects.bypuls.models import (
    DoorLink,
    DoorPress,
    Event,
    EventStatus,
    PressKind,
    SignUp,
    SignUpState,
)
from projects.bypuls.models.signup import SignUpQuerySet

LARGEST_WALK_IN = 50
LONGEST_NAME = 120


class PressOutcome(StrEnum):
    """What became of one press."""

    DONE = "done"
    AGAIN = "again"
    OLDER = "older"
    UNKNOWN = "unknown"
    NO_SEAT = "no-seat"
    WRONG_SIZE = "wrong-size"


@dataclass(frozen=True, kw_only=True)
class Press:
    """
    One press of a button, before it is recorded.

    It is about `signup_id`, or about the walk-in that the press with the key `walk_in_key` made.
    """

    kind: PressKind
    pressed_at: dt.datetime
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    size: int = 1
    signup_id: int | None = None
    walk_in_key: uuid.UUID | None = None
    name: str = ""


@dataclass(frozen=True)
class Settled:
    """What became of the press with this key, and the party it was about when there is one."""

    key: uuid.UUID
    outcome: PressOutcome
    signup: SignUp | None = None


@dataclass(frozen=True)
class Attendance:
    """People who came: of those with a seat, and without."""

    signed_up: int
    walk_ins: int

    @property
    def people(self) -> int:
        """All of them."""
        return self.signed_up + self.walk_ins


class _Door:
    """The presses and parties that one batch is about, read once under the lock on the event."""

    def __init__(self, event: Event, presses: Sequence[Press]) -> None:
        recorded = DoorPress.objects.filter(event=event)
        keys = {press.key for press in presses} | {
            press.walk_in_key for press in presses if press.walk_in_key
        }
        self.event = event
        # Key -> the party it was about, for those that are recorded.
        self.recorded = dict(recorded.filter(key__in=keys).values_list("key", "signup_id"))
        ids = {press.signup_id for press in presses if press.signup_id}
        wanted = ids | set(self.recorded.values())
        # The lock on the event does not hold back whoever writes an answer or a company.
        self.signups = {row.pk: row for row in event.signups.filter(pk__in=wanted)}
        latest = recorded.filter(signup__in=wanted, is_superseded=False)
        self.latest: dict[int, dt.datetime] = dict(
            latest.values_list("signup_id").annotate(last=Max("pressed_at"))
        )

    def party(self, press: Press) -> SignUp | None:
        """The party that a press is about; None when this event has no such one."""
        if press.walk_in_key is not None:
            return self.signups.get(self.recorded.get(press.walk_in_key, 0))
        return self.signups.get(press.signup_id or 0)


@transaction.atomic
def record(
    event_id: int,
    presses: Sequence[Press],
    *,
    at: dt.datetime,
    by: User | None = None,
    door: DoorLink | None = None,
) -> list[Settled]:
    """
    Record a batch of presses and return what became of each, in the order given.

    A key that was recorded before changes nothing. A party that is unknown here or has no seat is
    reported back and not recorded. A constant number of queries, and three for each press that is new.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    door_state = _Door(event, presses)
    # A press is never later than the moment it comes in, whatever the phone's clock says.
    ordered = sorted(presses, key=lambda press: min(press.pressed_at, at))
    settled: dict[uuid.UUID, Settled] = {}
    for press in ordered:
        if press.key not in settled:
            settled[press.key] = _settle_one(door_state, press, at=at, by=by, door=door)
    if any(one.outcome == PressOutcome.DONE for one in settled.values()):
        _follow(event)
    return [settled[press.key] for press in presses]


def _settle_one(
    state: _Door, press: Press, *, at: dt.datetime, by: User | None, door: DoorLink | None
) -> Settled:
    if press.key in state.recorded:
        return Settled(press.key, PressOutcome.AGAIN, state.signups.get(state.recorded[press.key]))
    pressed_at = min(press.pressed_at, at)
    if press.kind == PressKind.WALK_IN:
        if not 1 <= press.size <= LARGEST_WALK_IN:
            return Settled(press.key, PressOutcome.WRONG_SIZE)
        signup = _make_walk_in(state.event, press, pressed_at)
        state.signups[signup.pk] = signup
        outcome = PressOutcome.DONE
    else:
        found = state.party(press)
        if found is None:
            return Settled(press.key, PressOutcome.UNKNOWN)
        signup, outcome = found, _apply(state, found, press, pressed_at)
    if outcome in (PressOutcome.DONE, PressOutcome.OLDER):
        DoorPress.objects.create(
            event=state.event,
            key=press.key,
            signup=signup,
            kind=press.kind,
            size=0 if press.kind == PressKind.UNDO else press.size,
            pressed_at=pressed_at,
            recorded_at=at,
            is_superseded=outcome == PressOutcome.OLDER,
            by=by,
            door=door,
        )
        state.recorded[press.key] = signup.pk
    if outcome == PressOutcome.DONE:
        state.latest[signup.pk] = pressed_at
    return Settled(press.key, outcome, signup)


def _make_walk_in(event: Event, press: Press, pressed_at: dt.datetime) -> SignUp:
    return SignUp.objects.create(
        event=event,
        name=" ".join(press.name.split())[:LONGEST_NAME],
        size=press.size,
        state=SignUpState.ATTENDING,
        is_walk_in=True,
        wants_reminder=False,
        created_at=pressed_at,
        checked_in_at=pressed_at,
        checked_in_size=press.size,
    )


def _apply(state: _Door, signup: SignUp, press: Press, pressed_at: dt.datetime) -> PressOutcome:
    """Change the party as the press says, unless it has no seat or a later press has come in before."""
    # A walk-in that was undone has left nothing behind and may come back.
    if signup.state != SignUpState.ATTENDING and not signup.is_walk_in:
        return PressOutcome.NO_SEAT
    if press.kind == PressKind.CHECK_IN and not 1 <= press.size <= signup.size:
        return PressOutcome.WRONG_SIZE
    if pressed_at < state.latest.get(signup.pk, pressed_at):
        return PressOutcome.OLDER
    came = press.kind == PressKind.CHECK_IN
    signup.checked_in_at = pressed_at if came else None
    signup.checked_in_size = press.size if came else None
    fields = ["checked_in_at", "checked_in_size"]
    if signup.is_walk_in:
        signup.state = SignUpState.ATTENDING if came else SignUpState.CANCELLED
        signup.cancelled_at = None if came else pressed_at
        fields += ["state", "cancelled_at"]
    signup.save(update_fields=fields)
    return PressOutcome.DONE


def _follow(event: Event) -> None:
    """Let the number of an event that is held follow phones that settle late, unless staff wrote one."""
    if event.status == EventStatus.HELD:
        settle(event)


def check_in(signup_id: int, *, size: int, at: dt.datetime, by: User | None) -> Settled:
    """Note that so many of a party came."""
    press = Press(kind=PressKind.CHECK_IN, signup_id=signup_id, size=size, pressed_at=at)
    return _record_one(signup_id, press, at=at, by=by)


def undo_check_in(signup_id: int, *, at: dt.datetime, by: User | None) -> Settled:
    """Take back that a party came."""
    press = Press(kind=PressKind.UNDO, signup_id=signup_id, pressed_at=at)
    return _record_one(signup_id, press, at=at, by=by)


def _record_one(signup_id: int, press: Press, *, at: dt.datetime, by: User | None) -> Settled:
    event_id = SignUp.objects.values_list("event_id", flat=True).get(pk=signup_id)
    return record(event_id, [press], at=at, by=by)[0]


def walk_in(event_id: int, *, size: int, name: str, at: dt.datetime, by: User | None) -> Settled:
    """Count people who came without signing up, also beyond the capacity: they are there."""
    press = Press(kind=PressKind.WALK_IN, size=size, name=name, pressed_at=at)
    return record(event_id, [press], at=at, by=by)[0]


# --- What it makes of the figures ------------------------------------------------------------------------
def attendance_of(event: Event) -> Attendance | None:
    """Return how many came by the check-in; None when nobody used it, which is not the same as nobody."""
    came = SignUp.objects.attending().filter(event=event, checked_in_at__isnull=False)
    sums = {
        bool(is_walk_in): people
        for is_walk_in, people in came.values_list("is_walk_in").annotate(
            people=Coalesce(Sum("checked_in_size"), 0)
        )
    }
    return Attendance(sums.get(False, 0), sums.get(True, 0)) if sums else None


def no_shows(event: Event) -> SignUpQuerySet:
    """Return those with a seat who did not come. Nobody, when the check-in was not used."""
    seats = SignUp.objects.attending().filter(event=event, is_walk_in=False)
    return seats.filter(checked_in_at=None) if attendance_of(event) is not None else seats.none()


def settle(event: Event) -> bool:
    """
    Write how many came, when the check-in was used; tell whether it was.

    A number that staff wrote stays. The caller holds the lock on the event.
    """
    if event.attendance is not None and not event.is_attendance_counted:
        return False
    attendance = attendance_of(event)
    people = attendance.people if attendance else None
    if people != event.attendance:
        event.attendance, event.is_attendance_counted = people, people is not None
        # By the table, not by save(): what is counted by itself is no version of the event.
        Event.objects.filter(pk=event.pk).update(
            attendance=people, is_attendance_counted=people is not None
        )
    return people is not None
