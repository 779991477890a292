"""
Recurrence rules of RFC 5545: read, checked, and turned into dates in local wall time.

A rule at 08.00 is 08.00 all year. A time that summer time skips becomes one hour later by the clock
(02.30 is held at 03.30), and of a time that comes twice the first is meant, as RFC 5545 says (3.3.5).

The dates are found here and not by `dateutil.rrule`, which looks for the first one until the year 9999
and so hangs on a rule that no day fits; the tests hold the two against each other. Where a rule names
both "every Monday" and "the first Tuesday" each counts, as in the RFC.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
TOO_OFTEN = ("HOURLY", "MINUTELY", "SECONDLY")
# Once each working day. What goes on more often is the opening hours of a place.
MOST_A_YEAR = 270
MOST_IN_ALL = 1000
# How far ahead a date is looked for.
YEARS = 30
LONGEST_RULE = 300


class RuleError(ValueError):
    """The rule cannot be kept; the message says why, for the one who wrote it."""


@dataclass(frozen=True)
class Rule:
    """A rule that was read. Weekdays count from Monday as 0, each with its number in the month or 0."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: dt.datetime | None = None
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def has_days(self) -> bool:
        """Tell whether the rule itself names days; otherwise they follow the first date."""
        return bool(self.by_month_day or self.by_year_day or self.by_week_no or self.by_day)

    def __str__(self) -> str:
        days = (f"{number or ''}{WEEKDAYS[day]}" for number, day in self.by_day)
        parts = [
            ("FREQ", self.freq),
            ("INTERVAL", str(self.interval) if self.interval > 1 else ""),
            ("COUNT", str(self.count or "")),
            ("UNTIL", _until_text(self.until)),
            ("BYMONTH", ",".join(map(str, self.by_month))),
            ("BYMONTHDAY", ",".join(map(str, self.by_month_day))),
            ("BYYEARDAY", ",".join(map(str, self.by_year_day))),
            ("BYWEEKNO", ",".join(map(str, self.by_week_no))),
            ("BYDAY", ",".join(days)),
            ("BYSETPOS", ",".join(map(str, self.by_set_pos))),
            ("WKST", WEEKDAYS[self.week_start] if self.week_start else ""),
        ]
        return ";".join(f"{name}={value}" for name, value in parts if value)


def _until_text(until: dt.datetime | None) -> str:
    if until is None:
        return ""
    return f"{until:%Y%m%d}" if until.time() == dt.time.max else f"{until:%Y%m%dT%H%M%S}"


