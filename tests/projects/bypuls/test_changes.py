import datetime as dt
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from members.mailings.models.delivery import Delivery, DeliveryState
from projects.bypuls.events.changes import (
    ChangeError,
    cancel_event,
    mark_held,
    move_event,
    postpone,
)
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups import reminders
from projects.bypuls.signups.queue import offer_seats
from projects.bypuls.signups.reminders import due_at, write_due
from projects.bypuls.signups.signup import Party, cancel, sign_up
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory, SignUpFactory

pytestmark = pytest.mark.django_db


def join(event: Event, email: str, at: dt.datetime = NOW, **fields: object) -> int:
    party = Party(name=email, email=email, **fields)  # type: ignore[arg-type]
    return sign_up(event.pk, party, at=at).signup.pk


def move(event: Event, days: int, at: dt.datetime = NOW, reason: str = "") -> int:
    event.refresh_from_db()
    delta = dt.timedelta(days=days)
    return move_event(
        event.pk,
        starts_at=event.starts_at + delta,
        ends_at=event.ends_at + delta,
        venue=event.venue,
        place=event.place,
        reason=reason,
        at=at,
    )


def kinds(email: str) -> list[str]:
    return list(
        Delivery.objects.filter(recipient=email).order_by("pk").values_list("kind", flat=True)
    )


def files(email: str) -> list[icalendar.Calendar]:
    deliveries = Delivery.objects.filter(recipient=email).order_by("pk")
    return [
        icalendar.Calendar.from_ical(file["content"])
        for delivery in deliveries
        for file in delivery.body.attachments
        if file["name"].endswith(".ics")
    ]


def test_moving_twice_tells_everybody_once_each_and_raises_the_sequence():
    event = EventFactory.create(capacity=1)
    join(event, "a@example.no")
    join(event, "ko@example.no")

    assert move(event, 1, reason="Snøvær") == 2
    assert move(event, 1) == 2

    assert kinds("a@example.no") == ["signup-receipt", "event-moved", "event-moved"]
    assert kinds("ko@example.no") == ["signup-receipt", "event-moved", "event-moved"]
    entries = [calendar.walk("VEVENT")[0] for calendar in files("a@example.no")]
    assert [entry["SEQUENCE"] for entry in entries] == [0, 1, 2]
    assert {str(entry["UID"]) for entry in entries} == {event.uid}
    assert entries[-1].decoded("DTSTART") == NOW + dt.timedelta(days=9)
    assert files("ko@example.no") == []


def test_a_moved_event_keeps_address_and_sign_ups_and_shifts_the_deadline():
    event = EventFactory.create(signup_closes_at=NOW + dt.timedelta(days=6))
    join(event, "a@example.no")
    before = event.starts_at

    move(event, 3, reason="Snøvær")

    moved = Event.objects.get(pk=event.pk)
    assert (moved.slug, moved.uid, moved.seats_taken) == (event.slug, event.uid, 1)
    assert (moved.status, moved.previous_starts_at) == ("moved", before)
    assert moved.signup_closes_at == NOW + dt.timedelta(days=9)


def test_the_same_time_and_place_again_is_no_move():
    event = EventFactory.create()
    join(event, "a@example.no")

    assert move(event, 0) == 0

    assert kinds("a@example.no") == ["signup-receipt"]


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [(3, 2, "Slutten må være etter"), (-3, -2, "fram i tid"), (3, 40, "31 dager")],
)
def test_impossible_times_are_refused(start, end, message):
    event = EventFactory.create()

    with pytest.raises(ChangeError, match=message):
        move_event(
            event.pk,
            starts_at=NOW + dt.timedelta(days=start),
            ends_at=NOW + dt.timedelta(days=end),
            venue=None,
            place="Torget",
            reason="",
            at=NOW,
        )


