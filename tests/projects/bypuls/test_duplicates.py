"""The same event twice: flagged, led on, answered, and kept apart."""

import datetime as dt

import pytest
import time_machine

from members.mailings.models.delivery import Delivery
from projects.bypuls.events import duplicates, merging, moderation
from projects.bypuls.models import Event, ImportSource
from projects.bypuls.signups.signup import Party, sign_up
from tests.conftest import FakeSource
from tests.projects.bypuls.factories import NOW, EventFactory
from tests.projects.bypuls.test_importing import a_source, entry, fetched
from tests.projects.bypuls.test_reading_calendars import local

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def source(fake_source: FakeSource) -> ImportSource:
    return a_source(url=f"{fake_source.url}/k.ics")


# --- The same event twice -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "is_flagged"),
    [
        ({}, True),
        ({"title": "JULEKONSERT, med  Sølvkoret"}, True),
        ({"title": "Julekonsert med Sølvkoret i kirka"}, True),
        ({"title": "Årsmøte"}, False),
        ({"starts_at": local("2026-12-01T18:30"), "ends_at": local("2026-12-01T20:00")}, True),
        ({"starts_at": local("2026-12-01T19:00"), "ends_at": local("2026-12-01T20:00")}, False),
        ({"place": "Et annet sted"}, False),
        ({"place": "Et annet sted", "organiser": "Sølvbyen"}, True),
        ({"publication": "withdrawn"}, False),
    ],
)
def test_what_looks_like_another_is_flagged(source, fake_source, changed, is_flagged):
    fields = {
        "title": "Julekonsert med Sølvkoret",
        "starts_at": local("2026-12-01T18:00"),
        "place": "Torget",
        **changed,
    }
    other = EventFactory.create(**fields)

    fetched(source, fake_source, entry(1, SUMMARY="Julekonsert med Sølvkoret"))

    event = Event.objects.exclude(pk=other.pk).get()
    assert event.possible_duplicate_of == (other if is_flagged else None)


def two_alike() -> tuple[Event, Event]:
    first = EventFactory.create(title="Quiz på torget")
    second = EventFactory.create(title="Quiz på Torget!")
    duplicates.flag_duplicates([second.pk], at=NOW)
    second.refresh_from_db()
    assert second.possible_duplicate_of == first
    return first, second


def test_the_same_event_leads_to_the_one_that_stays(client):
    first, second = two_alike()

    merging.merge_into_look_alike(second.pk, at=NOW)

    response = client.get(second.get_absolute_url())
    assert response.status_code == 301
    assert response.headers["Location"] == first.get_absolute_url()
    assert client.get("/arrangementer/").content.decode().count("Quiz på") == 1


def test_addresses_lead_on_and_never_to_what_is_hidden(client):
    first, second = two_alike()
    merging.merge_into_look_alike(second.pk, at=NOW)
    third = EventFactory.create(title="Quiz på torget", pk=first.pk + 100)
    Event.objects.filter(pk=first.pk).update(possible_duplicate_of=third)
    merging.merge_into_look_alike(first.pk, at=NOW)

    old = client.get(second.get_absolute_url())
    assert old.headers["Location"] == third.get_absolute_url()
    moderation.withdraw(third.pk, at=NOW)
    assert client.get(second.get_absolute_url()).status_code == 404


def test_with_people_signed_up_the_event_stays():
    _first, second = two_alike()
    sign_up(second.pk, Party(name="Ada", email="ada@example.no"), at=NOW)

    with pytest.raises(moderation.SubmissionError, match="Noen er alt påmeldt"):
        merging.merge_into_look_alike(second.pk, at=NOW)


def test_what_was_sent_in_twice_is_answered_with_where_it_stands():
    first = EventFactory.create(title="Quiz på torget")
    second = EventFactory.create(
        title="Quiz på torget", publication="submitted", submitter_email="kari@example.no"
    )
    duplicates.flag_duplicates([second.pk], at=NOW)

    merging.merge_into_look_alike(second.pk, at=NOW)

    assert first.get_absolute_url() in Delivery.objects.get().body.text


@pytest.mark.parametrize("hidden", [{"is_unlisted": True}, {"publication": "draft"}])
def test_what_was_sent_in_twice_is_not_told_the_address_of_what_is_hidden(
    hidden: dict[str, object],
):
    first = EventFactory.create(title="Quiz på torget", **hidden)
    second = EventFactory.create(
        title="Quiz på torget", publication="submitted", submitter_email="kari@example.no"
    )
    Event.objects.filter(pk=second.pk).update(possible_duplicate_of=first)

    merging.merge_into_look_alike(second.pk, at=NOW)

    text = Delivery.objects.get().body.text
    assert first.slug not in text
    assert "står hos oss fra før" in text


def test_kept_apart_they_are_never_flagged_again():
    _first, second = two_alike()

    duplicates.keep_apart(second.pk, at=NOW)
    duplicates.flag_duplicates([second.pk], at=NOW)

    second.refresh_from_db()
    assert second.possible_duplicate_of is None
    assert duplicates.look_alikes(second) == []
