"""What waits for the morning is not sent when it is answered at night."""

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
import time_machine
from django.test import Client

from members.mailings.claiming import claim
from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Event, ReminderRule, SignUp
from projects.bypuls.signups.confirming import confirm
from projects.bypuls.signups.moving import move_to_date
from projects.bypuls.signups.own_reminder import choose, set_wanted
from projects.bypuls.signups.queue import accept_offer, decline_offer
from projects.bypuls.signups.reminder_mails import stop_url
from projects.bypuls.signups.reminder_rules import save_rule
from projects.bypuls.signups.reminders import write_due
from projects.bypuls.signups.signup import Party, cancel, sign_up
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory, EventSeriesFactory

pytestmark = pytest.mark.django_db
# The event is on Saturday 28 November at noon.
NIGHT = dt.datetime(2026, 11, 27, 22, tzinfo=OSLO)
SOON = NIGHT + dt.timedelta(minutes=5)
MORNING = dt.datetime(2026, 11, 28, 7, 30, tzinfo=OSLO)


def join(event: Event, email: str, size: int = 1) -> SignUp:
    return sign_up(event.pk, Party(name="A", email=email, size=size), at=NOW).signup


def a_rule(event: Event, **fields: object) -> None:
    save_rule(ReminderRule(event=event, offset_minutes=-14 * 60, **fields), at=NOW)


def outcome(kind: str, email: str = "a@example.no") -> str:
    """Let the mail workers take what is due by the morning; return what becomes of the one mail."""
    claim(size=500, at=MORNING)
    return Delivery.objects.get(kind=kind, recipient=email).state


def series_with_another_date() -> tuple[Event, Event]:
    series = EventSeriesFactory.create(signup_mode="per-date")
    starts = [NOW + dt.timedelta(days=days) for days in (7, 14)]
    first, second = (
        EventFactory.create(series=series, recurrence_start=start, starts_at=start, capacity=2)
        for start in starts
    )
    return first, second


# --- Offers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [accept_offer, decline_offer, cancel])
def test_an_offer_that_is_answered_at_night_is_not_sent(answer):
    event = EventFactory.create(capacity=1)
    first, second = join(event, "first@example.no"), join(event, "a@example.no")
    cancel(first.pk, at=NIGHT)

    answer(second.pk, at=SOON)

    assert outcome("signup-offered") == "missed"


def test_an_offer_that_nobody_has_answered_is_sent_in_the_morning():
    event = EventFactory.create(capacity=1)
    first = join(event, "first@example.no")
    join(event, "a@example.no")

    cancel(first.pk, at=NIGHT)

    assert outcome("signup-offered") == "sending"


def test_an_offer_is_not_sent_to_somebody_who_has_moved_to_another_date():
    event, other = series_with_another_date()
    first, second = join(event, "first@example.no", 2), join(event, "a@example.no", 2)
    cancel(first.pk, at=NIGHT)

    move_to_date(second.pk, other.pk, at=SOON)

    assert outcome("signup-offered") == "missed"


# --- Reminders --------------------------------------------------------------------------------


LEAVING: list[Callable[[int], object]] = [
    partial(cancel, at=SOON),
    partial(set_wanted, wanted=False, at=SOON),
]


@pytest.mark.parametrize("leave", LEAVING, ids=["signs off", "wants none"])
def test_nobody_is_reminded_who_said_no_at_night_and_staff_see_it_at_once(leave):
    event = EventFactory.create()
    a_rule(event)
    signup = join(event, "a@example.no")
    join(event, "b@example.no")
    write_due(at=NIGHT)

    leave(signup.pk)
    claim(size=500, at=SOON)

    assert Delivery.objects.get(kind="event-reminder", recipient="a@example.no").state == "missed"
    assert outcome("event-reminder", "b@example.no") == "sending"


def test_nobody_is_reminded_of_a_date_that_they_moved_from_at_night():
    event, other = series_with_another_date()
    a_rule(event)
    signup = join(event, "a@example.no")
    write_due(at=NIGHT)

    move_to_date(signup.pk, other.pk, at=SOON)

    assert outcome("event-reminder") == "missed"


