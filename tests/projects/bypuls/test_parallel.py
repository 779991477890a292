import datetime as dt
import random
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Event, SeatHold, SignUp
from projects.bypuls.signups.holds import drop_expired, hold_seats
from projects.bypuls.signups.queue import (
    accept_offer,
    change_capacity,
    decline_offer,
    drive_queues,
    expire_offers,
)
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


def test_cancelling_and_raising_the_capacity_at_once_offers_each_seat_once():
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
    offers = Delivery.objects.filter(kind="signup-offered")
    assert offers.count() == 9
    numbers = sorted(int(row.recipient[1:].partition("@")[0]) for row in offers)
    assert numbers == list(range(10, 19))


@pytest.mark.parametrize("waiting", [3, 8])
def test_five_more_seats_raised_in_many_tabs_are_offered_once_to_each(waiting):
    event = EventFactory.create(capacity=2, waiting_list_capacity=20)
    for number in range(2 + waiting):
        joiner(event, number)()

    results = at_once(
        [
            lambda: change_capacity(event.pk, capacity=7, waiting_list_capacity=20, at=NOW)
            for _ in range(6)
        ]
        + [lambda: drive_queues(at=NOW) for _ in range(3)]
    )

    offers = min(5, waiting)
    assert counters(event) == (2 + offers, waiting - offers)
    assert (
        sum(len(result) for result in results if isinstance(result, list))
        + sum(result for result in results if isinstance(result, int))
        == offers
    )
    assert Delivery.objects.filter(kind="signup-offered").count() == offers
    assert SignUp.objects.filter(state="offered").count() == offers


def test_answers_that_race_with_the_deadline_leave_each_seat_with_one_party():
    event = EventFactory.create(capacity=4, waiting_list_capacity=20)
    signups = [joiner(event, number)().signup for number in range(12)]
    for signup in signups[:4]:
        cancel(signup.pk, at=NOW)
    offered = list(SignUp.objects.filter(state="offered").order_by("pk"))
    assert len(offered) == 4
    before = NOW + dt.timedelta(hours=23)
    after = NOW + dt.timedelta(days=1)

    at_once(
        [
            *(lambda pk=row.pk: accept_offer(pk, at=before) for row in offered),
            *(lambda: expire_offers(at=after) for _ in range(3)),
            lambda: decline_offer(offered[0].pk, at=before),
        ]
    )

    for row in offered:
        row.refresh_from_db()
        kinds = set(Delivery.objects.filter(recipient=row.email).values_list("kind", flat=True))
        assert row.state in ("attending", "lapsed", "cancelled")
        assert ("signup-promoted" in kinds) == (row.state == "attending")
        assert ("signup-cancelled" in kinds) == (row.state != "attending")
    accepted = sum(row.state == "attending" for row in offered)
    assert counters(event) == (4, accepted)
    assert SignUp.objects.filter(state="offered").count() == 4 - accepted


def test_holds_and_sign_ups_at_once_never_give_a_seat_twice():
    event = EventFactory.create(capacity=10, waiting_list_capacity=0)
    held = [hold_seats(event.pk, 2, at=NOW) for _ in range(3)]
    last = held[0].expires_at - dt.timedelta(seconds=1)

    def holder(number: int) -> Callable[[], object]:
        party = Party(name="H", email=f"holder{number}@example.no", size=2)
        return lambda: sign_up(event.pk, party, at=last, hold_key=held[number].key)

    results = at_once(
        [
            *(holder(number) for number in range(3)),
            *(joiner(event, number) for number in range(12)),
            *(lambda: hold_seats(event.pk, 1, at=last) for _ in range(6)),
            lambda: drop_expired(at=last),
        ]
    )

    assert not any(isinstance(result, SignUpError) for result in results[:3])
    seats, waiting = counters(event)
    kept = SeatHold.objects.count()
    assert (seats + kept, waiting) == (10, 0)
    assert SignUp.objects.filter(email__startswith="holder").count() == 3


def test_one_hold_in_two_tabs_is_one_sign_up():
    event = EventFactory.create(capacity=2, waiting_list_capacity=0)
    hold = hold_seats(event.pk, 2, at=NOW)
    party = Party(name="A", email="a@example.no", size=2)

    results = at_once([lambda: sign_up(event.pk, party, at=NOW, hold_key=hold.key)] * 6)

    assert {result.state for result in results} == {"attending"}
    assert counters(event) == (2, 0)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("policy", ["strict", "fill", "split"])
def test_groups_that_come_and_go_at_once_are_split_only_by_their_own_yes(policy):
    event = EventFactory.create(capacity=12, waiting_list_capacity=60, queue_policy=policy)
    sizes = [1 + number % 4 for number in range(24)]
    signups = [joiner(event, n, size)().signup for n, size in enumerate(sizes)]
    leavers = random.Random(2).sample(signups[:6], 3)  # noqa: S311

    at_once(
        [
            *(lambda pk=row.pk: cancel(pk, at=NOW) for row in leavers for _ in range(2)),
            lambda: change_capacity(event.pk, capacity=15, waiting_list_capacity=60, at=NOW),
            lambda: drive_queues(at=NOW),
        ]
    )

    seats, _waiting = counters(event)
    assert seats <= 15
    for row in SignUp.objects.all():
        assert row.size == sizes[int(row.name[1:])]
        if policy != "split":
            assert row.offered_size in (None, row.size)
    if policy == "split":
        assert seats == 15
