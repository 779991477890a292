import datetime as dt
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.events import moderation
from projects.bypuls.events.changes import cancel_event, move_event
from projects.bypuls.models import Event, EventOrganiser, ReminderRule, SignUp
from projects.bypuls.signups import reminders
from projects.bypuls.signups.reminder_rules import due_at, save_rule
from projects.bypuls.signups.reminders import add_default_rules, write_due
from projects.bypuls.signups.signup import Party, cancel, sign_up
from tests.projects.bypuls.factories import (
    NOW,
    OSLO,
    EventFactory,
    EventMaterialFactory,
    EventPhotoFactory,
    SignUpFactory,
)

pytestmark = pytest.mark.django_db
# The event of these tests is on Saturday 28 November at noon, to two o'clock.
DAY_BEFORE = dt.datetime(2026, 11, 27, 10, tzinfo=OSLO)
MORNING_AFTER = dt.datetime(2026, 11, 29, 9, tzinfo=OSLO)


def local(year: int, month: int, day: int, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=OSLO)


def an_event(**fields: object) -> Event:
    event = EventFactory.create(**fields)
    add_default_rules(event, at=NOW)
    return event


def a_rule(event: Event, *, at: dt.datetime = NOW, **fields: object) -> ReminderRule:
    return save_rule(ReminderRule(event=event, **fields), at=at)


def join(event: Event, email: str, at: dt.datetime = NOW, **fields: object) -> SignUp:
    party = Party(name=email.partition("@")[0], email=email, **fields)  # type: ignore[arg-type]
    return sign_up(event.pk, party, at=at).signup


def move(event: Event, delta: dt.timedelta, *, at: dt.datetime) -> None:
    event.refresh_from_db()
    move_event(
        event.pk,
        starts_at=event.starts_at + delta,
        ends_at=event.ends_at + delta,
        venue=None,
        place="Torget",
        reason="",
        at=at,
    )


def written(kind: str = "event-reminder") -> list[str]:
    rows = Delivery.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("recipient", flat=True))


