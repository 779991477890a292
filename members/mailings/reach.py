"""
How many the newsletters reach, by topic and audience, month by month, as strangers may see it.

A month that was not counted to its end, or on some of its days, has no number: it is a gap, never a zero.
"""

import calendar
import datetime
from dataclasses import dataclass, replace

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import TruncMonth

from members.mailings.anonymity import NOT_COUNTED, Cell, moved_cells, part_cell, whole_cell
from members.mailings.models import Audience, ReaderCount, Topic

MONTHS_SHOWN = 24
# A topic and an audience; empty is all of them.
Group = tuple[str, str]
EVERYBODY: Group = ("", "")
TOPICS: list[Group] = [(topic.value, "") for topic in Topic]
AUDIENCES: list[Group] = [("", audience.value) for audience in Audience]


@dataclass(frozen=True)
class Month:
    """One month: how many readers each group had at its end, and how many came and left during it."""

    first_day: datetime.date
    # Until when it is counted, when it is not over.
    until: datetime.date | None
    readers: dict[Group, Cell]
    joined: dict[Group, Cell]
    left: dict[Group, Cell]

    @property
    def last_day(self) -> datetime.date:
        """The day at whose end the readers were counted."""
        return self.until or _last_day(self.first_day)


@dataclass(frozen=True)
class _Flow:
    days: int
    joined: int
    left: int


@dataclass(frozen=True)
class Reach:
    """The months, the oldest first, without any that is left out; `fewest` is the smallest number shown."""

    fewest: int
    months: list[Month]

    @property
    def newest(self) -> Month:
        return self.months[-1]


def reach(*, fewest: int) -> Reach | None:
    """Return the last two years, or None before the first day is counted. Three queries."""
    span = ReaderCount.objects.filter(topic="", audience="").aggregate(
        first=Min("day"), last=Max("day")
    )
    first, last = span["first"], span["last"]
    if first is None or last is None:
        return None
    months = _months(first, last)[-MONTHS_SHOWN:]
    rows = ReaderCount.objects.filter(day__gte=months[0])
    stock = {
        (day, topic, audience): number
        for day, topic, audience, number in rows.filter(
            day__in=[min(_last_day(month), last) for month in months]
        ).values_list("day", "topic", "audience", "readers")
    }
    flows = {
        (month, topic, audience): _Flow(days, joined, left)
        for month, topic, audience, days, joined, left in rows.order_by()
        .values_list(TruncMonth("day"), "topic", "audience")
        .annotate(Count("pk"), Sum("joined"), Sum("left"))
    }
    groups = [EVERYBODY, *TOPICS, *AUDIENCES]
    groups += [(topic, audience) for topic, _all in TOPICS for _every, audience in AUDIENCES]
    found: list[Month] = []
    for month in months:
        end = min(_last_day(month), last)
        days = (end - max(month, first)).days + 1
        moved = {group: flows.get((month, *group)) for group in groups}
        whole = {g: f if f is not None and f.days == days else None for g, f in moved.items()}
        shown = Month(
            first_day=month,
            until=end if end < _last_day(month) else None,
            readers=_cells({group: stock.get((end, *group)) for group in groups}, fewest),
            joined=_cells({g: f.joined if f else None for g, f in whole.items()}, fewest),
            left=_cells({g: f.left if f else None for g, f in whole.items()}, fewest),
        )
        found.append(_with_moves_held(shown, found[-1] if found else None))
    return Reach(fewest, found)


def _with_moves_held(month: Month, before: Month | None) -> Month:
    moves = {
        group: moved_cells(
            month.joined[group],
            month.left[group],
            before=before.readers[group] if before else NOT_COUNTED,
            after=after,
        )
        for group, after in month.readers.items()
    }
    joined = {group: came for group, (came, _left) in moves.items()}
    return replace(
        month, joined=joined, left={group: left for group, (_came, left) in moves.items()}
    )


def _cells(numbers: dict[Group, int | None], fewest: int) -> dict[Group, Cell]:
    """An audience is seen beside all readers of the topic, so that it is a part of them."""
    cells = {}
    for (topic, audience), number in numbers.items():
        whole = numbers[topic, ""]
        if number is None or whole is None:
            cells[topic, audience] = NOT_COUNTED
        elif audience:
            cells[topic, audience] = part_cell(number, whole, fewest=fewest)
        else:
            cells[topic, audience] = whole_cell(number, fewest=fewest)
    return cells


def _months(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    month, found = first.replace(day=1), []
    while month <= last:
        found.append(month)
        month = _last_day(month) + datetime.timedelta(days=1)
    return found


def _last_day(month: datetime.date) -> datetime.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
