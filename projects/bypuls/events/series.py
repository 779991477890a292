"""
Series of events: which dates a series has, and the rows made ahead for them.

A date is known by its local day. Rows are made about 13 months ahead, each a full event of its own, like
the latest date that nobody changed for itself. A date that people may have signed up for is never removed
without a word: it is called off, or kept, as the one who changes the series chooses.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.bypuls.events import announcing, changes, moderation, recurrence
from projects.bypuls.events.copying import after_pattern, copy_what_belongs_to
from projects.bypuls.events.holidays import school_holidays
from projects.bypuls.models import (
    Event,
    EventSeries,
    EventStatus,
    Publication,
    SeriesException,
    SeriesExceptionKind,
    SignUp,
)
from projects.bypuls.one_by_one import one_by_one
from projects.bypuls.signups import reminders
from projects.bypuls.signups.series_signup import join_new_date
from vekst import formats
from vekst.red_days import public_holidays

HORIZON = dt.timedelta(days=400)
# What may still be changed or called off.
AHEAD = (EventStatus.PLANNED, EventStatus.MOVED, EventStatus.POSTPONED)


class SeriesError(Exception):
    """The series cannot be as wished; the message is for staff."""


class Surplus(models.TextChoices):
    """What becomes of a date that the series no longer has."""

    CANCEL = "cancel", gettext_lazy("Avlys den, og gi beskjed til dem som er påmeldt")
    KEEP = "keep", gettext_lazy("Behold den som et enkeltarrangement i serien")


@dataclass(frozen=True)
class PlannedDate:
    """One day of a series. `skipped` says why nothing happens then; empty when it does."""

    starts_at: dt.datetime
    skipped: str = ""
    is_added: bool = False

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.starts_at)


@dataclass
class Outcome:
    """What a change of a series did to its dates."""

    made: list[Event] = field(default_factory=list)
    cancelled: list[Event] = field(default_factory=list)
    kept: list[Event] = field(default_factory=list)
    removed: int = 0
    told: int = 0


def planned_dates(
    series: EventSeries, *, first: dt.date, last: dt.date, exceptions: bool = True
) -> list[PlannedDate]:
    """
    Return the days of the series from `first` to `last`, both included, with those that are skipped.

    The order of precedence: an exception of one day, the holidays, the rule. At most two queries. A series
    that is not saved has no exceptions.
    """
    rule = recurrence.read_rule(series.rule)
    found = recurrence.starts(
        rule, series.first_starts_at, after=first - dt.timedelta(days=1), until=last
    )
    dates = {timezone.localdate(start): PlannedDate(start) for start in found}
    if dates:
        reasons = _holidays(series, min(dates), max(dates))
        dates = {
            day: PlannedDate(date.starts_at, skipped=reasons.get(day, ""))
            for day, date in dates.items()
        }
    clock = timezone.localtime(series.first_starts_at).time()
    if exceptions and series.pk:
        for row in series.exceptions.filter(date__range=(first, last)).order_by("date"):
            start = recurrence.moment(row.date, clock)
            if row.kind == SeriesExceptionKind.ADDED:
                dates[row.date] = PlannedDate(start, is_added=True)
            elif row.date in dates:
                dates[row.date] = PlannedDate(start, skipped=row.reason or _("Tatt ut av serien"))
    return [dates[day] for day in sorted(dates)]


def _holidays(series: EventSeries, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    found: dict[dt.date, str] = {}
    if series.skips_school_holidays:
        found |= school_holidays(first, last)
    if series.skips_public_holidays:
        found |= public_holidays(range(first.year, last.year + 1))
    return found


def lock_series(series_id: int) -> EventSeries:
    """Lock the series against others that make or change its dates, and against new sign-ups for all of it."""
    return EventSeries.objects.select_for_update().get(pk=series_id)


# --- Rows made ahead -----------------------------------------------------------------------------
@transaction.atomic
def make_dates(series_id: int, *, at: dt.datetime) -> list[Event]:
    """Make the rows of all dates within the horizon that have none, and return them. Safe to run twice."""
    series = lock_series(series_id)
    if series.ended_at is not None:
        return []
    today = timezone.localdate(at)
    until = today + HORIZON
    made = _make(series, planned_dates(series, first=today, last=until), at=at)
    if series.made_until != until:
        series.made_until = until
        series.save(update_fields=["made_until"])
    return made


def make_due(*, at: dt.datetime) -> int:
    """Make the dates of all series that go on, each for itself; return how many rows that gave."""
    going_on = EventSeries.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True)
    return one_by_one(lambda pk: len(make_dates(pk, at=at)), list(going_on), "dates of series")


def pattern_of(series: EventSeries) -> Event | None:
    """Return the event that new dates are made after: the latest that nobody changed for itself."""
    dates = series.events.order_by("is_detached", "-recurrence_start")
    return dates.first()


def _make(series: EventSeries, dates: list[PlannedDate], *, at: dt.datetime) -> list[Event]:
    starts = series.events.values_list("recurrence_start", flat=True)
    there = {timezone.localdate(start) for start in starts if start is not None}
    wanted = [
        date for date in dates if not date.skipped and date.starts_at > at and date.day not in there
    ]
    pattern = pattern_of(series) if wanted else None
    if pattern is None:
        return []
    return [_make_one(series, pattern, date.starts_at, at=at) for date in wanted]


def _make_one(
    series: EventSeries, pattern: Event, starts_at: dt.datetime, *, at: dt.datetime
) -> Event:
    event = after_pattern(pattern, starts_at=starts_at, at=at)
    event.ends_at = recurrence.end_after(starts_at, series.duration)
    event.series, event.recurrence_start = series, starts_at
    event.slug = date_slug(series, starts_at)
    if pattern.publication == Publication.PUBLISHED:
        event.publication, event.published_at = Publication.PUBLISHED, at
    event.save(force_insert=True)
    copy_what_belongs_to(pattern, event, at=at)
    # The copies are moved by the clock on the wall; minutes before the start are minutes.
    reminders.plan(event, at=at)
    # Whoever comes to all of it comes to this one too; does nothing in a series that has no such people.
    join_new_date(event, at=at)
    return event


@transaction.atomic
def publish_date(event_id: int, *, at: dt.datetime) -> None:
    """Publish one date, and sign those who come to the whole series up for it. Raises SubmissionError."""
    event = moderation.publish(event_id, at=at)
    if event.series_id is not None:
        lock_series(event.series_id)
        join_new_date(event, at=at)


def date_slug(series: EventSeries, starts_at: dt.datetime) -> str:
    """Return a free address for one date of the series."""
    stem = f"{series.slug[:80]}-{timezone.localdate(starts_at):%Y-%m-%d}"
    taken = set(Event.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, number = stem, 2
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug


# --- Begin and end -------------------------------------------------------------------------------
@transaction.atomic
def begin_series(series: EventSeries, event_id: int, *, at: dt.datetime) -> EventSeries:
    """
    Keep a new series whose first date is this event, and make the dates that follow.

    The event keeps its address, sign-ups and calendar UID. Raises SeriesError, and RuleError for a rule
    that is impossible or does not have the event's own day.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    if event.series_id is not None:
        raise SeriesError(_("Arrangementet er alt med i en serie."))
    if not event.is_date_set:
        raise SeriesError(_("Sett en dato før arrangementet blir en serie."))
    rule = recurrence.check_rule(series.rule, event.starts_at)
    series.rule = str(rule)
    series.first_starts_at = event.starts_at
    series.duration = recurrence.length_of(event.starts_at, event.ends_at)
    day = timezone.localdate(event.starts_at)
    if not list(recurrence.starts(rule, event.starts_at, until=day)):
        raise recurrence.RuleError(
            _("Regelen har ikke datoen til arrangementet, %(day)s. Velg en regel som begynner der.")
            % {"day": formats.weekday_date_text(day)}
        )
    series.slug, series.created_at = series.slug or series_slug(bokmal_title(series)), at
    series.save(force_insert=True)
    event.series, event.recurrence_start = series, event.starts_at
    event.save(update_fields=["series", "recurrence_start"])
    make_dates(series.pk, at=at)
    return series


