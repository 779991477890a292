import random
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.queue import change_capacity
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import (
    FullError,
    Party,
    SignUpError,
    cancel,
    sign_up,
)
from tests.projects.bypuls.factories import NOW, EventFactory
from vekst.celery import app as celery_app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _broker() -> Iterator[None]:
    """Wake the mail workers as in production, through the broker, instead of sending in these threads."""
    celery_app.conf.task_always_eager = False
    yield
    celery_app.conf.task_always_eager = True


def at_once(jobs: list[Callable[[], object]]) -> list[object]:
    """Run all jobs in threads that start together; return what each gave, or its SignUpError."""
    barrier = threading.Barrier(len(jobs))
    results: list[object] = [None] * len(jobs)

    def run(number: int, job: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = job()
        except SignUpError as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in results
    return results


def joiner(event: Event, number: int, size: int = 1) -> Callable[[], object]:
    party = Party(name=f"P{number}", email=f"p{number}@example.no", size=size)
    return lambda: sign_up(event.pk, party, at=NOW)


def counters(event: Event) -> tuple[int, int]:
    event.refresh_from_db()
    assert counter_drift() == []
    return event.seats_taken, event.waiting_taken


def test_sixty_at_once_for_forty_seats_and_a_queue_of_ten():
    event = EventFactory.create(capacity=40, waiting_list_capacity=10)

    results = at_once([joiner(event, number) for number in range(60)])

    assert counters(event) == (40, 10)
    assert sum(isinstance(result, FullError) for result in results) == 10
    assert Delivery.objects.filter(kind="signup-receipt").count() == 50


def test_groups_at_once_are_never_split_and_never_too_many():
    event = EventFactory.create(capacity=20, waiting_list_capacity=7)
    sizes = [1 + number % 3 for number in range(30)]

    at_once([joiner(event, number, size) for number, size in enumerate(sizes)])

    seats, waiting = counters(event)
    assert 18 <= seats <= 20
    assert waiting <= 7
    for signup in SignUp.objects.all():
        assert signup.size == sizes[int(signup.name[1:])]


def test_the_same_person_in_many_tabs_is_one_sign_up_with_one_mail():
    event = EventFactory.create()

    at_once([joiner(event, 1) for _ in range(10)])

    assert counters(event) == (1, 0)
    assert Delivery.objects.count() == 1


def test_cancelling_and_raising_the_capacity_at_once_promotes_each_once():
    event = EventFactory.create(capacity=10, waiting_list_capacity=20)
    signups = [joiner(event, number)() for number in range(30)]
    leavers = random.Random(1).sample(signups[:10], 4)  # noqa: S311

    at_once(
        [
            *(lambda pk=outcome.signup.pk: cancel(pk, at=NOW) for outcome in leavers),
            lambda: change_capacity(event.pk, capacity=15, waiting_list_capacity=20, at=NOW),
        ]
    )

    assert counters(event) == (15, 11)
    promoted = Delivery.objects.filter(kind="signup-promoted")
    assert promoted.count() == 9
    numbers = sorted(int(row.recipient[1:].partition("@")[0]) for row in promoted)
    assert numbers == list(range(10, 19))
