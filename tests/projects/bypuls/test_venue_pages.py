"""The list of places and the page of one, as visitors and search engines see them."""

import datetime as dt
import io
import json
import re
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from projects.bypuls.models import MeetingRoom, OpeningException, OpeningHours, Venue, VenuePhoto
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory

pytestmark = pytest.mark.django_db
LIST = "/steder/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def open_from(venue: Venue, opens: int, closes: int, *days: int) -> Venue:
    for day in days or range(7):
        OpeningHours.objects.create(
            venue=venue, weekday=day, opens=dt.time(opens), closes=dt.time(closes)
        )
    return venue


def a_picture() -> "ContentFile[bytes]":
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG")
    return ContentFile(out.getvalue(), name="bilde.jpg")


def names(response: Any) -> list[str]:
    return re.findall(r'card__title"><a href="[^"]+">([^<]+)<', response.content.decode())


def count_of(response: Any, label: str) -> str:
    found = re.search(rf'{label} <span class="filters__count">([^<]+)<', response.content.decode())
    return found[1] if found else ""


def test_the_list_shows_only_published_places_by_name(client: Client):
    VenueFactory.create(name="Bakeriet")
    VenueFactory.create(name="Arenaen")
    VenueFactory.create(name="Hemmelig", published_at=None)

    assert names(client.get(LIST)) == ["Arenaen", "Bakeriet"]


def test_open_now_shows_and_counts_what_is_open_at_this_moment(client: Client):
    open_from(VenueFactory.create(name="Kafeen"), 10, 16)
    open_from(VenueFactory.create(name="Baren"), 18, 2)
    VenueFactory.create(name="Taus")

    response = client.get(LIST, {"apent": "ja"})

    assert names(response) == ["Kafeen"]
    assert count_of(client.get(LIST), "Åpent nå") == "1"
    assert "stenger kl. 16.00" in response.content.decode()


def test_the_list_says_until_when_it_is_right(client: Client):
    """It is noon; nothing on this page changes before a place that is not on it opens at 13."""
    open_from(VenueFactory.create(name="Kafeen", kind="serving"), 10, 16)
    open_from(VenueFactory.create(name="Kinoen", kind="culture"), 13, 23)

    response = client.get(LIST, {"type": "serving"})

    assert float(response.headers["X-Holds-Until"]) == NOW.replace(hour=13).timestamp()


def test_the_page_of_a_place_says_until_when_it_is_right(client: Client):
    venue = open_from(VenueFactory.create(), 10, 16)

    response = client.get(venue.get_absolute_url())

    assert float(response.headers["X-Holds-Until"]) == NOW.replace(hour=16).timestamp()


def test_all_that_is_chosen_must_hold_and_counts_are_honest(client: Client):
    VenueFactory.create(name="A", kind="serving", offers=["lunch", "outdoor"], has_lift=True)
    VenueFactory.create(name="B", kind="serving", offers=["lunch"])
    VenueFactory.create(name="C", kind="culture", offers=["lunch", "outdoor"], has_lift=False)

    response = client.get(LIST, {"type": "serving", "tilbud": ["lunch"]})

    assert names(response) == ["A", "B"]
    # With all filters but its own kind: what choosing it would give.
    assert count_of(response, "Kultur") == "1"
    assert count_of(response, "Uteservering") == "1"
    # Unknown is not the same as no, and neither is yes.
    assert count_of(response, "Heis") == "1"
    assert names(client.get(LIST, {"tilgjengelig": "heis"})) == ["A"]


def test_search_finds_by_name_street_and_summary(client: Client):
    VenueFactory.create(name="Bakeriet", address="Storgata 1")
    VenueFactory.create(name="Kinoen", summary="Film og popkorn")

    assert names(client.get(LIST, {"q": "storgata bak"})) == ["Bakeriet"]
    assert names(client.get(LIST, {"q": "POPKORN"})) == ["Kinoen"]
    assert client.get(LIST, {"q": "\x00%_'\""}).status_code == 200


def test_an_empty_list_says_which_filter_to_drop(client: Client):
    VenueFactory.create(name="Kafeen", kind="serving")

    text = client.get(LIST, {"type": "serving", "tilgjengelig": "heis"}).content.decode()

    assert "Ingen steder passer" in text
    assert re.search(r'href="/steder/\?type=serving">Uten Heis</a> \(1\)', text)
    assert "Uten Servering" not in text


@pytest.mark.parametrize("query", ["type=tull", "tilbud=tull", "apent=kanskje", "etter=tull"])
def test_a_filter_that_is_none_is_as_if_not_there(client: Client, query: str):
    VenueFactory.create(name="Kafeen")

    assert names(client.get(f"{LIST}?{query}")) == ["Kafeen"]