def states(event: Event) -> dict[tuple[str, int], str]:
    rules = ReminderRule.objects.filter(event=event)
    return {(rule.purpose, rule.offset_minutes // (24 * 60)): rule.state for rule in rules}


# --- When -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "offset", "clock", "due"),
    [
        # Summer time begins on the night to 29 March 2026, and ends on the night to 25 October.
        ((2026, 3, 29, 8, 0), -1440, dt.time(10), (2026, 3, 28, 10, 0)),
        ((2026, 3, 30, 0, 30), -1440, dt.time(10), (2026, 3, 29, 10, 0)),
        ((2026, 10, 25, 23, 30), -1440, dt.time(10), (2026, 10, 24, 10, 0)),
        ((2026, 3, 29, 8, 0), -720, None, (2026, 3, 28, 19, 0)),
        ((2026, 10, 25, 12, 0), -120, None, (2026, 10, 25, 10, 0)),
        ((2026, 11, 28, 12, 0), 2880, dt.time(9), (2026, 11, 30, 9, 0)),
    ],
)
def test_a_rule_counts_days_by_the_clock_on_the_wall(start, offset, clock, due):
    event = Event(starts_at=local(*start))
    rule = ReminderRule(anchor="start", offset_minutes=offset, local_time=clock)

    assert due_at(rule, event) == local(*due)


def test_publishing_gives_an_event_with_sign_up_the_usual_rules_once():
    event = EventFactory.create(publication="draft")
    without = EventFactory.create(publication="draft", takes_signups=False)

    for pk in (event.pk, without.pk):
        moderation.publish(pk, at=NOW)
    assert add_default_rules(Event.objects.get(pk=event.pk), at=NOW) == []

    rules = event.reminder_rules.order_by("due_at")
    assert [(rule.purpose, rule.due_at.astimezone(OSLO)) for rule in rules] == [
        ("remind", DAY_BEFORE),
        ("survey", MORNING_AFTER),
        ("report", MORNING_AFTER.replace(hour=10)),
        ("report", dt.datetime(2026, 12, 1, 10, tzinfo=OSLO)),
        ("report", dt.datetime(2026, 12, 5, 10, tzinfo=OSLO)),
    ]
    assert not without.reminder_rules.exists()


def test_a_draft_whose_time_was_changed_is_published_with_its_rules_moved():
    event = an_event(publication="draft")
    day = dt.timedelta(days=1)
    Event.objects.filter(pk=event.pk).update(
        starts_at=event.starts_at + day, ends_at=event.ends_at + day
    )

    moderation.publish(event.pk, at=NOW)

    rule = event.reminder_rules.get(purpose="remind")
    assert rule.due_at == DAY_BEFORE + dt.timedelta(days=1)


def test_a_rule_that_is_due_when_the_event_is_made_is_missed():
    event = an_event(starts_at=NOW + dt.timedelta(hours=3))

    assert states(event)["remind", -1] == "missed"


# --- Whom -------------------------------------------------------------------------------------


def test_those_with_a_seat_are_reminded_once():
    event = an_event(capacity=1)
    join(event, "a@example.no")
    join(event, "ko@example.no")

    assert write_due(at=DAY_BEFORE - dt.timedelta(minutes=1)) == 0
    assert write_due(at=DAY_BEFORE) == 1
    assert write_due(at=DAY_BEFORE) == 0

    assert written() == ["a@example.no"]
    mail = Delivery.objects.select_related("body").get(kind="event-reminder")
    assert mail.body.title == f"I morgen: {event.title}"
    assert mail.stale_at == event.starts_at - dt.timedelta(minutes=30)
    assert states(event)["remind", -1] == "done"


def test_late_joiners_late_promotions_and_those_who_said_no_are_not_reminded():
    event = an_event(capacity=4)
    join(event, "a@example.no")
    join(event, "nei@example.no", wants_reminder=False)
    SignUpFactory.create(event=event, email="sen@example.no", created_at=DAY_BEFORE)
    SignUpFactory.create(event=event, email="rykket@example.no", promoted_at=DAY_BEFORE)
    SignUpFactory.create(event=event, email="", is_walk_in=True)
    cancel(join(event, "av@example.no").pk, at=NOW)

    write_due(at=DAY_BEFORE + dt.timedelta(minutes=3))

    assert written() == ["a@example.no"]


def test_two_hours_before_says_today_and_is_stale_before_it_begins():
    event = EventFactory.create()
    a_rule(event, offset_minutes=-120, text="Ta med kopp.")
    a_rule(event, offset_minutes=-20)
    join(event, "a@example.no")

    write_due(at=event.starts_at - dt.timedelta(hours=2))
    write_due(at=event.starts_at - dt.timedelta(minutes=20))

    first, second = Delivery.objects.filter(kind="event-reminder").order_by("pk")
    assert first.body.title.startswith("I dag:")
    assert "Ta med kopp." in first.body.text
    assert second.stale_at == event.starts_at - dt.timedelta(minutes=10)


def test_rules_that_fall_on_the_same_moment_remind_once():
    event = an_event()
    a_rule(event, offset_minutes=-26 * 60)
    a_rule(event, anchor="end", offset_minutes=-28 * 60)
    join(event, "a@example.no")

    assert write_due(at=DAY_BEFORE) == 3

    assert written() == ["a@example.no"]


def test_those_who_wait_get_a_reminder_of_their_own():
    event = EventFactory.create(capacity=1)
    a_rule(event, audience="queue", local_time=dt.time(10))
    join(event, "a@example.no")
    join(event, "ko@example.no")

    write_due(at=DAY_BEFORE)

    assert written() == ["ko@example.no"]
    assert Delivery.objects.get(kind="event-reminder").body.title.startswith(
        "Du står på venteliste"
    )


def test_a_rule_after_the_end_says_thanks():
    event = EventFactory.create()
    a_rule(event, anchor="end", offset_minutes=60, text="Kvitteringene ligger i skranken.")
    join(event, "a@example.no")
    Event.objects.filter(pk=event.pk).update(status="held")

    write_due(at=event.ends_at + dt.timedelta(hours=1))

    mail = Delivery.objects.get(kind="event-reminder")
    assert "Takk for sist!" in mail.body.text
    assert "Meld deg av" not in mail.body.text


def test_a_reminder_at_night_waits_for_the_morning():
    event = EventFactory.create()
    a_rule(event, offset_minutes=-14 * 60)
    join(event, "a@example.no")

    write_due(at=dt.datetime(2026, 11, 27, 22, tzinfo=OSLO))

    mail = Delivery.objects.get(kind="event-reminder")
    assert mail.next_attempt_at == dt.datetime(2026, 11, 28, 7, 30, tzinfo=OSLO)


def test_the_organisers_are_reminded_with_figures_and_a_way_to_the_list():
    event = EventFactory.create(capacity=1)
    EventOrganiser.objects.create(event=event, email="kari@example.no", added_at=NOW)
    a_rule(event, audience="organiser", local_time=dt.time(10))
    join(event, "a@example.no")
    join(event, "ko@example.no")

    write_due(at=DAY_BEFORE)

    mail = Delivery.objects.get(kind="organiser-notice")
    assert (mail.recipient, mail.body.title) == (
        "kari@example.no",
        f"I morgen holder du {event.title}",
    )
    assert "1 person har plass." in mail.body.text
    assert f"/min-side/arrangementer/{event.slug}/" in mail.body.text


# --- Afterwards -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "publish",
    [EventMaterialFactory.create, EventPhotoFactory.create],
    ids=["material", "photo"],
)
def test_the_organiser_is_asked_three_times_for_minutes_until_something_is_out(
    publish: Callable[..., object],
):
    event = an_event(contact_email="Kari@example.no")
    Event.objects.filter(pk=event.pk).update(status="held")
    day = event.ends_at.replace(hour=10)

    write_due(at=day + dt.timedelta(days=1))
    write_due(at=day + dt.timedelta(days=3))
    publish(event=event)
    write_due(at=day + dt.timedelta(days=7))

    assert written("organiser-notice") == ["kari@example.no"] * 2
    assert set(states(event).values()) <= {"done", "missed"}


