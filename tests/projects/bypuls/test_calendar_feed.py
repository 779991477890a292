import datetime as dt
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
import time_machine
from django.test import Client

from projects.bypuls.calendar.add_links import add_links
from projects.bypuls.calendar.similar import similar_events
from projects.bypuls.models import Event, EventSeries
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory, VenueFactory
from tests.projects.portfolio.factories import ProjectFactory

pytestmark = pytest.mark.django_db
FEED = "/arrangementer.ics"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def entries(client: Client, query: str = "") -> dict[str, icalendar.Component]:
    calendar = icalendar.Calendar.from_ical(client.get(FEED + query).content)
    return {str(entry["SUMMARY"]): entry for entry in calendar.walk("VEVENT")}


def test_a_cancelled_event_is_gone_and_a_moved_one_stands_at_its_new_time(client: Client):
    EventFactory.create(title="Avlyst", status="cancelled")
    moved = EventFactory.create(
        title="Flyttet", status="moved", previous_starts_at=NOW + dt.timedelta(days=2), sequence=4
    )

    found = entries(client)

    assert list(found) == ["Flyttet"]
    assert found["Flyttet"]["UID"] == moved.uid
    assert found["Flyttet"]["SEQUENCE"] == 4
    assert found["Flyttet"].decoded("DTSTART") == moved.starts_at


def test_each_place_main_project_and_topic_has_a_feed(client: Client):
    krona = VenueFactory.create(slug="krona")
    project = ProjectFactory.create(main_project="ung")
    EventFactory.create(title="På Krona", venue=krona, topic="mat")
    EventFactory.create(title="Ung", project=project, topic="kultur")

    assert list(entries(client, "?sted=krona")) == ["På Krona"]
    assert list(entries(client, "?hovedprosjekt=ung")) == ["Ung"]
    assert list(entries(client, "?tema=mat")) == ["På Krona"]
    assert set(entries(client)) == {"På Krona", "Ung"}


def test_a_feed_keeps_what_was_lately(client: Client):
    EventFactory.create(title="Forrige uke", starts_at=NOW - dt.timedelta(days=7))
    EventFactory.create(title="I fjor", starts_at=NOW - dt.timedelta(days=300))

    assert list(entries(client)) == ["Forrige uke"]


