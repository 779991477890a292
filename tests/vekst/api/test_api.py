"""The open data: only what is public, paged, and refused politely."""

import datetime
import json
from urllib.parse import urlencode

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
    monkeypatch.setattr("vekst.api.events.PAGE_SIZE", 2)
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


NOW = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)


def changes_since(client, moment: datetime.datetime, **more: str):
    query = urlencode({"siden": moment.isoformat(), **more})
    return get(client, f"/events/changes?{query}")


def test_an_event_tells_where_it_was_moved_from_and_how_many_seats_there_are(client):
    before = timezone.now() + datetime.timedelta(days=3)
    EventFactory.create(
        starts_at=before + datetime.timedelta(days=2),
        status="moved",
        status_reason="Snø",
        previous_starts_at=before,
        previous_place="Kirka",
        capacity=10,
        seats_taken=4,
        waiting_taken=1,
    )

    (item,) = get(client, "/events")["items"]

    assert (item["status"], item["status_reason"]) == ("moved", "Snø")
    assert (item["previous_starts_at"] is not None, item["previous_place"]) == (True, "Kirka")
    assert (item["capacity"], item["seats_taken"], item["seats_left"]) == (10, 4, 6)
    assert (item["waiting"], item["series"], item["is_date_set"]) == (1, None, True)


def test_changes_hold_what_is_new_and_tombstones_of_what_is_gone(client):
    day = datetime.timedelta(days=1)
    EventFactory.create(title="Gammelt", changed_at=NOW - day)
    fresh = EventFactory.create(title="Nytt", changed_at=NOW)
    off = EventFactory.create(status="cancelled", status_reason="Sykdom", changed_at=NOW + day)
    twin = EventFactory.create(publication="withdrawn", replaced_by=fresh, changed_at=NOW + 2 * day)
    EventFactory.create(publication="withdrawn", published_at=None, changed_at=NOW)
    EventFactory.create(publication="submitted", changed_at=NOW)
    EventFactory.create(is_unlisted=True, changed_at=NOW)
    EventFactory.create(is_unlisted=True, status="cancelled", changed_at=NOW)
    hidden = EventFactory.create(is_unlisted=True, changed_at=NOW - day)
    lost = EventFactory.create(
        publication="withdrawn", replaced_by=hidden, changed_at=NOW + 3 * day
    )

    found = changes_since(client, NOW)

    assert [item["title"] for item in found["changed"]] == ["Nytt"]
    assert [
        (row["uid"], row["status"], row["reason"], row["replaced_by"]) for row in found["gone"]
    ] == [
        (off.uid, "cancelled", "Sykdom", None),
        (twin.uid, "withdrawn", "", f"http://testserver{fresh.get_absolute_url()}"),
        (lost.uid, "withdrawn", "", None),
    ]


def test_changes_are_paged_without_loss(client, monkeypatch):
    monkeypatch.setattr("vekst.api.events.PAGE_SIZE", 2)
    EventFactory.create_batch(5, changed_at=NOW)

    page = changes_since(client, NOW)
    seen = [item["id"] for item in page["changed"]]
    while page["next"]:
        page = changes_since(client, NOW, etter=page["next"])
        seen += [item["id"] for item in page["changed"]]

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("siden", ["", "i går", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_changes_since_no_moment_are_refused(client, siden):
    get(client, f"/events/changes?siden={siden}", status=422)


def test_lists_of_events_cost_the_same_with_many(client, django_assert_num_queries):
    EventFactory.create_batch(8, changed_at=NOW)

    with django_assert_num_queries(1):
        get(client, "/events")
    with django_assert_num_queries(1):
        changes_since(client, NOW)
