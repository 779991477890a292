"""What the pages show of a series: every date ahead with its room, and the days that are skipped."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString

from projects.bypuls.calendar.listing import Card, make_cards
from projects.bypuls.events.availability import Availability, describe
from projects.bypuls.events.recurrence import RuleError, last_day, read_rule
from projects.bypuls.events.rule_text import rule_text
from projects.bypuls.events.series import planned_dates
from projects.bypuls.events.structured_data import event_data
from projects.bypuls.models import Event, EventSeries
from projects.bypuls.models.event import EventQuerySet
from vekst import formats
from vekst.structured_data import json_ld

OTHER_DATES = 4
# Dates shown at once; those of the months after stand folded.
SHOWN = 12
# Search engines want the next ones; the page has them all.
IN_STRUCTURED_DATA = 10


@dataclass(frozen=True)
class SeriesDate:
    """One day on the page of a series: an event, or the reason why there is none."""

    day: dt.date
    event: Event | None = None
    availability: Availability | None = None
    skipped: str = ""
    other_place: str = ""


def public_dates(series: EventSeries, *, at: dt.datetime) -> EventQuerySet:
    """Return the dates that strangers may find, also those of the series that it continues or goes on in."""
    return Event.objects.public(at).filter(series__in=series.family())


def current(series: EventSeries) -> EventSeries:
    """Return the series that goes on where this one ended; itself when none does."""
    newest = EventSeries.objects.filter(pk__in=series.family()).order_by("first_starts_at", "pk")
    return newest.last() or series


def words(series: EventSeries) -> str:
    """Return how often it is, in words; empty for a rule that nobody can read any more."""
    try:
        return rule_text(read_rule(series.rule), series.first_starts_at)
    except RuleError:
        return ""


def usual_place(events: Sequence[Event]) -> str:
    """Return the place of most dates, the earliest of equals; they need `venue`."""
    places = [event.place_text for event in events]
    return max(places, key=places.count) if places else ""


def series_dates(
    series: EventSeries, events: Sequence[Event], *, at: dt.datetime
) -> list[SeriesDate]:
    """
    Return the dates ahead, which the caller has read in order, with the skipped days between them.

    Two queries, for the exceptions and the school holidays.
    """
    place = usual_place(events)
    shown = [
        SeriesDate(
            timezone.localdate(event.starts_at),
            event=event,
            availability=describe(event, at=at),
            other_place="" if event.place_text == place else event.place_text,
        )
        for event in events
    ]
    if shown:
        taken = {date.day for date in shown}
        planned = planned_dates(series, first=timezone.localdate(at), last=_last(series, shown))
        shown += [
            SeriesDate(date.day, skipped=date.skipped)
            for date in planned
            if date.skipped and date.day not in taken
        ]
    return sorted(shown, key=lambda date: date.day)


def _last(series: EventSeries, shown: Sequence[SeriesDate]) -> dt.date:
    """Return the last day to speak of: a rule that ends may skip its last dates."""
    ends = last_day(read_rule(series.rule), series.first_starts_at)
    newest = shown[-1].day
    return max(ends, newest) if ends and series.ended_at is None else newest


def by_month(dates: Sequence[SeriesDate]) -> list[tuple[str, list[SeriesDate]]]:
    """Group dates, which stand in order, under "november 2026"."""

    def month(date: SeriesDate) -> str:
        return f"{formats.month_name(date.day.month)} {date.day.year}"

    return [(name, list(group)) for name, group in groupby(dates, key=month)]


def months_to_show(months: Sequence[tuple[str, list[SeriesDate]]]) -> int:
    """Return how many months to show at once: until there are enough dates to choose from."""
    dates = 0
    for number, (_name, of_month) in enumerate(months, start=1):
        dates += sum(date.event is not None for date in of_month)
        if dates >= SHOWN:
            return number
    return len(months)


def other_dates(event: Event, *, at: dt.datetime) -> list[Card]:
    """Return the next dates of the same series, for the page of one of them. Four queries at most."""
    if event.series is None:
        return []
    dates = public_dates(event.series, at=at).not_over(at).exclude(pk=event.pk)
    return make_cards(dates.for_list().order_by("starts_at", "pk")[:OTHER_DATES], at=at)


def series_json(series: EventSeries, events: Sequence[Event]) -> SafeString:
    """Return the series as JSON-LD with its next dates. Source: https://schema.org/EventSeries, 2025."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "EventSeries",
        "name": series.title,
        "url": settings.SITE_URL + series.get_absolute_url(),
    }
    if events:
        first = event_data(events[0])
        data |= {key: first[key] for key in ("description", "location", "organizer")}
        data["startDate"] = timezone.localtime(events[0].starts_at).isoformat()
        data["endDate"] = timezone.localtime(events[-1].ends_at).isoformat()
        data["subEvent"] = [event_data(event) for event in events[:IN_STRUCTURED_DATA]]
    return json_ld(data)
