import datetime as dt
import uuid

import pytest

from projects.bypuls.models import Event, SeatHold, SignUp
from projects.bypuls.signups.holds import drop_expired, hold_seats, release_hold
from projects.bypuls.signups.queue import change_capacity
from projects.bypuls.signups.seats import counter_drift, free_seats
from projects.bypuls.signups.signup import (
    ClosedError,
    FullError,
    HeldError,
    Outcome,
    Party,
    SignUpError,
    sign_up,
)
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def join(
    event: Event, email: str, size: int = 1, at: dt.datetime = NOW, key: uuid.UUID | None = None
) -> Outcome:
    party = Party(name=email[0].upper(), email=email, size=size)
    return sign_up(event.pk, party, at=at, hold_key=key)


def free(event: Event, at: dt.datetime = NOW) -> int | None:
    event.refresh_from_db()
    assert counter_drift() == []
    return free_seats(event, at=at)


def test_a_hold_takes_seats_for_ten_minutes_and_one_more_for_each_companion():
    event = EventFactory.create(capacity=10)

    hold = hold_seats(event.pk, 3, at=NOW)

    assert hold.expires_at == NOW + 12 * MINUTE
    assert free(event, NOW + 12 * MINUTE - dt.timedelta(seconds=1)) == 7
    assert free(event, NOW + 12 * MINUTE) == 10


def test_signing_up_uses_the_hold_once():
    event = EventFactory.create(capacity=3, waiting_list_capacity=0)
    hold = hold_seats(event.pk, 3, at=NOW)

    assert join(event, "a@example.no", 3, key=hold.key).state == "attending"

    assert free(event) == 0
    assert not SeatHold.objects.exists()
    with pytest.raises(FullError):
        join(event, "b@example.no", 1, key=hold.key)


def test_a_hold_that_shrinks_keeps_its_deadline_and_its_seats_until_then():
    event = EventFactory.create(capacity=5, waiting_list_capacity=0)
    hold = hold_seats(event.pk, 5, at=NOW)

    shrunk = hold_seats(event.pk, 2, at=NOW + 9 * MINUTE, key=hold.key)
    assert (shrunk.key, shrunk.expires_at) == (hold.key, NOW + 14 * MINUTE)
    join(event, "b@example.no", 3, at=NOW + 9 * MINUTE)

    last = NOW + 14 * MINUTE - dt.timedelta(seconds=1)
    assert drop_expired(at=last) == 0
    assert join(event, "a@example.no", 2, at=last, key=hold.key).state == "attending"
    assert free(event) == 0


def test_a_hold_grows_by_a_minute_a_person_and_no_further():
    event = EventFactory.create(capacity=5)
    hold = hold_seats(event.pk, 1, at=NOW)

    for minutes in (1, 5, 9):
        hold = hold_seats(event.pk, 3, at=NOW + minutes * MINUTE, key=hold.key)

    assert hold.expires_at == NOW + 12 * MINUTE
    assert free(event, NOW + 9 * MINUTE) == 2
    with pytest.raises(SignUpError, match="fra 1 til 5"):
        hold_seats(event.pk, 6, at=NOW, key=hold.key)


def test_a_hold_that_cannot_grow_stays_as_it_was():
    event = EventFactory.create(capacity=3, waiting_list_capacity=0)
    join(event, "a@example.no")
    hold = hold_seats(event.pk, 2, at=NOW)

    with pytest.raises(FullError):
        hold_seats(event.pk, 3, at=NOW, key=hold.key)
    with pytest.raises(FullError):
        join(event, "b@example.no", 3, key=hold.key)

    assert join(event, "b@example.no", 2, key=hold.key).state == "attending"


def test_a_party_that_holds_seats_is_not_put_in_the_queue_for_asking_for_more():
    event = EventFactory.create(capacity=2)
    hold = hold_seats(event.pk, 2, at=NOW)

    with pytest.raises(FullError, match="2 plasser til dere"):
        join(event, "a@example.no", 3, key=hold.key)

    assert join(event, "a@example.no", 2, key=hold.key).state == "attending"


