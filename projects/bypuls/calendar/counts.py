"""
Counts beside the filters of the event list, at the same cost whatever the number of events.

What starts before the horizon, tomorrow night, is counted in the index each time. What starts later is
looked up in `EventTally`, one row for each choice of filter values, and of one company in `CompanyTally`.
Days that a visitor chose are counted in the index, up to a limit.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from projects.bypuls.calendar.filters import (
    CHOICES,
    FACETS,
    EventFilter,
    midnight,
    windows,
)
from projects.bypuls.models import EventTally, EventTallyHorizon
from projects.bypuls.models.event import LONGEST

# Chosen days and words are counted up to this many events; the page then says "at least".
LIMIT = 2500
TEXT_LIMIT = 1000
_COLUMNS = ", ".join(FACETS)
_BITS = {facet: 1 << position for position, facet in enumerate(FACETS)}
# What grouping() says where rows are grouped by that facet alone.
_GROUPED = {
    str((1 << len(FACETS)) - 1 - (1 << (len(FACETS) - 1 - position))): facet
    for position, facet in enumerate(FACETS)
}
# What strangers may find. See also `LISTED` in `models/event_indexes.py`.
COUNTED = "publication = 'published' AND NOT is_unlisted AND is_date_set"
# The parts of a cell as text; nobody asks for what costs money, is full, or has no place or project.
_NAMES = ("topic", "audience", "language", "free", "room", "venue", "main_project")
_VALUES = (
    "topic, audience, language, CASE WHEN is_free THEN 'ja' ELSE '-' END AS free, "
    "CASE WHEN has_room THEN 'ja' ELSE '-' END AS room, coalesce(venue_id::text, '-') AS venue, "
    "coalesce(nullif(main_project, ''), '-') AS main_project"
)
_ASKED_FOR = " AND ".join(
    f"{name} IS DISTINCT FROM '-'" for name in ("free", "room", "venue", "main_project")
)


@dataclass
class Counts:
    """
    What the list page says in numbers.

    `by_value[facet][value]` is the number with all filters but that facet's own; `by_window` the same
    for today, weekend, week and "" (any time). `without[name]` is how many there would be without
    that one filter. `is_bounded` when there were too many to count; the others are then left empty.
    `horizon` is from when on the tally was asked; None when all was counted in the index.
    """

    total: int = 0
    by_value: dict[str, dict[Any, int]] = field(default_factory=lambda: defaultdict(dict))
    by_window: dict[str, int] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)
    is_bounded: bool = False
    horizon: dt.datetime | None = field(default=None, compare=False)


def cell_name(values: Mapping[str, Any]) -> str:
    """Return the name of the cell that counts events with these values, whatever the other facets."""
    parts = (values.get(facet, "") for facet in FACETS)
    return "/".join("ja" if part is True else str(part) for part in parts)


def count_events(chosen: EventFilter, venues: Iterable[int], *, at: dt.datetime) -> Counts:
    """Count public events that are not over, for each filter value. Two queries."""
    horizon = EventTallyHorizon.objects.values_list("starts_at", flat=True).first()
    # One that has been passed counts events that are over.
    if horizon is not None and (horizon <= at or chosen.text):
        horizon = None
    question = _Question(chosen, horizon, venues, at)
    with connection.cursor() as cursor:
        cursor.execute(question.sql(), question.params)
        rows = cursor.fetchall()
    return question.read(rows)


class _Question:
    """The one statement behind `count_events`. Values go in as parameters; the text holds only names of ours."""

    def __init__(
        self,
        chosen: EventFilter,
        horizon: dt.datetime | None,
        venues: Iterable[int],
        at: dt.datetime,
    ) -> None:
        self.chosen = chosen
        self.horizon = horizon
        self.at = at
        self.since = chosen.since(at)
        # How many rows are counted at most; None when the tally knows the rest.
        is_narrow = chosen.has_span or (chosen.company is not None and horizon is None)
        self.limit = TEXT_LIMIT if chosen.text else LIMIT if is_narrow else None
        # What is counted beside each value, and the cell that holds it.
        choices = {**CHOICES, "is_free": (True,), "has_room": (True,), "venue_id": tuple(venues)}
        self.cells = {
            (facet, value): cell_name({**chosen.values, facet: value})
            for facet in FACETS
            for value in choices[facet]
        }
        self.params: dict[str, Any] = {
            **chosen.columns,
            "longest_ago": self.since - LONGEST,
            "since": self.since,
            "horizon": horizon,
            "limit": (self.limit or 0) + 1,
            "words": chosen.text_query,
        }

    def _within(self, name: str, first: dt.datetime | None, last: dt.datetime | None) -> str:
        parts = []
        if first is not None:
            parts.append(f"ends_at > %({name}_first)s")
            self.params[f"{name}_first"] = first
        if last is not None:
            parts.append(f"starts_at < %({name}_last)s")
            self.params[f"{name}_last"] = last
        return " AND ".join(parts) or "TRUE"

    def _matches(self) -> str:
        """What is not over, and holds the words. In no order: sorting what a common word matches costs most."""
        sql = (
            f"SELECT {_COLUMNS}, starts_at, ends_at FROM bypuls_event "  # noqa: S608
            f"WHERE {COUNTED} AND starts_at >= %(longest_ago)s AND ends_at >= %(since)s"
        )
        if self.chosen.company:
            sql += " AND company_id = %(company_id)s"
        if self.chosen.text:
            sql += " AND search @@ to_tsquery('norwegian', %(words)s)"
        return sql

    def _counted(self) -> str:
        """The rows behind the counts: of the chosen days, or before the horizon."""
        sql = "SELECT * FROM matches WHERE TRUE" if self.chosen.text else self._matches()
        if self.chosen.has_span:
            sql += " AND " + self._within("chosen", *self.chosen.span(self.at))
        elif self.horizon is not None:
            sql += " AND starts_at < %(horizon)s"
        return sql + (" LIMIT %(limit)s" if self.limit else "")

    def _windows(self) -> str:
        """Count all filters but the days for each span that has a name, and for any time."""
        spans = windows(self.at)
        tests = {name: self._within(name, *span) for name, span in spans.items()}
        tests["any"] = "TRUE" if self.horizon is None else "starts_at < %(horizon)s"
        source = "SELECT * FROM matches WHERE TRUE" if self.chosen.text else self._matches()
        for facet in self.chosen.values:
            source += f" AND {facet} = %({facet})s"
        if self.horizon is not None:
            self.params["until"] = max(self.horizon, *(end for _start, end in spans.values()))
            source += " AND starts_at < %(until)s"
        sums = ", ".join(f"count(*) FILTER (WHERE {test}) AS n_{n}" for n, test in tests.items())
        pairs = ", ".join(f"('{name}', n_{name})" for name in tests)
        return (
            f" UNION ALL SELECT 'window', name, n FROM (SELECT {sums} FROM ({source}) AS s) AS w "  # noqa: S608
            f"CROSS JOIN LATERAL (VALUES {pairs}) AS pair (name, n)"
        )

    def _by_value(self) -> str:
        """Count for each value of each facet the rows that miss no filter but that facet's."""
        if not self.chosen.values:
            sets = ", ".join(f"({facet})" for facet in FACETS)
            return (
                f"SELECT grouping({_COLUMNS})::text, concat({_COLUMNS}), count(*) FROM judged "  # noqa: S608
                f"GROUP BY GROUPING SETS ({sets})"
            )
        each = ", ".join(f"('{facet}', {facet}::text, {bit})" for facet, bit in _BITS.items())
        # Most rows miss two filters or more, and end at the first condition.
        return (
            "SELECT facet, value, count(*) FROM (SELECT * FROM judged "  # noqa: S608
            f"WHERE missed IN (0, {', '.join(map(str, _BITS.values()))}) OFFSET 0) AS near "
            f"CROSS JOIN LATERAL (VALUES {each}) AS facets (facet, value, bit) "
            "WHERE missed = 0 OR missed = bit GROUP BY facet, value"
        )

    def sql(self) -> str:
        """The whole statement: rows of what is counted, its name, and the number."""
        missed = " + ".join(
            f"({facet} IS DISTINCT FROM %({facet})s)::int * {_BITS[facet]}"
            for facet in self.chosen.values
        )
        matches = f"matches AS MATERIALIZED ({self._matches()} LIMIT %(limit)s), "
        sql = (
            f"WITH {matches if self.chosen.text else ''}"  # noqa: S608
            f"judged AS MATERIALIZED (SELECT *, {missed or '0'} AS missed FROM ({self._counted()}) AS c) "
            f"{self._by_value()} "
            "UNION ALL SELECT 'total', '', count(*) FROM judged WHERE missed = 0 "
            "UNION ALL SELECT 'rows', '', count(*) FROM judged"
        )
        if self.chosen.text:
            sql += " UNION ALL SELECT 'rows', '', count(*) FROM matches"
        if not self.chosen.view:
            sql += self._windows()
        if self.horizon is not None:
            values = self.chosen.values
            without = ({f: v for f, v in values.items() if f != facet} for facet in values)
            self.params["cells"] = [
                cell_name(values),
                *self.cells.values(),
                *map(cell_name, without),
            ]
            of_company = self.chosen.company is not None
            table = "bypuls_companytally" if of_company else "bypuls_eventtally"
            sql += (
                f" UNION ALL SELECT 'cell', cell, sum(number) FROM {table} "  # noqa: S608
                f"WHERE cell = ANY(%(cells)s){' AND company_id = %(company_id)s' * of_company} GROUP BY cell"
            )
        return sql

    def read(self, rows: Iterable[tuple[str, str | None, int]]) -> Counts:
        """Put the numbers where the page looks for them."""
        counts = Counts(horizon=self.horizon)
        values = {
            (facet, "t" if value is True else str(value)): value for facet, value in self.cells
        }
        cells: dict[str, int] = {}
        all_rows: dict[str, int] = defaultdict(int)
        for kind, name, number in rows:
            if kind == "cell":
                cells[str(name)] = int(number)
            elif kind == "window":
                counts.by_window["" if name == "any" else str(name)] = number
            elif kind == "total":
                counts.total = number
            elif kind == "rows":
                counts.is_bounded |= self.limit is not None and number > self.limit
            else:
                facet = _GROUPED.get(kind, kind)
                all_rows[facet] += number
                key = (facet, "t" if name == "true" else str(name))
                if key in values:
                    counts.by_value[facet][values[key]] = number
        counts.without = {facet: all_rows[facet] for facet in self.chosen.values}
        self._add_cells(counts, cells)
        if self.chosen.has_span and not self.chosen.view:
            counts.without["when"] = counts.by_window[""]
        return _bounded(counts, self.limit or 0) if counts.is_bounded else counts

    def _add_cells(self, counts: Counts, cells: Mapping[str, int]) -> None:
        """Add what starts beyond the horizon, unless only chosen days are counted."""
        values = self.chosen.values
        beyond = cells.get(cell_name(values), 0)
        if not self.chosen.view:
            counts.by_window[""] += beyond
        if self.chosen.has_span:
            return
        counts.total += beyond
        for (facet, value), cell in self.cells.items():
            if number := cells.get(cell):
                counts.by_value[facet][value] = counts.by_value[facet].get(value, 0) + number
        for facet in values:
            rest = {f: v for f, v in values.items() if f != facet}
            counts.without[facet] += cells.get(cell_name(rest), 0)


