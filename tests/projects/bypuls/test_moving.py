import datetime as dt
from typing import Any

import icalendar
import pytest
import time_machine

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Answer, Event, EventSeries, Question, SignUp
from projects.bypuls.signups.mails import my_signup_url
from projects.bypuls.signups.moving import move_to_date, other_dates
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import (
    ClosedError,
    CompanyLimitError,
    FullError,
    NotAdmittedError,
    Party,
    SignUpError,
    sign_up,
)
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, EventSeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    # A signed link holds the moment at which it was made.
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def series() -> EventSeries:
    return EventSeriesFactory.create(signup_mode="per-date")


def date(series: EventSeries, week: int, **fields: object) -> Event:
    starts_at = NOW + dt.timedelta(weeks=week)
    return EventFactory.create(
        series=series, recurrence_start=starts_at, starts_at=starts_at, **fields
    )


def join(event: Event, email: str, size: int = 1, **party: Any) -> SignUp:
    return sign_up(event.pk, Party(name="A", email=email, size=size, **party), at=NOW).signup


def counters(*events: Event) -> list[tuple[int, int]]:
    assert counter_drift() == []
    return [
        Event.objects.values_list("seats_taken", "waiting_taken").get(pk=event.pk)
        for event in events
    ]


def test_a_place_moves_with_its_link_and_the_old_seat_is_offered(series):
    old, new = date(series, 1, capacity=2), date(series, 2)
    signup = join(old, "a@example.no", 2)
    join(old, "b@example.no")
    link = my_signup_url(signup)

    moved = move_to_date(signup.pk, new.pk, at=NOW)

    assert (moved.pk, moved.event_id, moved.state) == (signup.pk, new.pk, "attending")
    assert my_signup_url(moved) == link
    assert SignUp.objects.get(email="b@example.no").state == "offered"
    assert counters(old, new) == [(1, 0), (2, 0)]


def test_the_receipt_puts_the_new_date_in_the_calendar_and_takes_the_old_one_out(series):
    old, new = date(series, 1), date(series, 2)
    signup = join(old, "a@example.no")

    move_to_date(signup.pk, new.pk, at=NOW)

    mail = Delivery.objects.filter(recipient="a@example.no").latest("pk")
    assert mail.body.title == f"Du har byttet dato: {new.title}"
    assert my_signup_url(signup) in mail.body.text
    calendars = [
        icalendar.Calendar.from_ical(file["content"])
        for file in mail.body.attachments
        if file["name"].endswith(".ics")
    ]
    assert [
        (str(calendar["METHOD"]), str(calendar.walk("VEVENT")[0]["UID"])) for calendar in calendars
    ] == [("REQUEST", new.uid), ("CANCEL", old.uid)]


def test_whoever_has_a_seat_keeps_it_when_the_other_date_is_full(series):
    old, new = date(series, 1), date(series, 2, capacity=1)
    signup = join(old, "a@example.no")
    join(new, "b@example.no")

    with pytest.raises(FullError, match="beholder plassen"):
        move_to_date(signup.pk, new.pk, at=NOW)

    signup.refresh_from_db()
    assert (signup.event_id, signup.state) == (old.pk, "attending")


def test_whoever_waits_may_wait_on_another_date_and_stands_last_there(series):
    old, new = date(series, 1, capacity=0), date(series, 2, capacity=0)
    join(new, "foran@example.no")
    signup = join(old, "a@example.no", 2)

    move_to_date(signup.pk, new.pk, at=NOW)

    signup.refresh_from_db()
    assert (signup.state, signup.queue_number) == ("waiting", 2)
    assert counters(old, new) == [(0, 0), (0, 3)]
    mail = Delivery.objects.filter(recipient="a@example.no").latest("pk")
    assert "nummer 2 på ventelisten" in mail.body.text
    assert mail.body.attachments == []


