"""
Counts beside the filters of the event list, at the same cost whatever the number of events.

What starts before the horizon, one to two weeks ahead, is counted in the index each time. What starts
later is in `EventCount`, one row for each combination of filter values.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from projects.bypuls.calendar.filters import FACETS, WINDOWS, EventFilter, windows
from projects.bypuls.models import EventCount, EventCountHorizon
from projects.bypuls.models.event import LONGEST

# Free text is counted up to this many events; the page then says "more than".
TEXT_LIMIT = 2000
_COLUMNS = ", ".join(FACETS)
# What strangers may find. See also `EventQuerySet.public`.
COUNTED = "publication = 'published' AND NOT is_unlisted"


@dataclass
class Counts:
    """
    What the list page says in numbers.

    `by_value[facet][value]` is the number with all filters but that facet's own; `by_window` the same
    for today, weekend, week and "" (any time). `without[name]` is how many there would be without
    that one filter. `is_bounded` when free text matched too many to count.
    """

    total: int = 0
    by_value: dict[str, dict[Any, int]] = field(default_factory=lambda: defaultdict(dict))
    by_window: dict[str, int] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)
    is_bounded: bool = False


def count_events(chosen: EventFilter, *, at: dt.datetime) -> Counts:
    """Count public events that are not over, for each filter value. Two queries."""
    horizon = EventCountHorizon.objects.values_list("starts_at", flat=True).first()
    start, end = chosen.span(at)
    if horizon is not None and (
        # One that has been passed counts events that are over.
        horizon <= at or chosen.text or (start is not None and end is None and start > horizon)
    ):
        horizon = None
    question = _Question(chosen, horizon, at)
    with connection.cursor() as cursor:
        cursor.execute(question.sql(), question.params)
        rows = cursor.fetchall()
    return _read(rows, chosen)


class _Question:
    """The one statement behind `count_events`. Values go in as parameters; the text holds only names of ours."""

    def __init__(self, chosen: EventFilter, horizon: dt.datetime | None, at: dt.datetime) -> None:
        self.chosen = chosen
        self.horizon = horizon
        self.at = at
        self.params: dict[str, Any] = {}

    def _within(self, name: str, first: dt.datetime | None, last: dt.datetime | None) -> str:
        parts = []
        if first is not None:
            parts.append(f"ends_at > %({name}_first)s")
            self.params[f"{name}_first"] = first
        if last is not None:
            parts.append(f"starts_at < %({name}_last)s")
            self.params[f"{name}_last"] = last
        return " AND ".join(parts) or "TRUE"

    def _near(self) -> str:
        """What is counted each time, a row for each event: 1 for every span that it lies in."""
        spans = windows(self.at)
        start, end = self.chosen.span(self.at)
        in_spans = {f"n_{name}": self._within(name, *span) for name, span in spans.items()}
        any_time = self._within("near", None, self.horizon)
        in_spans["n_any"] = any_time
        in_spans["n"] = self._within("chosen", start, end) if self.chosen.has_span else any_time
        columns = ", ".join(f"({test})::int AS {name}" for name, test in in_spans.items())
        self.params |= {"longest_ago": self.at - LONGEST, "at": self.at}
        sql = (
            f"SELECT {_COLUMNS}, {columns} FROM bypuls_event "  # noqa: S608
            f"WHERE {COUNTED} AND starts_at >= %(longest_ago)s AND ends_at >= %(at)s"
        )
        if self.horizon is not None:
            self.params["until"] = max(self.horizon, spans["uka"][1], end or self.horizon)
            sql += " AND starts_at < %(until)s"
        if self.chosen.text:
            self.params |= {"words": self.chosen.text_query, "limit": TEXT_LIMIT}
            sql += " AND search @@ to_tsquery('norwegian', %(words)s)"
            # In no order: sorting what a common word matches costs more than all the rest.
            sql += " LIMIT %(limit)s"
        return sql

    def _every(self) -> str:
        """The events that are near and, in one number for each combination, those beyond."""
        sums = [*(f"n_{name}" for name in WINDOWS), "n_any", "n"]
        sql = f"SELECT {_COLUMNS}, {', '.join(sums)} FROM ({self._near()}) AS near"  # noqa: S608
        if self.horizon is not None:
            zeros = ", ".join("0" for _ in WINDOWS)
            _start, end = self.chosen.span(self.at)
            in_chosen = "number" if end is None else "0"
            sql += (
                f" UNION ALL SELECT {_COLUMNS}, {zeros}, number, {in_chosen} "  # noqa: S608
                "FROM bypuls_eventcount"
            )
        return sql

    def sql(self) -> str:
        """Sum for each value of each facet. A row counts there when it misses no filter but that facet's."""
        missed = []
        for position, facet in enumerate(FACETS):
            if facet in self.chosen.values:
                missed.append(f"({facet} IS DISTINCT FROM %({facet})s)::int * {1 << position}")
                self.params[facet] = self.chosen.values[facet]
        bits = [1 << position for position in range(len(FACETS))]
        sums = [
            *(f"sum(n) FILTER (WHERE missed IN (0, {bit}))" for bit in bits),
            "sum(n) FILTER (WHERE missed = 0)",
            *(f"sum(n_{name}) FILTER (WHERE missed = 0)" for name in ("any", *WINDOWS)),
        ]
        sets = ", ".join(f"({facet})" for facet in FACETS)
        return (
            f"SELECT grouping({_COLUMNS}), {_COLUMNS}, {', '.join(sums)} FROM ("  # noqa: S608
            f"SELECT *, {' + '.join(missed) or '0'} AS missed FROM ({self._every()}) AS every"
            f") AS judged WHERE missed IN (0, {', '.join(map(str, bits))}) "
            f"GROUP BY GROUPING SETS ({sets}, ())"
        )


