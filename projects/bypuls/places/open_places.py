"""Which places are open at a moment, asked of the database. See also `opening_hours.day_of`, one rule for both."""

import datetime as dt

from django.db.models import Exists, F, Min, OuterRef, Q
from django.utils import timezone

from projects.bypuls.models import (
    ExceptionKind,
    HolidayRule,
    OpeningException,
    OpeningHours,
    Weekday,
)
from projects.bypuls.models.opening_hours import Span
from projects.bypuls.places.opening_hours import LAST_MINUTE, moment_of
from projects.bypuls.places.public_holidays import is_holiday


def is_open_at(at: dt.datetime) -> Q:
    """
    Return the condition under which a place is open at `at`. One query, for the exceptions of two days.

    A place is open by a span that began today, or by one that began yesterday and runs past midnight.
    """
    local = timezone.localtime(at)
    clock = local.time().replace(tzinfo=None)
    if local.fold:
        # The hour comes a second time; what opened or closed in it did so the first time.
        clock = dt.time(local.hour, 59, 59, 999_999)
    today = local.date()
    yesterday = today - dt.timedelta(days=1)
    rows = OpeningException.objects.filter(first_date__lte=today, last_date__gte=yesterday)
    exceptions = list(rows.order_by("pk"))
    return _open_by(today, exceptions, clock, began_today=True) | _open_by(
        yesterday, exceptions, clock, began_today=False
    )


def changes_at(at: dt.datetime) -> dt.datetime:
    """
    Return the next moment at which some place or other may open or close, at the latest midnight.

    Every time of day that stands at any place counts, whatever its weekday: too soon does no harm. Two queries.
    """
    local = timezone.localtime(at)
    clock = local.time().replace(tzinfo=None)
    first = OpeningHours.objects.aggregate(
        opens=Min("opens", filter=Q(opens__gt=clock)),
        closes=Min("closes", filter=Q(closes__gt=clock)),
    )
    times = [value for value in first.values() if value is not None and value != LAST_MINUTE]
    days = local.date() - dt.timedelta(days=1), local.date()
    rows = OpeningException.objects.filter(first_date__lte=days[1], last_date__gte=days[0])
    times += [time for row in rows for span in row.spans for time in span if time > clock]
    midnight = moment_of(local.date() + dt.timedelta(days=1), dt.time(0))
    return min([midnight, *(moment_of(local.date(), time) for time in times)])


def _open_by(
    day: dt.date, exceptions: list[OpeningException], clock: dt.time, *, began_today: bool
) -> Q:
    holding: dict[int, OpeningException] = {}
    for row in exceptions:
        if row.covers(day):
            held = holding.get(row.venue_id)
            length = (row.last_date - row.first_date, -row.pk)
            if held is None or length < (held.last_date - held.first_date, -held.pk):
                holding[row.venue_id] = row
    open_ids = [
        venue_id
        for venue_id, row in holding.items()
        if row.kind == ExceptionKind.HOURS
        and any(_includes(span, clock, began_today=began_today) for span in row.spans)
    ]
    usual = OpeningHours.objects.filter(venue=OuterRef("pk"))
    usual = usual.filter(_span_includes(clock, began_today=began_today))
    by_weekday = Q(Exists(usual.filter(weekday=day.weekday())))
    if is_holiday(day):
        by_weekday = (Q(holiday_rule=HolidayRule.USUAL) & by_weekday) | (
            Q(holiday_rule=HolidayRule.SUNDAY) & Q(Exists(usual.filter(weekday=Weekday.SUNDAY)))
        )
    return Q(pk__in=open_ids) | (by_weekday & ~Q(pk__in=list(holding)))


def _includes(span: Span, clock: dt.time, *, began_today: bool) -> bool:
    opens, closes = span
    if began_today:
        return opens <= clock and (closes <= opens or clock < closes or closes == LAST_MINUTE)
    return closes <= opens and clock < closes


def _span_includes(clock: dt.time, *, began_today: bool) -> Q:
    """State `_includes` in SQL."""
    past_midnight = Q(closes__lte=F("opens"))
    if began_today:
        return Q(opens__lte=clock) & (past_midnight | Q(closes__gt=clock) | Q(closes=LAST_MINUTE))
    return past_midnight & Q(closes__gt=clock)
