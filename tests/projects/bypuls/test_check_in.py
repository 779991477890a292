"""At the door: each press counts once, the latest holds, and the figures follow."""

import datetime as dt
import itertools
import uuid
from typing import Any

import pytest

from projects.bypuls.events import changes, life
from projects.bypuls.models import DoorPress, Event, PressKind, SignUp
from projects.bypuls.signups import check_in
from projects.bypuls.signups.check_in import Press, PressOutcome, record
from projects.bypuls.signups.figures import figures_of
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import Party, cancel, sign_up
from projects.bypuls.signups.turnout import turnout_by_company
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def minute(number: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=number)


def came(signup: SignUp, size: int = 1, at: dt.datetime = NOW, **more: Any) -> Press:
    return Press(kind=PressKind.CHECK_IN, signup_id=signup.pk, size=size, pressed_at=at, **more)


def undone(signup: SignUp, at: dt.datetime = NOW) -> Press:
    return Press(kind=PressKind.UNDO, signup_id=signup.pk, pressed_at=at)


def walked_in(size: int = 1, at: dt.datetime = NOW, **more: Any) -> Press:
    return Press(kind=PressKind.WALK_IN, size=size, pressed_at=at, **more)


AN_HOUR_LATER = minute(60)


def outcomes(event: Event, *presses: Press, at: dt.datetime = AN_HOUR_LATER) -> list[str]:
    return [str(one.outcome) for one in record(event.pk, presses, at=at)]


def test_three_of_four_came():
    signup = SignUpFactory.create(size=4)

    settled = check_in.check_in(signup.pk, size=3, at=NOW, by=None)

    assert settled.outcome == PressOutcome.DONE
    signup.refresh_from_db()
    assert (signup.checked_in_size, signup.checked_in_at) == (3, NOW)


def test_undone_leaves_no_trace_on_the_sign_up():
    signup = SignUpFactory.create()
    check_in.check_in(signup.pk, size=1, at=NOW, by=None)

    check_in.undo_check_in(signup.pk, at=minute(1), by=None)

    signup.refresh_from_db()
    assert (signup.checked_in_size, signup.checked_in_at) == (None, None)
    assert check_in.attendance_of(signup.event) is None


def test_the_same_press_sent_again_is_harmless():
    event = EventFactory.create()
    signup = SignUpFactory.create(event=event, size=2)
    press, stranger = came(signup, 2), walked_in(3, name="Nils")

    assert outcomes(event, press, stranger, press) == ["done", "done", "done"]
    assert outcomes(event, press, stranger) == ["again", "again"]

    assert DoorPress.objects.count() == 2
    assert event.signups.filter(is_walk_in=True).count() == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_latest_press_holds_in_whatever_order_the_phones_settle(order):
    signup = SignUpFactory.create(size=4)
    presses = [came(signup, 4, minute(1)), undone(signup, minute(2)), came(signup, 3, minute(3))]

    for number in order:
        outcomes(signup.event, presses[number])

    signup.refresh_from_db()
    assert (signup.checked_in_size, signup.checked_in_at) == (3, minute(3))


def test_presses_of_one_batch_are_taken_by_their_time():
    signup = SignUpFactory.create(size=2)

    given = outcomes(signup.event, undone(signup, minute(2)), came(signup, 2, minute(1)))

    assert given == ["done", "done"]
    signup.refresh_from_db()
    assert signup.checked_in_at is None


def test_a_phone_whose_clock_is_ahead_does_not_win_for_ever():
    signup = SignUpFactory.create(size=2)

    outcomes(signup.event, came(signup, 2, NOW + dt.timedelta(days=400)), at=NOW)
    outcomes(signup.event, undone(signup, minute(5)), at=minute(5))

    signup.refresh_from_db()
    assert signup.checked_in_at is None


@pytest.mark.parametrize("state", ["waiting", "cancelled", "lapsed", "interested"])
def test_somebody_without_a_seat_is_reported_back(state: str):
    signup = SignUpFactory.create(state=state, cancelled_at=NOW if state == "cancelled" else None)

    assert outcomes(signup.event, came(signup)) == ["no-seat"]

    signup.refresh_from_db()
    assert signup.checked_in_at is None
    assert not DoorPress.objects.exists()


def test_rows_of_another_event_are_unknown():
    event, other = EventFactory.create(), SignUpFactory.create()
    unknown = Press(kind=PressKind.CHECK_IN, signup_id=other.pk + 999, pressed_at=NOW)
    key = uuid.uuid4()
    outcomes(other.event, walked_in(key=key))
    foreign = Press(kind=PressKind.UNDO, walk_in_key=key, pressed_at=NOW)
    of_nobody = Press(kind=PressKind.UNDO, pressed_at=NOW)

    given = outcomes(event, came(other), unknown, foreign, of_nobody)

    assert given == ["unknown"] * 4
    other.refresh_from_db()
    assert other.checked_in_at is None


@pytest.mark.parametrize("size", [0, 3, -1, 10_000])
def test_more_than_signed_up_or_nobody_is_refused(size: int):
    signup = SignUpFactory.create(size=2)

    assert outcomes(signup.event, came(signup, size)) == ["wrong-size"]


@pytest.mark.parametrize("size", [0, -1, 51])
def test_an_impossible_number_of_walk_ins_is_refused(size: int):
    event = EventFactory.create()

    assert outcomes(event, walked_in(size)) == ["wrong-size"]
    assert not event.signups.exists()