def bokmal_title(series: EventSeries) -> str:
    """Return the name in Bokmål, whatever the language of whoever writes: addresses are of that."""
    return getattr(series, "title_nb", None) or series.title


def series_slug(title: str) -> str:
    """Return a free address for a series."""
    stem = moderation.slug_stem(title)
    taken = set(EventSeries.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, number = stem, 2
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug


@transaction.atomic
def end_series(
    series_id: int, *, last: dt.date, surplus: Surplus, reason: str, at: dt.datetime
) -> Outcome:
    """Let the series have no dates after the day `last`. What is made beyond is called off or kept."""
    _lock_dates(series_id, at=at)
    series = lock_series(series_id)
    beyond = [event for event in _ahead(series, at=at) if _day(event) > last]
    outcome = _drop(beyond, surplus=surplus, reason=reason, at=at)
    series.ended_at = at
    series.save(update_fields=["ended_at"])
    return outcome


def cancel_rest(series_id: int, *, reason: str, at: dt.datetime) -> Outcome:
    """Call off every date that lies ahead, and end the series."""
    yesterday = timezone.localdate(at) - dt.timedelta(days=1)
    return end_series(series_id, last=yesterday, surplus=Surplus.CANCEL, reason=reason, at=at)


# --- Exceptions ----------------------------------------------------------------------------------
@transaction.atomic
def leave_out(
    series_id: int, day: dt.date, *, surplus: Surplus, reason: str, at: dt.datetime
) -> Outcome:
    """Take one day out of the series, for the reason that the page gives. Raises SeriesError."""
    _lock_dates(series_id, at=at)
    series = lock_series(series_id)
    planned = [date for date in planned_dates(series, first=day, last=day) if not date.skipped]
    event = next((event for event in _ahead(series, at=at) if _day(event) == day), None)
    if not planned and event is None:
        raise SeriesError(
            _("Serien har ingen dato %(day)s.") % {"day": formats.weekday_date_text(day)}
        )
    SeriesException.objects.update_or_create(
        series=series, date=day, defaults={"kind": SeriesExceptionKind.LEFT_OUT, "reason": reason}
    )
    return _drop([event] if event else [], surplus=surplus, reason=reason, at=at)


@transaction.atomic
def add_day(series_id: int, day: dt.date, *, reason: str, at: dt.datetime) -> Outcome:
    """Give the series one more day, also one that was skipped. Raises SeriesError."""
    series = lock_series(series_id)
    starts_at = recurrence.moment(day, timezone.localtime(series.first_starts_at).time())
    if starts_at <= at:
        raise SeriesError(_("Dagen må være fram i tid."))
    there = [event for event in series.events.all() if _day(event) == day]
    if there and there[0].status in AHEAD:
        raise SeriesError(_("Serien har alt et arrangement denne dagen."))
    if there:
        raise SeriesError(
            _(
                "Datoen er avlyst, og de påmeldte har fått beskjed. Lag et eget arrangement i stedet."
            )
        )
    SeriesException.objects.update_or_create(
        series=series, date=day, defaults={"kind": SeriesExceptionKind.ADDED, "reason": reason}
    )
    return Outcome(made=_make(series, [PlannedDate(starts_at, is_added=True)], at=at))


@transaction.atomic
def reconcile(series_id: int, *, surplus: Surplus, reason: str, at: dt.datetime) -> Outcome:
    """
    Bring the dates in line with the rule, the holidays and the exceptions after one of them has changed.

    Dates that somebody changed for itself stay. Raises SeriesError when nothing can be made.
    """
    _lock_dates(series_id, at=at)
    series = lock_series(series_id)
    today = timezone.localdate(at)
    dates = planned_dates(series, first=today, last=today + HORIZON)
    wanted = {date.day for date in dates if not date.skipped}
    gone = [
        event
        for event in _ahead(series, at=at)
        if _day(event) not in wanted and not event.is_detached
    ]
    outcome = _drop(gone, surplus=surplus, reason=reason, at=at)
    if series.ended_at is None:
        outcome.made = _make(series, dates, at=at)
    return outcome


def note_deleted(events: Iterable[Event]) -> None:
    """Leave the days of events that are about to be deleted out of their series, or the job made them anew."""
    for event in events:
        if event.series_id is not None:
            SeriesException.objects.update_or_create(
                series_id=event.series_id,
                date=_day(event),
                defaults={"kind": SeriesExceptionKind.LEFT_OUT},
            )


def _lock_dates(series_id: int, *, at: dt.datetime) -> None:
    """Lock the dates ahead before anything else, in the order of the key, as all do who lock several."""
    dates = Event.objects.filter(series=series_id, ends_at__gt=at).order_by("pk")
    list(dates.select_for_update().values_list("pk", flat=True))


def _ahead(series: EventSeries, *, at: dt.datetime) -> list[Event]:
    dates = series.events.filter(ends_at__gt=at, status__in=AHEAD)
    return list(dates.order_by("recurrence_start"))


def _day(event: Event) -> dt.date:
    return timezone.localdate(event.recurrence_start or event.starts_at)


def _drop(events: list[Event], *, surplus: Surplus, reason: str, at: dt.datetime) -> Outcome:
    """Remove what nobody ever saw; call off or keep the rest."""
    outcome = Outcome()
    for event in events:
        if event.published_at is None and not SignUp.objects.filter(event=event).exists():
            event.delete()
            outcome.removed += 1
        elif surplus == Surplus.CANCEL:
            outcome.told += changes.cancel_event(event.pk, reason=reason, at=at, writes=False)
            outcome.cancelled.append(event)
        else:
            event.is_detached = True
            event.save(update_fields=["is_detached"])
            outcome.kept.append(event)
    if outcome.cancelled and outcome.cancelled[0].series_id is not None:
        # Whoever loses several dates has one mail of them all.
        announcing.write_first(outcome.cancelled[0].series_id, at=at)
    return outcome
