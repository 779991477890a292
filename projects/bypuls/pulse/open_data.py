"""The counts as open data: every hour of a span of days, with gaps as nothing and few as few."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from projects.bypuls.models import Counter, CountReading
from projects.bypuls.pulse.normal import HOUR, local_day
from projects.bypuls.pulse.words import FEW, is_few

LONGEST = dt.timedelta(days=92)
USUAL = dt.timedelta(days=6)
CSV_COLUMNS = ("hour", "local_time", "count", "note")


@dataclass(frozen=True)
class OpenHour:
    """One hour. `number` is None in a gap, and where fewer than five were counted (`note` says so)."""

    hour: dt.datetime
    number: int | None
    note: str


def span_of(
    first: dt.date | None, last: dt.date | None, *, at: dt.datetime
) -> tuple[dt.date, dt.date]:
    """Return the days asked for, both inclusive: the last week without a wish, 92 days at most."""
    today = timezone.localdate(at)
    end = min(last or today, today)
    start = first or end - USUAL
    return max(start, end - LONGEST), end


def hours(
    counter: Counter, first: dt.date, last: dt.date, *, at: dt.datetime
) -> Iterator[OpenHour]:
    """Give every whole hour of these days that is over. One query."""
    start, end = local_day(first)[0], min(local_day(last)[1], at)
    rows = CountReading.objects.filter(counter=counter, hour__gte=start, hour__lt=end)
    numbers = dict(rows.values_list("hour", "number"))
    hour = start
    while hour + HOUR <= end:
        number = numbers.get(hour)
        if number is not None and is_few(number):
            yield OpenHour(hour, None, f"under {FEW}")
        else:
            yield OpenHour(hour, number, "" if number is not None else "missing")
        hour += HOUR


def as_csv(counter: Counter, first: dt.date, last: dt.date, *, at: dt.datetime) -> str:
    """Return the hours as comma-separated text (RFC 4180) with a header line."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(CSV_COLUMNS)
    for row in hours(counter, first, last, at=at):
        writer.writerow(
            [
                f"{row.hour:%Y-%m-%dT%H:%M:%SZ}",
                timezone.localtime(row.hour).isoformat(timespec="minutes"),
                "" if row.number is None else row.number,
                row.note,
            ]
        )
    return output.getvalue()
