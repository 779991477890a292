import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from members.accounts.retention import RetentionRule
from projects.bypuls import retention, tasks
from projects.bypuls.events import life
from projects.bypuls.models import Event, EventTally, SignUp
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory

pytestmark = pytest.mark.django_db


def test_sign_up_closes_by_itself_and_the_event_is_held():
    event = EventFactory.create(signup_closes_at=NOW)
    drop_in = EventFactory.create(takes_signups=False)

    assert life.close_signups(at=NOW - dt.timedelta(minutes=1)) == 0
    assert life.close_signups(at=NOW) == 1
    event.refresh_from_db()
    assert event.has_room is False
    assert life.mark_held(at=event.ends_at) == 2
    assert life.mark_held(at=event.ends_at) == 0

    drop_in.refresh_from_db()
    assert drop_in.status == "held"


def test_the_tasks_are_safe_twice():
    event = EventFactory.create(starts_at=NOW - dt.timedelta(hours=3))
    with time_machine.travel(NOW, tick=False):
        for _ in range(2):
            tasks.settle_events()
            tasks.write_event_reminders()

    event.refresh_from_db()
    assert event.status == "held"


def test_the_nightly_check_reports_drift_and_counts_anew(caplog: pytest.LogCaptureFixture):
    event = EventFactory.create(starts_at=NOW + dt.timedelta(days=30))
    with time_machine.travel(NOW, tick=False):
        tasks.settle_events()
        tasks.check_events()
        assert caplog.messages == []
        Event.objects.filter(pk=event.pk).update(seats_taken=3)
        EventTally.objects.update(number=7)

        tasks.check_events()

    assert f"event {event.pk}: counted 0 seats and 0 waiting" in caplog.messages
    assert "cells were wrong" in caplog.text
    assert set(EventTally.objects.values_list("number", flat=True)) == {1}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"ends_at": NOW}, "bypuls_event_ends_after_start"),
        ({"ends_at": NOW + dt.timedelta(days=60)}, "bypuls_event_not_too_long"),
        ({"place": ""}, "bypuls_event_has_place"),
        ({"seats_taken": 11}, "bypuls_event_not_oversold"),
        ({"waiting_taken": 6}, "bypuls_event_queue_not_overfull"),
        ({"max_group_size": 0}, "bypuls_event_group_of_one_or_more"),
        ({"topic": "tull"}, "bypuls_event_topic_valid"),
        ({"publication": "tull"}, "bypuls_event_publication_valid"),
        ({"status": "moved"}, "bypuls_event_moved_from_somewhere"),
    ],
)
def test_the_database_refuses_impossible_events(fields, name):
    event = EventFactory.create()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"email": "A@example.no"}, "email_lower_case"),
        ({"email": ""}, "known_or_anonymised"),
        ({"size": 0}, "bypuls_signup_"),
        ({"state": "tull"}, "state_valid"),
        ({"state": "cancelled"}, "cancelled_at"),
    ],
)
def test_the_database_refuses_impossible_sign_ups(fields, name):
    signup = SignUpFactory.create()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        SignUp.objects.filter(pk=signup.pk).update(**fields)


def test_the_database_refuses_the_same_address_twice():
    signup = SignUpFactory.create()

    with pytest.raises(IntegrityError, match="once_per_event"), transaction.atomic():
        SignUpFactory.create(event=signup.event, email=signup.email)


# --- Opening hours -----------------------------------------------------------------------------


# --- Retention ---------------------------------------------------------------------------------


def rule(start: str) -> RetentionRule:
    return next(rule for rule in retention.RULES if rule.data == start)


def test_diet_goes_the_day_after_and_at_once_after_signing_off():
    event = EventFactory.create(starts_at=NOW, asks_diet=True)
    guest = SignUpFactory.create(event=event, diet="nøtter")
    SignUpFactory.create(event=event, diet="melk", state="cancelled", cancelled_at=NOW)
    diet = rule("Allergier og kosthold ved påmelding")

    assert diet.apply(NOW + dt.timedelta(hours=6), True) == 1
    assert diet.apply(NOW + dt.timedelta(hours=6), False) == 1
    assert diet.apply(NOW + dt.timedelta(days=1), False) == 1
    assert diet.apply(NOW + dt.timedelta(days=1), False) == 0

    guest.refresh_from_db()
    assert guest.diet == ""


def test_people_are_forgotten_after_thirty_days_and_the_figures_stay():
    event = EventFactory.create(starts_at=NOW + dt.timedelta(days=1))
    for email in ("a@example.no", "b@example.no"):
        sign_up(event.pk, Party(name="A", email=email, size=2, note="hei"), at=NOW)
    late = event.ends_at + dt.timedelta(days=31)

    assert rule("Påmeldinger til arrangementer").apply(late - dt.timedelta(days=2), False) == 0
    assert rule("Påmeldinger til arrangementer").apply(late, True) == 2
    assert rule("Påmeldinger til arrangementer").apply(late, False) == 2
    assert rule("Påmeldinger til arrangementer").apply(late, False) == 0

    event.refresh_from_db()
    assert event.seats_taken == 4
    assert set(event.signups.values_list("name", "email", "note", "size")) == {("", "", "", 2)}


def test_whoever_sent_it_in_is_forgotten_also_in_the_history():
    event = EventFactory.create(submitter_name="Kari", submitter_email="kari@example.no")
    history = Event.history.filter(id=event.pk)
    assert history.get().submitter_name == "Kari"

    late = event.ends_at + dt.timedelta(days=366)
    assert rule("Hvem som sendte inn et arrangement, og samtalen om det").apply(late, False) == 1

    assert history.get().submitter_name == ""


def test_an_event_without_a_date_is_not_held_by_the_date_nobody_set():
    event = EventFactory.create(is_date_set=False, date_note="våren 2027")

    life.close_signups(at=event.ends_at + dt.timedelta(days=1))
    life.mark_held(at=event.ends_at + dt.timedelta(days=1))

    event.refresh_from_db()
    assert (event.status, event.is_signup_over) == ("planned", False)
