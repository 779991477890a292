import logging
from functools import partial

from celery import shared_task
from django.utils import timezone

from projects.bypuls.calendar import counts
from projects.bypuls.events import announcing, life, moderation, series
from projects.bypuls.events.importing import feeds
from projects.bypuls.one_by_one import all_of
from projects.bypuls.pulse import silence
from projects.bypuls.signups import confirming, holds, queue, reminders, seats

logger = logging.getLogger(__name__)


@shared_task
def write_event_reminders() -> None:
    now = timezone.now()
    # First, so that nobody is reminded of a seat that is taken from them in the same minute.
    all_of(partial(confirming.free_unanswered, at=now), partial(reminders.write_due, at=now))


@shared_task
def write_announcements() -> None:
    announcing.write_all(at=timezone.now())


@shared_task
def make_series_dates() -> None:
    series.make_due(at=timezone.now())


@shared_task
def check_events() -> None:
    all_of(_check_seats, _check_counts)


def _check_seats() -> None:
    for event_id, taken, waiting in seats.counter_drift():
        logger.error("event %s: counted %s seats and %s waiting", event_id, taken, waiting)


def _check_counts() -> None:
    wrong = counts.rebuild(at=timezone.now())
    if wrong:
        logger.error("event counts: %s cells were wrong and are counted anew", wrong)


@shared_task
def settle_events() -> None:
    now = timezone.now()
    all_of(
        partial(life.close_signups, at=now),
        partial(life.mark_held, at=now),
        partial(counts.tidy, at=now),
    )


@shared_task
def settle_queues() -> None:
    now = timezone.now()
    all_of(
        partial(holds.drop_expired, at=now),
        partial(queue.expire_offers, at=now),
        partial(queue.drive_queues, at=now),
    )


@shared_task
def fetch_event_calendars() -> None:
    for source_id in feeds.due_sources(at=timezone.now()):
        fetch_event_calendar.delay(source_id)


@shared_task
def fetch_event_calendar(source_id: int) -> None:
    feeds.fetch_source(source_id, at=timezone.now())


@shared_task
def remind_of_submissions() -> None:
    moderation.remind_office(at=timezone.now())


@shared_task
def tell_of_silent_counters() -> None:
    silence.tell_of_silent(at=timezone.now())
