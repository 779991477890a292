"""What a phone at the door holds and sends: the list of those who may come in, and batches of presses."""

import datetime as dt
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from projects.bypuls.access import DOOR_OPEN_AFTER
from projects.bypuls.models import Event, PressKind, SignUp, SignUpState
from projects.bypuls.signups.check_in import Press, PressOutcome, Settled
from projects.bypuls.signups.ticket import ticket_code

# One batch holds an evening of one phone.
MOST_PRESSES = 500
# Of a larger party that came short, the rest are counted as walk-ins or left out.
MOST_TO_CHOOSE_FROM = 31
OLDEST = dt.timedelta(days=7)
SEEN_AT_THE_DOOR = (SignUpState.ATTENDING, SignUpState.WAITING, SignUpState.OFFERED)


@dataclass(frozen=True)
class DoorRow:
    """One party as the helper sees it: no address, no answers, no allergies."""

    id: int
    name: str
    companions: str
    company: str
    size: int
    code: str
    has_seat: bool
    is_walk_in: bool
    came: int
    at: dt.datetime | None
    state: str

    @property
    def fewer(self) -> range:
        """The numbers to choose from when not all of them came."""
        return range(1, min(self.size, MOST_TO_CHOOSE_FROM))

    def as_json(self) -> dict[str, Any]:
        """Return the row as the phone keeps it. Moments are milliseconds, as JavaScript counts."""
        at = int(self.at.timestamp() * 1000) if self.at else None
        return {**self.__dict__, "at": at}


def rows_of(event: Event) -> list[DoorRow]:
    """Return everybody who may turn up, by name. One query."""
    rows = (
        event.signups.filter(state__in=SEEN_AT_THE_DOOR)
        .select_related("company")
        .only(
            *("name", "companions", "size", "state", "is_walk_in", "checked_in_at"),
            *("checked_in_size", "company__name", "event_id"),
        )
        .order_by("name", "pk")
    )
    return [row_of(signup) for signup in rows]


def row_of(signup: SignUp) -> DoorRow:
    """Return one party as the helper sees it; needs `company`."""
    return DoorRow(
        id=signup.pk,
        name=signup.name or _("Uten navn"),
        companions=", ".join(line.strip() for line in signup.companions.splitlines() if line),
        company=signup.company.name if signup.company else "",
        size=signup.size,
        code="" if signup.is_walk_in else ticket_code(signup),
        has_seat=signup.state == SignUpState.ATTENDING,
        is_walk_in=signup.is_walk_in,
        came=signup.checked_in_size or 0,
        at=signup.checked_in_at,
        state=str(signup.get_state_display()),
    )


def forget_at(event: Event) -> dt.datetime:
    """Return when a phone throws the list away by itself."""
    return event.ends_at + DOOR_OPEN_AFTER


class BadBatchError(Exception):
    """What came in is no batch of presses."""


def read_batch(data: object, *, at: dt.datetime) -> tuple[list[Press], list[str]]:
    """
    Return the presses of a batch, and the keys of those that nobody can read.

    The phone's clock may be wrong: it says when it sent the batch, and the presses are moved by as much
    as that differs from `at`. Raises BadBatchError when it is no batch at all.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("presses"), list):
        raise BadBatchError
    sent = data["presses"]
    sent_at = data.get("sent_at")
    if len(sent) > MOST_PRESSES or not isinstance(sent_at, int | float):
        raise BadBatchError
    presses, unreadable = [], []
    for one in sent:
        try:
            presses.append(_read_press(one, sent_at, at))
        except (ValueError, TypeError, KeyError, OverflowError, AttributeError):
            key = one.get("key") if isinstance(one, Mapping) else None
            unreadable.append(key[:64] if isinstance(key, str) else "")
    return presses, unreadable


def _read_press(one: Mapping[str, Any], sent_at: float, at: dt.datetime) -> Press:
    if not math.isfinite(one["at"]):
        raise ValueError("not a moment")
    ago = dt.timedelta(milliseconds=max(sent_at - one["at"], 0))
    kind = PressKind(one["kind"])
    signup_id, size, name = one.get("id"), one.get("size", 1), one.get("name", "")
    if not isinstance(size, int) or not isinstance(name, str):
        raise TypeError("not a press")
    if not isinstance(signup_id, int | None):
        raise TypeError("not a party")
    walk_in = one.get("walk_in")
    return Press(
        key=uuid.UUID(one["key"]),
        kind=kind,
        pressed_at=at - min(ago, OLDEST),
        size=size if -1 < size < 30_000 else 0,
        signup_id=signup_id if signup_id is None or 0 < signup_id < 2**63 else 0,
        walk_in_key=uuid.UUID(walk_in) if walk_in else None,
        name=name.replace("\x00", ""),
    )


def answer_to(settled: Sequence[Settled], unreadable: Sequence[str]) -> list[dict[str, Any]]:
    """Return what the phone is told of each press; a text where a person must do something."""
    found = [
        {
            "key": str(one.key),
            "outcome": str(one.outcome),
            "id": one.signup.pk if one.signup else None,
            "text": problem_text(one),
        }
        for one in settled
    ]
    bad = _("Telefonen sendte noe vi ikke forstår. Sjekk dem inn på nytt.")
    return found + [
        {"key": key, "outcome": "unreadable", "id": None, "text": bad} for key in unreadable
    ]


def problem_text(one: Settled) -> str:
    """Say what is wrong with a press; empty when it is as it should be."""
    name = (one.signup.name if one.signup else "") or _("Uten navn")
    if one.outcome == PressOutcome.UNKNOWN:
        return _("En av dem du sjekket inn, finnes ikke på dette arrangementet.")
    if one.outcome == PressOutcome.NO_SEAT:
        state = str(one.signup.get_state_display()).lower() if one.signup else ""
        return _(
            "%(name)s har ikke plass lenger (%(state)s), og er ikke sjekket inn. "
            "Slipp inn som «uten påmelding» hvis det er i orden."
        ) % {"name": name, "state": state}
    if one.outcome == PressOutcome.WRONG_SIZE:
        if one.signup is None:
            return _("Skriv hvor mange som kom, fra 1 til 50.")
        return _("%(name)s er påmeldt med %(size)s, så antallet kan ikke stemme.") % {
            "name": name,
            "size": one.signup.size,
        }
    return ""
