"""
How long an offer of seats lasts, and the hours in which nobody is asked for an answer.

The night, from 21.30 to 07.30 local time, does not count: neither summer time nor sleep takes away from
the time to answer.
"""

import datetime as dt

from django.utils import timezone

from projects.bypuls.models import Event

QUIET_FROM, QUIET_TO = dt.time(21, 30), dt.time(7, 30)
# What counts of a day and a night: an offer of this length lasts 24 hours by the clock.
A_DAY = dt.timedelta(hours=14)
LEAST = dt.timedelta(minutes=15)
SHARE = 4
# With less time than this between the morning and the event, a mail does not wait for the morning.
TOO_NEAR = dt.timedelta(hours=2)


def is_quiet(at: dt.datetime) -> bool:
    """Tell whether `at` is at night."""
    clock = timezone.localtime(at).time()
    return clock >= QUIET_FROM or clock < QUIET_TO


def _at_clock(day: dt.date, clock: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, clock))


def coming_morning(at: dt.datetime) -> dt.datetime:
    """Return the next 07.30 after `at`."""
    day = timezone.localdate(at)
    morning = _at_clock(day, QUIET_TO)
    return morning if at < morning else _at_clock(day + dt.timedelta(days=1), QUIET_TO)


def next_decent(at: dt.datetime) -> dt.datetime:
    """Return `at` by day, and the coming morning at night."""
    return coming_morning(at) if is_quiet(at) else at


def _evening(at: dt.datetime) -> dt.datetime:
    return _at_clock(timezone.localdate(at), QUIET_FROM)


def _after(begin: dt.datetime, span: dt.timedelta) -> dt.datetime:
    """Return when `span` has passed by day. What would end as the night begins ends in the morning."""
    moment = next_decent(begin)
    while span >= (today := _evening(moment) - moment):
        span -= today
        moment = coming_morning(_evening(moment))
    return moment + span


def _by_day(begin: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """Return how much of the time between two moments is by day, as far as it matters here."""
    total = dt.timedelta()
    moment = next_decent(begin)
    while moment < end and total < A_DAY * SHARE:
        evening = _evening(moment)
        total += min(evening, end) - moment
        moment = coming_morning(evening)
    return total


def _span(left: dt.timedelta) -> dt.timedelta:
    return min(max(left / SHARE, LEAST), A_DAY)


def offer_deadline(event: Event, *, at: dt.datetime) -> dt.datetime:
    """
    Return until when an offer made at `at` is open.

    24 hours by the clock when the event is four days or more ahead. Nearer than that, a quarter of the
    hours by day that are left until it starts, so that the seat can still go to others: a day ahead
    three and a half hours, never less than a quarter of an hour, and never longer than until the start.
    An offer made at night counts from the morning. Only when the event starts before the morning does
    the night count like the day.
    """
    if event.starts_at <= coming_morning(at):
        deadline = at + _span(event.starts_at - at)
    else:
        begin = next_decent(at)
        deadline = _after(begin, _span(_by_day(begin, event.starts_at)))
    return min(deadline, event.starts_at)


def mail_at(event: Event, *, at: dt.datetime) -> dt.datetime:
    """Return when to send an offer made at `at`: in the morning, or at once when the event is too near."""
    decent = next_decent(at)
    return at if event.starts_at <= decent + TOO_NEAR else decent
