"""Which time zone a calendar means: by its own name, by Windows' name, or by the rules in the file."""

import datetime as dt
import zoneinfo

from icalendar import Component, Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from projects.bypuls.events.importing.lines import Block

# What a zone of a file's own is compared with: those around here, under the name that has all the rules.
_LIKELY = ("Europe/Oslo", "Europe/London", "Europe/Helsinki", "UTC")
# What libraries raise when a file says what cannot be.
BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RecursionError,
)


class Zones:
    """The time zones of one file."""

    def __init__(self, blocks: list[Block]) -> None:
        self._own = {block.first("TZID").strip('"'): block for block in blocks}
        self._found: dict[str, dt.tzinfo | None] = {}

    def find(self, name: str) -> dt.tzinfo | None:
        """Return the zone of that name; None when neither we nor the file know it."""
        if name not in self._found:
            self._found[name] = self._find(name.strip().strip('"'))
        return self._found[name]

    def _find(self, name: str) -> dt.tzinfo | None:
        block = self._own.get(name)
        nickname = block.first("X-LIC-LOCATION") if block else ""
        for candidate in (name, nickname):
            known = _by_name(candidate)
            if known is not None:
                return known
        return _by_rules(block) if block else None


def _by_name(name: str) -> dt.tzinfo | None:
    """Return the zone of a name, also one like `/example.org/2005/Europe/Oslo`."""
    name = WINDOWS_TO_OLSON.get(name, name)
    parts = name.strip("/").split("/")
    # From the right, so that the prefix of some programs falls away.
    for start in (0, -3, -2):
        candidate = "/".join(parts[start:])
        if not candidate:
            continue
        try:
            return zoneinfo.ZoneInfo(candidate)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return None


def _by_rules(block: Block) -> dt.tzinfo | None:
    """Return a zone that follows the file's own rules."""
    try:
        component = Component.from_ical(block.text)
        if not isinstance(component, Timezone):
            return None
        own: dt.tzinfo = component.to_tz(lookup_tzid=False)
        own_offsets = _offsets(own)
    except BROKEN:
        return None
    for name in _LIKELY:
        likely = zoneinfo.ZoneInfo(name)
        if _offsets(likely) == own_offsets:
            return likely
    return own


def _offsets(zone: dt.tzinfo) -> list[dt.timedelta | None]:
    """The offsets around the changes of summer time and in between, over some years."""
    days = ((1, 15), (3, 20), (3, 31), (4, 1), (7, 1), (10, 20), (10, 31), (11, 15))
    return [
        dt.datetime(year, month, day, 12, tzinfo=zone).utcoffset()
        for year in range(2024, 2030)
        for month, day in days
    ]
