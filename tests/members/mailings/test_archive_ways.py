import datetime
import re

import pytest
from django.test import Client

from members.mailings.models import NewsletterState, Topic
from members.mailings.newsletter_content import Block, Item, to_json
from tests.members.mailings.factories import NOW, NewsletterFactory

pytestmark = pytest.mark.django_db

PAGE = "/nyhetsbrev/arkiv/"


def sent(title: str, year: int, topic: str = Topic.WEEKLY, **fields):
    at = datetime.datetime(year, 6, 5, 12, tzinfo=datetime.UTC)
    return NewsletterFactory.create(
        **{"sent": True, "title": title, "topic": topic, "sent_at": at, "started_at": at, **fields}
    )


def titles(client: Client, query: str = "") -> list[str]:
    page = client.get(PAGE + query).content.decode()
    return re.findall(r'<h3 class="card__title"[^>]*><a href="[^"]*">([^<]*)</a>', page)


def ways(client: Client, query: str = "") -> dict[str, str]:
    """What can be chosen, and where it leads."""
    page = client.get(PAGE + query).content.decode()
    found = re.findall(
        r'<li><a href="([^"]*)"(?: aria-current="true")?>([^<]*)<span class="year-list__number">(\d+)',
        page,
    )
    return {f"{label.strip()} {number}": url.replace("&amp;", "&") for url, label, number in found}


@pytest.fixture
def _letters() -> None:
    sent("Uke 23", 2026)
    sent("Uke 22", 2026)
    sent("Boliger i fjor", 2025, Topic.HOMES)
    sent("Uke 23 i fjor", 2025)
    NewsletterFactory.create(title="Kladden", topic=Topic.JOBS)


@pytest.mark.usefixtures("_letters")
def test_the_archive_is_read_by_year_and_topic_and_both(client: Client):
    assert titles(client) == ["Uke 22", "Uke 23", "Uke 23 i fjor", "Boliger i fjor"]
    assert titles(client, "?ar=2025") == ["Uke 23 i fjor", "Boliger i fjor"]
    assert titles(client, "?tema=bolig") == ["Boliger i fjor"]
    assert titles(client, "?ar=2025&tema=uka-oppsummert") == ["Uke 23 i fjor"]


@pytest.mark.usefixtures("_letters")
def test_every_way_says_how_much_there_is_and_leads_to_it(client: Client):
    assert set(ways(client)) == {"2026 2", "2025 2", "Uka oppsummert 3", "Bolig 1"}
    within = ways(client, "?ar=2025")
    assert set(within) == {"2026 2", "2025 2", "Uka oppsummert 1", "Bolig 1"}

    for label, url in within.items():
        assert len(titles(client, url.removeprefix(PAGE))) == int(label.rpartition(" ")[2]), label
    chosen = client.get(PAGE + "?ar=2025").content.decode()
    assert re.findall(r'aria-current="true">([^<]*)<', chosen)[-2:] == ["2025 ", "Alle temaer"]


@pytest.mark.usefixtures("_letters")
@pytest.mark.parametrize(
    "query", ["?ar=20x5", "?ar=0000", "?ar=9999", "?ar=&tema=", "?tema=finnes-ikke", "?ar=٢٠٢٥"]
)
def test_what_is_no_year_or_topic_shows_everything(client: Client, query: str):
    assert len(titles(client, query)) == 4


@pytest.mark.usefixtures("_letters")
def test_a_year_without_newsletters_leads_back_to_all_of_them(client: Client):
    page = client.get(PAGE + "?ar=1999").content.decode()

    assert "Ingen brev her" in page
    assert f'href="{PAGE}"' in page


@pytest.mark.usefixtures("_letters")
def test_the_choice_stands_in_the_title_the_canonical_address_and_the_pager(client: Client):
    for number in range(30):
        sent(f"Jobb {number}", 2025, Topic.JOBS)

    page = client.get(PAGE + "?tema=jobb&ar=2025&utm=x").content.decode()

    assert "<title>Tidligere nyhetsbrev: Jobb 2025" in page
    assert 'nyhetsbrev/arkiv/?ar=2025&amp;tema=jobb"' in page
    (older,) = re.findall(r'href="(\?ar=2025&amp;tema=jobb&amp;etter=[^"]*)"', page)
    rest = titles(client, older.replace("&amp;", "&"))
    assert len(rest) == 6
    assert all(title.startswith("Jobb") for title in rest)


def test_a_newsletter_sent_after_midnight_on_new_years_eve_belongs_to_the_new_year(client: Client):
    sent("Nytt år", 2026, sent_at=datetime.datetime(2025, 12, 31, 23, 30, tzinfo=datetime.UTC))

    assert titles(client, "?ar=2026") == ["Nytt år"]
    assert titles(client, "?ar=2025") == []


def test_the_archive_costs_the_same_however_long_it_is(client: Client, django_assert_num_queries):
    for number in range(30):
        sent(f"Brev {number}", 2020 + number % 5, Topic.values[number % 8])

    for query in ("", "?ar=2024", "?ar=2024&tema=bolig"):
        with django_assert_num_queries(3):
            client.get(PAGE + query)


def test_each_leads_on_to_the_next_and_the_one_before_on_its_topic(
    client: Client, django_assert_num_queries
):
    first, homes, second, third = (
        sent("Den første", 2024),
        sent("Boliger", 2025, Topic.HOMES),
        sent("Den andre", 2025),
        sent("Den tredje", 2026, language="en"),
    )

    with django_assert_num_queries(3):
        page = client.get(f"{PAGE}{second.pk}/").content.decode()

    assert f'href="{PAGE}{first.pk}/" rel="prev"' in page
    assert f'href="{PAGE}{third.pk}/" rel="next"' in page
    assert '<span lang="en">Den tredje</span>' in page
    assert 'rel="prev"' not in client.get(f"{PAGE}{homes.pk}/").content.decode()


def test_one_on_its_way_leads_back_and_is_not_in_the_list(client: Client):
    before = sent("Forrige", 2025)
    on_its_way = sent("På vei", 2026, state=NewsletterState.SENDING, sent_at=None, started_at=NOW)

    assert titles(client) == ["Forrige"]
    page = client.get(f"{PAGE}{on_its_way.pk}/").content.decode()
    assert f'href="{PAGE}{before.pk}/" rel="prev"' in page


def test_the_web_copy_leads_straight_to_where_it_leads(client: Client):
    blocks = to_json([Block("Saker", [Item("Bro", "", "https://fylket.example.com/bro")])])
    newsletter = sent("Uke 1", 2026, blocks=blocks)

    page = client.get(f"{PAGE}{newsletter.pk}/").content.decode()

    assert 'href="https://fylket.example.com/bro"' in page
    assert "/nyhetsbrev/lenke/" not in page