def test_a_mail_program_that_stops_reminders_at_night_stops_the_one_that_waits(client: Client):
    event = EventFactory.create()
    a_rule(event)
    signup = join(event, "a@example.no")
    write_due(at=NIGHT)

    with time_machine.travel(SOON, tick=False):
        client.post(stop_url(signup), {"List-Unsubscribe": "One-Click"})

    assert outcome("event-reminder") == "missed"


def test_whoever_signs_off_the_rest_of_a_split_party_is_still_reminded_of_their_own_seat():
    event = EventFactory.create(capacity=2, queue_policy="split")
    a_rule(event)
    a_rule(event, audience="queue")
    first = join(event, "first@example.no")
    join(event, "other@example.no")
    party = join(event, "a@example.no", 2)
    cancel(first.pk, at=NOW)
    accept_offer(party.pk, at=NOW + dt.timedelta(minutes=1))
    rest = SignUp.objects.get(split_from=party)
    write_due(at=NIGHT)

    cancel(rest.pk, at=SOON)

    claim(size=500, at=MORNING)
    mails = Delivery.objects.filter(kind="event-reminder", recipient="a@example.no")
    assert {"-queue" in mail.subject: mail.state for mail in mails} == {
        False: "sending",
        True: "missed",
    }


# --- Questions --------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [confirm, cancel])
def test_nobody_is_asked_in_the_morning_what_they_answered_at_night(answer):
    event = EventFactory.create()
    a_rule(event, purpose="confirm", frees_after_minutes=60)
    signup = join(event, "a@example.no")
    write_due(at=NIGHT)

    answer(signup.pk, at=SOON)

    assert outcome("signup-asked") == "missed"


@pytest.mark.parametrize("is_marked", [False, True], ids=["before", "after"])
def test_who_wants_it_after_all_the_same_night_is_reminded_in_the_morning(is_marked: bool):
    event = EventFactory.create()
    a_rule(event)
    signup = join(event, "a@example.no")
    write_due(at=NIGHT)

    set_wanted(signup.pk, wanted=False, at=SOON)
    if is_marked:
        # The mail workers have been by, and marked it as missed.
        claim(size=500, at=SOON)
    set_wanted(signup.pk, wanted=True, at=SOON + dt.timedelta(minutes=5))

    mail = Delivery.objects.get(kind="event-reminder")
    assert (mail.state, mail.next_attempt_at) == ("queued", MORNING)
    assert outcome("event-reminder") == "sending"


def test_who_wants_it_after_all_the_next_day_is_not_reminded_of_yesterdays():
    event = EventFactory.create()
    a_rule(event)
    signup = join(event, "a@example.no")
    write_due(at=NIGHT)
    set_wanted(signup.pk, wanted=False, at=SOON)

    set_wanted(signup.pk, wanted=True, at=MORNING + dt.timedelta(minutes=1))

    assert outcome("event-reminder") == "missed"


def test_who_has_been_reminded_is_not_reminded_again_by_pressing_twice():
    event = EventFactory.create()
    a_rule(event)
    signup = join(event, "a@example.no")
    write_due(at=NIGHT)
    claim(size=500, at=MORNING)

    set_wanted(signup.pk, wanted=False, at=SOON)
    set_wanted(signup.pk, wanted=True, at=SOON)

    assert Delivery.objects.get(kind="event-reminder").state == "sending"


def test_who_chooses_another_time_at_night_is_reminded_then_and_not_in_the_morning():
    event = EventFactory.create()
    a_rule(event)
    signup = join(event, "a@example.no")
    write_due(at=NIGHT)

    choose(signup.pk, "two-hours", at=SOON)
    write_due(at=event.starts_at - dt.timedelta(hours=2))
    claim(size=500, at=event.starts_at - dt.timedelta(hours=2))

    states = Delivery.objects.filter(kind="event-reminder").order_by("pk")
    assert list(states.values_list("state", flat=True)) == ["missed", "sending"]
