"""Storing figures and reading them back as points; missing ones stay missing all the way."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from projects.innsikt.models import Indicator, Observation, ObservationStatus, Series, SeriesKind
from projects.innsikt.periods import BadPeriodError, period_start, previous_year

# The series of an indicator whose source answers with one line.
ONLY_SERIES = "alle"


class EmptyFetchError(Exception):
    """The source answered, but without a single figure; nothing is stored and nothing becomes zero."""


@dataclass(frozen=True)
class Figure:
    """One figure as a source gives it: `value` is None exactly when `status` says why."""

    period: str
    value: Decimal | None
    status: str = ""


@dataclass(frozen=True)
class Point:
    """One figure as pages show it. `start` is the period's first day, local."""

    period: str
    start: datetime.date
    value: Decimal | None
    status: str = ""
    is_break: bool = False
    note: str = ""


def points_of(observations: Iterable[Observation]) -> tuple[Point, ...]:
    """Return the observations as points, the oldest first."""
    found = [
        Point(o.period, o.period_start, o.value, o.status, o.is_break, o.note) for o in observations
    ]
    return tuple(sorted(found, key=lambda point: (point.start, point.period)))


@transaction.atomic
def store_observations(
    *,
    indicator: Indicator,
    figures: Mapping[str, Sequence[Figure]],
    labels: Mapping[str, str] | None = None,
) -> int:
    """
    Store the figures by series key, replacing those of the same periods, and return how many.

    Periods that the source no longer mentions stay; marks of breaks and notes stay too. Figures of an
    example are removed first: invented and real ones never stand in one line. Indicators that show the
    growth of this one are worked out again. Safe to run twice.
    Raises EmptyFetchError when there is no value at all, BadPeriodError for an unknown period.
    """
    if not any(figure.value is not None for rows in figures.values() for figure in rows):
        raise EmptyFetchError(f"no figures for {indicator.slug}")
    Indicator.objects.select_for_update().get(pk=indicator.pk)
    if indicator.is_example:
        _drop_example(indicator)
    series_by_key = _series_for(indicator, list(figures), labels or {})
    rows = [_observation(series_by_key[key], figure) for key in figures for figure in figures[key]]
    Observation.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["series", "period"],
        update_fields=["period_start", "value", "status"],
    )
    for dependant in indicator.growth_indicators.all():
        work_out_growth(dependant)
    return len(rows)


def _observation(series: Series, figure: Figure) -> Observation:
    status = figure.status
    if figure.value is None and not status:
        status = ObservationStatus.UNKNOWN
    elif figure.value is None and status not in ObservationStatus.values:
        status = ObservationStatus.MISSING
    return Observation(
        series=series,
        period=figure.period,
        period_start=period_start(figure.period),
        value=figure.value,
        status="" if figure.value is not None else status,
    )


def _drop_example(indicator: Indicator) -> None:
    """What was written about invented figures goes with them."""
    Observation.objects.filter(series__indicator=indicator).delete()
    indicator.is_example = False
    for field in ("conclusion", "conclusion_nb", "conclusion_en", "concluded_period"):
        setattr(indicator, field, "")
    indicator.save()


def _series_for(
    indicator: Indicator, keys: Sequence[str], labels: Mapping[str, str]
) -> dict[str, Series]:
    known = {series.key: series for series in Series.objects.filter(indicator=indicator)}
    has_main = any(series.is_main for series in known.values())
    for position, key in enumerate(keys):
        if key not in known:
            known[key] = Series.objects.create(
                indicator=indicator,
                key=key,
                label=labels.get(key, indicator.title),
                is_main=not has_main,
                position=position,
            )
            has_main = True
    return known


def growth_percent(now: Decimal, before: Decimal) -> Decimal:
    """Return the change in per cent of `before`, to two decimals."""
    return ((now - before) / before * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def growth_figures(own: Iterable[Point], official: Iterable[Point]) -> list[Figure]:
    """
    Return the growth during each year: from its own figure to the next year's, in per cent.

    A corrected series often knows only the end of a year; its start is then the official figure. A
    year without figures at both ends has no growth.
    """
    at_end = {point.period: point.value for point in own}
    at_start = {point.period: point.value for point in official}
    at_start |= {period: value for period, value in at_end.items() if value is not None}
    figures = []
    for period, value in sorted(at_end.items()):
        year = previous_year(period)
        before = at_start.get(year)
        if value is None or not before:
            figures.append(Figure(year, None, ObservationStatus.UNKNOWN))
        else:
            figures.append(Figure(year, growth_percent(value, before)))
    return figures


def work_out_growth(indicator: Indicator) -> int:
    """Work out the figures of an indicator that shows another one's yearly growth; returns how many."""
    sources = list(
        Series.objects.filter(indicator=indicator.growth_of_id)
        .order_by("position", "pk")
        .prefetch_related("observations")
    )
    official = next((s for s in sources if s.kind == SeriesKind.OFFICIAL), None)
    if official is None:
        return 0
    base = points_of(official.observations.all())
    figures = {}
    for source in sources:
        known = [
            figure
            for figure in growth_figures(points_of(source.observations.all()), base)
            if indicator.show_from is None or period_start(figure.period) >= indicator.show_from
        ]
        first = next((i for i, figure in enumerate(known) if figure.value is not None), None)
        if first is not None:
            figures[source.key] = known[first:]
    if not figures:
        return 0
    return store_observations(
        indicator=indicator, figures=figures, labels={s.key: s.label for s in sources}
    )


def is_period(code: str) -> bool:
    """Tell whether the code names a year, a quarter or a month."""
    try:
        period_start(code)
    except BadPeriodError:
        return False
    return True
