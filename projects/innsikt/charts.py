"""
Charts as shapes on a canvas, worked out on the server; templates turn them into SVG.

Pure: points in, positions as text out. A missing figure is a gap in the line, never a zero.
"""

import datetime
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from projects.innsikt.figures import Point
from vekst.formats import number_text, short_month

WIDE, NARROW = 900, 360
_SERIES_STYLES = 6
# Over two years or less the years alone would say too little.
_MONTHS_NAMED_DAYS = 762


@dataclass(frozen=True)
class Line:
    """One series to draw."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Mark:
    """Something dated: a break in the figures, or an event. `number` refers to the list under the chart."""

    number: int
    date: datetime.date
    text: str
    is_break: bool


@dataclass(frozen=True)
class Target:
    """What the figures should reach: a level, or a path of (date, value)."""

    label: str
    path: tuple[tuple[datetime.date, Decimal], ...]


@dataclass(frozen=True)
class Tick:
    """One step of an axis."""

    at: str
    label: str


@dataclass(frozen=True)
class Dot:
    """One figure on the canvas, with what it says."""

    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Stretch:
    """A part of the time axis without figures."""

    x: str
    width: str


@dataclass(frozen=True)
class DrawnLine:
    """A series on the canvas. `style` is 1 to 6 and gives colour and dashes in the style sheet."""

    style: int
    label: str
    path: str
    dots: tuple[Dot, ...]
    end: Dot | None
    end_anchor: str
    label_y: str


@dataclass(frozen=True)
class DrawnMark:
    """A mark on the canvas."""

    x: str
    number: int
    label_y: str
    is_break: bool


@dataclass(frozen=True)
class LineChart:
    """A chart over time, ready for the template. All positions are text with a point."""

    width: int
    height: int
    left: str
    right: str
    top: str
    bottom: str
    label_x: str
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    lines: tuple[DrawnLine, ...]
    gaps: tuple[Stretch, ...]
    marks: tuple[DrawnMark, ...]
    target_path: str
    target_end: Dot | None
    from_zero: bool


@dataclass(frozen=True)
class Bar:
    """One category: where its bar starts, how long it is, and what it says."""

    label: str
    value_text: str
    y: str
    label_y: str
    value_x: str
    width: str
    is_missing: bool


@dataclass(frozen=True)
class BarChart:
    """Categories as bars from zero, ready for the template."""

    width: int
    height: int
    left: str
    bar_height: int
    label_above: bool
    bars: tuple[Bar, ...]


def _n(value: float) -> str:
    """Write a position; templates would otherwise give it a Norwegian comma."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def nice_ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return about `wanted` round steps that cover `low` to `high`, both ends included."""
    if high <= low:
        low, high = low - 1, high + 1
    raw = (high - low) / max(wanted - 1, 1)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """Start the axis at zero unless that would flatten the line; negatives get their room."""
    low, high = min(values), max(values)
    if low >= 0 and low < high * 0.5:
        low = 0.0
    if high <= 0:
        high = 0.0
    return low, high


@dataclass
class _Canvas:
    """The scales of one chart."""

    width: int
    height: int
    first_day: int
    last_day: int
    low: float
    high: float
    left: float
    right: float
    top: float = 44.0
    below: float = 34.0
    ticks: list[float] = field(default_factory=list)

    @property
    def bottom(self) -> float:
        return self.height - self.below

    def x(self, day: datetime.date) -> float:
        span = max(self.last_day - self.first_day, 1)
        share = (day.toordinal() - self.first_day) / span
        return self.left + share * (self.width - self.left - self.right)

    def y(self, value: Decimal | float) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)


def runs(points: Sequence[Point]) -> list[list[Point]]:
    """Split the points at missing figures; a line is drawn within a run and never across a gap."""
    return [
        list(group)
        for has_value, group in itertools.groupby(points, key=lambda p: p.value is not None)
        if has_value
    ]


def line_path(canvas: _Canvas, points: Sequence[Point]) -> str:
    """Return the path of a series: a new start after each gap."""
    parts = []
    for run in runs(points):
        for index, point in enumerate(run):
            if point.value is not None:
                command = "L" if index else "M"
                parts.append(f"{command}{_n(canvas.x(point.start))} {_n(canvas.y(point.value))}")
    return " ".join(parts)


