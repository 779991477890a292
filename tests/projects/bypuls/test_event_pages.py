import datetime as dt
import json
import re

import icalendar
import pytest
import time_machine
from django.test import Client

from projects.bypuls import demo
from projects.bypuls.calendar import counts
from projects.bypuls.models import CaseUpdate, Event, TransportCase
from projects.bypuls.signups.seats import counter_drift
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory, VenueFactory

pytestmark = pytest.mark.django_db
LIST = "/arrangementer/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_list_shows_what_is_ahead_by_month(client: Client):
    EventFactory.create(title="Snart", starts_at=NOW + dt.timedelta(days=1))
    EventFactory.create(title="Senere", starts_at=NOW + dt.timedelta(days=20))
    EventFactory.create(title="Over", starts_at=NOW - dt.timedelta(days=1))
    EventFactory.create(title="Pågår", starts_at=NOW - dt.timedelta(hours=1))
    EventFactory.create(title="Kladd", publication="draft")

    page = client.get(LIST).content.decode()

    assert re.findall(r'month-heading" id="[\w-]+">([^<]+)', page) == [
        "november 2026",
        "desember 2026",
    ]
    assert re.findall(r'card__title"><a[^>]+>([^<]+)', page) == ["Pågår", "Snart", "Senere"]
    assert "3 arrangementer" in page


def test_filters_narrow_and_count(client: Client):
    krona = VenueFactory.create(name="Krona", slug="krona")
    EventFactory.create(title="Jazz", topic="kultur", venue=krona)
    EventFactory.create(title="Kurs", topic="kompetanse", is_free=False)

    page = client.get(LIST, {"tema": "kultur", "sted": "krona", "gratis": "ja"}).content.decode()

    assert "Jazz" in page
    assert "Kurs</a>" not in page
    assert 'aria-label="Fjern filteret Krona"' in page
    assert '<span class="filters__count">1</span>' in page


def test_an_empty_list_says_which_filter_to_drop(client: Client):
    EventFactory.create(topic="kultur", is_free=True)
    EventFactory.create(topic="mat", is_free=False)

    page = client.get(LIST, {"tema": "mat", "gratis": "ja"}).content.decode()

    assert "Ingen arrangementer passer" in page
    assert 'href="/arrangementer/?gratis=ja">Uten Mat og drikke</a> (1)' in page
    assert 'href="/arrangementer/?tema=mat">Uten Gratis</a> (1)' in page


@pytest.mark.parametrize(
    "query",
    [
        {"tema": "finnes-ikke", "sted": "heller-ikke", "nar": "i-fjor"},
        {"fra": "2026-02-31", "til": "99999-01-01"},
        {"fra": "0001-01-01", "til": "9999-12-31"},
        {"q": "\x00"},
        {"q": "!!! & | ' <-> :*"},
        {"etter": "tull", "for": "WzFd"},
    ],
)
def test_values_that_are_not_ours_are_left_out(client: Client, query):
    EventFactory.create(title="Quiz")

    page = client.get(LIST, query)

    assert page.status_code == 200
    assert b"Quiz" in page.content


def test_text_finds_the_beginning_of_words(client: Client):
    EventFactory.create(title="Frokostmøte om innbyggerne")
    EventFactory.create(title="Jazz")

    page = client.get(LIST, {"q": "frokost innbygg"}).content.decode()

    assert "Frokostmøte om innbyggerne" in page
    assert "1 arrangement<" in page


def test_paging_keeps_the_filter_and_loses_nobody(client: Client):
    for number in range(25):
        EventFactory.create(title=f"Nr {number:02}", topic="mat")

    first = client.get(LIST, {"tema": "mat"}).content.decode()
    next_url = re.search(r'href="([^"]+)" rel="next"', first)
    assert next_url
    second = client.get(next_url[1].replace("&amp;", "&")).content.decode()

    shown = [page.partition("<main")[2] for page in (first, second)]
    titles = [title for page in shown for title in re.findall(r"Nr \d\d", page)]
    assert sorted(titles) == [f"Nr {number:02}" for number in range(25)]


