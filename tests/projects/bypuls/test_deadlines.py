import datetime as dt

import pytest

from projects.bypuls.models import Event
from projects.bypuls.signups.deadlines import is_quiet, mail_at, next_decent, offer_deadline
from tests.projects.bypuls.factories import OSLO


def moment(day: int, clock: str, month: int = 11) -> dt.datetime:
    hour, minute = map(int, clock.split(":"))
    return dt.datetime(2026, month, day, hour, minute, tzinfo=OSLO)


def deadline(at: dt.datetime, starts_at: dt.datetime) -> dt.datetime:
    return offer_deadline(Event(starts_at=starts_at), at=at)


@pytest.mark.parametrize(
    ("clock", "quiet"), [("21:29", False), ("21:30", True), ("07:29", True), ("07:30", False)]
)
def test_the_night_is_quiet(clock, quiet):
    assert is_quiet(moment(20, clock)) is quiet


def test_the_morning_after_midnight_is_the_same_day():
    assert next_decent(moment(20, "23:00")) == moment(21, "07:30")
    assert next_decent(moment(21, "00:30")) == moment(21, "07:30")
    assert next_decent(moment(21, "07:30")) == moment(21, "07:30")


@pytest.mark.parametrize("clock", ["07:30", "12:00", "21:29"])
def test_far_ahead_an_offer_lasts_twenty_four_hours(clock):
    assert deadline(moment(10, clock), moment(24, "18:00")) == moment(11, clock)


def test_an_offer_made_at_night_counts_from_the_morning():
    assert deadline(moment(10, "23:15"), moment(24, "18:00")) == moment(12, "07:30")


def test_summer_time_takes_nothing_away():
    assert deadline(moment(28, "12:00", 3), moment(20, "18:00", 4)) == moment(29, "12:00", 3)


@pytest.mark.parametrize(
    ("at", "starts_at", "expected"),
    [
        # Two days ahead: 28 hours by day are left, and seven of them are for the answer.
        ((10, "12:00"), (12, "12:00"), (10, "19:00")),
        # The evening before: two hours by day are left.
        ((10, "20:30"), (11, "08:30"), (10, "21:00")),
        # What the night cuts off goes on in the morning.
        ((10, "21:20"), (11, "08:40"), (11, "07:40")),
        # The same afternoon.
        ((10, "14:00"), (10, "18:00"), (10, "15:00")),
        # Never less than a quarter of an hour, and never past the start.
        ((10, "17:30"), (10, "18:00"), (10, "17:45")),
        ((10, "17:50"), (10, "18:00"), (10, "18:00")),
    ],
)
def test_the_time_to_answer_shrinks_as_the_event_nears(at, starts_at, expected):
    assert deadline(moment(*at), moment(*starts_at)) == moment(*expected)


def test_the_night_counts_only_when_the_event_comes_before_the_morning():
    assert deadline(moment(10, "22:00"), moment(10, "23:00")) == moment(10, "22:15")
    assert deadline(moment(10, "22:00"), moment(11, "03:00")) == moment(10, "23:15")
    assert deadline(moment(10, "22:00"), moment(11, "08:30")) == moment(11, "07:45")


def test_a_mail_at_night_waits_for_the_morning_unless_the_event_is_too_near():
    night, day = moment(10, "23:00"), moment(10, "12:00")
    assert mail_at(Event(starts_at=moment(11, "18:00")), at=night) == moment(11, "07:30")
    assert mail_at(Event(starts_at=moment(11, "08:30")), at=night) == night
    assert mail_at(Event(starts_at=moment(11, "18:00")), at=day) == day