def _read(rows: list[tuple[Any, ...]], chosen: EventFilter) -> Counts:
    counts = Counts()
    size = len(FACETS)
    nothing_grouped = (1 << size) - 1
    for row in rows:
        grouped, values, sums = row[0], row[1 : size + 1], row[size + 1 :]
        if grouped == nothing_grouped:
            totals = [int(value or 0) for value in sums]
            counts.total = totals[size]
            counts.without = {
                facet: totals[i] for i, facet in enumerate(FACETS) if facet in chosen.values
            }
            any_time, *each = totals[size + 1 :]
            counts.by_window = {"": any_time, **dict(zip(WINDOWS, each, strict=True))}
            if chosen.has_span:
                counts.without["when"] = any_time
            continue
        for i, facet in enumerate(FACETS):
            if not grouped & (1 << (size - 1 - i)) and sums[i]:
                counts.by_value[facet][values[i]] = int(sums[i])
    counts.is_bounded = bool(chosen.text) and counts.by_window.get("", 0) >= TEXT_LIMIT
    return counts


def horizon_for(at: dt.datetime) -> dt.datetime:
    """Return the Monday that is at least eight days ahead, so that the coming week lies before it."""
    today = timezone.localdate(at)
    monday = today + dt.timedelta(days=7 - today.weekday())
    if monday < today + dt.timedelta(days=8):
        monday += dt.timedelta(days=7)
    return timezone.make_aware(dt.datetime.combine(monday, dt.time()))


_ROWS = f"""
    SELECT {_COLUMNS}, count(*)::int AS number FROM bypuls_event
    WHERE {COUNTED} AND starts_at >= %s GROUP BY {_COLUMNS}
"""  # noqa: S608


@transaction.atomic
def tidy(*, at: dt.datetime) -> None:
    """Move the horizon along with the weeks, and add the rows of the counts together."""
    wanted = horizon_for(at)
    EventCountHorizon.objects.get_or_create(pk=1, defaults={"starts_at": wanted})
    # Waits for whoever is changing events, and makes those who come wait for the new horizon.
    row = EventCountHorizon.objects.select_for_update().get(pk=1)
    if row.starts_at != wanted or not EventCount.objects.exists():
        row.starts_at = wanted
        row.save(update_fields=["starts_at"])
        rebuild(at=at)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM bypuls_eventcount "  # noqa: S608
            f"GROUP BY {_COLUMNS} HAVING count(*) > 1)"
        )
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            f"WITH gone AS (DELETE FROM bypuls_eventcount RETURNING *) "  # noqa: S608
            f"INSERT INTO bypuls_eventcount ({_COLUMNS}, number) "
            f"SELECT {_COLUMNS}, sum(number) FROM gone GROUP BY {_COLUMNS} HAVING sum(number) <> 0"
        )


@transaction.atomic
def rebuild(*, at: dt.datetime) -> int:
    """Count anew from the events, and return how many combinations had been counted wrongly."""
    EventCountHorizon.objects.get_or_create(pk=1, defaults={"starts_at": horizon_for(at)})
    horizon = EventCountHorizon.objects.select_for_update().get(pk=1).starts_at
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT {_COLUMNS}, sum(number) AS number "  # noqa: S608
            f"FROM (SELECT {_COLUMNS}, number FROM bypuls_eventcount UNION ALL "
            f"SELECT {_COLUMNS}, -number FROM ({_ROWS}) AS truth) AS either "
            f"GROUP BY {_COLUMNS} HAVING sum(number) <> 0) AS drift",
            [horizon],
        )
        wrong = int(cursor.fetchone()[0])
        EventCount.objects.all().delete()
        cursor.execute(
            f"INSERT INTO bypuls_eventcount ({_COLUMNS}, number) {_ROWS}",
            [horizon],
        )
    return wrong
