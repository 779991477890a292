"""
Today against a normal week: the median of the same weekday and hour in the last eight weeks.

Public holidays are left out, and fewer than four values are too few to call anything normal. An hour
without a figure is a gap, never a zero. Cost: one query over nine days for each counter, however many
readings there are.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from statistics import median

from django.db.models import Q
from django.utils import timezone

from projects.bypuls.models import Counter, CountReading
from projects.bypuls.places.opening_hours import moment_of
from projects.bypuls.places.public_holidays import holiday_name, is_holiday
from vekst import formats

WEEKS, FEWEST = 8, 4
HOUR = dt.timedelta(hours=1)
# A counter that has told nothing for so long cannot say how things are now.
SILENT_AFTER = dt.timedelta(hours=3)

Numbers = Mapping[dt.datetime, int]


@dataclass(frozen=True)
class HourOfDay:
    """One hour: what was counted (None: a gap, or not over yet) and what is usual (None: nobody knows)."""

    starts_at: dt.datetime
    label: str
    number: int | None
    normal: int | None
    is_ahead: bool = False

    @property
    def is_gap(self) -> bool:
        return self.number is None and not self.is_ahead


@dataclass(frozen=True)
class DayAtCounter:
    """One counter's day so far."""

    counter: Counter
    date: dt.date
    hours: Sequence[HourOfDay]
    holiday: str
    at: dt.datetime

    @property
    def newest(self) -> HourOfDay | None:
        """The last whole hour of today that has a figure."""
        known = [hour for hour in self.hours if hour.number is not None]
        return known[-1] if known else None

    @property
    def told_until(self) -> dt.datetime | None:
        """The end of the newest whole hour that the counter has told of."""
        if self.counter.last_hour is None:
            return None
        running = self.at.replace(minute=0, second=0, microsecond=0)
        return min(self.counter.last_hour + HOUR, running)

    @property
    def is_silent(self) -> bool:
        return self.told_until is None or self.at - self.told_until >= SILENT_AFTER

    @property
    def has_gaps(self) -> bool:
        return any(hour.is_gap for hour in self.hours)


def local_day(date: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return when a local day begins and ends: 23, 24 or 25 hours."""
    return moment_of(date, dt.time(0)), moment_of(date + dt.timedelta(days=1), dt.time(0))


def hours_of(date: dt.date) -> list[dt.datetime]:
    """Return the beginnings of the day's hours, in order, as moments."""
    start, end = local_day(date)
    return [start + n * HOUR for n in range(round((end - start) / HOUR))]


def hour_label(starts_at: dt.datetime) -> str:
    """Return "13–14", as the clocks in town show it."""
    first = formats.local(starts_at)
    last = formats.local(starts_at + HOUR)
    assert isinstance(first, dt.datetime) and isinstance(last, dt.datetime)  # noqa: S101, PT018
    return f"{first:%H}–{last:%H}" if last.hour else f"{first:%H}–24"


def days_before(date: dt.date) -> list[dt.date]:
    """Return the same weekday in the last eight weeks, without public holidays."""
    days = [date - dt.timedelta(weeks=n) for n in range(1, WEEKS + 1)]
    return [day for day in days if not is_holiday(day)]


def days_at_counters(counters: Sequence[Counter], *, at: dt.datetime) -> list[DayAtCounter]:
    """Return today at each counter. One query."""
    today = timezone.localdate(at)
    before = days_before(today)
    numbers = _numbers(counters, [today, *before])
    return [_day(counter, today, before, numbers[counter.pk], at) for counter in counters]


def _numbers(
    counters: Iterable[Counter], days: Sequence[dt.date]
) -> dict[int, dict[dt.datetime, int]]:
    """What was counted on these days, by counter and hour. One query."""
    spans = (local_day(day) for day in days)
    within = reduce(or_, (Q(hour__gte=start, hour__lt=end) for start, end in spans))
    rows = CountReading.objects.filter(within, counter__in=[row.pk for row in counters])
    found: dict[int, dict[dt.datetime, int]] = defaultdict(dict)
    for counter_id, hour, number in rows.values_list("counter_id", "hour", "number"):
        found[counter_id][hour] = number
    return found


def _day(
    counter: Counter, today: dt.date, before: Sequence[dt.date], numbers: Numbers, at: dt.datetime
) -> DayAtCounter:
    normal = _normal_by_hour(before, numbers)
    hours = []
    for start in hours_of(today):
        # An hour that is not over has not been counted, whatever the counter has told of it.
        ahead = start + HOUR > at
        hours.append(
            HourOfDay(
                starts_at=start,
                label=hour_label(start),
                number=None if ahead else numbers.get(start),
                normal=normal.get(timezone.localtime(start).hour),
                is_ahead=ahead,
            )
        )
    return DayAtCounter(counter, today, hours, holiday_name(today), at)


def _normal_by_hour(days: Sequence[dt.date], numbers: Numbers) -> dict[int, int]:
    values: dict[int, list[int]] = defaultdict(list)
    for day in days:
        for start in hours_of(day):
            if start in numbers:
                values[timezone.localtime(start).hour].append(numbers[start])
    return {hour: round(median(found)) for hour, found in values.items() if len(found) >= FEWEST}


def normal_week(counter: Counter, *, at: dt.datetime) -> list[list[int | None]]:
    """Return what is usual for each of the seven weekdays and 24 hours, Monday first. One query."""
    today = timezone.localdate(at)
    days = [today - dt.timedelta(days=n) for n in range(1, 7 * WEEKS + 1)]
    start, end = local_day(days[-1])[0], local_day(days[0])[1]
    rows = CountReading.objects.filter(counter=counter, hour__gte=start, hour__lt=end)
    numbers = dict(rows.values_list("hour", "number"))
    by_weekday: dict[int, list[dt.date]] = defaultdict(list)
    for day in days:
        if not is_holiday(day):
            by_weekday[day.weekday()].append(day)
    usual = [_normal_by_hour(by_weekday[weekday], numbers) for weekday in range(7)]
    return [[hours.get(hour) for hour in range(24)] for hours in usual]
