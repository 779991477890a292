"""Change one date of a series, this and later ones, or all: text, place, time of day, room."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.bypuls.events import announcing, changes, recurrence
from projects.bypuls.events.series import (
    AHEAD,
    SeriesError,
    bokmal_title,
    lock_series,
    series_slug,
)
from projects.bypuls.models import Event, EventSeries, SeriesSignUp, Venue
from projects.bypuls.signups.errors import SignUpError
from projects.bypuls.signups.queue import change_capacity
from vekst import formats


class Scope(models.TextChoices):
    """Which dates of a series a change is for."""

    ONE = "one", gettext_lazy("Bare denne datoen")
    LATER = "later", gettext_lazy("Denne og de som kommer etter")
    ALL = "all", gettext_lazy("Alle datoer framover")


# What may be written to many dates at once. Time, place and room have rules of their own.
WRITABLE = frozenset(
    [
        *("title_nb", "title_en", "summary_nb", "summary_en", "description_nb", "description_en"),
        *("organiser", "company", "project", "topic", "audience", "language", "is_free", "price"),
        *("website", "contact_email", "picture", "picture_width", "picture_height", "picture_alt"),
        *("max_group_size", "queue_policy", "admission", "forum", "is_unlisted"),
        *("max_per_company", "asks_company", "asks_diet", "attendee_list"),
    ]
)


@dataclass(frozen=True)
class Change:
    """
    What is to be different. Left out is as before; each date keeps its day.

    `place` is (venue, place in words), `clock` the local time of the start, `room` (seats or None for no
    limit, places on the waiting list).
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    clock: dt.time | None = None
    duration: dt.timedelta | None = None
    place: tuple[Venue | None, str] | None = None
    room: tuple[int | None, int] | None = None

    @property
    def moves(self) -> bool:
        return not (self.clock is None and self.duration is None and self.place is None)


@dataclass
class Report:
    """What came of a change: how many dates, how many were told, which were left as they are."""

    series: EventSeries
    changed: int = 0
    told: int = 0
    left: list[Event] = field(default_factory=list)


@transaction.atomic
def change_dates(
    event_id: int,
    scope: Scope,
    change: Change,
    *,
    at: dt.datetime,
    reason: str = "",
    overwrites: bool = False,
    seen: int | None = None,
) -> Report:
    """
    Change this date, this and later ones, or all that lie ahead.

    "This and later" ends the series at this date and goes on in a new one with the same events. Dates that
    somebody changed for itself stay as they are unless it `overwrites` them. Nothing is changed when one of
    the dates cannot be: raises SeriesError that names them, or ChangeError. Each person has one mail, also
    of many dates.
    """
    wrong = set(change.fields) - WRITABLE
    if wrong:
        raise ValueError(f"not for many dates at once: {sorted(wrong)}")
    event = Event.objects.get(pk=event_id)
    if event.series_id is None:
        raise SeriesError(_("Arrangementet er ikke med i noen serie."))
    targets = _lock_targets(event, scope, at=at)
    series = lock_series(event.series_id)
    _check_seen(targets, event, seen)
    left = [
        target
        for target in targets
        if target.is_detached and not overwrites and target.pk != event.pk
    ]
    chosen = [target for target in targets if target not in left]
    if not chosen:
        raise SeriesError(_("Ingen av datoene kan endres lenger."))
    _check_room(chosen, change)
    if scope == Scope.LATER and _begins_before(series, event):
        series = _split(series, event, at=at)
    if scope != Scope.ONE:
        _change_series(series, change, at=at)
    told = sum(_change_one(target, change, reason=reason, at=at) for target in chosen)
    announcing.write_first(series.pk, at=at)
    is_detached = scope == Scope.ONE
    Event.objects.filter(pk__in=[target.pk for target in chosen]).update(is_detached=is_detached)
    return Report(series, changed=len(chosen), told=told, left=left)


def _lock_targets(event: Event, scope: Scope, *, at: dt.datetime) -> list[Event]:
    """
    Lock what may be written to, in order of the key as all do who lock several; return the dates to change.

    What a series is known by is written to every date of it, also to one that is called off.
    """
    only = Q(pk=event.pk) if scope == Scope.ONE else Q(series=event.series_id)
    dates = Event.objects.filter(only).order_by("pk")
    list(dates.select_for_update().values_list("pk", flat=True))
    dates = dates.filter(status__in=AHEAD, ends_at__gt=at)
    if scope == Scope.LATER:
        dates = dates.filter(recurrence_start__gte=event.recurrence_start)
    return list(dates)


def _check_seen(targets: list[Event], event: Event, seen: int | None) -> None:
    now = next((target for target in targets if target.pk == event.pk), None)
    if now is not None and seen is not None and now.sequence != seen:
        raise changes.StaleError(
            _("Noen har endret datoen siden du åpnet skjemaet. Se over, og prøv igjen.")
        )


