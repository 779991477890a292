import datetime as dt

import icalendar
import pytest

from members.mailings.models.delivery import Delivery
from projects.bypuls.events.changes import (
    ChangeError,
    cancel_event,
    move_event,
)
from projects.bypuls.models import Event
from projects.bypuls.signups.queue import offer_seats
from projects.bypuls.signups.signup import Party, cancel, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory

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
