"""One VEVENT of a calendar file: its times in a known zone, and its texts as ours."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Component

from projects.bypuls.events.importing import texts
from projects.bypuls.events.importing.lines import Block
from projects.bypuls.events.importing.zones import BROKEN, Zones
from projects.bypuls.models.event import LONGEST

# What an event lasts when the calendar tells no end: an hour, or the day.
AN_HOUR, A_DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_TIMES = re.compile(
    r"^(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)((?:;[^:;=]+=(?:\"[^\"]*\"|[^:;\"]*))*):",
    re.IGNORECASE,
)
_ZONE = re.compile(r";TZID=", re.IGNORECASE)
# Without these right, we do not know when it is; other broken lines only lose what they say.
_NEEDED = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_CALLED_OFF = re.compile(
    r"^\W*(avlyst|avlyses|kansellert|cancelled|canceled)\b[\W_]*", re.IGNORECASE
)
_RARELY = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
MOST_TIMES_A_DAY = 4
Moment = dt.datetime | dt.date


class BadEntryError(Exception):
    """The event cannot be read; the message tells staff why."""


@dataclass
class Entry:
    """One VEVENT: a whole event, the rule of a series, or a change of one of its dates."""

    uid: str
    line: int
    starts: Moment
    ends: Moment
    version: tuple[int, str, int]
    title: str
    recurrence: Moment | None = None
    is_this_and_future: bool = False
    rules: list[Any] = field(default_factory=list)
    added: list[Any] = field(default_factory=list)
    left_out: list[Moment] = field(default_factory=list)
    summary: str = ""
    description: str = ""
    location: str = ""
    organiser: str = ""
    website: str = ""
    categories: tuple[str, ...] = ()
    is_cancelled: bool = False
    is_private: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def repeats(self) -> bool:
        return bool(self.rules or self.added)


def uid_of(block: Block) -> str:
    """Return the UID of a block, shortened to what we can hold; empty when it has none."""
    uid = block.first("UID")
    return uid if len(uid) <= 255 else hashlib.sha256(uid.encode()).hexdigest()


def read_entry(block: Block, zones: Zones) -> Entry:
    """Read one VEVENT. Raises BadEntryError."""
    if not block.is_closed:
        raise BadEntryError(_("Arrangementet er ikke avsluttet (END:VEVENT mangler)."))
    try:
        component = Component.from_ical(_hide_zones(block))
        if not isinstance(component, Component):
            raise BadEntryError(_("Arrangementet kan ikke leses."))
        return _Reader(block, component, zones).entry()
    except BROKEN as error:
        raise BadEntryError(
            _("Arrangementet kan ikke leses: %(error)s") % {"error": error}
        ) from error


def _hide_zones(block: Block) -> str:
    """Keep the library from looking up zones: it remembers those of one file for the next."""
    shown = []
    for line in block.lines:
        found = _TIMES.match(line.text)
        if found:
            hidden = _ZONE.sub(";X-TZID=", found.group(2))
            shown.append(f"{found.group(1)}{hidden}:{line.text[found.end() :]}")
        else:
            shown.append(line.text)
    inner = "\r\n".join(shown)
    return f"BEGIN:VEVENT\r\n{inner}\r\nEND:VEVENT\r\n"


class _Reader:
    """Reads the properties of one component, and collects what it had to guess."""

    def __init__(self, block: Block, component: Component, zones: Zones) -> None:
        self.block, self.component, self.zones = block, component, zones
        self.notes: list[str] = []

    def entry(self) -> Entry:
        broken = {name.upper(): text for name, text in self.component.errors if name}
        for name in _NEEDED:
            if name in broken:
                value = self.block.first(name)[:60]
                raise BadEntryError(
                    _("%(name)s kan ikke leses: «%(value)s».") % {"name": name, "value": value}
                )
        starts, ends = self._span()
        title = texts.one_line(self._text("SUMMARY"), most=140)
        called_off = _CALLED_OFF.match(title)
        if called_off:
            title = title[called_off.end() :].strip() or title
        if not title:
            raise BadEntryError(_("Tittelen mangler (SUMMARY)."))
        description = texts.plain(self._text("DESCRIPTION"))[:8000]
        recurrence, is_this_and_future = self._recurrence()
        return Entry(
            uid=uid_of(self.block) or self._make_uid(title),
            line=self.block.number,
            starts=starts,
            ends=ends,
            version=self._version(),
            title=title,
            recurrence=recurrence,
            is_this_and_future=is_this_and_future,
            rules=self._rules(),
            added=self._moments("RDATE"),
            left_out=self._moments("EXDATE"),
            summary=texts.shortly(description, most=300),
            description=description,
            location=texts.one_line(self._text("LOCATION").replace("\n", ", "), most=300),
            organiser=self._organiser(),
            website=texts.web_address(self._text("URL")),
            categories=self._categories(),
            is_cancelled=bool(called_off)
            or self.block.method == "CANCEL"
            or self._text("STATUS").upper() == "CANCELLED",
            is_private=self._text("CLASS").upper() in ("PRIVATE", "CONFIDENTIAL"),
            notes=list(dict.fromkeys(self.notes)),
        )

    def _text(self, name: str) -> str:
        value = self.component.get(name, "")
        if isinstance(value, list):
            value = value[0]
        return str(value).strip()

    def _version(self) -> tuple[int, str, int]:
        """What tells the newer of two with the same UID."""
        sequence = self.block.first("SEQUENCE")
        stamp = self.block.first("LAST-MODIFIED") or self.block.first("DTSTAMP")
        return int(sequence) if sequence.isdigit() else 0, stamp, self.block.number

    def _make_uid(self, title: str) -> str:
        self.notes.append(_("Uten UID: kjennes igjen på tittel og starttid."))
        text = f"{title}|{self.block.first('DTSTART')}"
        return f"uten-uid-{hashlib.sha256(text.encode()).hexdigest()[:32]}"

    def _organiser(self) -> str:
        """The organiser's name as it is shown; never an address, and nothing of those who come."""
        value = self.component.get("ORGANIZER")
        if isinstance(value, list):
            value = value[0]
        name = unquote(str(getattr(value, "params", {}).get("CN", "")))
        return "" if "@" in name else texts.one_line(name, most=140)

    def _categories(self) -> tuple[str, ...]:
        values = self.component.get("CATEGORIES", [])
        values = values if isinstance(values, list) else [values]
        found = [str(name).strip() for value in values for name in getattr(value, "cats", [value])]
        return tuple(name for name in found if name)

    # --- Times ---------------------------------------------------------------------------------
    def _placed(self, value: Any, zone_name: str) -> Any:
        """Put a moment into its zone. A floating one is meant here; UTC stays as it is."""
        if isinstance(value, tuple):
            start, end = value
            is_span = isinstance(end, dt.timedelta)
            return self._placed(start, zone_name), end if is_span else self._placed(end, zone_name)
        if not isinstance(value, dt.datetime) or value.tzinfo is not None:
            return value
        zone = self.zones.find(zone_name) if zone_name else timezone.get_default_timezone()
        if zone is None:
            self.notes.append(
                _("Ukjent tidssone «%(name)s»: lest som norsk tid.") % {"name": zone_name}
            )
            zone = timezone.get_default_timezone()
        moment = value.replace(tzinfo=zone)
        if moment.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != value:
            self.notes.append(
                _(
                    "Klokka %(clock)s finnes ikke den dagen sommertiden begynner: lest som en time senere."
                )
                % {"clock": f"{value:%H.%M}"}
            )
        elif moment.utcoffset() != moment.replace(fold=1).utcoffset():
            self.notes.append(
                _(
                    "Klokka %(clock)s finnes to ganger den dagen sommertiden slutter: lest som den første."
                )
                % {"clock": f"{value:%H.%M}"}
            )
        return moment

    def _moment(self, name: str) -> Moment | None:
        value = self.component.get(name)
        if isinstance(value, list):
            raise BadEntryError(_("%(name)s står der to ganger.") % {"name": name})
        if value is None:
            return None
        placed: Moment = self._placed(value.dt, str(value.params.get("X-TZID", "")))
        return placed

    def _moments(self, name: str) -> list[Any]:
        values = self.component.get(name, [])
        found = []
        for value in values if isinstance(values, list) else [values]:
            zone_name = str(value.params.get("X-TZID", ""))
            found += [self._placed(each.dt, zone_name) for each in value.dts]
        return found

    def _span(self) -> tuple[Moment, Moment]:
        starts, ends = self._moment("DTSTART"), self._moment("DTEND")
        if starts is None:
            raise BadEntryError(_("Starttiden mangler (DTSTART)."))
        if not 1900 <= starts.year <= 2200:
            raise BadEntryError(_("Året %(year)s kan ikke stemme.") % {"year": starts.year})
        if ends is None and "DURATION" in self.component:
            duration: Any = self.component["DURATION"]
            ends = later(starts, duration.dt)
        if ends is not None and isinstance(ends, dt.datetime) is not isinstance(
            starts, dt.datetime
        ):
            raise BadEntryError(_("Starten og slutten er ikke skrevet på samme måte."))
        if ends is None or between(starts, ends) == dt.timedelta(0):
            if not isinstance(starts, dt.datetime):
                return starts, starts + A_DAY
            self.notes.append(_("Uten slutt: satt til en time."))
            return starts, later(starts, AN_HOUR)
        if between(starts, ends) < dt.timedelta(0):
            raise BadEntryError(_("Slutten er før starten."))
        if between(starts, ends) > LONGEST:
            raise BadEntryError(_("Varer i mer enn 31 dager."))
        return starts, ends

    def _recurrence(self) -> tuple[Moment | None, bool]:
        moment = self._moment("RECURRENCE-ID")
        value = self.component.get("RECURRENCE-ID")
        range_ = str(value.params.get("RANGE", "")) if value is not None else ""
        return moment, range_.upper() == "THISANDFUTURE"

    def _rules(self) -> list[Any]:
        values = self.component.get("RRULE", [])
        rules = values if isinstance(values, list) else [values]
        for rule in rules:
            check_rule(rule)
        return rules