def line_chart(
    lines: Sequence[Line],
    *,
    width: int,
    decimals: int,
    marks: Sequence[Mark] = (),
    target: Target | None = None,
) -> LineChart | None:
    """Lay out a chart over time; None when there is no figure at all."""
    points = [point for line in lines for point in line.points]
    values = [float(point.value) for point in points if point.value is not None]
    if not values:
        return None
    canvas = _canvas(
        points, values, width=width, decimals=decimals, target=target, count=len(lines)
    )
    rows = _mark_rows(canvas, marks)
    canvas.top = 14.0 + max(len(rows), 1) * 21
    drawn = _spread_labels([_draw(canvas, line, i, decimals) for i, line in enumerate(lines)])
    return LineChart(
        width=width,
        height=canvas.height,
        left=_n(canvas.left),
        right=_n(width - canvas.right),
        top=_n(canvas.top),
        bottom=_n(canvas.bottom),
        label_x=_n(width - canvas.right + 10),
        y_ticks=tuple(Tick(_n(canvas.y(tick)), number_text(_exact(tick))) for tick in canvas.ticks),
        x_ticks=_x_ticks(canvas),
        lines=tuple(drawn),
        gaps=_gaps(canvas, lines),
        marks=_draw_marks(canvas, rows),
        target_path=_target_path(canvas, target),
        target_end=_target_end(canvas, target),
        from_zero=canvas.low <= 0 <= canvas.high,
    )


def _exact(value: float) -> Decimal:
    number = Decimal(repr(value))
    return number.quantize(Decimal(1)) if number == number.to_integral() else number


def _canvas(
    points: Sequence[Point],
    values: Sequence[float],
    *,
    width: int,
    decimals: int,
    target: Target | None,
    count: int,
) -> _Canvas:
    wide = width >= WIDE
    reach = [*values, *(float(value) for _day, value in (target.path if target else ()))]
    ticks = nice_ticks(*_bounds(reach), wanted=6 if wide else 5)
    longest = max(len(number_text(_exact(tick))) for tick in ticks)
    days = [point.start.toordinal() for point in points]
    end = max(len(number_text(Decimal(repr(value)), decimals)) for value in values)
    return _Canvas(
        width=width,
        height=420 if wide else 320,
        first_day=min(days),
        last_day=max(days),
        low=ticks[0],
        high=ticks[-1],
        left=12 + longest * (9 if wide else 9.8),
        right=(170 if count > 1 else 16 + end * 10) if wide else 14 + end * 4.5,
        ticks=ticks,
    )


def _draw(canvas: _Canvas, line: Line, index: int, decimals: int) -> DrawnLine:
    known = [point for point in line.points if point.value is not None]
    # Many figures need no dots; one that stands alone between gaps would be invisible without.
    alone = {run[0].period for run in runs(line.points) if len(run) == 1}
    shown = known if len(known) <= 24 else [point for point in known if point.period in alone]
    dots = tuple(_dot(canvas, point, decimals) for point in shown)
    end = _dot(canvas, known[-1], decimals) if known else None
    return DrawnLine(
        style=index % _SERIES_STYLES + 1,
        label=line.label,
        path=line_path(canvas, line.points),
        dots=dots,
        end=end,
        # A figure near the edge stands to the left of its dot, or it would be cut off.
        end_anchor="end" if end and float(end.x) > canvas.width * 0.75 else "middle",
        label_y=end.y if end else "0",
    )


def _dot(canvas: _Canvas, point: Point, decimals: int) -> Dot:
    value = point.value if point.value is not None else Decimal(0)
    return Dot(_n(canvas.x(point.start)), _n(canvas.y(value)), number_text(value, decimals))


def _spread_labels(lines: list[DrawnLine], room: float = 38.0) -> list[DrawnLine]:
    """Push the names at the lines' ends apart, so that none covers another."""
    order = sorted(
        (index for index, line in enumerate(lines) if line.end),
        key=lambda i: float(lines[i].label_y),
    )
    placed: dict[int, float] = {}
    above = -math.inf
    for index in order:
        above = placed[index] = max(float(lines[index].label_y), above + room)
    return [replace(line, label_y=_n(placed.get(index, 0.0))) for index, line in enumerate(lines)]


def _x_ticks(canvas: _Canvas) -> tuple[Tick, ...]:
    if canvas.last_day - canvas.first_day <= _MONTHS_NAMED_DAYS:
        return _month_ticks(canvas)
    first = datetime.date.fromordinal(canvas.first_day).year
    last = datetime.date.fromordinal(canvas.last_day).year
    room = (canvas.width - canvas.left - canvas.right) / 56
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if (last - first) / s <= room)
    years = [year for year in range(first, last + 1) if year % step == 0]
    ticks = []
    for year in years:
        day = datetime.date(year, 1, 1)
        if day.toordinal() >= canvas.first_day:
            ticks.append(Tick(_n(canvas.x(day)), str(year)))
    return tuple(ticks)