def test_a_program_that_has_the_feed_is_told_so(client: Client):
    event = EventFactory.create()
    etag = client.get(FEED).headers["ETag"]

    again = client.get(FEED, headers={"If-None-Match": etag})
    Event.objects.filter(pk=event.pk).update(sequence=1)
    changed = client.get(FEED, headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert again.content == b""
    assert changed.status_code == 200
    assert client.get(f"/arrangementer/{event.slug}.ics").headers["ETag"]


@pytest.mark.parametrize("number", [3, 40])
def test_a_feed_takes_two_queries(client: Client, django_assert_num_queries, number):
    EventFactory.create_batch(number, venue=VenueFactory.create())

    with django_assert_num_queries(2):
        client.get(FEED)


def test_the_page_tells_how_to_subscribe_to_what_was_chosen(client: Client, settings):
    settings.SITE_URL = "https://vekst.example.no"

    page = client.get("/arrangementer/abonner/?tema=kultur&gratis=ja").content.decode()

    assert 'href="webcal://vekst.example.no/arrangementer.ics?tema=kultur&amp;gratis=ja"' in page
    assert "https://vekst.example.no/arrangementer.ics?tema=kultur&amp;gratis=ja" in page
    assert "Kultur og musikk" in page
    google = page.partition('href="https://calendar.google.com/')[2].partition('"')[0]
    cid = parse_qs(urlsplit(google.replace("&amp;", "&")).query)["cid"]
    assert cid == ["webcal://vekst.example.no/arrangementer.ics?tema=kultur&gratis=ja"]
    assert (
        'href="/arrangementer/abonner/?tema=kultur"'
        in client.get("/arrangementer/?tema=kultur").content.decode()
    )


def test_an_event_can_be_added_at_google_and_outlook():
    event = EventFactory.create(
        title="Quiz & kake", starts_at=dt.datetime(2026, 12, 3, 18, tzinfo=OSLO)
    )

    links = add_links(event)
    google = parse_qs(urlsplit(links.google_url).query)
    outlook = parse_qs(urlsplit(links.outlook_url).query)

    assert google["text"] == outlook["subject"] == ["Quiz & kake"]
    assert google["dates"] == ["20261203T170000Z/20261203T190000Z"]
    assert outlook["startdt"] == ["2026-12-03T17:00:00Z"]
    assert "+" not in links.outlook_url
    assert event.get_absolute_url() in google["details"][0]


def test_a_cancelled_event_is_not_put_into_calendars(client: Client):
    event = EventFactory.create(status="cancelled")

    page = client.get(event.get_absolute_url()).content.decode()

    assert "calendar.google.com" not in page


# --- Similar -------------------------------------------------------------------------------------


def a_series(slug: str) -> EventSeries:
    return EventSeries.objects.create(
        title=slug,
        slug=slug,
        rule="FREQ=WEEKLY",
        first_starts_at=NOW,
        duration=dt.timedelta(hours=2),
    )


def dates_of(series: EventSeries, number: int, **fields: object) -> list[Event]:
    return [
        EventFactory.create(
            series=series,
            recurrence_start=NOW + dt.timedelta(days=day),
            starts_at=NOW + dt.timedelta(days=day),
            **fields,
        )
        for day in range(1, number + 1)
    ]


def test_similar_events_are_weighed_and_explained(client: Client):
    krona = VenueFactory.create()
    event = EventFactory.create(topic="kultur", audience="unge", venue=krona)
    EventFactory.create(title="Alt likt", topic="kultur", audience="unge", venue=krona)
    EventFactory.create(title="Tema", topic="kultur", audience="alle")
    EventFactory.create(title="Målgruppe", topic="mat", audience="unge")
    EventFactory.create(title="Sted", topic="mat", audience="alle", venue=krona)
    EventFactory.create(title="Ingenting", topic="mat", audience="alle")
    EventFactory.create(title="Avlyst", topic="kultur", audience="unge", status="cancelled")

    found = similar_events(event, at=NOW)

    assert [(other.title, reason) for other, reason in found] == [
        ("Alt likt", "Samme tema · Samme målgruppe · Samme sted"),
        ("Tema", "Samme tema"),
        ("Målgruppe", "Samme målgruppe"),
    ]
    assert "Samme tema · Samme målgruppe" in client.get(event.get_absolute_url()).content.decode()


def test_other_dates_of_a_series_crowd_out_nothing():
    event = dates_of(a_series("quiz"), 4, topic="mat")[0]
    dates_of(a_series("kor"), 4, title="Kor", topic="mat")
    EventFactory.create(title="Smak", topic="mat", starts_at=NOW + dt.timedelta(days=20))

    titles = [other.title for other, _reason in similar_events(event, at=NOW)]

    assert titles == ["Kor", "Smak"]


# --- The notice ----------------------------------------------------------------------------------


def test_the_notice_shows_two_weeks_of_what_takes_place(client: Client, settings):
    settings.SITE_URL = "https://vekst.example.no"
    EventFactory.create(title="Snart", starts_at=NOW + dt.timedelta(days=13), topic="mat")
    EventFactory.create(title="Senere", starts_at=NOW + dt.timedelta(days=15), topic="mat")
    EventFactory.create(title="Avlyst", status="cancelled", topic="mat")
    EventFactory.create(title="Annet", topic="kultur")

    page = client.get("/arrangementer/oppslag/?tema=mat").content.decode()

    assert "Snart" in page
    assert "Mat og drikke" in page
    for title in ("Senere", "Avlyst", "Annet"):
        assert title not in page
    assert "<strong>vekst.example.no/arrangementer/</strong>" in page
    assert "<svg" in page


def test_a_notice_stays_on_one_sheet(client: Client, django_assert_num_queries):
    EventFactory.create_batch(40)

    with django_assert_num_queries(2):
        page = client.get("/arrangementer/oppslag/").content.decode()

    assert page.count('poster__event"') == 11
    assert "Det er mer enn det er plass til her." in page