# --- Reading ---------------------------------------------------------------------------------------
def read_rule(text: str) -> Rule:
    """Return the rule that the text is, with or without `RRULE:` in front. Raises RuleError."""
    parts = _parts(text)
    freq = parts.pop("FREQ", "")
    if freq in TOO_OFTEN:
        raise RuleError(
            _("En serie kan ha høyst én dato om dagen. %(freq)s går ikke.") % {"freq": freq}
        )
    if freq not in FREQUENCIES:
        raise RuleError(_("Regelen må begynne med FREQ=DAILY, WEEKLY, MONTHLY eller YEARLY."))
    values = {name: _READERS[name](value) for name, value in parts.items()}
    rule = Rule(freq=freq, **{_FIELDS[name]: value for name, value in values.items()})
    _check_parts(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    cleaned = re.sub(r"\s", "", text).upper().removeprefix("RRULE:").strip(";")
    if not cleaned:
        raise RuleError(_("Skriv hvordan serien gjentas."))
    if len(cleaned) > LONGEST_RULE:
        raise RuleError(_("Regelen er for lang."))
    parts: dict[str, str] = {}
    for part in cleaned.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise RuleError(
                _("«%(part)s» er ikke en del av en regel. Skriv NAVN=VERDI.") % {"part": part}
            )
        if name in parts:
            raise RuleError(_("%(name)s står to ganger.") % {"name": name})
        if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            raise RuleError(
                _("Klokkeslettet følger den første datoen. Ta bort %(name)s.") % {"name": name}
            )
        if name not in _READERS and name != "FREQ":
            raise RuleError(_("Regelen har en ukjent del: %(name)s.") % {"name": name})
        parts[name] = value
    return parts


def _number(value: str, *, most: int, name: str) -> int:
    number = int(value) if re.fullmatch(r"\d{1,4}", value) else 0
    if not 1 <= number <= most:
        raise RuleError(
            _("%(name)s må være et tall fra 1 til %(most)s.") % {"name": name, "most": most}
        )
    return number


def _numbers(value: str, *, most: int, signed: bool, name: str) -> tuple[int, ...]:
    found = []
    for text in value.split(","):
        number = int(text) if re.fullmatch(r"[+-]?\d{1,3}", text) else 0
        if not 1 <= abs(number) <= most or (number < 0 and not signed):
            raise RuleError(
                _("%(name)s kan ikke være «%(value)s».") % {"name": name, "value": text}
            )
        found.append(number)
    return tuple(dict.fromkeys(found))


def _weekdays(value: str) -> tuple[tuple[int, int], ...]:
    found = []
    for text in value.split(","):
        match = re.fullmatch(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text)
        number = int(match[1] or 0) if match else 0
        if match is None or (match[1] and not 1 <= abs(number) <= 53):
            raise RuleError(
                _("«%(day)s» er ingen ukedag. Skriv MO, TU, WE, TH, FR, SA eller SU.")
                % {"day": text}
            )
        found.append((number, WEEKDAYS.index(match[2])))
    return tuple(dict.fromkeys(found))


def _until(value: str) -> dt.datetime:
    try:
        if re.fullmatch(r"\d{8}", value):
            day = dt.datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007
            return dt.datetime.combine(day, dt.time.max)
        moment = dt.datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        if value.endswith("Z"):
            moment = timezone.localtime(moment.replace(tzinfo=dt.UTC)).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise RuleError(_("UNTIL må være en dato som 20270630.")) from error
    return moment


def _week_start(value: str) -> int:
    if value not in WEEKDAYS:
        raise RuleError(_("WKST må være en ukedag, som MO."))
    return WEEKDAYS.index(value)


def _list_of(name: str, most: int, *, signed: bool = True) -> Callable[[str], tuple[int, ...]]:
    return lambda value: _numbers(value, most=most, signed=signed, name=name)


_READERS: dict[str, Callable[[str], Any]] = {
    "INTERVAL": lambda value: _number(value, most=999, name="INTERVAL"),
    "COUNT": lambda value: _number(value, most=MOST_IN_ALL, name="COUNT"),
    "UNTIL": _until,
    "BYMONTH": _list_of("BYMONTH", 12, signed=False),
    "BYMONTHDAY": _list_of("BYMONTHDAY", 31),
    "BYYEARDAY": _list_of("BYYEARDAY", 366),
    "BYWEEKNO": _list_of("BYWEEKNO", 53),
    "BYSETPOS": _list_of("BYSETPOS", 366),
    "BYDAY": _weekdays,
    "WKST": _week_start,
}
_FIELDS = {
    "INTERVAL": "interval",
    "COUNT": "count",
    "UNTIL": "until",
    "BYMONTH": "by_month",
    "BYMONTHDAY": "by_month_day",
    "BYYEARDAY": "by_year_day",
    "BYWEEKNO": "by_week_no",
    "BYSETPOS": "by_set_pos",
    "BYDAY": "by_day",
    "WKST": "week_start",
}


def _check_parts(rule: Rule) -> None:
    """Refuse what RFC 5545 forbids together (3.3.10)."""
    numbered = any(number for number, _day in rule.by_day)
    wrong = [
        (
            rule.count and rule.until,
            _("Velg enten et antall ganger eller en siste dato, ikke begge deler."),
        ),
        (
            numbered and rule.freq not in ("MONTHLY", "YEARLY"),
            _(
                "«Første tirsdag» og lignende går bare i en regel som gjentas hver måned eller hvert år."
            ),
        ),
        (numbered and rule.by_week_no, _("BYWEEKNO går ikke sammen med et tall foran ukedagen.")),
        (
            rule.by_month_day and rule.freq == "WEEKLY",
            _("BYMONTHDAY går ikke i en regel som gjentas hver uke."),
        ),
        (
            rule.by_year_day and rule.freq != "YEARLY",
            _("BYYEARDAY går bare sammen med FREQ=YEARLY."),
        ),
        (
            rule.by_week_no and (rule.freq != "YEARLY" or not rule.by_day or rule.week_start),
            _("BYWEEKNO går bare sammen med FREQ=YEARLY, BYDAY og uker som begynner på mandag."),
        ),
        (
            rule.by_set_pos and not (rule.has_days or rule.by_month),
            _("BYSETPOS velger blant dager, så regelen må også si hvilke."),
        ),
    ]
    for is_wrong, message in wrong:
        if is_wrong:
            raise RuleError(message)


def check_rule(text: str, first_starts_at: dt.datetime) -> Rule:
    """Return the rule if it gives a series from this moment on. Raises RuleError."""
    rule = read_rule(text)
    first = timezone.localtime(first_starts_at)
    if rule.until is not None and rule.until < first.replace(tzinfo=None):
        raise RuleError(
            _("Siste dato (%(until)s) er før den første (%(first)s).")
            % {"until": f"{rule.until:%d.%m.%Y}", "first": f"{first:%d.%m.%Y}"}
        )
    found = days(rule, first.date(), first.time())
    day = next(found, None)
    if day is None:
        raise RuleError(_why_nothing(rule))
    year = day + dt.timedelta(days=365)
    number = 1 + sum(1 for _day in takewhile(lambda day: day < year, islice(found, MOST_A_YEAR)))
    if number > MOST_A_YEAR:
        raise RuleError(
            _("Regelen gir mer enn %(most)s datoer i året. Bruk åpningstidene til stedet i stedet.")
            % {"most": MOST_A_YEAR}
        )
    return rule


def _why_nothing(rule: Rule) -> str:
    longest = max((calendar.monthrange(2024, month)[1] for month in rule.by_month), default=31)
    if rule.by_month_day and min(abs(day) for day in rule.by_month_day) > longest:
        days_of = ngettext(
            "Måneden i regelen har ikke dag %(day)s.",
            "Ingen av månedene i regelen har dag %(day)s.",
            len(rule.by_month),
        ) % {"day": min(abs(day) for day in rule.by_month_day)}
        return _("Regelen gir ingen datoer.") + " " + days_of
    return _("Regelen gir ingen datoer.")


# --- Dates -----------------------------------------------------------------------------------------
def moment(day: dt.date, clock: dt.time) -> dt.datetime:
    """Return that time of that local day, by the rule for summer time that stands above."""
    wall = dt.datetime.combine(day, clock.replace(tzinfo=None, fold=0))
    # By way of UTC, so that a time that does not exist becomes the one that people's clocks show.
    return timezone.localtime(timezone.make_aware(wall).astimezone(dt.UTC))


def local_naive(at: dt.datetime) -> dt.datetime:
    """Return what the clocks on the walls show."""
    return timezone.localtime(at).replace(tzinfo=None)


def length_of(starts_at: dt.datetime, ends_at: dt.datetime) -> dt.timedelta:
    """Return how long it lasts by the clock on the wall: 01-04 is three hours, also on the nights it is set."""
    wall = local_naive(ends_at) - local_naive(starts_at)
    # Half an hour may end before it began, on the wall, when the clock is set back.
    return wall if wall > dt.timedelta(0) else ends_at - starts_at


def end_after(starts_at: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """Return when what lasts so long by the clock on the wall ends."""
    wall = local_naive(starts_at) + length
    ends_at = moment(wall.date(), wall.time())
    return ends_at if ends_at > starts_at else starts_at + length


def starts(
    rule: Rule, first_starts_at: dt.datetime, *, until: dt.date, after: dt.date | None = None
) -> Iterator[dt.datetime]:
    """Return the moments of the rule on days after `after`, up to and including the day `until`."""
    first = timezone.localtime(first_starts_at)
    clock = first.time()
    for day in days(rule, first.date(), clock):
        if day > until:
            return
        if after is None or day > after:
            yield moment(day, clock)


def last_day(rule: Rule, first_starts_at: dt.datetime) -> dt.date | None:
    """Return the day of the last date, or None when the rule goes on."""
    if rule.count is None and rule.until is None:
        return None
    first = timezone.localtime(first_starts_at)
    found = None
    for day in days(rule, first.date(), first.time()):
        found = day
    return found or first.date()


def days(rule: Rule, first: dt.date, clock: dt.time) -> Iterator[dt.date]:
    """Return the local days of the rule from the first one on, in order, at most 30 years ahead."""
    given = 0
    last = first.replace(year=min(first.year + YEARS, dt.MAXYEAR - 1), day=min(first.day, 28))
    fits = _matcher(rule, first)
    for period in _periods(rule, first):
        if period[0] > last:
            return
        chosen = _chosen(rule, [day for day in period if fits(day)])
        for day in chosen:
            if day < first:
                continue
            if rule.until is not None and dt.datetime.combine(day, clock) > rule.until:
                return
            yield day
            given += 1
            if given == rule.count:
                return


def _chosen(rule: Rule, found: list[dt.date]) -> list[dt.date]:
    if not rule.by_set_pos:
        return found
    places = {place - 1 if place > 0 else len(found) + place for place in rule.by_set_pos}
    return [day for place, day in enumerate(found) if place in places]


def _periods(rule: Rule, first: dt.date) -> Iterator[list[dt.date]]:
    """Return the days of each day, week, month or year in which the rule looks for dates."""
    step = 0
    while True:
        yield _period(rule, first, step * rule.interval)
        step += 1


def _period(rule: Rule, first: dt.date, ahead: int) -> list[dt.date]:
    if rule.freq == "DAILY":
        return [first + dt.timedelta(days=ahead)]
    if rule.freq == "WEEKLY":
        begins = first - dt.timedelta(days=(first.weekday() - rule.week_start) % 7)
        return _run(begins + dt.timedelta(weeks=ahead), 7)
    if rule.freq == "MONTHLY":
        year, month = divmod(first.year * 12 + first.month - 1 + ahead, 12)
        return _run(dt.date(year, month + 1, 1), calendar.monthrange(year, month + 1)[1])
    year = first.year + ahead
    return _run(dt.date(year, 1, 1), 366 if calendar.isleap(year) else 365)


def _run(begins: dt.date, length: int) -> list[dt.date]:
    return [begins + dt.timedelta(days=number) for number in range(length)]


def _matcher(rule: Rule, first: dt.date) -> Callable[[dt.date], bool]:
    """Return the test of one day. What the rule leaves open follows the first date."""
    months, month_days, weekdays = rule.by_month, rule.by_month_day, rule.by_day
    if not rule.has_days:
        if rule.freq == "YEARLY":
            months = months or (first.month,)
        if rule.freq in ("YEARLY", "MONTHLY"):
            month_days = (first.day,)
        if rule.freq == "WEEKLY":
            weekdays = ((0, first.weekday()),)
    in_month = rule.freq == "MONTHLY" or bool(months)

    def fits(day: dt.date) -> bool:
        if months and day.month not in months:
            return False
        length = calendar.monthrange(day.year, day.month)[1]
        if month_days and not {day.day, day.day - length - 1} & set(month_days):
            return False
        if weekdays and not _is_weekday(day, weekdays, length if in_month else 0):
            return False
        return _fits_year(rule, day)

    return fits


def _is_weekday(day: dt.date, weekdays: tuple[tuple[int, int], ...], month: int) -> bool:
    """Tell whether the day is one of these; numbered within the month of that length, or the year at 0."""
    place, length = (day.day, month) if month else _in_year(day)
    numbers = {0, (place - 1) // 7 + 1, -((length - place) // 7) - 1}
    return any(weekday == day.weekday() and number in numbers for number, weekday in weekdays)


def _in_year(day: dt.date) -> tuple[int, int]:
    return day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365


def _fits_year(rule: Rule, day: dt.date) -> bool:
    if rule.by_year_day:
        place, length = _in_year(day)
        if not {place, place - length - 1} & set(rule.by_year_day):
            return False
    if rule.by_week_no:
        year, week, _weekday = day.isocalendar()
        weeks = dt.date(year, 12, 28).isocalendar().week
        return bool({week, week - weeks - 1} & set(rule.by_week_no))
    return True


# --- Rules made from rules -------------------------------------------------------------------------
def ended(rule: Rule, day: dt.date) -> Rule:
    """Return the rule with this last day."""
    return replace(rule, count=None, until=dt.datetime.combine(day, dt.time.max))


def with_count(rule: Rule, count: int) -> Rule:
    """Return the rule with so many dates."""
    return replace(rule, count=count, until=None)


def anchored(rule: Rule, first_starts_at: dt.datetime) -> Rule:
    """Return the rule with the days that it takes from its first date written out, so it may begin at another."""
    if rule.has_days:
        return rule
    first = timezone.localtime(first_starts_at)
    if rule.freq == "WEEKLY":
        return replace(rule, by_day=((0, first.weekday()),))
    if rule.freq == "MONTHLY":
        return replace(rule, by_month_day=(first.day,))
    if rule.freq == "YEARLY":
        return replace(rule, by_month=rule.by_month or (first.month,), by_month_day=(first.day,))
    return rule