def test_a_draft_or_a_hidden_picture_is_nothing_that_is_out():
    event = an_event(contact_email="kari@example.no")
    EventMaterialFactory.create(event=event, published_at=None)
    EventPhotoFactory.create(event=event, consent_withdrawn_at=NOW)

    write_due(at=event.ends_at.replace(hour=10) + dt.timedelta(days=1))

    assert written("organiser-notice") == ["kari@example.no"]


def test_those_who_came_are_asked_how_it_was():
    event = an_event()
    came = join(event, "a@example.no")
    join(event, "hjemme@example.no")
    SignUp.objects.filter(pk=came.pk).update(checked_in_at=event.starts_at, checked_in_size=1)
    write_due(at=DAY_BEFORE)

    write_due(at=MORNING_AFTER)
    write_due(at=MORNING_AFTER)

    assert written("event-survey") == ["a@example.no"]
    assert "/sporreundersokelse/" in Delivery.objects.get(kind="event-survey").body.text


def test_without_check_in_everybody_with_a_seat_is_asked():
    event = an_event()
    join(event, "a@example.no")
    join(event, "nei@example.no", wants_reminder=False)

    write_due(at=MORNING_AFTER)

    assert written("event-survey") == ["a@example.no"]


# --- Driving ----------------------------------------------------------------------------------


