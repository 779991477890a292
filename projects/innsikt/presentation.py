"""What the pages, the CSV and the JSON show of an indicator: loaded once, the same everywhere."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from projects.innsikt import charts, summary
from projects.innsikt.figures import Point, points_of
from projects.innsikt.models import (
    Annotation,
    ChartKind,
    Indicator,
    Observation,
    ObservationStatus,
    Series,
    SeriesKind,
)
from projects.innsikt.periods import period_text
from vekst.formats import number_text

# More lines than this in one chart cannot be told apart; the table holds them all.
MAX_LINES = 6


@dataclass(frozen=True)
class ShownSeries:
    """A series with all its points, the oldest first."""

    series: Series
    points: tuple[Point, ...]

    def since(self, day: datetime.date | None) -> "ShownSeries":
        """The same series without the points before `day`."""
        if day is None:
            return self
        return ShownSeries(self.series, tuple(p for p in self.points if p.start >= day))


@dataclass(frozen=True)
class Card:
    """An indicator in the overview."""

    indicator: Indicator
    series_label: str
    value_text: str
    period_text: str
    change_text: str
    sparkline: charts.Sparkline | None


@dataclass(frozen=True)
class TableCell:
    """One figure of the table, or why there is none."""

    text: str
    explanation: str
    note: str
    is_break: bool


@dataclass(frozen=True)
class TableRow:
    """One row of the table: a period, or for categories one category."""

    label: str
    cells: tuple[TableCell, ...]


@dataclass(frozen=True)
class Table:
    """The figures behind the chart."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def load_series(indicator: Indicator) -> list[ShownSeries]:
    """Return the indicator's series that have figures, in their order. Two queries."""
    found = (
        Series.objects.filter(indicator=indicator)
        .order_by("position", "pk")
        .prefetch_related("observations")
    )
    shown = [ShownSeries(series, points_of(series.observations.all())) for series in found]
    return [item for item in shown if item.points]


def zoomed(indicator: Indicator, shown: Sequence[ShownSeries]) -> list[ShownSeries]:
    """Return the part of the series that the indicator's first chart shows."""
    return [item for item in (s.since(indicator.show_from) for s in shown) if item.points]


def goes_further_back(indicator: Indicator, shown: Sequence[ShownSeries]) -> bool:
    """Tell whether there are older figures than the first chart shows, worth a chart of their own."""
    first = min((item.points[0].start for item in shown), default=None)
    return bool(
        indicator.chart_kind == ChartKind.LINE
        and indicator.show_from
        and first
        and first < indicator.show_from
    )


def cards(indicators: Iterable[Indicator]) -> list[Card]:
    """Return the cards of prefetched indicators (`main_series_prefetch`); no queries."""
    return [_card(indicator) for indicator in indicators]


def main_series_prefetch() -> "Prefetch[str]":
    """Prefetch what a card needs: the main series and its figures. Two queries for all indicators."""
    return Prefetch(
        "series",
        Series.objects.filter(is_main=True).prefetch_related(
            Prefetch("observations", Observation.objects.order_by("period_start"))
        ),
        to_attr="main_series",
    )


def _card(indicator: Indicator) -> Card:
    main: list[Series] = getattr(indicator, "main_series", [])
    shown = ShownSeries(main[0], points_of(main[0].observations.all())) if main else None
    points = shown.since(indicator.show_from).points if shown else ()
    found = summary.latest(points)
    return Card(
        indicator=indicator,
        series_label=main[0].label if main and getattr(indicator, "series_count", 2) > 1 else "",
        value_text=number_text(found.point.value, indicator.decimals)
        if found and found.point.value is not None
        else "",
        period_text=period_text(found.point.period) if found else "",
        change_text=summary.change_text(
            found, decimals=indicator.decimals, is_percent=indicator.is_percent
        )
        if found
        else "",
        sparkline=charts.sparkline(points),
    )


def status_text(status: str) -> str:
    """Say why a figure is missing."""
    return str(ObservationStatus(status).label) if status else ""


