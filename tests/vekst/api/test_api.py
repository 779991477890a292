"""The open data: only what is public, paged, and refused politely."""

import datetime
import json

import pytest
from django.utils import timezone

from projects.bypuls.models import Publication
from tests.projects.bypuls.factories import EventFactory
from tests.projects.portfolio.factories import MeasureFactory, ProjectFactory
from vekst.search.index import index_changes

pytestmark = pytest.mark.django_db


def get(client, path: str, status: int = 200):
    response = client.get(f"/api/v1{path}")
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_events_hold_what_the_calendar_shows_and_nothing_else(client):
    event = EventFactory.create(title="Åpent møte")
    EventFactory.create(title="Utkast", publication=Publication.DRAFT)

    items = get(client, "/events")["items"]
    assert [item["title"] for item in items] == ["Åpent møte"]
    assert items[0]["url"] == f"http://testserver{event.get_absolute_url()}"


def test_events_are_paged_without_loss(client, monkeypatch):
    monkeypatch.setattr("vekst.api.api.PAGE_SIZE", 2)
    start = timezone.now() + datetime.timedelta(days=1)
    for _ in range(5):
        EventFactory.create(starts_at=start, ends_at=start + datetime.timedelta(hours=1))

    page = get(client, "/events")
    seen = [item["id"] for item in page["items"]]
    while page["next"]:
        page = get(client, f"/events?etter={page['next']}")
        seen += [item["id"] for item in page["items"]]
    assert len(seen) == len(set(seen)) == 5


def test_dates_are_local_days_and_inclusive(client):
    day = timezone.localdate() + datetime.timedelta(days=3)
    late = timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 30)))
    EventFactory.create(starts_at=late, ends_at=late + datetime.timedelta(hours=1))

    assert len(get(client, f"/events?fra={day}&til={day}")["items"]) == 1
    assert not get(client, f"/events?fra={day + datetime.timedelta(days=1)}")["items"]


@pytest.mark.parametrize(
    "query",
    [
        "fra=i-dag",
        "tema=finnesikke",
        "til=2026-02-30",
        "til=9999-12-31",
        "til=0001-01-01",
        "fra=0001-01-01",
        "fra=9999-12-31",
    ],
)
def test_bad_questions_are_refused_with_a_reason(client, query):
    assert "detail" in get(client, f"/events?{query}", status=422)


@pytest.mark.parametrize("path", ["/plans/%00", "/plans/finnes-ikke", "/finnes/ikke", "/", "/%0A"])
def test_what_is_not_there_is_said_in_json(client, path):
    assert get(client, path, status=404) == {"detail": "Not Found"}


def test_head_is_answered(client):
    response = client.head("/api/v1/events")

    assert (response.status_code, response.content) == (200, b"")


def test_drafts_of_the_portfolio_stay_out(client):
    ProjectFactory.create(title="Synlig")
    ProjectFactory.create(title="Usynlig", published_at=None)
    measure = MeasureFactory.create()

    titles = [row["title"] for row in get(client, "/projects")]
    assert "Synlig" in titles
    assert "Usynlig" not in titles
    assert get(client, f"/plans/{measure.plan.slug}")["measures"][0]["title"] == measure.title
    measure.plan.published_at = None
    measure.plan.save()
    get(client, f"/plans/{measure.plan.slug}", status=404)


@pytest.mark.parametrize("path", ["/events", "/venues", "/projects", "/indicators"])
def test_lists_ask_one_question_whatever_the_rows(client, path, django_assert_num_queries):
    EventFactory.create_batch(3)
    ProjectFactory.create_batch(3)
    with django_assert_num_queries(1):
        client.get(f"/api/v1{path}")


def test_nothing_can_be_written(client):
    assert client.post("/api/v1/events", {}).status_code == 405


def test_the_sitemap_holds_pages_only(client):
    MeasureFactory.create()
    ProjectFactory.create()
    while index_changes(at=timezone.now()):
        pass

    overview = client.get("/sitemap.xml").content.decode()
    assert "sitemap-project" in overview
    for kind in ("measure", "mentor_scheme", "transport_case"):
        assert f"sitemap-{kind}" not in overview
