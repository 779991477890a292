"""Events of one member company: the filter with its numbers, the subscription, and what a crawler reads."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.test import Client

from members.companies.models import Company
from projects.bypuls.calendar import companies, counts
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db
LIST = "/arrangementer/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def a_member(name: str) -> Company:
    return CompanyFactory.create(name=name, slug=name.lower())


@pytest.fixture
def acme() -> Company:
    company = a_member("Acme")
    EventFactory.create(title="Åpen dag", company=company, topic="teknologi")
    EventFactory.create(title="Smaksprøver", company=company, topic="mat")
    EventFactory.create(title="Bedrift", company=a_member("Bakeriet"), topic="mat")
    EventFactory.create(title="Uten bedrift", topic="mat")
    return company


def options(page: str) -> dict[str, str]:
    """Return what the filter offers by name, with its number."""
    found = re.findall(
        r'name="bedrift" value="([^"]*)".*?</label>', page.replace("\n", " "), flags=re.S
    )
    labels = re.findall(r'for="event-results-bedrift-[^"]*">(.*?)</label>', page, flags=re.S)
    assert len(found) == len(labels)
    words = (" ".join(re.sub(r"<[^>]+>", " ", label).split()) for label in labels)
    return dict(zip(found, words, strict=True))


def test_the_filter_offers_members_with_the_number_of_events(client: Client, acme: Company):
    counts.tidy(at=NOW)

    page = client.get(LIST).content.decode()

    assert options(page) == {"": "Alle bedrifter", "acme": "Acme 2", "bakeriet": "Bakeriet 1"}


def test_numbers_are_with_all_other_filters(client: Client, acme: Company):
    page = client.get(f"{LIST}?bedrift=acme&tema=mat").content.decode()

    assert options(page) == {"": "Alle bedrifter", "acme": "Acme 1", "bakeriet": "Bakeriet 1"}
    assert "Smaksprøver" in page
    assert "Åpen dag" not in page
    assert "1 arrangement<" in page
    assert 'aria-label="Fjern filteret Acme"' in page
    assert 'href="/arrangementer/?tema=mat"' in page


@pytest.mark.parametrize("tidied", [True, False])
def test_the_counts_of_other_filters_are_those_of_the_company(
    client: Client, acme: Company, tidied: bool
):
    if tidied:
        counts.tidy(at=NOW)

    page = client.get(f"{LIST}?bedrift=acme").content.decode()

    assert "2 arrangementer<" in page
    topics = re.findall(r'for="event-results-tema-(\w+)">[^<]*<span[^>]*>(\d+)<', page)
    assert sorted(topics) == [("mat", "1"), ("teknologi", "1")]


@pytest.mark.parametrize("view", ["visning=maned&maned=2026-11", "visning=uke&fra=2026-11-28"])
def test_week_and_month_follow_the_filter(client: Client, acme: Company, view: str):
    page = client.get(f"{LIST}?{view}&bedrift=acme").content.decode()

    assert "Smaksprøver" in page
    assert "Uten bedrift" not in page
    assert "bedrift=acme" in page


def test_the_subscription_the_poster_and_the_table_follow_it(client: Client, acme: Company):
    page = client.get(f"{LIST}?bedrift=acme").content.decode()
    assert 'href="/arrangementer/abonner/?bedrift=acme"' in page
    subscribe = client.get("/arrangementer/abonner/?bedrift=acme").content.decode()
    assert "/arrangementer.ics?bedrift=acme" in subscribe

    for address in ("/arrangementer.ics", "/arrangementer.csv", "/arrangementer/oppslag/"):
        text = client.get(f"{address}?bedrift=acme").content.decode()
        assert "Smaksprøver" in text
        assert "Uten bedrift" not in text


@pytest.mark.parametrize("slug", ["finnes-ikke", "' OR 1=1", "\x00", "a" * 500, "ikke-medlem"])
def test_a_company_that_is_no_member_filters_nothing(client: Client, acme: Company, slug: str):
    CompanyFactory.create(slug="ikke-medlem", member=False)

    page = client.get(LIST, {"bedrift": slug}).content.decode()

    assert "Uten bedrift" in page
    assert "Åpen dag" in page


def test_only_what_strangers_may_find_is_counted(client: Client, acme: Company):
    EventFactory.create(company=acme, publication="draft")
    EventFactory.create(company=acme, is_unlisted=True)
    EventFactory.create(company=acme, starts_at=NOW - dt.timedelta(days=3))
    EventFactory.create(company=a_member("Skjult"), publication="draft")

    assert options(client.get(LIST).content.decode()) == {
        "": "Alle bedrifter",
        "acme": "Acme 2",
        "bakeriet": "Bakeriet 1",
    }


def test_without_companies_there_is_no_such_filter(client: Client):
    EventFactory.create()

    assert 'name="bedrift"' not in client.get(LIST).content.decode()


def test_however_many_there_are_they_are_counted(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
):
    for module in (companies, counts):
        monkeypatch.setattr(module, "LIMIT", 2)
    EventFactory.create_batch(3, company=acme, topic="mat")
    counts.tidy(at=NOW)

    page = client.get(f"{LIST}?bedrift=acme").content.decode()

    assert options(page)["acme"] == "Acme 5"
    assert "5 arrangementer<" in page
    topics = re.findall(r'for="event-results-tema-(\w+)">[^<]*<span[^>]*>(\d+)<', page)
    assert sorted(topics) == [("mat", "4"), ("teknologi", "1")]


def test_too_many_on_chosen_days_are_offered_without_numbers(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(companies, "LIMIT", 2)

    page = client.get(f"{LIST}?bedrift=acme&fra=2026-11-01").content.decode()

    assert options(page)["acme"] == "Acme"


def test_days_that_hold_few_are_counted_among_many(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(companies, "LIMIT", 4)
    EventFactory.create_batch(5, company=acme, starts_at=NOW + dt.timedelta(days=40))

    page = client.get(f"{LIST}?fra=2026-11-01&til=2026-11-30").content.decode()

    assert options(page)["acme"] == "Acme 2"


@pytest.mark.parametrize("number", [3, 60])
def test_the_list_of_a_company_takes_eight_queries_at_most(
    client: Client, acme: Company, django_assert_max_num_queries, number: int
):
    EventFactory.create_batch(number, company=acme)
    counts.tidy(at=NOW)

    with django_assert_max_num_queries(8):
        client.get(f"{LIST}?bedrift=acme&gratis=ja")


def test_search_engines_read_the_list_in_its_order(client: Client, acme: Company):
    page = client.get(f"{LIST}?bedrift=acme").content.decode()
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.S)
    data = json.loads(text)

    assert data["@type"] == "ItemList"
    titles = []
    for position, one in enumerate(data["itemListElement"], start=1):
        assert one["position"] == position
        slug = one["url"].rpartition("/arrangementer/")[2]
        shown = client.get(f"/arrangementer/{slug}").content.decode()
        titles += re.findall(r"<h1[^>]*>([^<]*)</h1>", shown)
    assert titles == ["Åpen dag", "Smaksprøver"]


def test_an_empty_list_says_nothing_to_search_engines(client: Client):
    assert "ld+json" not in client.get(LIST).content.decode()
