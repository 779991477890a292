"""A reminder at the time that one has chosen oneself, whatever the organiser sends the others."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.events.changes import move_event
from projects.bypuls.events.copying import copy_event
from projects.bypuls.models import Event, ReminderRule, SignUp
from projects.bypuls.signups.errors import SignUpError
from projects.bypuls.signups.moving import move_to_date
from projects.bypuls.signups.own_reminder import choices, choose
from projects.bypuls.signups.reminder_mails import stop_url
from projects.bypuls.signups.reminders import add_default_rules, write_due
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import (
    NOW,
    OSLO,
    EventFactory,
    EventSeriesFactory,
    SignUpFactory,
)

pytestmark = pytest.mark.django_db
# The event is on Saturday 28 November at noon.
DAY_BEFORE = dt.datetime(2026, 11, 27, 10, tzinfo=OSLO)
TWO_HOURS = dt.datetime(2026, 11, 28, 10, tzinfo=OSLO)


@pytest.fixture
def event() -> Event:
    event = EventFactory.create()
    add_default_rules(event, at=NOW)
    return event


def join(event: Event, email: str) -> SignUp:
    return sign_up(event.pk, Party(name="A", email=email), at=NOW).signup


def reminded(at: dt.datetime) -> list[str]:
    """Write what is due, and return who was written to then."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    write_due(at=at)
    new = Delivery.objects.filter(kind="event-reminder").exclude(pk__in=before)
    return sorted(new.values_list("recipient", flat=True))


def test_each_is_reminded_once_at_the_time_of_their_own(event: Event):
    join(event, "som-vanlig@example.no")
    choose(join(event, "to-timer@example.no").pk, "two-hours", at=NOW)
    choose(join(event, "aldri@example.no").pk, "never", at=NOW)
    choose(join(event, "dagen-for@example.no").pk, "day-before", at=NOW)

    assert reminded(DAY_BEFORE) == ["dagen-for@example.no", "som-vanlig@example.no"]
    assert reminded(TWO_HOURS - dt.timedelta(minutes=1)) == []
    assert reminded(TWO_HOURS) == ["to-timer@example.no"]
    assert reminded(TWO_HOURS) == []


def test_it_comes_also_where_the_organiser_reminds_nobody():
    event = EventFactory.create()
    choose(join(event, "a@example.no").pk, "day-before", at=NOW)

    assert reminded(DAY_BEFORE) == ["a@example.no"]


def test_it_moves_along_with_the_event(event: Event):
    choose(join(event, "a@example.no").pk, "two-hours", at=NOW)
    later = dt.timedelta(days=1, hours=3)
    move_event(
        event.pk,
        starts_at=event.starts_at + later,
        ends_at=event.ends_at + later,
        venue=None,
        place="Torget",
        reason="",
        at=NOW,
    )

    assert reminded(TWO_HOURS) == []
    assert reminded(TWO_HOURS + later) == ["a@example.no"]


def test_whoever_goes_back_to_the_usual_is_reminded_with_the_others(event: Event):
    signup = join(event, "a@example.no")
    choose(signup.pk, "two-hours", at=NOW)
    choose(signup.pk, "", at=NOW)

    assert reminded(DAY_BEFORE) == ["a@example.no"]
    assert reminded(TWO_HOURS) == []


def test_it_comes_along_to_another_date():
    series = EventSeriesFactory.create(signup_mode="per-date")
    starts = [NOW + dt.timedelta(days=days) for days in (7, 14)]
    first, second = (
        EventFactory.create(series=series, recurrence_start=start, starts_at=start)
        for start in starts
    )
    signup = join(first, "a@example.no")
    choose(signup.pk, "two-hours", at=NOW)

    move_to_date(signup.pk, second.pk, at=NOW)

    assert reminded(starts[0] - dt.timedelta(hours=2)) == []
    assert reminded(starts[1] - dt.timedelta(hours=2)) == ["a@example.no"]


def test_those_who_wait_are_not_told_that_they_come():
    event = EventFactory.create(capacity=1)
    join(event, "a@example.no")
    choose(join(event, "ko@example.no").pk, "two-hours", at=NOW)

    assert reminded(TWO_HOURS) == []


def test_a_time_that_has_passed_is_refused_and_not_offered(event: Event):
    signup = join(event, "a@example.no")
    at = DAY_BEFORE + dt.timedelta(hours=1)

    with pytest.raises(SignUpError, match="alt forbi"):
        choose(signup.pk, "day-before", at=at)

    assert [one.value for one in choices(event, chosen="", at=at)] == ["", "two-hours", "never"]
    assert [one.value for one in choices(event, chosen="day-before", at=at)] == [
        *("", "day-before", "two-hours", "never")
    ]


def test_the_rules_of_people_are_neither_copied_nor_shown_to_the_organiser(
    event: Event, client: Client, superuser
):
    choose(join(event, "a@example.no").pk, "two-hours", at=NOW)
    copy = copy_event(event.pk, starts_at=NOW + dt.timedelta(days=30), by=None, at=NOW)
    client.force_login(superuser, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = f"/min-side/arrangementer/{event.slug}/paminnelser/"

    own = ReminderRule.objects.get(event=event, for_choice="two-hours")
    assert not ReminderRule.objects.filter(event=copy).exclude(for_choice="").exists()
    shown = client.get(page).content.decode()
    assert f'value="{own.pk}"' not in shown
    client.post(page, {"action": "remove", "rule": own.pk})
    assert ReminderRule.objects.filter(pk=own.pk).exists()


def test_the_link_that_stops_reminders_keeps_the_chosen_time(event: Event, client: Client):
    signup = join(event, "a@example.no")
    choose(signup.pk, "two-hours", at=NOW)
    path = stop_url(signup).removeprefix("http://testserver")

    client.post(path, {"List-Unsubscribe": "One-Click"})
    signup.refresh_from_db()
    assert not signup.wants_reminder
    client.post(path, {"action": "start"})

    signup.refresh_from_db()
    assert (signup.wants_reminder, signup.own_reminder) == (True, "two-hours")


@pytest.mark.parametrize("wrong", [{"own_reminder": "tull"}, {"own_reminder": "never"}], ids=str)
def test_the_database_knows_the_choices(wrong: dict[str, str]):
    signup = SignUpFactory.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.filter(pk=signup.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderRule.objects.create(
            event=signup.event, audience="queue", for_choice="two-hours", due_at=NOW
        )
