"""
Today's hours as columns, with a step line for what is usual, worked out on the server.

Pure: hours in, positions as text out. A gap is a shaded field without a column, never a column of no height.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from projects.bypuls.pulse.normal import HourOfDay
from projects.bypuls.pulse.words import count_text
from vekst.formats import number_text

WIDE, NARROW = (900, 320), (360, 240)


@dataclass(frozen=True)
class Column:
    """One hour: its column, or the field that says that the figure is missing."""

    x: str
    y: str
    width: str
    height: str
    is_gap: bool
    text: str


@dataclass(frozen=True)
class Tick:
    """One step of an axis."""

    at: str
    label: str


@dataclass(frozen=True)
class DayChart:
    """A day on a canvas, ready for the template."""

    width: int
    height: int
    left: str
    right: str
    top: str
    bottom: str
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]
    normal_path: str


def _n(value: float) -> str:
    """Write a position; templates would otherwise give it a Norwegian comma."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _ticks(highest: int) -> list[int]:
    """Return four or five round steps from zero to at least `highest`."""
    raw = max(highest, 4) / 4
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    return [step * n for n in range(math.ceil(max(highest, 4) / step) + 1)]


def day_chart(hours: Sequence[HourOfDay], size: tuple[int, int]) -> DayChart | None:
    """Lay out a day; None when there is neither a figure nor anything usual to draw."""
    known = [n for hour in hours for n in (hour.number, hour.normal) if n is not None]
    if not known:
        return None
    width, height = size
    ticks = _ticks(max(known))
    letter = 8.5 if size == WIDE else 9.5
    left = 14 + letter * max(len(number_text(tick)) for tick in ticks)
    right, top, bottom = width - 6.0, 14.0, height - 30.0
    slot = (right - left) / len(hours)

    def y(value: float) -> float:
        return bottom - value / ticks[-1] * (bottom - top)

    every = 2 if size == WIDE else 6
    return DayChart(
        width=width,
        height=height,
        left=_n(left),
        right=_n(right),
        top=_n(top),
        bottom=_n(bottom),
        y_ticks=tuple(Tick(_n(y(tick)), number_text(tick)) for tick in ticks),
        x_ticks=tuple(
            Tick(_n(left + index * slot), hour.label[:2])
            for index, hour in enumerate(hours)
            if index % every == 0
        ),
        columns=tuple(
            _column(hour, left + index * slot, slot, (top, bottom), y(_drawn(hour)))
            for index, hour in enumerate(hours)
            if not hour.is_ahead
        ),
        normal_path=_steps(hours, left, slot, y),
    )


def _drawn(hour: HourOfDay) -> float:
    """How high the column goes. Of few people it says no more than the words do."""
    number = hour.number or 0
    return 2.5 if 0 < number < 5 else float(number)


def _column(
    hour: HourOfDay, x: float, slot: float, room: tuple[float, float], height_at: float
) -> Column:
    top, bottom = room
    if hour.number is None:
        return Column(_n(x), _n(top), _n(slot), _n(bottom - top), True, hour.label)
    gap = slot * 0.16
    text = f"{hour.label}: {count_text(hour.number)}"
    return Column(
        _n(x + gap), _n(height_at), _n(slot - 2 * gap), _n(bottom - height_at), False, text
    )


def _steps(hours: Sequence[HourOfDay], left: float, slot: float, y: object) -> str:
    """The step line, with a new start after hours of which nothing is usual."""
    assert callable(y)  # noqa: S101
    parts, is_drawing = [], False
    for index, hour in enumerate(hours):
        if hour.normal is None:
            is_drawing = False
            continue
        level = _n(y(hour.normal))
        parts.append(f"{'L' if is_drawing else 'M'}{_n(left + index * slot)} {level}")
        parts.append(f"H{_n(left + (index + 1) * slot)}")
        is_drawing = True
    return " ".join(parts)
