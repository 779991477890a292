"""The search as people use it: what is found by which words, in what order, and what never is."""

import datetime
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from projects.digital_stemme.models import Home
from tests.members.companies.factories import CompanyFactory, ForumFactory, MembershipFactory
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from tests.projects.portfolio.factories import MeasureFactory, PlanFactory, ProjectFactory
from vekst.moderation import ModerationState
from vekst.search import index, query
from vekst.search.models import Change, Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime.datetime:
    return timezone.now()


def found(text: str, at: datetime.datetime) -> list[str]:
    return [hit.title for hit in query.search(text, at=at, language="nb").hits]


def index_all(at: datetime.datetime) -> None:
    while index.index_changes(at=at):
        pass


@pytest.mark.parametrize(
    "text",
    [
        "leilighet",
        "leiligheter",
        "Leilighe",
        "måneskinn",
        "maneskinn",
        "maaneskinn",
        "MÅNESKINN",
        "måneskinsvegen",
        "leilighet måneskinn",
    ],
)
def test_stems_beginnings_and_folded_letters(now, text):
    HomeFactory.create(title="Leilighet i Måneskinnsvegen", description="Lys og stille.")
    index_all(now)

    assert found(text, now) == ["Leilighet i Måneskinnsvegen"]


def test_the_page_offers_something_similar_only_when_there_is_something(client, now):
    VacancyFactory.create(title="Systemingeniør")
    index_all(now)

    similar = client.get("/sok/?q=systemingeniærr").content.decode()
    nothing = client.get("/sok/?q=qqqzzzxxx").content.decode()

    assert "Her er det som ligner mest:" in similar
    assert "Her er det som ligner mest:" not in nothing
    assert "Ingen treff på «qqqzzzxxx»." in nothing


def test_a_typing_error_offers_what_looks_like_it(now):
    VacancyFactory.create(title="Systemingeniør")
    index_all(now)

    results = query.search("systemingeniærr", at=now, language="nb")
    assert [hit.title for hit in results.hits] == ["Systemingeniør"]
    assert results.is_similar


def test_title_before_text_and_all_words_must_match(now):
    HomeFactory.create(title="Rekkehus med hage", description="Nær skole.")
    HomeFactory.create(title="Hytte", description="Stor hage.")
    index_all(now)

    assert found("hage", now) == ["Rekkehus med hage", "Hytte"]
    assert found("hage skole", now) == ["Rekkehus med hage"]


@pytest.mark.parametrize(
    "state", [state for state in ModerationState if state != ModerationState.PUBLISHED]
)
def test_drafts_and_what_is_gone_are_never_found(now, state):
    home = HomeFactory.create(title="Hemmelig hule")
    index_all(now)
    assert found("hemmelig", now) == ["Hemmelig hule"]

    home.state = state
    home.save(update_fields=["state"])

    # At once, before any worker has come to it; and after.
    assert found("hemmelig", now) == []
    index_all(now)
    assert found("hemmelig", now) == []
    assert not Document.objects.exists()


def test_what_has_expired_is_not_found_though_nothing_was_written(now):
    HomeFactory.create(title="Sommerbolig", expires_on=timezone.localdate(now))
    index_all(now)

    assert found("sommerbolig", now) == ["Sommerbolig"]
    assert found("sommerbolig", now + datetime.timedelta(days=1)) == []


def test_a_deleted_thing_leaves_the_index(now):
    home = HomeFactory.create(title="Borte bolig")
    index_all(now)
    home.delete()

    assert found("borte", now) == []
    index_all(now)
    assert Document.objects.count() == 0


def test_bulk_and_raw_writes_are_noted_too(now):
    home = HomeFactory.create(title="Gammelt navn")
    index_all(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_stemme_home SET title = 'Nytt navn', title_nb = 'Nytt navn' WHERE id = %s",
            [home.pk],
        )
    index_all(now)

    assert found("nytt navn", now) == ["Nytt navn"]


def test_kinds_are_counted_and_can_be_chosen(now):
    HomeFactory.create(title="Felles ord bolig")
    VacancyFactory.create(title="Felles ord stilling")
    index_all(now)

    results = query.search("felles", at=now, language="nb", kind="vacancy")
    assert results.counts == {"home": 1, "vacancy": 1}
    assert [hit.kind for hit in results.hits] == ["vacancy"]


def test_many_hits_are_paged(now):
    for number in range(query.PAGE_SIZE + 5):
        CompanyFactory.create(name=f"Eksempel {number} AS")
    HomeFactory.create_batch(query.PAGE_SIZE + 5, title="Like bolig")
    index_all(now)

    first = query.search("like", at=now, language="nb")
    second = query.search("like", at=now, language="nb", page=2)
    assert (len(first.hits), first.has_next) == (query.PAGE_SIZE, True)
    assert (len(second.hits), second.has_next) == (5, False)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "&|!:*()'", "'; DROP TABLE x; --", "\\", "a" * 5000, "%", "\x00", "og", "<script>"],
)
def test_odd_input_finds_nothing_and_breaks_nothing(client, now, text):
    HomeFactory.create(title="Bolig")
    index_all(now)

    assert client.get("/sok/", {"q": text}).status_code == 200