def later(moment: Moment, duration: dt.timedelta) -> Moment:
    """Return the moment so much later, in hours that pass and not on the clock."""
    if not isinstance(moment, dt.datetime):
        return moment + duration
    return (moment.astimezone(dt.UTC) + duration).astimezone(moment.tzinfo)


def between(starts: Moment, ends: Moment) -> dt.timedelta:
    """Return how long it lasts, in hours that pass; both are days, or both are moments."""
    if isinstance(starts, dt.datetime) and isinstance(ends, dt.datetime):
        return ends.astimezone(dt.UTC) - starts.astimezone(dt.UTC)
    return dt.timedelta(days=ends.toordinal() - starts.toordinal())


def check_rule(rule: Any) -> None:
    """Refuse rules that never end in a reasonable number of dates. Raises BadEntryError."""
    if str(rule.get("FREQ", [""])[0]).upper() not in _RARELY:
        raise BadEntryError(_("Gjentas oftere enn daglig."))
    if not all(1 <= int(each) <= 1000 for each in rule.get("INTERVAL", [1])):
        raise BadEntryError(_("Gjentakelsen har et umulig mellomrom (INTERVAL)."))
    if not all(1 <= int(each) <= 20_000 for each in rule.get("COUNT", [1])):
        raise BadEntryError(_("Gjentakelsen har et umulig antall (COUNT)."))
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(len(rule.get(name, [])), 1)
    if times > MOST_TIMES_A_DAY:
        raise BadEntryError(_("Gjentas for ofte på én dag."))
    months = [int(month) for month in rule.get("BYMONTH", [])]
    longest = max((_LONGEST_MONTHS.get(month, 31) for month in months), default=31)
    days = [abs(int(day)) for day in rule.get("BYMONTHDAY", [])]
    if days and not any(1 <= day <= longest for day in days):
        raise BadEntryError(_("Gjentakelsen kan aldri inntreffe."))