def _bounded(counts: Counts, limit: int) -> Counts:
    """Leave out what was not counted to the end."""
    counts.total = min(counts.total, limit)
    counts.by_value.clear()
    counts.without.clear()
    return counts


def horizon_for(at: dt.datetime) -> dt.datetime:
    """Return the midnight after tomorrow: always ahead, also when the job is a day late."""
    return midnight(timezone.localdate(at) + dt.timedelta(days=2))


@transaction.atomic
def tidy(*, at: dt.datetime) -> None:
    """Move the horizon along with the days, and add the rows of the tally together."""
    wanted = horizon_for(at)
    EventTallyHorizon.objects.get_or_create(pk=1, defaults={"starts_at": wanted})
    # Waits for whoever is changing events, and makes those who come wait for the new horizon.
    row = EventTallyHorizon.objects.select_for_update().get(pk=1)
    if row.starts_at > wanted or not EventTally.objects.exists():
        row.starts_at = wanted
        row.save(update_fields=["starts_at"])
        rebuild(at=at)
        return
    with connection.cursor() as cursor:
        if row.starts_at != wanted:
            for tally in _TALLIES:
                cursor.execute(
                    tally.insert(-1, "starts_at >= %s AND starts_at < %s"), [row.starts_at, wanted]
                )
            row.starts_at = wanted
            row.save(update_fields=["starts_at"])
        for tally in _TALLIES:
            cursor.execute(tally.add_together())


