"""
When places are open: now, until when, and in the coming week.

A day follows its exception if there is one, else on a public holiday the place's rule, else its weekday.
A holiday of which the place has said nothing is unknown: neither open nor closed.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.models import (
    ExceptionKind,
    HolidayRule,
    OpeningException,
    OpeningHours,
    Venue,
    Weekday,
)
from projects.bypuls.models.opening_hours import Span
from projects.bypuls.models.venue import VenueQuerySet
from projects.bypuls.places.public_holidays import holiday_name, is_holiday
from vekst import formats

Interval = tuple[dt.datetime, dt.datetime]
# As late as a field for a time of day goes; nobody closes a minute before midnight.
LAST_MINUTE = dt.time(23, 59)
# How far ahead the next opening is looked for: as good as always within days, else within a year.
NEAR, FAR = 9, 400


class State(StrEnum):
    """Whether one can walk in."""

    OPEN = "open"
    CLOSED = "closed"
    APPOINTMENT = "appointment"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Day:
    """One day at a place: its spans, and why it is not like every week (`note`)."""

    date: dt.date
    state: State
    spans: tuple[tuple[Span, str], ...] = ()
    note: str = ""
    is_exception: bool = False

    @property
    def heading(self) -> str:
        """Which day it is, and why it is not as usual: "25. desember: Første juledag"."""
        return ": ".join(filter(None, [formats.day_text(self.date), self.note]))

    @property
    def hours_parts(self) -> list[str]:
        """The day in words, one for each span: "10.00–16.00", "Stengt", "Etter avtale"."""
        if self.spans:
            return [span_text(span, note) for span, note in self.spans]
        if self.state == State.APPOINTMENT:
            return [_("Etter avtale")]
        return [_("Stengt") if self.state == State.CLOSED else _("Ikke oppgitt")]

    @property
    def hours_text(self) -> str:
        """The day in one line: "11.00–14.00, 18.00–01.00"."""
        return ", ".join(self.hours_parts)


@dataclass(frozen=True)
class OpenNow:
    """How it is at one moment, and the moment from which that may no longer be right."""

    state: State
    changes_at: dt.datetime | None = None
    opens_at: dt.datetime | None = None
    note: str = ""
    at: dt.datetime = field(default_factory=timezone.now)

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def label(self) -> str:
        """What the tag says."""
        return {
            State.OPEN: _("Åpent nå"),
            State.CLOSED: _("Stengt nå"),
            State.APPOINTMENT: _("Etter avtale i dag"),
            State.UNKNOWN: _("Helligdag: ikke oppgitt"),
        }[self.state]

    @property
    def next_text(self) -> str:
        """When it changes: "stenger kl. 22.00", "åpner mandag kl. 10.00". Empty when nobody knows."""
        if self.state == State.OPEN:
            if self.changes_at is None:
                return _("hele døgnet")
            return _("stenger %(when)s") % {"when": _when(self.changes_at, self.at)}
        if self.opens_at is None:
            return ""
        return _("åpner %(when)s") % {"when": _when(self.opens_at, self.at)}


def with_hours(venues: VenueQuerySet) -> VenueQuerySet:
    """Fetch along what tells when the places are open: two queries more."""
    return venues.prefetch_related(
        Prefetch("opening_hours", OpeningHours.objects.order_by("weekday", "opens", "pk")),
        Prefetch("opening_exceptions", OpeningException.objects.order_by("first_date", "pk")),
    )


def span_text(span: Span, note: str = "") -> str:
    """Return "10.00–16.00", with what it is about behind it; midnight is 24.00 as a closing time."""
    opens, closes = span
    if closes in (dt.time(0), LAST_MINUTE):
        if opens == dt.time(0):
            text = _("Hele døgnet")
            return f"{text} ({note})" if note else text
        end = "24.00" if "." in formats.time_text(opens) else "24:00"
    else:
        end = formats.time_text(closes).removeprefix("kl. ")
    text = f"{formats.time_text(opens).removeprefix('kl. ')}–{end}"
    return f"{text} ({note})" if note else text


def _when(moment: dt.datetime, at: dt.datetime) -> str:
    """Say a moment as short as it can be understood at `at`."""
    local, now = timezone.localtime(moment), timezone.localtime(at)
    days = (local.date() - now.date()).days
    clock = formats.time_text(local)
    early = local.time() <= dt.time(6)
    if days == 0 or (days == 1 and early and moment - at < dt.timedelta(hours=18)):
        return clock
    if days == 1:
        return _("i morgen %(clock)s") % {"clock": clock}
    if days < 7:
        return f"{formats.weekday_name(local)} {clock}"
    if local.year == now.year:
        return f"{formats.day_text(local)} {clock}"
    return formats.moment_text(local)


def has_told_hours(venue: Venue) -> bool:
    """Tell whether the place has said anything about when it is open."""
    return bool(venue.opening_hours.all()) or bool(venue.opening_exceptions.all())


def day_of(venue: Venue, date: dt.date) -> Day:
    """Return one day at the place. Of exceptions over one another the shortest holds."""
    covering = [row for row in venue.opening_exceptions.all() if row.covers(date)]
    if covering:
        row = min(covering, key=lambda row: (row.last_date - row.first_date, -row.pk))
        return _exception_day(row, date)
    weekday = date.weekday()
    note = holiday_name(date)
    if note:
        rule = venue.holiday_rule
        if rule == HolidayRule.UNKNOWN:
            return Day(date, State.UNKNOWN, (), note, is_exception=True)
        if rule == HolidayRule.CLOSED:
            return Day(date, State.CLOSED, (), note, is_exception=True)
        if rule == HolidayRule.APPOINTMENT:
            return Day(date, State.APPOINTMENT, (), note, is_exception=True)
        weekday = Weekday.SUNDAY if rule == HolidayRule.SUNDAY else weekday
    spans = tuple(
        ((row.opens, row.closes), row.note)
        for row in venue.opening_hours.all()
        if row.weekday == weekday
    )
    return Day(date, State.OPEN if spans else State.CLOSED, spans, note, is_exception=bool(note))


def _exception_day(row: OpeningException, date: dt.date) -> Day:
    note = row.note or holiday_name(date)
    if row.kind == ExceptionKind.HOURS:
        spans = tuple((span, "") for span in row.spans)
        return Day(date, State.OPEN, spans, note, is_exception=True)
    state = State.CLOSED if row.kind == ExceptionKind.CLOSED else State.APPOINTMENT
    return Day(date, state, (), note, is_exception=True)


def moment_of(day: dt.date, clock: dt.time) -> dt.datetime:
    """
    Return the moment when clocks in town show this, as UTC.

    A time that summer time skips is the moment of the change. Of a time that comes twice it is the first.
    """
    zone = timezone.get_default_timezone()
    moment = dt.datetime.combine(day, clock, zone).astimezone(dt.UTC)
    back = moment.astimezone(zone)
    if back.replace(tzinfo=None) != dt.datetime.combine(day, clock):
        # The clock went over this time: `back` is as much past the change as the time was into the gap.
        moment -= dt.timedelta(minutes=back.minute, seconds=back.second)
    return moment


def _interval(day: dt.date, span: Span) -> Interval:
    opens, closes = span
    end_day = day
    if closes == LAST_MINUTE:
        closes = dt.time(0)
    if closes <= opens:
        end_day += dt.timedelta(days=1)
    return moment_of(day, opens), moment_of(end_day, closes)


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def open_now(venue: Venue, *, at: dt.datetime) -> OpenNow | None:
    """Tell how it is at `at` and what comes next; None when the place has told no hours at all."""
    if not has_told_hours(venue):
        return None
    found = _look(venue, at, NEAR)
    if found.opens_at is None and found.state in (State.CLOSED, State.APPOINTMENT):
        return _look(venue, at, FAR)
    return found


def _look(venue: Venue, at: dt.datetime, days_ahead: int) -> OpenNow:
    today = timezone.localdate(at)
    days = [day_of(venue, today + dt.timedelta(days=n)) for n in range(-1, days_ahead)]
    intervals = _merged(_interval(day.date, span) for day in days for span, _note in day.spans)
    # Where a day begins that is of another kind, what was said may end.
    borders = [
        moment_of(day.date, dt.time(0))
        for before, day in zip(days, days[1:], strict=False)
        if day.state != before.state
    ]
    now = days[1]
    running = next((span for span in intervals if span[0] <= at < span[1]), None)
    if running is not None:
        end: dt.datetime | None = running[1]
        if running[1] >= moment_of(today + dt.timedelta(days=days_ahead - 1), dt.time(0)):
            end = None
        return OpenNow(State.OPEN, end, None, now.note, at)
    unknown = next((day for day in days[1:] if day.state == State.UNKNOWN), None)
    starts = [start for start, _end in intervals if start > at]
    opens_at = starts[0] if starts else None
    if unknown is not None and opens_at and moment_of(unknown.date, dt.time(0)) <= opens_at:
        opens_at = None
    changes = [moment for moment in [*starts[:1], *borders] if moment > at]
    state = State.CLOSED if now.state == State.OPEN else now.state
    return OpenNow(state, min(changes) if changes else None, opens_at, now.note, at)


def coming_week(venue: Venue, *, at: dt.datetime) -> list[Day]:
    """Return today and the six days after it; empty when the place has told no hours."""
    if not has_told_hours(venue):
        return []
    today = timezone.localdate(at)
    return [day_of(venue, today + dt.timedelta(days=n)) for n in range(7)]


def coming_exceptions(venue: Venue, *, at: dt.datetime) -> list[OpeningException]:
    """Return the exceptions that begin after the coming week, the first ones first."""
    last = timezone.localdate(at) + dt.timedelta(days=6)
    return [row for row in venue.opening_exceptions.all() if row.first_date > last]


def usual_week(hours: Sequence[OpeningHours]) -> list[tuple[int, str]]:
    """Return (weekday, "10.00–16.00, 18.00–01.00") for all seven days, as forms and differences show them."""
    return [
        (
            number,
            ", ".join(
                span_text((row.opens, row.closes), row.note)
                for row in hours
                if row.weekday == number
            ),
        )
        for number in Weekday.values
    ]


def right_until(found: Iterable[OpenNow | None], *, at: dt.datetime) -> dt.datetime:
    """Return until when a page that shows these is right: the first change, at the latest midnight."""
    midnight = moment_of(timezone.localdate(at) + dt.timedelta(days=1), dt.time(0))
    return min([midnight, *(now.changes_at for now in found if now and now.changes_at)])


__all__ = [
    "Day",
    "OpenNow",
    "State",
    "coming_exceptions",
    "coming_week",
    "is_holiday",
    "open_now",
    "right_until",
    "usual_week",
    "with_hours",
]