def test_walk_ins_over_the_capacity_are_let_in_and_counted():
    event = EventFactory.create(capacity=1)
    sign_up(event.pk, Party(name="Kari", email="kari@example.no"), at=NOW)
    signup = event.signups.get()

    check_in.check_in(signup.pk, size=1, at=NOW, by=None)
    check_in.walk_in(event.pk, size=4, name=" Nils \n Nilsen ", at=NOW, by=None)

    event.refresh_from_db()
    assert event.seats_taken == 1
    assert counter_drift() == []
    figures = figures_of(event, at=NOW)
    assert (figures.attending, figures.came, figures.walk_ins, figures.at_the_door) == (1, 1, 4, 5)
    assert event.signups.get(is_walk_in=True).name == "Nils Nilsen"


def test_a_walk_in_is_undone_by_its_key_before_the_phone_knows_its_number():
    event = EventFactory.create()
    key = uuid.uuid4()
    undo = Press(kind=PressKind.UNDO, walk_in_key=key, pressed_at=minute(2))

    assert outcomes(event, undo, walked_in(2, minute(1), key=key)) == ["done", "done"]

    assert check_in.attendance_of(event) is None
    back = Press(kind=PressKind.CHECK_IN, walk_in_key=key, size=2, pressed_at=minute(3))
    assert outcomes(event, back) == ["done"]
    attendance = check_in.attendance_of(event)
    assert attendance is not None
    assert attendance.people == 2


def test_a_batch_costs_few_queries_per_press(django_assert_max_num_queries):
    event = EventFactory.create()
    signups = SignUpFactory.create_batch(30, event=event)

    with django_assert_max_num_queries(6 + 3 * 30):
        outcomes(event, *(came(signup) for signup in signups))


# --- Afterwards ---------------------------------------------------------------------------------------
def test_what_is_over_is_held_with_the_number_that_came():
    event = EventFactory.create(starts_at=NOW)
    party = SignUpFactory.create(event=event, size=4)
    stayed_away = SignUpFactory.create(event=event)
    outcomes(event, came(party, 3), walked_in(2))

    life.mark_held(at=NOW + 3 * HOUR)

    event.refresh_from_db()
    assert (event.status, event.attendance, event.is_attendance_counted) == ("held", 5, True)
    assert list(check_in.no_shows(event)) == [stayed_away]


def test_without_a_check_in_nobody_is_a_no_show_and_the_number_is_unknown():
    event = EventFactory.create(starts_at=NOW)
    SignUpFactory.create(event=event)

    life.mark_held(at=NOW + 3 * HOUR)

    event.refresh_from_db()
    assert (event.status, event.attendance) == ("held", None)
    assert not check_in.no_shows(event).exists()


def test_the_number_follows_a_phone_that_settles_the_day_after():
    event = EventFactory.create(starts_at=NOW)
    signup = SignUpFactory.create(event=event, size=2)
    late = SignUpFactory.create(event=event)
    outcomes(event, came(signup, 2))
    life.mark_held(at=NOW + 3 * HOUR)

    outcomes(event, came(late, at=minute(5)), at=NOW + 24 * HOUR)

    event.refresh_from_db()
    assert event.attendance == 3


def test_the_number_that_staff_wrote_stays():
    event = EventFactory.create(starts_at=NOW)
    signup = SignUpFactory.create(event=event)
    outcomes(event, came(signup))
    life.mark_held(at=NOW + 3 * HOUR)
    changes.mark_held(event.pk, attendance=120, at=NOW + 4 * HOUR)

    outcomes(event, undone(signup, minute(9)), at=NOW + 5 * HOUR)

    event.refresh_from_db()
    assert event.attendance == 120


def test_what_is_over_is_marked_with_few_queries(django_assert_num_queries):
    EventFactory.create_batch(20, starts_at=NOW)

    with django_assert_num_queries(5):
        assert life.mark_held(at=NOW + 3 * HOUR) == 20


def test_turnout_per_company_counts_seats_and_not_walk_ins():
    company = CompanyFactory.create(name="Eksempel Teknologi")
    counted = EventFactory.create(status="held")
    not_counted = EventFactory.create(status="held")
    SignUpFactory.create(
        event=counted, company=company, size=3, checked_in_at=NOW, checked_in_size=2
    )
    SignUpFactory.create(event=counted, company=company)
    SignUpFactory.create(event=counted)
    SignUpFactory.create(event=not_counted, company=company, size=5)
    check_in.walk_in(counted.pk, size=9, name="", at=NOW, by=None)

    rows = turnout_by_company(since=NOW - 24 * HOUR, until=NOW + 24 * 30 * HOUR)

    assert [(row.company, row.events, row.signed_up, row.came) for row in rows] == [
        ("Eksempel Teknologi", 1, 4, 2),
        ("", 1, 1, 0),
    ]
    assert rows[0].stayed_away_percent == 50


@pytest.mark.django_db
def test_signing_off_somebody_who_came_without_a_seat_frees_none():
    event = EventFactory.create(capacity=2, starts_at=NOW, seats_taken=0)
    sign_up(event.pk, Party(name="Kari", email="kari@example.no"), at=NOW - dt.timedelta(days=1))
    guest = SignUpFactory.create(event=event, is_walk_in=True, email="", size=2)

    cancel(guest.pk, at=NOW)

    event.refresh_from_db()
    assert event.seats_taken == 1
    assert counter_drift() == []