def _check_room(targets: list[Event], change: Change) -> None:
    if change.room is None:
        return
    seats, queue = change.room
    small = [
        f"{formats.date_text(target.starts_at)} ({target.seats_taken})"
        for target in targets
        if seats is not None and target.seats_taken > seats
    ]
    if small:
        raise SeriesError(
            _("Flere enn %(seats)s er alt påmeldt på disse datoene: %(dates)s.")
            % {"seats": seats, "dates": ", ".join(small)}
        )
    long = [
        f"{formats.date_text(target.starts_at)} ({target.waiting_taken})"
        for target in targets
        if target.waiting_taken > queue
    ]
    if long:
        raise SeriesError(
            _("Flere enn %(queue)s står på ventelisten på disse datoene: %(dates)s.")
            % {"queue": queue, "dates": ", ".join(long)}
        )


def _change_one(event: Event, change: Change, *, reason: str, at: dt.datetime) -> int:
    """Change one date, which the caller has locked. Returns how many are told of a new time or place."""
    if change.fields:
        _write(event, change.fields, at=at)
    try:
        if change.room is not None:
            seats, queue = change.room
            change_capacity(event.pk, capacity=seats, waiting_list_capacity=queue, at=at)
        return _move(event, change, reason=reason, at=at) if change.moves else 0
    except (changes.ChangeError, SignUpError) as error:
        day = formats.date_text(event.starts_at)
        raise SeriesError(f"{day}: {error}") from error


def _write(event: Event, fields: Mapping[str, Any], *, at: dt.datetime) -> None:
    for name, value in fields.items():
        setattr(event, name, value)
    # The column without a language holds what the page's language had first.
    plain = {name.removesuffix("_nb") for name in fields if name.endswith("_nb")}
    for name in plain:
        setattr(event, name, fields[f"{name}_nb"])
    event.changed_at = at
    event.save(update_fields=sorted({*fields, *plain, "changed_at"}))


def _move(event: Event, change: Change, *, reason: str, at: dt.datetime) -> int:
    start = timezone.localtime(event.starts_at)
    starts_at = recurrence.moment(start.date(), change.clock or start.time())
    length = change.duration or recurrence.length_of(event.starts_at, event.ends_at)
    venue, place = change.place if change.place is not None else (event.venue, event.place)
    return changes.move_event(
        event.pk,
        starts_at=starts_at,
        ends_at=recurrence.end_after(starts_at, length),
        venue=venue,
        place=place,
        reason=reason,
        at=at,
        writes=False,
    )


def _change_series(series: EventSeries, change: Change, *, at: dt.datetime) -> None:
    """Let the dates to come have the new time of day, and those that are made be known by it."""
    if change.duration is not None:
        series.duration = change.duration
    if change.clock is not None:
        first = timezone.localdate(series.first_starts_at)
        series.first_starts_at = recurrence.moment(first, change.clock)
        # Each keeps its day, so none takes the place of another.
        ahead = series.events.filter(recurrence_start__gte=at).values_list("pk", "recurrence_start")
        for pk, before in list(ahead):
            start = recurrence.moment(timezone.localdate(before), change.clock)
            Event.objects.filter(pk=pk).update(recurrence_start=start)
    series.save(update_fields=["duration", "first_starts_at"])


def _begins_before(series: EventSeries, event: Event) -> bool:
    return series.events.filter(recurrence_start__lt=event.recurrence_start).exists()


def _split(series: EventSeries, event: Event, *, at: dt.datetime) -> EventSeries:
    """End the series on the day before this date, and go on in a new one with the same events."""
    assert event.recurrence_start is not None  # noqa: S101
    start = event.recurrence_start
    day = timezone.localdate(start)
    rule = recurrence.read_rule(series.rule)
    later_rule = rule
    if rule.count is not None:
        earlier = recurrence.starts(rule, series.first_starts_at, until=day - dt.timedelta(days=1))
        later_rule = recurrence.with_count(rule, max(rule.count - len(list(earlier)), 1))
    # The rule counts its weeks and months from a date of its own, which an added day is not.
    after, beyond = day - dt.timedelta(days=1), day + dt.timedelta(days=366 * recurrence.YEARS)
    own = recurrence.starts(rule, series.first_starts_at, after=after, until=beyond)
    later = EventSeries.objects.create(
        **{name: getattr(series, name) for name in ("title_nb", "title_en")},
        slug=series_slug(bokmal_title(series)),
        rule=str(recurrence.anchored(later_rule, series.first_starts_at)),
        first_starts_at=next(own, start),
        duration=series.duration,
        skips_public_holidays=series.skips_public_holidays,
        skips_school_holidays=series.skips_school_holidays,
        signup_mode=series.signup_mode,
        made_until=series.made_until,
        ended_at=series.ended_at,
        continues=series,
        created_at=at,
    )
    series.events.filter(recurrence_start__gte=start).update(series=later)
    series.exceptions.filter(date__gte=day).update(series=later)
    # Whoever comes to all of it goes along, with the same link; what they have had stays theirs.
    SeriesSignUp.objects.active().filter(series=series).update(series=later)
    series.rule = str(recurrence.ended(rule, day - dt.timedelta(days=1)))
    series.save(update_fields=["rule"])
    return later
