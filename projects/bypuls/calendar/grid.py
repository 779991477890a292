"""
A week or a month of events as a table of days.

The cost is bounded whatever the number of events: each day shows its first few and says how many more
there are, and the counting happens inside the index.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.calendar.counts import COUNTED, LIMIT
from projects.bypuls.calendar.filters import MONTH, EventFilter, midnight
from projects.bypuls.models import Event, EventStatus
from projects.bypuls.models.event import LONG, LONGEST
from vekst import formats
from vekst.languages import foreign_language

# Events shown on one day; the week has room for more.
FEW_IN_MONTH, FEW_IN_WEEK = 3, 8
# What lasts several days stands in lanes above the others.
LANES = 2
MOST_LONG = 60


@dataclass(frozen=True)
class Line:
    """What one event says in the table; worked out once, also where it stands on several days."""

    event: Event
    url: str
    title: str
    language: str
    time: str
    place: str
    state: str


@dataclass(frozen=True)
class Bar:
    """
    One day of an event that lasts several days.

    `columns` is how many days of this week it covers from here on, told on the first of them;
    0 on those that follow.
    """

    line: Line
    columns: int
    starts_here: bool
    ends_here: bool


@dataclass
class Day:
    """One day of the table. A lane without a bar keeps those below it in line."""

    date: dt.date
    url: str
    is_outside: bool
    is_today: bool
    is_over: bool
    total: int = 0
    lanes: list[Bar | None] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many events of the day are not shown."""
        shown = len(self.lines) + sum(bar is not None for bar in self.lanes)
        return max(self.total - shown, 0)


@dataclass(frozen=True)
class Week:
    """One row of the table."""

    number: int
    url: str
    days: list[Day]


def make_weeks(chosen: EventFilter, address: str, *, at: dt.datetime) -> list[Week]:
    """Return the weeks that the chosen week or month touches, with their events. Two queries."""
    first, last = _whole_weeks(chosen)
    dates = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    found = _find(chosen, dates)
    lines = _load(found, with_places=chosen.view != MONTH)
    today = timezone.localdate(at)
    days = [
        Day(
            date=date,
            url=address + chosen.on_day(date).query(),
            is_outside=not chosen.days[0] <= date <= chosen.days[1],
            is_today=date == today,
            is_over=date < today,
            total=found.totals[date],
            lines=[lines[pk] for pk in found.short[date] if pk in lines],
        )
        for date in dates
    ]
    long = [lines[pk] for pk in found.long if pk in lines]
    weeks = []
    for start in range(0, len(days), 7):
        row = days[start : start + 7]
        _lay_out(row, long)
        monday = row[0].date
        url = address + chosen.at_view("uke", monday).query()
        weeks.append(Week(monday.isocalendar().week, url, row))
    return weeks


def _whole_weeks(chosen: EventFilter) -> tuple[dt.date, dt.date]:
    first, last = chosen.days
    before = dt.timedelta(days=first.weekday())
    return first - before, last + dt.timedelta(days=6 - last.weekday())


# --- What is there -------------------------------------------------------------------------------


@dataclass
class _Found:
    """Keys of the events to show and how many there are, by day; `long` is in order of the start."""

    totals: dict[dt.date, int] = field(default_factory=lambda: defaultdict(int))
    short: dict[dt.date, list[int]] = field(default_factory=lambda: defaultdict(list))
    long: list[int] = field(default_factory=list)


def _source(chosen: EventFilter, name: str) -> str:
    """Return FROM and WHERE for the events of the filter."""
    if chosen.text:
        return f"FROM hits AS {name} WHERE TRUE"
    facets = "".join(f" AND {facet} = %({facet})s" for facet in chosen.columns)
    return f"FROM bypuls_event AS {name} WHERE {COUNTED}{facets}"


