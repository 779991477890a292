import datetime as dt
from typing import Any

import pytest
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.events import announcing
from projects.bypuls.events.announcing import write_all, write_some
from projects.bypuls.events.changes import (
    StaleError,
    cancel_event,
    mark_held,
    move_event,
    postpone,
    withdraw_event,
)
from projects.bypuls.models import Event, EventAnnouncement
from projects.bypuls.signups.signup import Party, cancel, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


def move(event: Event, days: int, *, place: str = "Torget", **fields: Any) -> int:
    event.refresh_from_db()
    delta = dt.timedelta(days=days)
    given: dict[str, Any] = {"venue": None, "place": place, "reason": "", "at": NOW} | fields
    return move_event(
        event.pk, starts_at=event.starts_at + delta, ends_at=event.ends_at + delta, **given
    )


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once, two at a time, and no worker that goes on by itself."""
    monkeypatch.setattr(announcing, "AT_ONCE", 2)
    monkeypatch.setattr(announcing, "AT_A_TIME", 2)


def told(kind: str) -> list[str]:
    return list(
        Delivery.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True)
    )


@pytest.mark.usefixtures("_few")
def test_the_change_is_there_at_once_and_the_mails_follow_in_batches():
    event = EventFactory.create(capacity=None)
    people = [signup.email for signup in SignUpFactory.create_batch(7, event=event)]

    assert move(event, 1) == 7

    event.refresh_from_db()
    assert event.status == "moved"
    assert told("event-moved") == people[:2]
    # A worker that is killed between two batches: the next one goes on behind the last that was told.
    assert write_some(at=NOW) == 2
    assert told("event-moved") == people[:4]
    assert write_all(at=LATER) == 3
    assert told("event-moved") == people
    assert write_all(at=LATER) == 0
    news = EventAnnouncement.objects.get()
    assert (news.told, news.finished_at) == (7, LATER)


@pytest.mark.usefixtures("_few")
def test_a_batch_that_dies_is_written_by_the_next_and_nobody_twice(monkeypatch: pytest.MonkeyPatch):
    event = EventFactory.create(capacity=None)
    people = [signup.email for signup in SignUpFactory.create_batch(5, event=event)]
    cancel_event(event.pk, reason="", at=NOW)

    with monkeypatch.context() as patch:
        # Dies after the mails of the batch are written, before their end is noted.
        patch.setattr(EventAnnouncement, "save", lambda *a, **k: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            write_some(at=NOW)
    assert told("event-cancelled") == people[:2]

    write_all(at=LATER)
    assert told("event-cancelled") == people


@pytest.mark.usefixtures("_few")
def test_whoever_signs_up_after_the_change_or_leaves_before_the_mail_is_not_told():
    event = EventFactory.create(capacity=None)
    people = SignUpFactory.create_batch(4, event=event)
    event.seats_taken = 4
    event.save()
    move(event, 1)

    sign_up(event.pk, Party(name="Ny", email="ny@example.no"), at=LATER)
    cancel(people[3].pk, at=LATER)
    write_all(at=LATER)

    assert told("event-moved") == [signup.email for signup in people[:3]]


@pytest.mark.usefixtures("_few")
def test_moved_again_before_all_were_told_each_reads_the_time_they_knew():
    event = EventFactory.create(capacity=None)
    people = [signup.email for signup in SignUpFactory.create_batch(5, event=event)]

    move(event, 1)
    move(event, 1)
    write_all(at=LATER)

    moved = Delivery.objects.filter(kind="event-moved").select_related("body").order_by("pk")
    texts: dict[str, list[str]] = {}
    for mail in moved:
        texts.setdefault(mail.recipient, []).append(mail.body.text)
    # The first two were told of Sunday; the others never were, and hear of Monday only.
    assert [len(texts[email]) for email in people] == [2, 2, 1, 1, 1]
    assert "skulle vært 29. november" in texts[people[0]][1]
    assert "skulle vært 28. november" in texts[people[4]][0]
    assert all("Ny tid: 30. november 2026" in texts[email][-1] for email in people)


def test_moved_twice_shows_the_last_time_and_place_that_people_were_told_of():
    event = EventFactory.create()
    SignUpFactory.create(event=event)
    move(event, 1)
    move(event, 1, place="Biblioteket")

    event.refresh_from_db()
    assert event.old_starts_at == NOW + dt.timedelta(days=8)
    assert event.old_place == "Torget"
    page = Client().get(event.get_absolute_url()).content.decode()
    assert '<s class="event__old"><span class="ds-sr-only">Gammelt sted: </span>Torget</s>' in page
    assert "29. november 2026 kl. 12.00</s>" in page


def test_another_place_at_the_same_time_strikes_out_the_place_only():
    event = EventFactory.create()
    SignUpFactory.create(event=event)

    move(event, 0, place="Biblioteket")

    event.refresh_from_db()
    assert (event.old_starts_at, event.old_place) == (None, "Torget")
    mail = Delivery.objects.get()
    assert mail.body.title == f"Nytt sted: {event.title}"
    assert "Nytt sted: Biblioteket" in mail.body.text
    assert "flyttet. Det skulle vært" not in mail.body.text


def test_what_was_never_public_is_written_anew_without_a_trace():
    event = EventFactory.create(publication="draft", published_at=None)

    assert move(event, 1) == 0

    event.refresh_from_db()
    assert (event.status, event.previous_starts_at) == ("planned", None)


# --- Two tabs ----------------------------------------------------------------------------------
def test_the_second_of_two_tabs_is_told_what_the_first_did():
    event = EventFactory.create()
    SignUpFactory.create(event=event)
    cancel_event(event.pk, reason="Snø", at=NOW, seen=0)

    moved = EventFactory.create()
    move(moved, 1, seen=0)
    for stale in (
        lambda: move(moved, 5, seen=0),
        lambda: postpone(moved.pk, reason="", at=NOW, seen=0),
        lambda: cancel_event(moved.pk, reason="", at=NOW, seen=0),
        lambda: withdraw_event(moved.pk, reason="", at=NOW, seen=0),
        lambda: mark_held(moved.pk, attendance=1, at=NOW + dt.timedelta(days=20), seen=0),
    ):
        with pytest.raises(StaleError, match="Nå er det flyttet, 29. november 2026"):
            stale()
    moved.refresh_from_db()
    assert (moved.status, moved.sequence) == ("moved", 1)


def test_a_double_click_is_no_mistake():
    event = EventFactory.create()
    SignUpFactory.create(event=event)

    assert cancel_event(event.pk, reason="", at=NOW, seen=0) == 1
    assert cancel_event(event.pk, reason="", at=NOW, seen=0) == 0


# --- Taken away ----------------------------------------------------------------------------------
def test_taking_away_what_people_are_signed_up_for_tells_them():
    event = EventFactory.create()
    SignUpFactory.create(event=event)

    assert withdraw_event(event.pk, reason="Lokalet er stengt.", at=NOW) == 1
    assert withdraw_event(event.pk, reason="Lokalet er stengt.", at=NOW) == 0

    event.refresh_from_db()
    assert (event.publication, event.status) == ("withdrawn", "cancelled")
    assert "Lokalet er stengt." in Delivery.objects.get().body.text
    assert Client().get(event.get_absolute_url()).status_code == 404


def test_what_nobody_is_signed_up_for_is_taken_away_as_it_is():
    event = EventFactory.create()

    assert withdraw_event(event.pk, reason="", at=NOW) == 0

    event.refresh_from_db()
    assert (event.publication, event.status) == ("withdrawn", "planned")


def test_two_thousand_are_told_without_waiting_for_the_mails(django_assert_max_num_queries: Any):
    event = EventFactory.create(capacity=None)
    SignUpFactory.create_batch(120, event=event)

    with django_assert_max_num_queries(25):
        assert cancel_event(event.pk, reason="", at=NOW) == 120
    assert len(told("event-cancelled")) == announcing.AT_ONCE

    write_all(at=LATER)
    assert len(set(told("event-cancelled"))) == 120