def test_the_part_for_htmx_equals_the_part_of_the_page(client: Client):
    EventFactory.create(topic="mat")

    page = client.get(LIST, {"tema": "mat"}).content.decode()
    part = client.get(LIST, {"tema": "mat"}, headers={"HX-Request": "true"}).content.decode()

    assert 'id="event-results"' in part
    assert "<html" not in part
    assert " ".join(part.split()) in " ".join(page.split())


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_takes_five_queries(client: Client, django_assert_num_queries, number):
    for venue in VenueFactory.create_batch(3):
        EventFactory.create_batch(number // 3, venue=venue)
    counts.tidy(at=NOW)

    with django_assert_num_queries(5):
        client.get(LIST, {"tema": "naringsliv", "gratis": "ja", "nar": "uka"})


def test_the_event_page_takes_three_queries(client: Client, django_assert_num_queries):
    events = EventFactory.create_batch(5, venue=VenueFactory.create())

    with django_assert_num_queries(3):
        client.get(events[0].get_absolute_url())


def test_public_pages_hold_nothing_of_the_visitor(client: Client):
    event = EventFactory.create()

    for url in (LIST, event.get_absolute_url(), "/steder/", "/samferdsel/forum/"):
        response = client.get(url)
        assert not response.cookies
        assert b"csrf" not in response.content


def test_a_moved_event_tells_the_old_time_struck_through_and_in_words(client: Client):
    event = EventFactory.create(
        status="moved", previous_starts_at=NOW + dt.timedelta(days=5), status_reason="Snøvær."
    )

    page = client.get(event.get_absolute_url()).content.decode()

    assert "<s" in page
    assert "Arrangementet er flyttet fra 26. november 2026 kl. 12.00" in page
    assert "Snøvær." in page


def test_structured_data_is_json_and_cannot_break_out(client: Client):
    event = EventFactory.create(
        title="</script><b>&", status="moved", previous_starts_at=NOW + dt.timedelta(days=5)
    )

    page = client.get(event.get_absolute_url()).content.decode()

    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["name"] == "</script><b>&"
    assert data["eventStatus"] == "https://schema.org/EventRescheduled"
    assert data["previousStartDate"] == "2026-11-26T12:00:00+01:00"
    assert data["remainingAttendeeCapacity"] == 10


@pytest.mark.parametrize("publication", ["draft", "submitted", "changes-asked", "withdrawn"])
def test_what_is_not_published_leaks_nowhere(client: Client, publication):
    event = EventFactory.create(title="Hemmelig", publication=publication)
    venue = VenueFactory.create(name="Hemmelig sted", published_at=None)

    for part in ("", "pamelding/"):
        assert client.get(event.get_absolute_url() + part).status_code == 404
    assert client.get(f"/arrangementer/{event.slug}.ics").status_code == 404
    assert client.get(venue.get_absolute_url()).status_code == 404
    for url in (LIST, f"{LIST}?q=hemmelig", "/arrangementer.ics", "/steder/"):
        assert b"Hemmelig" not in client.get(url).content


def test_the_calendar_file_and_the_subscription_have_the_same_entry(client: Client):
    event = EventFactory.create(title="Quiz; med, tegn", sequence=3, venue=VenueFactory.create())

    one = client.get(f"/arrangementer/{event.slug}.ics")
    feed = client.get("/arrangementer.ics?tema=naringsliv")

    assert one.headers["Content-Type"] == "text/calendar; charset=utf-8"
    entries = []
    for response in (one, feed):
        calendar = icalendar.Calendar.from_ical(response.content)
        assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Oslo"]
        (entry,) = calendar.walk("VEVENT")
        entries.append(entry)
    assert entries[0].to_ical() == entries[1].to_ical()
    assert entries[0]["UID"] == event.uid
    assert entries[0]["SEQUENCE"] == 3
    assert entries[0]["SUMMARY"] == "Quiz; med, tegn"
    assert entries[0].decoded("DTSTART") == event.starts_at


def test_the_calendar_file_changes_the_clock_on_the_right_nights(client: Client):
    event = EventFactory.create()
    text = client.get(f"/arrangementer/{event.slug}.ics").content.decode()
    calendar = icalendar.Calendar.from_ical(text)
    (zone,) = calendar.walk("VTIMEZONE")

    # In local time as it was before the change.
    starts = {part.name: part["DTSTART"].to_ical() for part in zone.subcomponents}
    assert starts == {"DAYLIGHT": b"19960331T020000", "STANDARD": b"19961027T030000"}
    oslo = zone.to_tz(lookup_tzid=False)
    for utc in (
        dt.datetime(2026, 3, 29, 0, 59, tzinfo=dt.UTC),
        dt.datetime(2026, 3, 29, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 0, 59, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2036, 7, 1, tzinfo=dt.UTC),
    ):
        assert utc.astimezone(oslo).utcoffset() == utc.astimezone(OSLO).utcoffset()


def test_days_the_wrong_way_round_are_told(client: Client):
    EventFactory.create()

    page = client.get(f"{LIST}?fra=2026-12-10&til=2026-12-01").content.decode()

    assert "«Til dato» er før «Fra dato»" in page
    assert "«Til dato»" not in client.get(f"{LIST}?fra=2026-12-10&til=2026-12-10").content.decode()


def test_no_id_stands_twice_in_the_filters(client: Client):
    EventFactory.create(audience="alle")

    ids = re.findall(r'\bid="([^"]+)"', client.get(LIST).content.decode())

    assert [name for name in ids if ids.count(name) > 1] == []


def test_the_subscription_follows_the_filter(client: Client):
    EventFactory.create(topic="mat")

    feed = client.get("/arrangementer.ics?tema=kultur").content

    assert b"VEVENT" not in feed


def test_an_event_written_in_english_is_marked_on_the_bokmal_pages(client: Client):
    event = EventFactory.create(
        title="Book circle", summary="One short book a month.", language="engelsk"
    )
    translated = EventFactory.create(title="Turgruppe", title_en="Hiking", language="engelsk")

    page = client.get(event.get_absolute_url()).content.decode()

    assert '<h1 class="ds-heading" data-size="xl" lang="en">Book circle</h1>' in page
    assert 'lang="en" aria-current="page">Book circle</a>' in page
    assert 'lang="en">One short book a month.</p>' in page
    assert 'lang="en">Book circle</a>' in client.get(LIST).content.decode()
    assert 'lang="en">Turgruppe' not in client.get(translated.get_absolute_url()).content.decode()
    assert 'lang="nb">Book' not in client.get("/en" + event.get_absolute_url()).content.decode()


def test_what_is_known_about_access_reads_as_sentences(client: Client):
    venue = VenueFactory.create(has_step_free_entrance=True, has_hearing_loop=False)

    page = client.get(venue.get_absolute_url()).content.decode()

    assert "<span>Trinnfri inngang</span>" in page
    assert "<span>Har ikke teleslynge</span>" in page
    assert (
        "<span>Has no hearing loop</span>"
        in client.get("/en" + venue.get_absolute_url()).content.decode()
    )


def test_the_cases_of_the_forum_are_marked_bokmal_on_english_pages(client: Client):
    case = TransportCase.objects.create(
        title="Ny bru",
        slug="ny-bru",
        text="Den gamle er smal.",
        owner="Kommunen",
        decision="Den bygges.",
        next_step="Tegne den",
        raised_on=NOW.date(),
        published_at=NOW,
    )
    CaseUpdate.objects.create(case=case, date=NOW.date(), text="Tatt opp i møtet.")

    page = client.get("/en/samferdsel/forum/").content.decode()

    for text in ("Ny bru", "Kommunen", "Tegne den", "Den bygges.", "Tatt opp i møtet."):
        assert f'lang="nb">{text}' in page
    assert 'lang="nb"><p>Den gamle er smal.' in page
    assert (
        'lang="nb"' not in client.get("/samferdsel/forum/").content.decode().partition("<main")[2]
    )


def test_english_readers_get_english_or_marked_bokmal(client: Client):
    EventFactory.create(title="Språkkafé", title_en="Language café")
    EventFactory.create(title="Orgelkonsert")

    page = client.get("/en" + LIST).content.decode()

    assert ">Language café</a>" in page
    assert 'lang="nb">Orgelkonsert</a>' in page
    assert "Any time" in page


def test_the_demo_is_safe_twice_and_shows_every_state(client: Client):
    demo.load(at=NOW)
    number = Event.objects.count()
    demo.load(at=NOW)

    assert Event.objects.count() == number
    assert counter_drift() == []
    page = client.get(LIST).content.decode()
    for words in ("Fullt – venteliste", "plasser igjen", "Bare møt opp", "Ny tid", "Eksempel"):
        assert words in page
    for slug, words in {
        "medlemsfrokost-lokale-innkjop": "Medlemmer først",
        "industrilederforum-desembermote": "Meld meg på",
        "verksted-robotikk-for-smabedrifter": "Hva vil du prøve?",
        "samling-for-partnere-til-tilflyttere": "Datoen er ikke bestemt ennå",
        "lefsebaking-for-nye-kongsbergere": "Still meg på ventelisten",
    }.items():
        assert words in client.get(f"/arrangementer/{slug}/pamelding/").content.decode()
    statuses = set(Event.objects.values_list("status", flat=True))
    assert statuses == {"planned", "moved", "postponed", "cancelled", "held"}
    place = client.get("/steder/kafe-eksempel/").content.decode()
    assert "Åpningstidene er et eksempel." in place
    assert "10.00–01.00" in place
