"""The events of a filter leave as a table, and whole days as days."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.test import Client

from projects.bypuls.events.importing import feeds
from projects.bypuls.models import Event
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory
from tests.projects.bypuls.test_importing_files import a_file, a_source
from tests.projects.bypuls.test_reading_calendars import local

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    content = client.get(f"/arrangementer.csv{query}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def test_the_filter_holds_for_the_table(client: Client):
    venue = VenueFactory.create(name="Krona")
    EventFactory.create(title="Foredrag; med semikolon", topic="teknologi", venue=venue, place="")
    EventFactory.create(title="Konsert", topic="kultur")
    EventFactory.create(title="Skjult", topic="teknologi", publication="submitted")
    EventFactory.create(title="Lukket", topic="teknologi", is_unlisted=True)

    (row,) = rows(client, "?tema=teknologi")

    assert (row["tittel"], row["starter"], row["slutter"]) == (
        "Foredrag; med semikolon",
        "2026-11-28 12:00",
        "2026-11-28 14:00",
    )
    assert (row["sted"], row["tema"], row["status"]) == ("Krona", "Teknologi", "Planlagt")
    assert row["ledige plasser"] == "10"


def test_a_spreadsheet_runs_no_formula_of_others(client: Client):
    EventFactory.create(title="=HYPERLINK(1)")

    assert rows(client)[0]["tittel"] == "'=HYPERLINK(1)"


def test_the_table_is_one_query_more_than_the_places(client: Client, django_assert_num_queries):
    EventFactory.create_batch(6, venue=VenueFactory.create())

    with django_assert_num_queries(2):
        client.get("/arrangementer.csv")


def test_our_own_table_does_not_come_back(client: Client):
    EventFactory.create()

    outcome = a_file(a_source(), client.get("/arrangementer.csv").content)

    assert (outcome.run.added, outcome.run.troubles) == (0, [])
    assert Event.objects.count() == 1


def test_one_whole_day_says_so_on_the_card(client: Client):
    EventFactory.create(starts_at=local("2026-12-05T00:00"), ends_at=local("2026-12-06T00:00"))

    assert "Hele dagen" in client.get("/arrangementer/").content.decode()


def test_whole_days_are_days_on_the_card_and_in_the_calendar_file(client: Client):
    event = EventFactory.create(
        starts_at=local("2026-12-05T00:00"), ends_at=local("2026-12-07T00:00")
    )

    assert "5.–6. desember 2026" in client.get(event.get_absolute_url()).content.decode()
    assert "5.–6. desember 2026" in client.get("/arrangementer/").content.decode()
    file = client.get(f"/arrangementer/{event.slug}.ics").content.decode()
    assert "DTSTART;VALUE=DATE:20261205" in file
    assert "DTEND;VALUE=DATE:20261207" in file


def test_a_day_from_a_calendar_is_the_same_day_in_ours(client: Client):
    source = a_source()
    content = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:dag\r\nDTSTART;VALUE=DATE:20261205\r\n"
        b"SUMMARY:Dugnad\r\nLOCATION:Torget\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    a_file(source, content)

    event = Event.objects.get()
    assert event.ends_at - event.starts_at == dt.timedelta(days=1)
    file = client.get(f"/arrangementer/{event.slug}.ics").content
    assert b"DTSTART;VALUE=DATE:20261205" in file
    assert feeds.read_file(file, at=NOW).found[0].starts_at == event.starts_at