def _sql(chosen: EventFilter) -> str:
    """One row for each day with its number and its first events, and one for those over several days."""
    hits = ""
    if chosen.text:
        facets = "".join(f" AND {facet} = %({facet})s" for facet in chosen.columns)
        hits = (
            "hits AS MATERIALIZED (SELECT id, starts_at, ends_at, is_long FROM bypuls_event "  # noqa: S608
            f"WHERE {COUNTED}{facets} AND starts_at >= %(longest_ago)s AND starts_at < %(until)s "
            "AND ends_at > %(since)s AND search @@ to_tsquery('norwegian', %(words)s) LIMIT %(limit)s), "
        )
    # By the columns of the index: the column that says the same stands outside of it.
    short = (
        f"{_source(chosen, 's')} AND starts_at >= days.start AND starts_at < days.stop "
        "AND ends_at - starts_at < %(long)s"
    )
    long = f"{_source(chosen, 'l')} AND is_long"
    return (
        f"WITH {hits}days AS (SELECT * FROM unnest(%(dates)s::date[], %(starts)s::timestamptz[], "  # noqa: S608
        "%(stops)s::timestamptz[]) AS d (date, start, stop)) "
        f"SELECT date, (SELECT count(*) {short}) + (SELECT count(*) {long} "
        "AND starts_at >= days.start - %(longest)s AND starts_at < days.stop AND ends_at > days.start), "
        f"ARRAY(SELECT id {short} ORDER BY starts_at, id LIMIT %(few)s) FROM days "
        f"UNION ALL SELECT NULL, 0, ARRAY(SELECT id {long} AND starts_at >= %(longest_ago)s "
        "AND starts_at < %(until)s AND ends_at > %(since)s ORDER BY starts_at, id LIMIT %(most_long)s)"
    )


def _find(chosen: EventFilter, dates: Sequence[dt.date]) -> _Found:
    bounds = [midnight(date) for date in [*dates, dates[-1] + dt.timedelta(days=1)]]
    params: dict[str, Any] = {
        **chosen.columns,
        "dates": list(dates),
        "starts": bounds[:-1],
        "stops": bounds[1:],
        "since": bounds[0],
        "until": bounds[-1],
        "longest_ago": bounds[0] - LONGEST,
        "longest": LONGEST,
        "long": LONG,
        "words": chosen.text_query,
        "limit": LIMIT,
        "few": FEW_IN_MONTH if chosen.view == MONTH else FEW_IN_WEEK,
        "most_long": MOST_LONG,
    }
    found = _Found()
    with connection.cursor() as cursor:
        cursor.execute(_sql(chosen), params)
        for date, total, keys in cursor.fetchall():
            if date is None:
                found.long = keys
            else:
                found.totals[date], found.short[date] = total, keys
    return found


def _load(found: _Found, *, with_places: bool) -> Mapping[int, Line]:
    events = Event.objects.for_calendar(with_places=with_places)
    keys = [*found.long, *(pk for day in found.short.values() for pk in day)]
    if not keys:
        return {}
    # A reversed address costs more than all else in a line; all of them differ in the last part alone.
    address = reverse("bypuls:event", args=["-"]).removesuffix("-/")
    states = {EventStatus.CANCELLED: _("Avlyst"), EventStatus.POSTPONED: _("Utsatt")}
    return {
        pk: Line(
            event=event,
            url=f"{address}{event.slug}/",
            title=event.title,
            language=foreign_language(event, "title"),
            time=formats.clock_text(event.starts_at),
            place=event.place_text if with_places else "",
            state=states.get(EventStatus(event.status), ""),
        )
        for pk, event in events.in_bulk(keys).items()
    }


# --- Lanes ---------------------------------------------------------------------------------------


def _days_of(event: Event) -> tuple[dt.date, dt.date]:
    """Return the first and the last local day of the event; one that ends at midnight ends the day before."""
    last = timezone.localtime(event.ends_at - dt.timedelta(microseconds=1))
    return timezone.localdate(event.starts_at), last.date()


def _lay_out(days: Sequence[Day], lines: Iterable[Line]) -> None:
    """Give each event over several days a lane of its own through the week, as long as there are lanes."""
    taken: dict[int, dt.date] = {}
    monday, sunday = days[0].date, days[-1].date
    for line in lines:
        first, last = _days_of(line.event)
        if last < monday or first > sunday:
            continue
        start, stop = max(first, monday), min(last, sunday)
        lane = next((n for n in range(LANES) if taken.get(n, dt.date.min) < start), None)
        if lane is None:
            continue
        taken[lane] = stop
        for day in days:
            if start <= day.date <= stop:
                columns = (stop - start).days + 1 if day.date == start else 0
                bar = Bar(line, columns, day.date == first, day.date == last)
                day.lanes += [None] * (lane + 1 - len(day.lanes))
                day.lanes[lane] = bar