def test_page_asks_few_questions_whatever_the_hits(client, now, django_assert_max_num_queries):
    HomeFactory.create_batch(30, title="Like bolig")
    index_all(now)
    with django_assert_max_num_queries(2):
        client.get("/sok/?q=like")


def test_htmx_gets_the_results_alone(client, now):
    HomeFactory.create(title="Bolig")
    index_all(now)

    part = client.get("/sok/?q=bolig", headers={"HX-Request": "true"}).content.decode()
    whole = client.get("/sok/?q=bolig").content.decode()
    assert part.strip().startswith('<div class="stack" id="search-results">')
    assert part.strip() in whole


def test_two_workers_share_the_notes(now):
    HomeFactory.create_batch(3)
    assert Change.objects.exists()
    index_all(now)

    assert not Change.objects.exists()
    assert Document.objects.filter(kind="home", language="nb").count() == 3


def test_index_everything_mends_an_index_that_is_wrong(now):
    HomeFactory.create(title="Sann bolig")
    Document.objects.create(
        kind="home",
        object_id=999,
        language="nb",
        title="Spøkelse",
        url="/",
        folded_title="spokelse",
    )

    index.index_everything(at=now)

    assert set(Document.objects.values_list("title", flat=True)) == {"Sann bolig"}


def test_measures_of_a_plan_that_is_taken_back_are_not_found(now):
    measure = MeasureFactory.create(title="Lovet gangvei")
    index_all(now)
    assert found("gangvei", now) == ["Lovet gangvei"]

    measure.plan.published_at = None
    measure.plan.save()

    assert found("gangvei", now) == []
    index_all(now)
    assert found("gangvei", now) == []


def test_what_is_to_be_published_later_is_found_from_that_moment_on(now):
    later = now + datetime.timedelta(hours=2)
    plan = PlanFactory.create(title="Strategi for trekkfugler", published_at=later)
    measure = MeasureFactory.create(title="Kasser til trekkfugler", plan=plan)
    project = ProjectFactory.create(title="Telle trekkfugler", published_at=later)
    index_all(now)

    assert found("trekkfugler", now) == []
    assert set(found("trekkfugler", later)) == {plan.title, measure.title, project.title}


def test_a_company_is_found_on_the_days_of_its_memberships(now):
    today = timezone.localdate(now)
    company = CompanyFactory.create(name="Eksempel Sagbruk AS", member=False)
    days = [datetime.timedelta(days=number) for number in (2, 4, 5, 9)]
    for since, until in (days[:2], days[2:]):
        MembershipFactory.create(
            company=company, since_date=today + since, until_date=today + until
        )
    index_all(now)

    visible = [
        number
        for number in range(12)
        if found("sagbruk", now + datetime.timedelta(days=number)) == [company.name]
    ]
    assert visible == [2, 3, 4, 5, 6, 7, 8, 9]


def test_a_forum_is_found_until_it_is_shut_down(now):
    ForumFactory.create(name="Eksempelforum", ended_at=now + datetime.timedelta(hours=1))
    index_all(now)

    assert found("eksempelforum", now) == ["Eksempelforum"]
    assert found("eksempelforum", now + datetime.timedelta(hours=1)) == []


def test_an_indexer_gives_way_to_another(now):
    HomeFactory.create(title="Bolig")
    with psycopg.connect(**connection_parameters()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [index.INDEX_LOCK])
        assert index.index_changes(at=now) == 0
        assert Change.objects.exists()

    assert index.index_changes(at=now) > 0
    assert found("bolig", now) == ["Bolig"]


def test_what_is_published_while_everything_is_indexed_stays(now, monkeypatch):
    early = HomeFactory.create(title="Ventende bolig", state=ModerationState.SUBMITTED)
    HomeFactory.create(title="Annen bolig")
    index_all(now)
    asked = 0

    def public_and_then_somebody_publishes(at):
        nonlocal asked
        asked += 1
        # The first time for the keys of all; the second for the texts of the first batch.
        if asked == 2:
            early.state = ModerationState.PUBLISHED
            early.save(update_fields=["state"])
        return Home.objects.public(at=at)

    kind = replace(index.KINDS["home"], public=public_and_then_somebody_publishes)
    monkeypatch.setitem(index.KINDS, "home", kind)
    index.index_everything(at=now)

    assert found("ventende", now) == ["Ventende bolig"]


def connection_parameters() -> dict[str, Any]:
    given = connection.get_connection_params()
    wanted = ("host", "port", "user", "password", "dbname")
    return {name: given[name] for name in wanted if name in given}
