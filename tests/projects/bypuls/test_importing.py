"""What outside calendars tell becomes events, twice without change, and never takes away too much."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine

from members.mailings.models.delivery import Delivery
from projects.bypuls import demo_incoming
from projects.bypuls.events import changes, moderation
from projects.bypuls.events.importing import feeds
from projects.bypuls.models import Event, ImportedEvent, ImportRun, ImportSource
from projects.bypuls.retention import RULES
from projects.bypuls.signups.signup import Party, sign_up
from tests.conftest import FakeSource
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory
from tests.projects.bypuls.test_reading_calendars import CALENDARS, EXPECTED, calendar, local

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def source(fake_source: FakeSource) -> ImportSource:
    return a_source(url=f"{fake_source.url}/k.ics")


def a_source(**fields: Any) -> ImportSource:
    defaults = {"name": "Sølvbyen", "topic": "sosialt", "publishes_at_once": True}
    return ImportSource.objects.create(**(defaults | fields))


def entry(number: int, **fields: str) -> str:
    """Lines of one event, each on a day of its own."""
    given = {
        "UID": f"{number}@sted.example.org",
        "DTSTART": f"202612{number:02}T180000",
        "DTEND": f"202612{number:02}T200000",
        "SUMMARY": f"Happening {'abcdefghijklmnop'[number] * 4}",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    return "\n".join(f"{name}:{value}" for name, value in given.items())


def fetched(
    source: ImportSource, fake: FakeSource, *events: str, at: dt.datetime = NOW, body: bytes = b""
) -> ImportRun | None:
    fake.serve("/k.ics", body or calendar(*events), content_type="text/calendar")
    return feeds.fetch_source(source.pk, at=at)


def everything() -> tuple[list[Any], ...]:
    """All that a visitor, a calendar program or a mailbox would see differ."""
    return (
        list(Event.objects.order_by("pk").values()),
        list(Event.history.order_by("pk").values_list("pk")),
        list(Delivery.objects.order_by("pk").values_list("pk")),
        list(ImportedEvent.objects.order_by("pk").values("told", "differences", "is_gone")),
    )


@pytest.mark.parametrize("name", EXPECTED)
def test_five_programs_import_rightly_and_twice_without_change(fake_source: FakeSource, name: str):
    VenueFactory.create(name="Kongsberg bibliotek", address="Hasbergs vei 36")
    VenueFactory.create(name="Kongsberg kirke")
    source = a_source(url=f"{fake_source.url}/k.ics", place="Byen")
    body = (CALENDARS / f"{name}.ics").read_bytes()

    first = fetched(source, fake_source, body=body)
    before = everything()
    second = fetched(source, fake_source, body=body, at=NOW + HOUR)

    wanted = [row for row in EXPECTED[name] if not row[5]]
    assert first is not None
    assert (first.added, len(first.troubles)) == (len(wanted), len(first.troubles))
    events = Event.objects.order_by("starts_at", "imported__uid", "imported__recurrence_id")
    assert [event.title for event in events] == [row[1] for row in wanted]
    assert [f"{event.starts_at.astimezone(NOW.tzinfo):%Y-%m-%d %H:%M%z}" for event in events] == [
        row[2] for row in wanted
    ]
    assert everything() == before
    assert second is None or second.added + second.changed + second.gone == 0


def test_an_event_gets_what_the_calendar_tells_and_the_rest_from_the_source(source, fake_source):
    venue = VenueFactory.create(name="Krona", address="Hasbergs vei 36")
    ImportSource.objects.filter(pk=source.pk).update(audience="unge", language="begge")

    fetched(
        source,
        fake_source,
        entry(
            1, LOCATION="Krona\\, Sal 2\\, Hasbergs vei 36\\, 3616 Kongsberg", CATEGORIES="Jul,Mat"
        ),
    )

    event = Event.objects.get()
    assert (event.venue, event.place, event.place_text) == (venue, "Sal 2", "Sal 2, Krona")
    assert (event.topic, event.audience, event.language) == ("mat", "unge", "begge")
    assert (event.organiser, event.title_nb) == ("Sølvbyen", event.title)
    assert (event.publication, event.sequence) == ("published", 0)


def test_found_events_wait_for_an_answer_where_the_source_says_so(fake_source):
    source = a_source(url=f"{fake_source.url}/k.ics", publishes_at_once=False)

    fetched(source, fake_source, entry(1))

    event = Event.objects.get()
    assert (event.publication, event.answer_due_at) == ("submitted", local("2026-11-24T15:30"))


def test_the_source_moves_an_event_and_those_who_are_signed_up_are_told(source, fake_source):
    fetched(source, fake_source, entry(1))
    event = Event.objects.get()
    Event.objects.update(takes_signups=True)
    sign_up(event.pk, Party(name="Ada", email="ada@example.no"), at=NOW)

    run = fetched(source, fake_source, entry(1, DTSTART="20261205T190000", DTEND="20261205T200000"))

    event.refresh_from_db()
    assert run is not None
    assert run.changed == 1
    assert (event.status, event.starts_at) == ("moved", local("2026-12-05T19:00"))
    assert event.previous_starts_at == local("2026-12-01T18:00")
    assert event.sequence == 1
    assert Delivery.objects.filter(kind="event-moved", recipient="ada@example.no").count() == 1


def test_the_source_calls_off_an_event(source, fake_source):
    fetched(source, fake_source, entry(1), entry(2))
    event = Event.objects.get(imported__uid__startswith="1@")
    Event.objects.update(takes_signups=True)
    sign_up(event.pk, Party(name="Ada", email="ada@example.no"), at=NOW)

    run = fetched(source, fake_source, entry(1, STATUS="CANCELLED"), entry(2))
    fetched(source, fake_source, entry(1, STATUS="CANCELLED"), entry(2), at=NOW + HOUR)

    event.refresh_from_db()
    assert run is not None
    assert (run.cancelled, event.status) == (1, "cancelled")
    assert Delivery.objects.filter(kind="event-cancelled").count() == 1


def test_what_staff_changed_stays_and_the_difference_is_kept(source, fake_source):
    fetched(source, fake_source, entry(1, SUMMARY="Konsrt", DESCRIPTION="Gammel"))
    event = Event.objects.get()
    event.title = event.title_nb = "Konsert"
    event.save(update_fields=["title", "title_nb"])

    fetched(source, fake_source, entry(1, SUMMARY="Konsrt i dag", DESCRIPTION="Ny"))

    event.refresh_from_db()
    assert (event.title, event.description) == ("Konsert", "Ny")
    assert ImportedEvent.objects.get().differences == {"title": "Konsrt i dag"}


def test_a_time_that_staff_changed_is_not_moved_back(source, fake_source):
    fetched(source, fake_source, entry(1))
    event = Event.objects.get()
    changes.move_event(
        event.pk,
        starts_at=local("2026-12-03T18:00"),
        ends_at=local("2026-12-03T20:00"),
        venue=None,
        place="Torget",
        reason="",
        at=NOW,
    )

    fetched(source, fake_source, entry(1, DESCRIPTION="Noe nytt"))
    fetched(source, fake_source, entry(1, DTSTART="20261204T180000", DTEND="20261204T190000"))

    event.refresh_from_db()
    assert (event.starts_at, event.sequence) == (local("2026-12-03T18:00"), 1)
    assert set(ImportedEvent.objects.get().differences) == {"starts_at", "ends_at"}


def test_when_the_source_catches_up_there_is_no_difference_any_more(source, fake_source):
    fetched(source, fake_source, entry(1, SUMMARY="Konsrt"))
    event = Event.objects.get()
    event.title = event.title_nb = "Konsert"
    event.save(update_fields=["title", "title_nb"])
    fetched(source, fake_source, entry(1, SUMMARY="Konsert"))

    fetched(source, fake_source, entry(1, SUMMARY="Konsert med kor"))

    event.refresh_from_db()
    assert event.title == "Konsert med kor"
    assert ImportedEvent.objects.get().differences == {}


def test_what_staff_withdrew_stays_away(source, fake_source):
    fetched(source, fake_source, entry(1))
    moderation.withdraw(Event.objects.get().pk, at=NOW)

    fetched(source, fake_source, entry(1, DESCRIPTION="Noe nytt"))

    assert Event.objects.get().publication == "withdrawn"


def test_gone_from_a_healthy_source_it_is_withdrawn_and_back_again_it_is_shown(source, fake_source):
    fetched(source, fake_source, entry(1), entry(2), entry(3))

    run = fetched(source, fake_source, entry(1), entry(2), at=NOW + HOUR)
    gone = Event.objects.get(imported__uid__startswith="3@")
    assert run is not None
    assert (run.gone, gone.publication) == (1, "withdrawn")

    fetched(source, fake_source, entry(1), entry(2), entry(3), at=NOW + 2 * HOUR)
    gone.refresh_from_db()
    assert gone.publication == "published"


def test_gone_with_people_signed_up_is_left_to_a_person(source, fake_source):
    fetched(source, fake_source, entry(1), entry(2), entry(3))
    event = Event.objects.get(imported__uid__startswith="3@")
    Event.objects.update(takes_signups=True)
    sign_up(event.pk, Party(name="Ada", email="ada@example.no"), at=NOW)

    fetched(source, fake_source, entry(1), entry(2), at=NOW + HOUR)

    event.refresh_from_db()
    assert event.publication == "published"
    assert "noen er påmeldt" in event.imported.get().needs_decision


@pytest.mark.parametrize("left", [0, 3], ids=["empty", "less than half"])
def test_the_brake_deletes_nothing_tells_the_owner_once_and_lets_go_by_itself(
    source, fake_source, left
):
    every = [entry(number) for number in range(1, 9)]
    fetched(source, fake_source, *every)

    runs = [
        fetched(source, fake_source, *every[:left], at=NOW + number * HOUR) for number in (1, 2)
    ]

    assert runs[0] is not None
    assert (runs[0].is_braked, runs[0].held_back, runs[0].gone) == (True, 8 - left, 0)
    assert runs[1] is None
    assert Event.objects.filter(publication="published").count() == 8
    assert Delivery.objects.filter(kind="operations-notice").count() == 1

    run = fetched(source, fake_source, *every[:-1], at=NOW + 3 * HOUR)
    source.refresh_from_db()
    assert run is not None
    assert (run.is_braked, run.gone, source.braked_since) == (False, 1, None)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_that_is_cut_deletes_nothing(source, fake_source, name: str):
    body = (CALENDARS / f"{name}.ics").read_bytes()
    ImportSource.objects.update(place="Byen")
    fetched(source, fake_source, body=body)
    shown = set(Event.objects.values_list("pk", "publication"))

    for length in range(100, len(body) - 20, len(body) // 12):
        fetched(source, fake_source, body=body[:length])

    assert shown <= set(Event.objects.values_list("pk", "publication"))
    assert not ImportedEvent.objects.filter(is_gone=True).exists()


def test_what_is_over_is_not_gone(source, fake_source):
    fetched(source, fake_source, entry(1), entry(2), entry(3))

    run = fetched(source, fake_source, entry(2), entry(3), at=local("2026-12-01T21:00"))

    assert run is None
    assert Event.objects.filter(publication="published").count() == 3


def test_a_broken_entry_keeps_its_event(source, fake_source):
    fetched(source, fake_source, entry(1), entry(2))

    run = fetched(source, fake_source, entry(1), entry(2, DTEND="20261202T100000"))

    assert run is not None
    assert run.troubles == [{"line": 11, "reason": "Slutten er før starten."}]
    assert Event.objects.filter(publication="published").count() == 2


def test_our_own_feed_does_not_come_back(source, fake_source, client):
    EventFactory.create()
    body = client.get("/arrangementer.ics").content

    run = fetched(source, fake_source, body=body)

    assert Event.objects.count() == 1
    assert run is None or run.left_out == 1


# --- The way to the source ------------------------------------------------------------------------
def test_the_source_is_asked_only_for_what_is_new_and_once_a_day_for_all(source, fake_source):
    fake_source.serve("/k.ics", calendar(entry(1)), headers={"ETag": '"1"'})
    feeds.fetch_source(source.pk, at=NOW)
    fake_source.serve("/k.ics", b"", status=304)
    before = everything()

    assert feeds.fetch_source(source.pk, at=NOW + HOUR) is None
    assert fake_source.requests[-1][2]["If-None-Match"] == '"1"'
    fake_source.serve("/k.ics", calendar(entry(1)), headers={"ETag": '"1"'})
    feeds.fetch_source(source.pk, at=NOW + 24 * HOUR)

    assert "If-None-Match" not in fake_source.requests[-1][2]
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"<html>Logg inn", 200, "ikke en kalenderfil"),
        (b"", 500, "status 500"),
        (b"", 302, "status 302"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * (feeds.MAX_BYTES + 1), 200, "above"),
    ],
    ids=["a page to sign in", "down", "a redirect", "too large"],
)
def test_a_bad_source_leaves_everything_and_says_why(source, fake_source, body, status, reason):
    fetched(source, fake_source, entry(1))
    before = everything()
    fake_source.serve("/k.ics", body, status=status, headers={"Location": "http://127.0.0.1/"})

    run = feeds.fetch_source(source.pk, at=NOW + HOUR)

    source.refresh_from_db()
    assert run is not None
    assert reason in run.message
    assert reason in source.last_error
    assert everything() == before


def test_a_source_that_hangs_up_in_the_middle_is_down(source, fake_source):
    fetched(source, fake_source, entry(1))
    fake_source.hang_up("/k.ics")

    feeds.fetch_source(source.pk, at=NOW + HOUR)

    source.refresh_from_db()
    assert source.failing_since == NOW + HOUR
    assert Event.objects.get().publication == "published"


def test_silent_for_a_day_the_owner_is_told_once(source, fake_source):
    ImportSource.objects.update(owner_email="eier@example.no")
    for hours in (0, 1, 25, 26):
        feeds.fetch_source(source.pk, at=NOW + hours * HOUR)

    assert [mail.recipient for mail in Delivery.objects.all()] == ["eier@example.no"]
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/k.ics",
        "http://localhost/k.ics",
        "http://[::1]/k.ics",
        "http://[::ffff:10.0.0.1]/k.ics",
        "http://10.1.2.3/k.ics",
        "http://169.254.169.254/latest/meta-data",
        "http://192.168.0.1/",
        "file:///etc/passwd",
        "gopher://example.org/",
    ],
)
def test_nothing_inside_our_own_network_is_asked(settings, address):
    settings.SOURCES_MAY_BE_PRIVATE = False
    source = a_source(url=address)

    run = feeds.fetch_source(source.pk, at=NOW)

    assert run is not None
    assert "not a public one" in run.message or "only http" in run.message


def test_two_readers_at_once_read_once(source, fake_source):
    ImportSource.objects.filter(pk=source.pk).update(reading_until=NOW + dt.timedelta(minutes=5))

    assert fetched(source, fake_source, entry(1)) is None
    assert not Event.objects.exists()


def test_the_beat_fetches_what_is_due(source, fake_source, settings):
    fake_source.serve("/k.ics", calendar(entry(1)))
    a_source(name="Fil")
    assert feeds.due_sources(at=NOW) == [source.pk]

    feeds.fetch_source(source.pk, at=NOW)

    assert feeds.due_sources(at=NOW + dt.timedelta(minutes=54)) == []
    assert feeds.due_sources(at=NOW + dt.timedelta(minutes=66)) == [source.pk]
    settings.OUTSIDE_SOURCES_ENABLED = False
    assert feeds.due_sources(at=NOW + 2 * HOUR) == []


def test_a_thousand_happenings_unchanged_cost_the_same_as_one(
    source, fake_source, django_assert_max_num_queries
):
    rule = entry(1, RRULE="FREQ=DAILY;COUNT=300")
    fetched(source, fake_source, rule)
    assert Event.objects.count() == 300

    with django_assert_max_num_queries(16):
        fetched(source, fake_source, rule, at=NOW + HOUR)


def test_the_fixtures_are_five():
    assert sorted(path.stem for path in Path(CALENDARS).glob("*.ics")) == sorted(EXPECTED)


def test_the_demo_shows_a_calendar_that_was_read_and_a_queue():
    demo_incoming.load(at=NOW)
    demo_incoming.load(at=NOW)

    runs = ImportRun.objects.order_by("started_at")
    assert [(run.added, run.changed, len(run.troubles)) for run in runs] == [(6, 0, 1), (0, 1, 1)]
    assert Event.objects.filter(publication="submitted").count() == 2
    assert moderation.overdue(NOW).count() == 1
    assert Event.objects.filter(possible_duplicate_of__isnull=False).count() == 1
    assert not Delivery.objects.exists()


def test_readings_are_kept_for_ninety_days():
    source = a_source()
    for days in (91, 89):
        moment = NOW - dt.timedelta(days=days)
        ImportRun.objects.create(source=source, started_at=moment, finished_at=moment)
    rule = next(rule for rule in RULES if "andres kalendere" in str(rule.data))

    assert rule.apply(NOW, True) == 1
    assert rule.apply(NOW, False) == 1
    assert ImportRun.objects.count() == 1