def test_reminders_are_written_a_few_at_a_time_and_a_killed_run_goes_on(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(reminders, "AT_A_TIME", 2)
    event = an_event(capacity=None)
    SignUpFactory.create_batch(5, event=event)
    rule = event.reminder_rules.get(purpose="remind")
    # A run that was killed after the first few.
    assert reminders._write_some(rule.pk, after=0, at=DAY_BEFORE)
    assert Delivery.objects.count() == 2

    assert write_due(at=DAY_BEFORE) == 1
    assert write_due(at=DAY_BEFORE) == 0

    assert len(written()) == len(set(written())) == 5


def test_a_rule_that_fails_stops_no_other(caplog: pytest.LogCaptureFixture):
    broken, whole = an_event(), an_event()
    SignUpFactory.create(event=broken, email="ingen adresse")
    SignUpFactory.create(event=whole, email="a@example.no")

    assert write_due(at=DAY_BEFORE) == 1

    assert written() == ["a@example.no"]
    assert "reminder rule" in caplog.text
    assert states(broken)["remind", -1] == "scheduled"


def test_many_rules_and_people_take_few_queries(django_assert_max_num_queries):
    event = an_event(capacity=None)
    SignUpFactory.create_batch(30, event=event)

    with django_assert_max_num_queries(30):
        write_due(at=DAY_BEFORE)

    assert len(written()) == 30


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"purpose": "survey", "audience": "queue"}, "audience_fits"),
        ({"purpose": "report", "audience": "attending"}, "audience_fits"),
        ({"purpose": "remind", "frees_after_minutes": 60}, "frees_by_asking"),
        ({"state": "done"}, "settled"),
        ({"anchor": "tull"}, "anchor_valid"),
    ],
)
def test_the_database_refuses_impossible_rules(fields, name):
    event = EventFactory.create()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ReminderRule.objects.create(event=event, due_at=NOW, **fields)


def test_the_same_rule_twice_is_refused_in_words():
    event = an_event()

    with pytest.raises(ValidationError, match="står der alt"):
        ReminderRule(event=event, due_at=NOW, local_time=dt.time(10)).full_clean()


# --- Unsubscribing ----------------------------------------------------------------------------


def stop_header() -> str:
    headers: dict[str, str] = Delivery.objects.get(kind="event-reminder").headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_URL)


def test_a_mail_program_stops_reminders_without_cookies_and_changes_still_come():
    event = an_event()
    signup = join(event, "a@example.no")
    a_rule(event, offset_minutes=-60)
    write_due(at=DAY_BEFORE)
    client = Client(enforce_csrf_checks=True)
    address = stop_header()

    for _ in range(2):
        answer = client.post(address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200

    signup.refresh_from_db()
    assert (signup.wants_reminder, signup.state) == (False, "attending")
    write_due(at=event.starts_at - dt.timedelta(hours=1))
    assert written() == ["a@example.no"]
    cancel_event(event.pk, reason="", at=event.starts_at - dt.timedelta(minutes=50))
    assert written("event-cancelled") == ["a@example.no"]


def test_a_link_scanner_that_opens_the_page_changes_nothing(client: Client):
    event = an_event()
    signup = join(event, "a@example.no")
    write_due(at=DAY_BEFORE)

    page = client.get(stop_header())

    assert "Stopp påminnelsene" in page.content.decode()
    signup.refresh_from_db()
    assert signup.wants_reminder is True


def test_one_can_change_ones_mind(client: Client):
    event = an_event()
    signup = join(event, "a@example.no")
    write_due(at=DAY_BEFORE)
    address = stop_header()

    client.post(address, {"action": "stop"})
    page = client.post(address, {"action": "start"}).content.decode()

    signup.refresh_from_db()
    assert signup.wants_reminder is True
    assert "Stopp påminnelsene" in page


def test_a_forged_link_is_not_found(client: Client):
    assert client.get("/arrangementer/paminnelser/tull/").status_code == 404
    assert client.get("/arrangementer/bekreft/tull/").status_code == 404
    assert client.get("/arrangementer/sporreundersokelse/tull/").status_code == 404