def test_the_card_tells_what_happens_there_next(client: Client):
    venue = VenueFactory.create()
    EventFactory.create(venue=venue, title="Senere", starts_at=NOW + dt.timedelta(days=9))
    EventFactory.create(venue=venue, title="Snart", starts_at=NOW + dt.timedelta(days=2))
    EventFactory.create(
        venue=venue, title="Avlyst", starts_at=NOW + dt.timedelta(days=1), status="cancelled"
    )

    text = client.get(LIST).content.decode()

    assert "Neste her: <span>Snart</span>, mandag 23. november" in text


def test_the_list_is_cut_into_pages_and_costs_the_same(client: Client, django_assert_num_queries):
    for number in range(30):
        venue = open_from(VenueFactory.create(name=f"Sted {number:03}"), 10, 16)
        OpeningException.objects.create(venue=venue, first_date=NOW, last_date=NOW, kind="closed")
        EventFactory.create(venue=venue)
    with django_assert_num_queries(8):
        first = client.get(LIST, {"apent": ""})
    following = re.search(r'href="(/steder/\?etter=[^"]+)"', first.content.decode())
    assert following is not None

    assert len(names(first)) == 24
    assert len(names(client.get(following[1]))) == 6


def test_the_map_holds_what_the_list_holds(client: Client):
    VenueFactory.create(name="Kafeen", kind="serving", latitude="59.66", longitude="9.65")
    VenueFactory.create(name="Kinoen", kind="culture", latitude="59.67", longitude="9.65")

    text = client.get(LIST, {"type": "serving"}).content.decode()
    points = json.loads(re.search(r'id="places"[^>]*>(\[.*?\])<', text)[1])  # type: ignore[index]

    assert [point["label"] for point in points] == ["Kafeen"]


def test_a_place_shows_rooms_contact_photos_and_events(client: Client):
    venue = VenueFactory.create(
        kind="work", phone="32860000", offers=["wifi"], price_level=1, contact_email="a@example.no"
    )
    MeetingRoom.objects.create(
        venue=venue, name="Sølvsalen", capacity=12, equipment=["video"], how_to_book="Ring oss"
    )
    for alt, approved in (("Salen", NOW), ("Ikke sett", None)):
        VenuePhoto.objects.create(
            venue=venue, picture=a_picture(), alt=alt, credit="Kari", approved_at=approved
        )
    EventFactory.create(venue=venue, title="Foredrag")
    EventFactory.create(
        venue=venue,
        title="Fjoråret",
        starts_at=NOW - dt.timedelta(days=9),
        status="held",
    )

    text = client.get(venue.get_absolute_url()).content.decode()

    for shown in ("Sølvsalen", "utstyr for videomøter", "Ring oss", "Åpent trådløst nett"):
        assert shown in text
    assert 'alt="Salen"' in text
    assert "Ikke sett" not in text
    assert "Foredrag" in text
    assert "Fjoråret" in text
    assert f"/arrangementer.ics?sted={venue.slug}" in text


def test_search_engines_read_hours_with_exceptions(client: Client):
    venue = open_from(VenueFactory.create(kind="serving", has_lift=False), 10, 2, 4, 5)
    OpeningException.objects.create(
        venue=venue, first_date="2026-12-24", last_date="2026-12-26", kind="closed"
    )
    OpeningException.objects.create(
        venue=venue,
        first_date="2026-12-31",
        last_date="2026-12-31",
        kind="hours",
        hours="10:00-14:00",
    )

    text = client.get(venue.get_absolute_url()).content.decode()
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', text, re.S)[1])  # type: ignore[index]

    assert data["@type"] == "Restaurant"
    assert data["openingHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": ["https://schema.org/Friday", "https://schema.org/Saturday"],
            "opens": "10:00",
            "closes": "02:00",
        }
    ]
    special = data["specialOpeningHoursSpecification"]
    assert [(row["validFrom"], row["opens"], row["closes"]) for row in special] == [
        ("2026-12-24", "00:00", "00:00"),
        ("2026-12-31", "10:00", "14:00"),
    ]
    assert data["amenityFeature"] == [
        {"@type": "LocationFeatureSpecification", "name": "Lift", "value": False}
    ]


def test_the_page_of_a_place_costs_few_queries(client: Client, django_assert_max_num_queries):
    venue = open_from(VenueFactory.create(), 10, 16)
    EventFactory.create_batch(8, venue=venue)

    with django_assert_max_num_queries(10):
        client.get(venue.get_absolute_url())


def test_the_page_stands_in_english_too(client: Client):
    venue = open_from(VenueFactory.create(), 10, 16)

    text = client.get(f"/en{venue.get_absolute_url()}").content.decode()

    assert "Open now" in text
    assert "closes 16:00" in text