@dataclass(frozen=True)
class _Tally:
    """The statements of one table of sums. `key` is what its cells are told apart by besides their name."""

    table: str
    key: str = ""
    condition: str = "TRUE"

    @property
    def columns(self) -> str:
        return f"{self.key}cell"

    def select(self, sign: int, condition: str) -> str:
        """Return what adds (1) or takes away (-1) the events of a condition, cell by cell."""
        cells = "concat_ws('/', " + ", ".join(f"coalesce({name}, '')" for name in _NAMES) + ")"
        return (
            f"SELECT {self.key}{cells} AS cell, {sign} * count(*)::int AS number FROM ("  # noqa: S608
            f"SELECT {self.key}{_VALUES} FROM bypuls_event "
            f"WHERE {COUNTED} AND {self.condition} AND {condition}) AS counted "
            f"GROUP BY {self.key}CUBE ({', '.join(_NAMES)}) HAVING count(*) > 0 AND {_ASKED_FOR}"
        )

    def insert(self, sign: int, condition: str) -> str:
        select = self.select(sign, condition)
        return f"INSERT INTO {self.table} ({self.columns}, number) {select}"

    def add_together(self) -> str:
        """Return what makes one row of all those of a cell."""
        return (
            f"WITH gone AS (DELETE FROM {self.table} WHERE ({self.columns}) IN (SELECT {self.columns} "  # noqa: S608
            f"FROM {self.table} GROUP BY {self.columns} HAVING count(*) > 1) RETURNING *) "
            f"INSERT INTO {self.table} ({self.columns}, number) "
            f"SELECT {self.columns}, sum(number) FROM gone GROUP BY {self.columns} HAVING sum(number) <> 0"
        )

    def rebuild(self, horizon: dt.datetime) -> int:
        """Count anew, and return how many cells had been counted wrongly. The caller holds the horizon."""
        columns = self.columns
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE counted_anew ON COMMIT DROP AS "
                + self.select(1, "starts_at >= %s"),
                [horizon],
            )
            cursor.execute(
                f"SELECT count(*) FROM (SELECT {columns} FROM (SELECT {columns}, number FROM {self.table} "  # noqa: S608
                f"UNION ALL SELECT {columns}, -number FROM counted_anew) AS either "
                f"GROUP BY {columns} HAVING sum(number) <> 0) AS drift"
            )
            wrong = int(cursor.fetchone()[0])
            cursor.execute(f"DELETE FROM {self.table}")  # noqa: S608
            cursor.execute(
                f"INSERT INTO {self.table} ({columns}, number) SELECT {columns}, number FROM counted_anew"  # noqa: S608
            )
            cursor.execute("DROP TABLE counted_anew")
        return wrong


_TALLIES = (
    _Tally("bypuls_eventtally"),
    _Tally("bypuls_companytally", key="company_id, ", condition="company_id IS NOT NULL"),
)


@transaction.atomic
def rebuild(*, at: dt.datetime) -> int:
    """Count anew from the events, and return how many cells had been counted wrongly."""
    EventTallyHorizon.objects.get_or_create(pk=1, defaults={"starts_at": horizon_for(at)})
    horizon = EventTallyHorizon.objects.select_for_update().get(pk=1).starts_at
    return sum(tally.rebuild(horizon) for tally in _TALLIES)
