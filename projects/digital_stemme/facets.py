"""
How many listings each filter value would give, read from the cubes in one query.

A facet is counted with all filters but its own, so that a second value of the same filter shows what
it adds. The same query tells the total, and what dropping each filter would give.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

# Past this many matches of a free text the counts are lower bounds, and the page says "at least".
MATCH_LIMIT = 2000
UNSTATED_NUMBER = -1
RENT_STEPS = [6000, 8000, 10000, 12000, 15000, 18000, 22000]
PRICE_STEPS = [2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000, 8_000_000]
MOST_BEDROOMS = 5


@dataclass(frozen=True)
class Dimension:
    """
    One column of a cube.

    `expression` gives its value from a row of the listings; `operator` says what choosing means: one of
    the values, at least the value, or from zero to the value. A `counted` one has counts per value.
    """

    column: str
    expression: str
    operator: str = "any"
    counted: bool = True


@dataclass(frozen=True)
class Cube:
    """A cube, the listings it counts, and what makes a published listing no longer public."""

    table: str
    listings: str
    dimensions: tuple[Dimension, ...]
    over: str
    # The counted dimensions alone; read when nothing else is chosen.
    small_table: str = ""

    def dimension(self, column: str) -> Dimension:
        """Return the dimension of that column."""
        return next(d for d in self.dimensions if d.column == column)


def _step(column: str, steps: Sequence[int]) -> str:
    cases = " ".join(f"WHEN {column} <= {limit} THEN {i}" for i, limit in enumerate(steps))
    return f"CASE WHEN {column} IS NULL THEN -1 {cases} ELSE {len(steps)} END"


# LEAST alone would take the highest bound for "not stated".
_BEDROOMS = f"CASE WHEN bedrooms IS NULL THEN -1 ELSE LEAST(bedrooms, {MOST_BEDROOMS}) END"
HOME_CUBE = Cube(
    table="digital_stemme_homecube",
    listings="digital_stemme_home",
    dimensions=(
        Dimension("kind", "kind"),
        Dimension("dwelling", "dwelling"),
        Dimension("neighbourhood", "neighbourhood"),
        Dimension("bedrooms", _BEDROOMS, "at least"),
        Dimension("pets", "pets"),
        Dimension("step_free", "step_free"),
        Dimension("rent_step", _step("rent_nok", RENT_STEPS), "at most", counted=False),
        Dimension("price_step", _step("price_nok", PRICE_STEPS), "at most", counted=False),
        Dimension(
            "available_month",
            "COALESCE(EXTRACT(YEAR FROM available_from)::int * 12"
            " + EXTRACT(MONTH FROM available_from)::int - 1, -1)",
            "at most",
            counted=False,
        ),
    ),
    over="expires_on < %(today)s",
    small_table="digital_stemme_homesmallcube",
)
VACANCY_CUBE = Cube(
    table="digital_stemme_vacancycube",
    listings="digital_stemme_vacancy",
    dimensions=tuple(
        Dimension(name, name)
        for name in (
            "occupation",
            "extent",
            "engagement",
            "sector",
            "work_language",
            "remote",
            "place",
            "is_member_employer",
        )
    ),
    over="expires_at <= %(now)s",
)


@dataclass
class Counts:
    """What a list says of itself: the total, per value, and per dropped filter."""

    total: int = 0
    is_bounded: bool = False
    by_value: dict[str, dict[Any, int]] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)

    def of(self, column: str, value: object) -> int:
        """Return how many there are with that value, all other filters applied."""
        return self.by_value.get(column, {}).get(value, 0)

    def at_least(self, column: str, value: int) -> int:
        """Return how many there are with that value or a higher one."""
        return sum(n for found, n in self.by_value.get(column, {}).items() if found >= value)


def _passes(dimension: Dimension) -> str:
    """The condition that a row of the cube passes the chosen filter."""
    name = f"%({dimension.column})s"
    if dimension.operator == "any":
        return f"{dimension.column} = ANY({name})"
    if dimension.operator == "at least":
        low = f"(CASE WHEN {name} = {UNSTATED_NUMBER} THEN {dimension.column} = {name}"
        return f"{low} ELSE {dimension.column} >= {name} END)"
    return f"({dimension.column} BETWEEN 0 AND {name})"


def _source(cube: Cube, words: str, *, small: bool) -> str:
    """Rows of filter values and a number: the cube less what is over this very moment, or the matches."""
    dimensions = [d for d in cube.dimensions if d.counted or not small]
    columns = ", ".join(d.column for d in dimensions)
    expressions = ", ".join(f"{d.expression} AS {d.column}" for d in dimensions)
    table = cube.small_table if small else cube.table
    if words:
        return (
            f"(SELECT {expressions}, 1 AS n FROM {cube.listings} WHERE state = 'published'"  # noqa: S608
            f" AND NOT ({cube.over}) AND search @@ to_tsquery('norwegian', %(words)s)"
            f" LIMIT {MATCH_LIMIT + 1})"
        )
    return (
        f"(SELECT {columns}, n FROM {table} UNION ALL "  # noqa: S608
        f"SELECT {expressions}, -1 FROM {cube.listings} WHERE state = 'published' AND {cube.over})"
    )


def _narrowed(cube: Cube, words: str, active: list[Dimension]) -> str:
    """
    The rows that count for anything, with what is not counted by value folded away.

    A row that two chosen filters refuse is in no sum, since only one filter is ever dropped. Of free
    text all rows are kept: their number tells whether the bound was reached.
    """
    kept = [d.column for d in cube.dimensions if d.counted]
    flags = [d for d in active if not d.counted]
    columns = [*kept, *(f"{_passes(d)} AS {d.column}_passes" for d in flags)]
    where = ""
    if len(active) > 1 and not words:
        refused = " + ".join(f"(NOT {_passes(d)})::int" for d in active)
        where = f" WHERE {refused} <= 1"
    small = bool(cube.small_table) and not flags and not words
    source = _source(cube, words, small=small)
    if small or all(d.counted for d in cube.dimensions):
        # The sums below add up whatever the order; grouping here first would only cost.
        return f"SELECT {', '.join(columns)}, n FROM {source} AS row{where}"  # noqa: S608
    return (
        f"SELECT {', '.join(columns)}, sum(n) AS n FROM {source} AS row{where}"  # noqa: S608
        f" GROUP BY {', '.join(str(i + 1) for i in range(len(columns)))}"
    )


def count(
    cube: Cube, chosen: Mapping[str, Any], *, words: str = "", at: datetime.datetime
) -> Counts:
    """
    Count public listings by filter value. One query.

    `chosen` maps a column of the cube to the values (or the bound) that were chosen; `words` is a query
    in PostgreSQL's own form (`match_words`).
    """
    active = [d for d in cube.dimensions if d.column in chosen]
    counted = [d for d in cube.dimensions if d.counted]

    def passes(d: Dimension) -> str:
        return _passes(d) if d.counted else f"{d.column}_passes"

    def total(conditions: list[str]) -> str:
        return f"COALESCE(sum(n) FILTER (WHERE {' AND '.join(conditions) or 'TRUE'}), 0)"

    sums = [total([passes(d) for d in active])]
    sums += [total([passes(d) for d in active if d is not dropped]) for dropped in active]
    sets = ", ".join(f"({d.column})" for d in counted)
    sql = f"""
        WITH source AS ({_narrowed(cube, words, active)})
        SELECT GROUPING({", ".join(d.column for d in counted)}),
               {", ".join(d.column for d in counted)}, sum(n), {", ".join(sums)}
        FROM source GROUP BY GROUPING SETS ({sets}, ())
    """  # noqa: S608
    params: dict[str, Any] = dict(chosen)
    params |= {"now": at, "today": timezone.localdate(at), "words": words}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return _read(cursor.fetchall(), active, counted, bool(words))


def _read(
    rows: list[tuple[Any, ...]],
    active: list[Dimension],
    counted: list[Dimension],
    bounded: bool,
) -> Counts:
    counts = Counts(by_value={d.column: {} for d in counted})
    width = len(counted)
    everything = 2**width - 1
    for mask, *rest in rows:
        values, everyone, sums = rest[:width], rest[width], rest[width + 1 :]
        if mask == everything:
            counts.total = int(sums[0])
            counts.without = {d.column: int(n) for d, n in zip(active, sums[1:], strict=True)}
            counts.is_bounded = bounded and (everyone or 0) > MATCH_LIMIT
            continue
        # The one column that this row is grouped by has a 0 among the ones.
        index = next(i for i in range(width) if not mask & (1 << (width - 1 - i)))
        dimension = counted[index]
        own = next((i for i, d in enumerate(active) if d is dimension), None)
        number = int(sums[0] if own is None else sums[1 + own])
        if number:
            counts.by_value[dimension.column][values[index]] = number
    return counts


def match_words(text: str) -> str:
    """Turn what a visitor typed into a query where every word must be found, as a beginning of a word."""
    words = ["".join(c for c in word if c.isalnum()) for word in text.split()]
    return " & ".join(f"{word}:*" for word in words[:8] if word)


def condition(column: str, value: Any) -> Q:
    """Return the condition over the listings that choosing `value` in the cube's `column` means."""
    if column == "bedrooms":
        return Q(bedrooms__isnull=True) if value == UNSTATED_NUMBER else Q(bedrooms__gte=value)
    if column == "rent_step":
        return Q(rent_nok__lte=RENT_STEPS[value])
    if column == "price_step":
        return Q(price_nok__lte=PRICE_STEPS[value])
    if column == "available_month":
        year, month = divmod(value + 1, 12)
        return Q(available_from__lt=datetime.date(year, month + 1, 1))
    return Q(**{f"{column}__in": value})