def _month_ticks(canvas: _Canvas) -> tuple[Tick, ...]:
    """Name months, and years in place of their Januaries."""
    first = datetime.date.fromordinal(canvas.first_day)
    last = datetime.date.fromordinal(canvas.last_day)
    span = (last.year - first.year) * 12 + last.month - first.month
    room = (canvas.width - canvas.left - canvas.right) / 56
    step = next(s for s in (1, 2, 3, 6, 12, 24) if span / s <= room)
    ticks = []
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        day = datetime.date(number // 12, number % 12 + 1, 1)
        if number % step == 0 and day >= first:
            label = str(day.year) if day.month == 1 else short_month(day.month)
            ticks.append(Tick(_n(canvas.x(day)), label))
    return tuple(ticks)


def _gaps(canvas: _Canvas, lines: Sequence[Line]) -> tuple[Stretch, ...]:
    """Mark where the first line, which is the one the page is about, has no figures."""
    points = lines[0].points
    edges: list[Stretch] = []
    for index, point in enumerate(points):
        if point.value is None and (index == 0 or points[index - 1].value is not None):
            end = next((p for p in points[index:] if p.value is not None), points[-1])
            start = canvas.x(points[index - 1].start if index else point.start)
            if canvas.x(end.start) > start:
                edges.append(Stretch(_n(start), _n(canvas.x(end.start) - start)))
    return tuple(edges)


def _draw_marks(canvas: _Canvas, rows: Sequence[Sequence[Mark]]) -> tuple[DrawnMark, ...]:
    return tuple(
        DrawnMark(_n(canvas.x(mark.date)), mark.number, _n(11 + row * 21), mark.is_break)
        for row, marks in enumerate(rows)
        for mark in marks
    )


def _mark_rows(canvas: _Canvas, marks: Sequence[Mark]) -> list[list[Mark]]:
    """Set the numbers in as many rows as it takes for none to touch another."""
    rows: list[list[Mark]] = []
    for mark in marks:
        if not canvas.first_day <= mark.date.toordinal() <= canvas.last_day:
            continue
        x = canvas.x(mark.date)
        free = next((row for row in rows if x - canvas.x(row[-1].date) >= 22), None)
        if free is None:
            rows.append([mark])
        else:
            free.append(mark)
    return rows


def _target_path(canvas: _Canvas, target: Target | None) -> str:
    if target is None:
        return ""
    return " ".join(
        f"{'L' if index else 'M'}{_n(canvas.x(day))} {_n(canvas.y(value))}"
        for index, (day, value) in enumerate(target.path)
    )


def _target_end(canvas: _Canvas, target: Target | None) -> Dot | None:
    if target is None:
        return None
    day, value = target.path[-1]
    return Dot(_n(canvas.x(day)), _n(canvas.y(value)), target.label)


def bar_chart(
    bars: Sequence[tuple[str, Decimal | None]], *, width: int, decimals: int, missing: str
) -> BarChart | None:
    """Lay out categories as bars; a missing one has no bar and says `missing`. None without figures."""
    values = [abs(value) for _label, value in bars if value is not None]
    if not values:
        return None
    above = width < WIDE
    row, thick = (58, 22) if above else (38, 24)
    left = 2.0 if above else 270.0
    end = max(len(number_text(value, decimals)) for value in values) * (11 if above else 10) + 14
    longest = max(float(max(values)), 1e-9)
    drawn = []
    for index, (label, value) in enumerate(bars):
        top = index * row + (24 if above else 4)
        size = 0.0 if value is None else float(abs(value)) / longest * (width - left - end)
        drawn.append(
            Bar(
                label=label,
                value_text=missing if value is None else number_text(value, decimals),
                y=_n(top),
                label_y=_n(top - 7 if above else top + thick / 2),
                value_x=_n(left + size + 8),
                width=_n(size),
                is_missing=value is None,
            )
        )
    return BarChart(width, len(bars) * row + 6, _n(left), thick, above, tuple(drawn))


@dataclass(frozen=True)
class Sparkline:
    """A small line without axes; what it says stands in words beside it."""

    path: str
    end: Dot | None


def sparkline(points: Sequence[Point], *, width: int = 240, height: int = 56) -> Sparkline | None:
    """Lay out a small line for a card; None with fewer than two figures."""
    values = [float(point.value) for point in points if point.value is not None]
    if len(values) < 2:
        return None
    low, high = min(values), max(values)
    days = [point.start.toordinal() for point in points]
    canvas = _Canvas(
        width=width,
        height=height,
        first_day=min(days),
        last_day=max(days),
        low=low,
        high=high if high > low else low + 1,
        left=4,
        right=8,
        top=6,
        below=6,
    )
    last = [point for point in points if point.value is not None][-1]
    return Sparkline(line_path(canvas, points), _dot(canvas, last, 0))
