"""What becomes of reminders when the event is moved, put off or called off, or the beat was away."""

import datetime as dt

import pytest

from members.mailings.claiming import claim
from members.mailings.models.delivery import Delivery, DeliveryState
from projects.bypuls.events.changes import cancel_event, move_event, postpone
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.interest import set_date
from projects.bypuls.signups.reminders import write_due
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory, SignUpFactory
from tests.projects.bypuls.test_reminders import (
    DAY_BEFORE,
    MORNING_AFTER,
    a_rule,
    an_event,
    join,
    move,
    states,
    written,
)

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 11, 27, 22, tzinfo=OSLO)


def test_no_mail_of_what_does_not_take_place():
    events = [an_event(), an_event(), an_event(publication="draft")]
    for event in events[:2]:
        join(event, f"{event.slug}@example.no")
    cancel_event(events[0].pk, reason="", at=NOW)
    postpone(events[1].pk, reason="", at=NOW)

    write_due(at=MORNING_AFTER)

    assert written() == written("event-survey") == []
    assert states(events[0])["remind", -1] == "missed"


def test_the_reminder_shifts_with_the_event():
    event = an_event()
    join(event, "a@example.no")
    write_due(at=DAY_BEFORE)
    later = DAY_BEFORE + dt.timedelta(minutes=5)

    move(event, dt.timedelta(days=5), at=later)

    # The one of the old time, if it still waits, ends as missed.
    assert Delivery.objects.get(kind="event-reminder").stale_at == later
    assert states(event)["remind", -1] == "scheduled"
    assert write_due(at=DAY_BEFORE + dt.timedelta(days=4)) == 0
    assert write_due(at=DAY_BEFORE + dt.timedelta(days=5)) == 1
    assert written() == ["a@example.no"] * 2


def test_news_of_the_new_time_replaces_a_reminder_that_is_already_due():
    event = an_event()
    join(event, "a@example.no")

    move(event, dt.timedelta(days=-6), at=NOW)
    write_due(at=NOW + dt.timedelta(hours=1))

    assert written() == []
    assert states(event)["remind", -1] == "missed"


def test_another_place_at_the_same_time_asks_nobody_twice():
    event = an_event()
    join(event, "a@example.no")
    write_due(at=DAY_BEFORE)

    move_event(
        event.pk,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        venue=None,
        place="Krona",
        reason="",
        at=DAY_BEFORE + dt.timedelta(minutes=5),
    )
    write_due(at=DAY_BEFORE + dt.timedelta(hours=1))

    assert written() == ["a@example.no"]


def test_the_rules_of_an_event_without_a_date_wait_for_it():
    event = an_event(is_date_set=False, date_note="på nyåret")
    SignUpFactory.create(event=event, state="interested")
    write_due(at=DAY_BEFORE)
    assert written() == []

    start = NOW + dt.timedelta(days=30)
    set_date(event.pk, starts_at=start, ends_at=start + dt.timedelta(hours=1), at=DAY_BEFORE)

    assert states(event)["remind", -1] == "scheduled"
    assert event.reminder_rules.get(purpose="remind").due_at == start.replace(
        day=20, month=12, hour=10
    )


def test_a_rule_that_nobody_moved_along_moves_when_it_is_due():
    event = an_event()
    join(event, "a@example.no")
    Event.objects.filter(pk=event.pk).update(
        starts_at=event.starts_at + dt.timedelta(days=2),
        ends_at=event.ends_at + dt.timedelta(days=2),
    )

    assert write_due(at=DAY_BEFORE) == 1

    assert written() == []
    assert states(event)["remind", -1] == "scheduled"


def test_after_three_days_without_beat_nothing_stale_is_sent_and_rule_and_ledger_say_missed():
    event = an_event(contact_email="kari@example.no")
    join(event, "a@example.no")
    late = DAY_BEFORE + dt.timedelta(days=3)

    write_due(at=late)
    batch = claim(size=100, at=late)

    kinds = {row.kind for row in batch.rows if row.state == DeliveryState.SENDING}
    assert "event-reminder" not in kinds
    assert Delivery.objects.get(kind="event-reminder").state == "missed"
    assert states(event)["remind", -1] == "missed"
    # The day after is not too late for a survey, and just in time for the organiser.
    assert "event-survey" in kinds
    assert states(event)["survey", 1] == "done"


def test_what_is_weeks_late_is_not_even_written():
    event = an_event()
    join(event, "a@example.no")

    write_due(at=DAY_BEFORE + dt.timedelta(days=30))

    assert written() == []
    assert "scheduled" not in states(event).values()


# --- At night ---------------------------------------------------------------------------------


def test_another_place_at_night_is_in_the_reminder_and_the_question_that_wait_for_the_morning():
    event = EventFactory.create(starts_at=NIGHT + dt.timedelta(hours=12))
    a_rule(event, offset_minutes=-12 * 60)
    a_rule(event, purpose="confirm", offset_minutes=-12 * 60)
    signup = join(event, "a@example.no")
    write_due(at=NIGHT)

    move_event(
        event.pk,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        venue=None,
        place="Krona",
        reason="",
        at=NIGHT + dt.timedelta(minutes=5),
    )
    assert write_due(at=NIGHT + dt.timedelta(minutes=6)) == 2

    for kind in ("event-reminder", "signup-asked"):
        (mail,) = Delivery.objects.filter(kind=kind)
        assert "Krona" in mail.body.text
        assert mail.stale_at is not None
        assert mail.stale_at > mail.next_attempt_at
    assert SignUp.objects.get(pk=signup.pk).asked_at is not None


def test_another_place_repeats_no_reminder_that_is_sent():
    event = an_event()
    join(event, "a@example.no")
    write_due(at=DAY_BEFORE)
    Delivery.objects.filter(kind="event-reminder").update(state="sent", finished_at=DAY_BEFORE)

    move(event, dt.timedelta(), at=DAY_BEFORE + dt.timedelta(hours=1))
    write_due(at=DAY_BEFORE + dt.timedelta(hours=2))

    assert written() == ["a@example.no"]
    assert states(event)["remind", -1] == "done"


@pytest.mark.parametrize("audience", ["attending", "organiser"])
def test_a_reminder_that_is_sent_the_next_morning_says_today(audience):
    event = EventFactory.create(contact_email="kari@example.no")
    a_rule(event, audience=audience, offset_minutes=-14 * 60)
    join(event, "a@example.no")

    write_due(at=NIGHT)

    kind = "event-reminder" if audience == "attending" else "organiser-notice"
    mail = Delivery.objects.get(kind=kind)
    assert mail.next_attempt_at.astimezone(OSLO).date() == dt.date(2026, 11, 28)
    assert mail.body.title.startswith("I dag")
    assert "i morgen" not in mail.body.text.lower()