def table(indicator: Indicator, shown: Sequence[ShownSeries]) -> Table:
    """
    Return the figures with the newest period first: a row for each period and a column for each series,
    or the other way round for categories, of which there are many.
    """
    by_period: dict[tuple[datetime.date, str], dict[int, Point]] = {}
    for column, item in enumerate(shown):
        for point in item.points:
            by_period.setdefault((point.start, point.period), {})[column] = point
    periods = sorted(by_period, reverse=True)
    texts = tuple(period_text(period) for _start, period in periods)
    labels = tuple(item.series.label for item in shown)
    columns = [by_period[period] for period in periods]
    if indicator.chart_kind == ChartKind.BARS:
        rows = [
            TableRow(label, tuple(_cell(found.get(i), indicator.decimals) for found in columns))
            for i, label in enumerate(labels)
        ]
        return Table(_("Kategori"), texts, tuple(rows))
    rows = [
        TableRow(text, tuple(_cell(found.get(i), indicator.decimals) for i in range(len(labels))))
        for text, found in zip(texts, columns, strict=True)
    ]
    return Table(_("Periode"), labels, tuple(rows))


def _cell(point: Point | None, decimals: int) -> TableCell:
    if point is None:
        return TableCell("", "", "", is_break=False)
    if point.value is None:
        sign = "–" if point.status == ObservationStatus.UNKNOWN else point.status
        return TableCell(sign, status_text(point.status), point.note, point.is_break)
    return TableCell(number_text(point.value, decimals), "", point.note, point.is_break)


def marks(shown: Sequence[ShownSeries], annotations: Iterable[Annotation]) -> list[charts.Mark]:
    """Return breaks and events in order of time, numbered for the chart and the list under it."""
    dated = {(point.start, point.note, True) for s in shown for point in s.points if point.is_break}
    dated |= {(annotation.date, annotation.text, False) for annotation in annotations}
    return [
        charts.Mark(number, date, text, is_break)
        for number, (date, text, is_break) in enumerate(sorted(dated), 1)
    ]


def target(indicator: Indicator, shown: Sequence[ShownSeries]) -> charts.Target | None:
    """Return the line that the figures should reach; a growth target starts at the figure of its date."""
    if not shown:
        return None
    points = shown[0].points
    if indicator.target_value is not None:
        label = _("Mål: %(value)s") % {
            "value": number_text(indicator.target_value.normalize(), indicator.decimals)
        }
        level = indicator.target_value
        return charts.Target(label, ((points[0].start, level), (points[-1].start, level)))
    if indicator.target_growth_percent is None or indicator.target_from is None:
        return None
    since = [point for point in points if point.start >= indicator.target_from]
    if not since or since[0].value is None:
        return None
    factor = 1 + indicator.target_growth_percent / 100
    path = tuple((point.start, since[0].value * factor**years) for years, point in _yearly(since))
    label = _("Mål: %(percent)s %% i året") % {
        "percent": number_text(indicator.target_growth_percent.normalize())
    }
    return charts.Target(label, path) if len(path) > 1 else None


def _yearly(points: Sequence[Point]) -> list[tuple[Decimal, Point]]:
    first = points[0].start
    return [
        (
            Decimal((point.start.year - first.year) * 12 + point.start.month - first.month) / 12,
            point,
        )
        for point in points
    ]


def target_texts(
    found: charts.Target | None, shown: Sequence[ShownSeries], *, decimals: int
) -> list[str]:
    """Say for each official or corrected series whether its newest figure reaches the target."""
    if found is None:
        return []
    wanted = dict(found.path)
    texts = []
    for item in shown:
        newest = summary.latest(item.points)
        if newest is None or newest.point.value is None:
            continue
        goal = wanted.get(newest.point.start) or found.path[-1][1]
        words = (
            _("%(series)s, %(period)s: %(value)s – målet på %(goal)s er nådd.")
            if newest.point.value >= goal
            else _("%(series)s, %(period)s: %(value)s – under målet på %(goal)s.")
        )
        texts.append(
            words
            % {
                "series": item.series.label,
                "period": period_text(newest.point.period),
                "value": number_text(newest.point.value, decimals),
                "goal": number_text(goal.quantize(Decimal(1).scaleb(-decimals)), decimals),
            }
        )
    return texts


