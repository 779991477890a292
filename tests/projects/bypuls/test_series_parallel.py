"""Two who change a series at once neither stop each other for ever nor lose anybody."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from projects.bypuls.events.series_changes import Change, Scope, change_dates
from projects.bypuls.models import Event, EventSeries, SeriesSignUp, SignUp
from projects.bypuls.signups.series_signup import cancel_series_signup, sign_up_for_series
from projects.bypuls.signups.signup import Party
from tests.projects.bypuls.factories import NOW
from tests.projects.bypuls.test_series import TUESDAY, a_series, on
from vekst.celery import app as celery_app

pytestmark = pytest.mark.django_db(transaction=True)
FIFTH = TUESDAY.date() + dt.timedelta(weeks=4)
KARI = Party(name="Kari", email="kari@example.no")


@pytest.fixture(autouse=True)
def _broker() -> Iterator[None]:
    """Wake the mail workers as in production, through the broker, instead of sending in these threads."""
    celery_app.conf.task_always_eager = False
    yield
    celery_app.conf.task_always_eager = True


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def begin(pool: ThreadPoolExecutor, job: Callable[[], object]) -> Future[object]:
    """Start the job in a thread, and return when it waits for a lock of ours or has ended."""

    def run() -> object:
        try:
            return job()
        finally:
            connection.close()

    future = pool.submit(run)
    with connection.cursor() as cursor:
        waits = False
        while not (waits or future.done()):
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            (waits,) = cursor.fetchone()
    assert waits
    return future


@pytest.fixture
def series() -> EventSeries:
    series = a_series("FREQ=WEEKLY;COUNT=6")
    EventSeries.objects.filter(pk=series.pk).update(signup_mode="whole")
    return series


def split(series: EventSeries) -> EventSeries:
    change = Change(fields={"title_nb": "Ny"})
    return change_dates(on(series, FIFTH).pk, Scope.LATER, change, at=NOW).series


def dates(event: EventSeries) -> list[int]:
    return list(event.events.order_by("pk").values_list("pk", flat=True))


def test_all_dates_are_locked_in_one_order_also_those_called_off(series, pool):
    first, second, *_rest = dates(series)
    Event.objects.filter(pk=first).update(status="cancelled")

    with transaction.atomic():
        Event.objects.select_for_update().get(pk=first)
        waiting = begin(
            pool, lambda: change_dates(second, Scope.ALL, Change(clock=dt.time(9)), at=NOW)
        )
        # Were the second date locked first, the two would wait for each other.
        Event.objects.select_for_update().get(pk=second)
    waiting.result()

    assert {start.hour for start in series.events.values_list("starts_at", flat=True)} == {7, 8}


def test_whoever_signs_up_for_the_whole_series_while_it_is_split_comes_to_all_of_it(series, pool):
    with transaction.atomic():
        later = split(series)
        waiting = begin(pool, lambda: sign_up_for_series(series.pk, KARI, at=NOW))
    waiting.result()

    assert SeriesSignUp.objects.get().series == later
    assert SignUp.objects.filter(state="attending").count() == 6


def test_whoever_signs_off_the_whole_series_while_it_is_split_is_off_all_of_it(series, pool):
    row = sign_up_for_series(series.pk, KARI, at=NOW)

    with transaction.atomic():
        later = split(series)
        waiting = begin(pool, lambda: cancel_series_signup(row.pk, at=NOW))
    waiting.result()

    assert later.signups.get().cancelled_at == NOW
    assert not SignUp.objects.active().exists()
