"""What search engines read, held against what schema.org and Google ask of an Event."""

import datetime as dt
import json
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from projects.bypuls import demo
from projects.bypuls.models import Event
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory

pytestmark = pytest.mark.django_db
STATUSES = {"EventScheduled", "EventRescheduled", "EventPostponed", "EventCancelled"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def read(client: Client, event: Event) -> list[dict[str, Any]]:
    page = client.get(event.get_absolute_url()).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(text) for text in found]


def check(data: dict[str, Any]) -> None:
    """
    Refuse what a checker of structured data would refuse.

    Source: developers.google.com/search/docs/appearance/structured-data/event and schema.org/Event, 2025.
    """
    assert data["@context"] == "https://schema.org"
    assert data["@type"] == "Event"
    for name in ("name", "description"):
        assert data[name].strip()
    moments = [dt.datetime.fromisoformat(data[name]) for name in ("startDate", "endDate")]
    assert all(moment.utcoffset() is not None for moment in moments)
    assert moments[0] < moments[1]
    assert data["location"]["@type"] == "Place"
    assert data["location"]["address"]["addressCountry"] == "NO"
    assert data["location"]["address"]["addressLocality"]
    assert data["eventStatus"].removeprefix("https://schema.org/") in STATUSES
    assert data["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert data["organizer"]["name"]
    assert set(data["inLanguage"]) <= {"nb", "en"}
    offer = data["offers"]
    assert offer["availability"] in ("https://schema.org/InStock", "https://schema.org/SoldOut")
    assert offer["url"] == data["url"]
    assert "price" not in offer or offer["priceCurrency"] == "NOK"
    assert data["isAccessibleForFree"] is (offer.get("price") == 0)
    if data["eventStatus"].endswith("EventRescheduled"):
        assert dt.datetime.fromisoformat(data["previousStartDate"]).utcoffset() is not None


def test_every_event_of_the_demo_is_right_or_has_none(client: Client):
    demo.load(at=NOW)

    checked = 0
    for event in Event.objects.public(NOW):
        found = read(client, event)
        if event.ends_at <= NOW or not event.is_date_set:
            assert found == []
        else:
            (data,) = found
            check(data)
            checked += 1
    assert checked > 15


def test_what_is_paid_for_and_full_says_so(client: Client):
    event = EventFactory.create(
        is_free=False,
        price="1 250,50 kr, studenter 75 kr",
        seats_taken=10,
        venue=VenueFactory.create(latitude="59.66801", longitude="9.64902"),
    )

    (data,) = read(client, event)

    check(data)
    assert data["offers"]["price"] == 1250.5
    assert data["offers"]["availability"] == "https://schema.org/SoldOut"
    assert data["location"]["geo"]["latitude"] == 59.66801
    assert data["maximumAttendeeCapacity"] == 10
    assert data["remainingAttendeeCapacity"] == 0


def test_a_price_in_words_alone_is_left_out(client: Client):
    (data,) = read(client, EventFactory.create(is_free=False, price="Kollekt"))

    check(data)
    assert "price" not in data["offers"]


def test_titles_end_no_script(client: Client):
    event = EventFactory.create(title="</script><script>alert(1)</script>")

    (data,) = read(client, event)

    assert data["name"] == event.title