def test_free_seats_that_are_all_held_mean_the_queue_or_a_time_to_try_again():
    event = EventFactory.create(capacity=2, waiting_list_capacity=1)
    hold_seats(event.pk, 1, at=NOW)
    hold_seats(event.pk, 1, at=NOW + 2 * MINUTE)

    with pytest.raises(HeldError, match=r"kl\. 12\.10") as one:
        hold_seats(event.pk, 1, at=NOW + 3 * MINUTE)
    with pytest.raises(HeldError, match=r"kl\. 12\.12") as two:
        join(event, "par@example.no", 2, at=NOW + 3 * MINUTE)

    assert (one.value.retry_at, two.value.retry_at) == (NOW + 10 * MINUTE, NOW + 12 * MINUTE)
    assert join(event, "a@example.no", at=NOW + 3 * MINUTE).state == "waiting"


def test_an_event_that_is_full_says_full_and_not_try_again():
    event = EventFactory.create(capacity=2, waiting_list_capacity=5)
    join(event, "a@example.no", 2)

    with pytest.raises(FullError, match="rom på ventelisten") as error:
        hold_seats(event.pk, 1, at=NOW)

    assert not isinstance(error.value, HeldError)


def test_a_hold_that_has_run_out_is_like_none():
    event = EventFactory.create(capacity=1, waiting_list_capacity=0)
    hold = hold_seats(event.pk, 1, at=NOW)
    late = NOW + 10 * MINUTE

    assert join(event, "a@example.no", at=late, key=hold.key).state == "attending"
    with pytest.raises(FullError):
        join(event, "b@example.no", at=late, key=hold.key)


def test_a_hold_is_of_one_event():
    mine = hold_seats(EventFactory.create(capacity=1).pk, 1, at=NOW)
    event = EventFactory.create(capacity=1, waiting_list_capacity=0)
    join(event, "a@example.no")

    with pytest.raises(FullError):
        join(event, "b@example.no", key=mine.key)
    other = hold_seats(EventFactory.create().pk, 1, at=NOW, key=mine.key)

    assert other.key != mine.key


def test_the_holder_keeps_the_seat_though_others_have_begun_to_wait():
    event = EventFactory.create(capacity=2)
    hold = hold_seats(event.pk, 2, at=NOW)
    join(event, "b@example.no")

    assert join(event, "a@example.no", 2, key=hold.key).state == "attending"
    assert SignUp.objects.get(email="b@example.no").state == "waiting"


def test_nobody_holds_seats_past_those_who_wait():
    event = EventFactory.create(capacity=2)
    join(event, "a@example.no")
    join(event, "b@example.no", 2)

    with pytest.raises(FullError):
        hold_seats(event.pk, 1, at=NOW)


@pytest.mark.parametrize("change", ["released", "smaller", "expired", "used by fewer"])
def test_seats_that_are_held_no_more_go_to_those_who_wait(change):
    event = EventFactory.create(capacity=2)
    hold = hold_seats(event.pk, 2, at=NOW)
    join(event, "b@example.no")

    if change == "released":
        release_hold(hold.key, at=NOW)
        release_hold(hold.key, at=NOW)
    elif change == "smaller":
        hold_seats(event.pk, 1, at=NOW, key=hold.key)
    elif change == "expired":
        assert drop_expired(at=NOW + 11 * MINUTE) == 1
        assert drop_expired(at=NOW + 11 * MINUTE) == 0
    else:
        join(event, "a@example.no", 1, key=hold.key)

    assert SignUp.objects.get(email="b@example.no").state == "offered"
    assert counter_drift() == []


def test_the_capacity_is_not_lowered_below_the_seats_that_are_held():
    event = EventFactory.create(capacity=5)
    join(event, "a@example.no")
    hold = hold_seats(event.pk, 2, at=NOW)

    with pytest.raises(SignUpError, match="2 plasser holdes av"):
        change_capacity(event.pk, capacity=2, waiting_list_capacity=5, at=NOW)

    change_capacity(event.pk, capacity=3, waiting_list_capacity=5, at=NOW)
    assert join(event, "b@example.no", 2, key=hold.key).state == "attending"


def test_nothing_is_held_when_sign_up_is_closed_or_the_date_is_not_set():
    with pytest.raises(ClosedError):
        hold_seats(EventFactory.create(status="cancelled").pk, 1, at=NOW)
    with pytest.raises(SignUpError, match="Datoen er ikke bestemt"):
        hold_seats(EventFactory.create(is_date_set=False, date_note="våren").pk, 1, at=NOW)


def test_unlimited_seats_are_held_without_end():
    event = EventFactory.create(capacity=None)

    hold_seats(event.pk, 5, at=NOW)

    assert free(event) is None