def test_an_offer_is_given_up_for_a_seat_on_another_date(series):
    old, new = date(series, 1, capacity=1), date(series, 2)
    first = join(old, "a@example.no")
    signup = join(old, "b@example.no")
    join(old, "c@example.no")
    move_to_date(first.pk, new.pk, at=NOW)

    move_to_date(signup.pk, new.pk, at=NOW)

    signup.refresh_from_db()
    assert (signup.state, signup.offer_expires_at) == ("attending", None)
    assert SignUp.objects.get(email="c@example.no").state == "offered"
    assert counters(old, new) == [(1, 0), (2, 0)]


def test_only_dates_of_the_same_series_that_are_open(series):
    old = date(series, 1)
    other = EventFactory.create()
    closed = date(series, 3, signup_closes_at=NOW)
    signup = join(old, "a@example.no")
    there = date(series, 4)
    join(there, "a@example.no")

    with pytest.raises(SignUpError, match="samme serie"):
        move_to_date(signup.pk, other.pk, at=NOW)
    with pytest.raises(ClosedError):
        move_to_date(signup.pk, closed.pk, at=NOW)
    with pytest.raises(SignUpError, match="alt påmeldt den datoen"):
        move_to_date(signup.pk, there.pk, at=NOW)
    with pytest.raises(SignUpError, match="finnes ikke"):
        move_to_date(signup.pk, 0, at=NOW)
    with pytest.raises(ClosedError, match="begynt"):
        move_to_date(signup.pk, date(series, 5).pk, at=old.starts_at)


def test_the_dates_to_choose_from(series, django_assert_num_queries):
    signup = join(date(series, 1), "a@example.no")
    later, sooner = date(series, 5), date(series, 2)
    date(series, 3, status="cancelled")
    date(series, 4, publication="draft")
    join(date(series, 6), "a@example.no")
    EventFactory.create()

    with django_assert_num_queries(1):
        found = other_dates(signup, at=NOW)

    assert found == [sooner, later]
    assert other_dates(join(EventFactory.create(), "b@example.no"), at=NOW) == []


def test_the_rules_of_the_new_date_hold(series):
    company = CompanyFactory.create()
    old, new = date(series, 1), date(series, 2, max_per_company=2)
    members = date(series, 3, admission="members")
    join(new, "b@example.no", company_id=company.pk)
    group = join(old, "a@example.no", 2, company_id=company.pk)
    stranger = join(old, "c@example.no")

    with pytest.raises(CompanyLimitError):
        move_to_date(group.pk, new.pk, at=NOW)
    with pytest.raises(NotAdmittedError):
        move_to_date(stranger.pk, members.pk, at=NOW)

    assert move_to_date(group.pk, members.pk, at=NOW).event_id == members.pk


def test_answers_go_along_where_the_same_is_asked(series):
    old, new = date(series, 1), date(series, 2)
    same = [
        Question.objects.create(event=event, text="Hvilken økt?", purpose="Rom")
        for event in (old, new)
    ]
    only = Question.objects.create(event=old, text="Noe mer?", purpose="Plan")
    signup = join(old, "a@example.no", answers={same[0].pk: "Den første", only.pk: "Nei"})

    move_to_date(signup.pk, new.pk, at=NOW)

    assert list(Answer.objects.values_list("question", "text")) == [(same[1].pk, "Den første")]


def test_moving_there_and_back_tells_each_time(series):
    old, new = date(series, 1), date(series, 2)
    signup = join(old, "a@example.no")

    for minute, event in enumerate((new, new, old)):
        move_to_date(signup.pk, event.pk, at=NOW + dt.timedelta(minutes=minute))

    assert Delivery.objects.filter(recipient="a@example.no").count() == 3
    assert counters(old, new) == [(1, 0), (0, 0)]


def test_a_date_for_a_closed_circle_is_neither_offered_nor_taken_from_outside(series):
    signup = join(date(series, 1), "a@example.no")
    closed_circle = date(series, 2, is_unlisted=True)

    assert other_dates(signup, at=NOW) == []
    with pytest.raises(SignUpError, match="finnes ikke"):
        move_to_date(signup.pk, closed_circle.pk, at=NOW)