@dataclass(frozen=True)
class Drawing:
    """The indicator's chart in two sizes, with what it says for those who do not see it."""

    wide: charts.LineChart | charts.BarChart | None
    narrow: charts.LineChart | charts.BarChart | None
    key: str
    title: str
    description: str
    period_text: str
    has_gaps: bool
    marks: tuple[charts.Mark, ...]


def draw(
    indicator: Indicator,
    shown: Sequence[ShownSeries],
    listed: Sequence[charts.Mark],
    goal: charts.Target | None,
    *,
    key: str = "chart",
) -> Drawing:
    """Lay out the indicator's chart for wide and narrow screens; `key` makes its ids its own."""
    if indicator.chart_kind == ChartKind.BARS:
        return _draw_bars(indicator, shown)
    lines = [charts.Line(item.series.label, item.points) for item in shown[:MAX_LINES]]

    def laid_out(width: int) -> charts.LineChart | None:
        return charts.line_chart(
            lines, width=width, decimals=indicator.decimals, marks=listed, target=goal
        )

    told = [
        summary.series_text(
            item.series.label, item.points, unit=indicator.unit, decimals=indicator.decimals
        )
        for item in shown[:MAX_LINES]
    ]
    missing = summary.missing_text(shown[0].points) if shown else ""
    first = min((point.start for item in shown for point in item.points), default=None)
    seen = tuple(mark for mark in listed if first and mark.date >= first)
    notes = [f"{mark.date.year}: {mark.text}" for mark in seen]
    return Drawing(
        wide=laid_out(charts.WIDE),
        narrow=laid_out(charts.NARROW),
        key=key,
        title=_("Linjediagram: %(title)s") % {"title": indicator.title},
        description=" ".join(filter(None, [*told, missing, *notes])),
        period_text="",
        has_gaps=bool(missing),
        marks=seen,
    )


def newest_period(shown: Sequence[ShownSeries]) -> tuple[datetime.date, str] | None:
    """Return the newest period for which any series has a figure."""
    known = [(p.start, p.period) for item in shown for p in item.points if p.value is not None]
    return max(known, default=None)


def _draw_bars(indicator: Indicator, shown: Sequence[ShownSeries]) -> Drawing:
    newest = newest_period(shown)
    bars: list[tuple[str, Decimal | None]] = []
    statuses: list[str] = []
    if newest is not None:
        for item in shown:
            point = next((p for p in item.points if p.period == newest[1]), None)
            bars.append((item.series.label, point.value if point else None))
            statuses.append(point.status if point else ObservationStatus.UNKNOWN)
    if not indicator.keeps_order:
        # The longest first; those without a figure last.
        bars.sort(key=lambda bar: (bar[1] is None, -(bar[1] or 0)))
    missing = status_text(next(filter(None, statuses), ObservationStatus.UNKNOWN))

    def laid_out(width: int) -> charts.BarChart | None:
        return charts.bar_chart(bars, width=width, decimals=indicator.decimals, missing=missing)

    told = [
        f"{label}: {missing if value is None else number_text(value, indicator.decimals)}"
        for label, value in bars
    ]
    period = period_text(newest[1]) if newest else ""
    return Drawing(
        wide=laid_out(charts.WIDE),
        narrow=laid_out(charts.NARROW),
        key="chart",
        title=_("Søylediagram: %(title)s, %(period)s")
        % {"title": indicator.title, "period": period},
        description=f"{'; '.join(told)} ({indicator.unit}).",
        period_text=period,
        has_gaps=False,
        marks=(),
    )


def has_corrected(shown: Sequence[ShownSeries]) -> bool:
    """Tell whether the page must explain official and corrected figures."""
    return any(item.series.kind == SeriesKind.CORRECTED for item in shown)


def fallback_conclusion(indicator: Indicator, shown: Sequence[ShownSeries]) -> str:
    """Return one plain sentence for an indicator that nobody has concluded on yet."""
    found = summary.latest(shown[0].points) if shown else None
    if found is None or found.point.value is None:
        return _("Det finnes ingen tall ennå.")
    return _("%(period)s: %(value)s %(unit)s.") % {
        "period": period_text(found.point.period),
        "value": number_text(found.point.value, indicator.decimals),
        "unit": indicator.unit,
    } + (
        " "
        + summary.change_text(found, decimals=indicator.decimals, is_percent=indicator.is_percent)
        if found.before
        else ""
    )
