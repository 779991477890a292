"""What the pages of the town's pulse show."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from projects.bypuls.models import Counter, Weekday
from projects.bypuls.pulse import words
from projects.bypuls.pulse.charts import NARROW, WIDE, DayChart, day_chart
from projects.bypuls.pulse.normal import DayAtCounter, days_at_counters, normal_week


@dataclass(frozen=True)
class TableRow:
    """One hour in words."""

    label: str
    count: str
    normal: str
    difference: str
    is_gap: bool
    is_ahead: bool


@dataclass(frozen=True)
class Pulse:
    """One counter's day as the page shows it."""

    counter: Counter
    day: DayAtCounter
    conclusion: str
    explanation: str
    age: str
    wide: DayChart | None
    narrow: DayChart | None
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class WeekCell:
    """One hour of a normal week: its figure and how strong its shade is, 0 to 4; None where nobody knows."""

    text: str
    level: int | None


def pulses(counters: Sequence[Counter], *, at: dt.datetime) -> list[Pulse]:
    """Return the day at each of the counters. One query."""
    return [_pulse(day) for day in days_at_counters(counters, at=at)]


def _pulse(day: DayAtCounter) -> Pulse:
    return Pulse(
        counter=day.counter,
        day=day,
        conclusion=words.conclusion(day),
        explanation="" if day.is_silent else words.explanation(day),
        age=words.age(day),
        wide=day_chart(day.hours, WIDE),
        narrow=day_chart(day.hours, NARROW),
        rows=tuple(
            TableRow(
                label=hour.label,
                count="" if hour.is_ahead else words.count_text(hour.number),
                normal="–" if hour.normal is None else words.count_text(hour.normal),
                difference=words.difference_text(hour),
                is_gap=hour.is_gap,
                is_ahead=hour.is_ahead,
            )
            for hour in day.hours
        ),
    )


def week_table(counter: Counter, *, at: dt.datetime) -> list[tuple[str, list[WeekCell]]]:
    """Return a normal week as rows of hours, with a cell for each weekday; empty when nothing is usual. One query."""
    week = normal_week(counter, at=at)
    known = [number for hours in week for number in hours if number is not None]
    if not known:
        return []
    highest = max(*known, 1)
    return [
        (
            f"{hour:02}–{hour + 1:02}",
            [_cell(week[day.value][hour], highest) for day in Weekday],
        )
        for hour in range(24)
    ]


def _cell(number: int | None, highest: int) -> WeekCell:
    if number is None:
        return WeekCell("–", None)
    return WeekCell(words.count_text(number), min(4, number * 5 // highest))