def test_calling_off_mails_everybody_once_and_takes_it_out_of_calendars():
    event = EventFactory.create(capacity=1)
    join(event, "a@example.no")
    join(event, "ko@example.no")

    assert cancel_event(event.pk, reason="Foredragsholderen er syk.", at=NOW) == 2
    assert cancel_event(event.pk, reason="Foredragsholderen er syk.", at=NOW) == 0

    assert kinds("a@example.no") == ["signup-receipt", "event-cancelled"]
    mail = Delivery.objects.get(recipient="a@example.no", kind="event-cancelled")
    assert "Foredragsholderen er syk." in mail.body.text
    calendar = files("a@example.no")[-1]
    entry = calendar.walk("VEVENT")[0]
    assert (calendar["METHOD"], entry["STATUS"], entry["UID"]) == (
        "CANCEL",
        "CANCELLED",
        event.uid,
    )


def test_nobody_is_offered_seats_of_a_cancelled_event():
    event = EventFactory.create(capacity=1)
    first = join(event, "a@example.no")
    join(event, "ko@example.no")
    cancel_event(event.pk, reason="", at=NOW)

    cancel(first, at=NOW)

    assert offer_seats(Event.objects.get(pk=event.pk), at=NOW) == []
    assert "signup-offered" not in kinds("ko@example.no")


def test_a_postponed_event_keeps_its_people_and_can_get_a_new_time():
    event = EventFactory.create()
    join(event, "a@example.no")

    assert postpone(event.pk, reason="", at=NOW) == 1
    assert postpone(event.pk, reason="", at=NOW) == 0
    assert move(event, 0, at=NOW + dt.timedelta(hours=1)) == 1

    assert kinds("a@example.no") == ["signup-receipt", "event-moved", "event-moved"]
    assert Event.objects.get(pk=event.pk).status == "moved"


def test_a_cancelled_event_cannot_be_moved_or_postponed():
    event = EventFactory.create(status="cancelled")

    with pytest.raises(ChangeError, match="avlyst"):
        move(event, 1)
    with pytest.raises(ChangeError, match="avlyst"):
        postpone(event.pk, reason="", at=NOW)


def test_held_with_attendance_only_after_it_has_begun():
    event = EventFactory.create()

    with pytest.raises(ChangeError, match="ikke begynt"):
        mark_held(event.pk, attendance=12, at=NOW)
    mark_held(event.pk, attendance=12, at=event.starts_at)

    event.refresh_from_db()
    assert (event.status, event.attendance) == ("held", 12)


# --- Reminders ---------------------------------------------------------------------------------


def test_the_reminder_is_due_at_ten_on_the_local_day_before_also_over_summer_time():
    # Summer time begins on the night to 29 March 2026.
    start = dt.datetime(2026, 3, 29, 8, 0, tzinfo=OSLO)

    assert due_at(start) == dt.datetime(2026, 3, 28, 10, 0, tzinfo=OSLO)


def test_those_with_a_seat_are_reminded_once():
    event = EventFactory.create(capacity=1)
    join(event, "a@example.no")
    join(event, "ko@example.no")
    due = due_at(event.starts_at)

    assert write_due(at=due - dt.timedelta(minutes=1)) == 0
    assert write_due(at=due) == 1
    assert write_due(at=due + dt.timedelta(minutes=1)) == 0

    assert kinds("a@example.no") == ["signup-receipt", "event-reminder"]
    assert kinds("ko@example.no") == ["signup-receipt"]
    reminder = Delivery.objects.get(kind="event-reminder")
    assert reminder.body.title.startswith("I morgen:")
    assert reminder.stale_at == event.starts_at - dt.timedelta(minutes=30)


def test_late_joiners_late_promotions_and_those_who_said_no_are_not_reminded():
    event = EventFactory.create(capacity=3)
    due = due_at(event.starts_at)
    leaver = join(event, "a@example.no")
    join(event, "nei@example.no", wants_reminder=False)
    join(event, "c@example.no")
    join(event, "ko@example.no")
    cancel(leaver, at=due + dt.timedelta(minutes=1))
    join(event, "sen@example.no", at=due + dt.timedelta(minutes=2))

    write_due(at=due + dt.timedelta(minutes=3))

    reminded = Delivery.objects.filter(kind="event-reminder").values_list("recipient", flat=True)
    assert list(reminded) == ["c@example.no"]


