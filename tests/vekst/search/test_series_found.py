"""A series is found, and stands in the sitemap, as long as it has public dates ahead."""

import datetime as dt

import pytest
import time_machine

from projects.bypuls.events import changes, series
from projects.bypuls.events.series_changes import Change as Asked
from projects.bypuls.events.series_changes import Scope, change_dates
from projects.bypuls.models import Event, EventSeries
from tests.projects.bypuls.factories import NOW
from tests.projects.bypuls.test_series import a_series
from vekst.search import index, query
from vekst.search.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def found(text: str, *, language: str = "nb", at: dt.datetime = NOW) -> list[str]:
    while index.index_changes(at=NOW):
        pass
    return [hit.url for hit in query.search(text, at=at, language=language, kind="series").hits]


def test_a_series_is_found_by_its_name_and_how_often_it_is(client):
    row = a_series("FREQ=WEEKLY;COUNT=3")

    assert found("frokostmøte") == [row.get_absolute_url()]
    assert found("hver tirsdag frokostmøte") == [row.get_absolute_url()]
    page = client.get("/sok/?q=frokostmøte&type=series").content.decode()
    assert "Serier" in page
    assert row.get_absolute_url() in client.get("/sitemap-series.xml").content.decode()


def test_it_is_found_in_english_by_its_english_name():
    row = a_series("FREQ=WEEKLY;COUNT=3")
    EventSeries.objects.filter(pk=row.pk).update(title_en="Breakfast at the station")

    assert found("station", language="en") == [f"/en{row.get_absolute_url()}"]
    assert found("station") == []


@pytest.mark.parametrize(
    "hide",
    [{"publication": "draft"}, {"publication": "withdrawn"}, {"is_unlisted": True}],
    ids=str,
)
def test_a_series_without_public_dates_is_not_found(client, hide):
    row = a_series("FREQ=WEEKLY;COUNT=3")
    assert found("frokostmøte")
    Event.objects.update(**hide)

    assert found("frokostmøte") == []
    assert row.slug not in client.get("/sitemap-series.xml").content.decode()


def test_nor_is_one_whose_dates_are_all_called_off():
    row = a_series("FREQ=WEEKLY;COUNT=3")
    found("frokostmøte")
    series.cancel_rest(row.pk, reason="Ingen kokk", at=NOW)

    assert found("frokostmøte") == []


def test_nor_is_one_that_is_over_though_nothing_was_written():
    row = a_series("FREQ=WEEKLY;COUNT=3")
    last = row.events.order_by("ends_at").last()
    assert last is not None

    assert found("frokostmøte", at=last.ends_at - dt.timedelta(minutes=1))
    assert found("frokostmøte", at=last.ends_at) == []


def test_one_cancelled_date_leaves_the_series_findable():
    row = a_series("FREQ=WEEKLY;COUNT=3")
    first = row.events.earliest("starts_at")
    changes.cancel_event(first.pk, reason="Syk", at=NOW)

    assert found("frokostmøte") == [row.get_absolute_url()]


def test_of_a_series_that_goes_on_in_another_the_newest_is_found():
    row = a_series("FREQ=WEEKLY;COUNT=4")
    found("frokostmøte")
    third = row.events.order_by("starts_at")[2]
    change_dates(third.pk, Scope.LATER, Asked(place=(None, "Biblioteket")), at=NOW)
    newest = EventSeries.objects.get(continues=row)

    assert found("frokostmøte") == [newest.get_absolute_url()]


def test_sign_ups_do_not_fill_the_queue():
    a_series("FREQ=WEEKLY;COUNT=3")
    found("frokostmøte")
    Event.objects.update(seats_taken=3, queue_counter=3)

    assert not Change.objects.filter(kind="series").exists()
