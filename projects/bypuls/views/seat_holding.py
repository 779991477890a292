"""The seats held for the visitor who fills in a form, as the page shows and changes them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from projects.bypuls.models import Event, SeatHold
from projects.bypuls.signups.holds import find_hold, hold_seats
from projects.bypuls.signups.signup import SignUpError


@dataclass(frozen=True)
class Holding:
    """What the box of the form says: seats held until a moment, a time that is out, or a problem."""

    hold: SeatHold | None = None
    is_expired: bool = False
    problem: str = ""
    seconds: int = 0

    @property
    def key(self) -> str:
        return str(self.hold.key) if self.hold else ""


def _key(data: QueryDict) -> uuid.UUID | None:
    try:
        return uuid.UUID(data.get("hold", ""))
    except ValueError:
        return None


def _shown(hold: SeatHold | None, at: dt.datetime, *, problem: str = "") -> Holding:
    seconds = max(int((hold.expires_at - at).total_seconds()), 0) if hold else 0
    return Holding(hold, problem=problem, seconds=seconds)


def held_for(event: Event, data: QueryDict, *, at: dt.datetime) -> Holding:
    """Return what is held by the key in the form; a key whose time is out says so. One query at most."""
    key = _key(data)
    if key is None:
        return Holding()
    hold = find_hold(event, key, at=at)
    return _shown(hold, at) if hold else Holding(is_expired=True)


def hold_for(event: Event, data: QueryDict, *, at: dt.datetime) -> Holding:
    """Hold as many seats as the form asks for, or keep what is held and say why there are no more."""
    typed = data.get("size", "1")
    size = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 0
    if not size:
        return Holding(problem=_("Velg hvor mange som kommer."))
    key = _key(data)
    try:
        hold = hold_seats(event.pk, size, at=at, key=key)
    except SignUpError as error:
        return _shown(find_hold(event, key, at=at), at, problem=str(error))
    return _shown(hold, at)