def test_no_reminder_of_what_does_not_take_place():
    events = [
        EventFactory.create(),
        EventFactory.create(),
        EventFactory.create(publication="draft"),
    ]
    for event in events[:2]:
        join(event, f"{event.slug}@example.no")
    cancel_event(events[0].pk, reason="", at=NOW)
    postpone(events[1].pk, reason="", at=NOW)

    assert write_due(at=due_at(events[0].starts_at)) == 0


def test_the_reminder_shifts_with_the_event():
    event = EventFactory.create()
    join(event, "a@example.no")
    due = due_at(event.starts_at)
    write_due(at=due)

    move(event, 5, at=due + dt.timedelta(minutes=5))

    # The one of the old time, if it still waits, ends as missed.
    assert Delivery.objects.get(kind="event-reminder").stale_at == due + dt.timedelta(minutes=5)
    assert write_due(at=due + dt.timedelta(days=1)) == 0
    assert write_due(at=due + dt.timedelta(days=5)) == 1
    assert kinds("a@example.no").count("event-reminder") == 2


def test_news_of_the_new_time_replaces_a_reminder_that_is_already_due():
    event = EventFactory.create()
    join(event, "a@example.no")

    move(event, -6, at=due_at(event.starts_at - dt.timedelta(days=6)) + dt.timedelta(hours=1))
    write_due(at=NOW + dt.timedelta(hours=1))

    assert kinds("a@example.no") == ["signup-receipt", "event-moved"]


def test_after_days_without_a_scheduler_the_rows_are_written_and_stale():
    event = EventFactory.create()
    join(event, "a@example.no")

    write_due(at=event.starts_at + dt.timedelta(days=3))

    reminder = Delivery.objects.get(kind="event-reminder")
    assert reminder.state == DeliveryState.QUEUED
    assert reminder.stale_at is not None
    assert reminder.stale_at < event.starts_at


def test_other_people_s_calendar_library_reads_our_file():
    event = EventFactory.create(starts_at=dt.datetime(2027, 3, 28, 1, 30, tzinfo=OSLO))
    join(event, "a@example.no")

    (calendar,) = files("a@example.no")

    found = recurring_ical_events.of(calendar).at(dt.date(2027, 3, 28))
    assert [entry["UID"] for entry in found] == [event.uid]
    assert found[0].end - found[0].start == dt.timedelta(hours=2)


def test_news_to_many_takes_few_queries_and_each_gets_their_own(
    django_assert_max_num_queries: Any,
):
    event = EventFactory.create(capacity=None)
    SignUpFactory.create_batch(30, event=event)

    with django_assert_max_num_queries(20):
        assert cancel_event(event.pk, reason="Snø", at=NOW) == 30

    mails = Delivery.objects.filter(kind="event-cancelled").select_related("body")
    assert len({mail.recipient for mail in mails}) == len({mail.body_id for mail in mails}) == 30
    signup = SignUp.objects.first()
    assert signup
    assert f"Hei, {signup.name}!" in mails.get(recipient=signup.email).body.text


def test_reminders_are_written_a_few_at_a_time_and_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reminders, "AT_A_TIME", 2)
    event = EventFactory.create(capacity=None)
    long_before = event.starts_at - dt.timedelta(days=9)
    SignUpFactory.create_batch(5, event=event, created_at=long_before)
    due = due_at(event.starts_at)
    # A run that was killed after the first few.
    assert reminders._write_some(event.pk, after=0, at=due) > 0
    assert Delivery.objects.count() == 2

    assert write_due(at=due) == 1
    assert write_due(at=due) == 0
    assert Delivery.objects.filter(kind="event-reminder").count() == 5
