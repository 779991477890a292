import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from members.companies.models import Company, Industry
from tests.members.companies.factories import (
    CompanyFactory,
    ForumFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db

NAMES_IN_ORDER = [
    "Andersen AS",
    "bakeren",
    "Eidos",
    "Énergie",
    "Zink og Sønn",
    "Ærlig Bygg",
    "Øvre Eiker Rør",
    "Årvåken",
    "Aasen Eiendom",
]


def named(*names: str) -> None:
    for name in names:
        CompanyFactory.create(name=name)


def shown(client: Client, query: str = "") -> list[str]:
    response = client.get(reverse("companies:company_list") + query)
    return [company.name for company in response.context["companies"]]


def test_names_stand_in_norwegian_order(client: Client):
    named(*reversed(NAMES_IN_ORDER))

    assert shown(client) == NAMES_IN_ORDER


def test_paging_goes_through_everybody_once(client: Client):
    named(*(f"{first}{second}n AS" for first in "aåøæz" for second in "aåøæzbcdefg"))
    seen: list[str] = []
    query = ""
    for _ in range(3):
        response = client.get(reverse("companies:company_list") + query)
        seen += [company.name for company in response.context["companies"]]
        query = response.context["next_url"]

    assert query == ""
    assert seen == list(Company.objects.order_by("sort_name", "pk").values_list("name", flat=True))


@pytest.mark.parametrize("query", ["?q=rør", "?q=RØR", "?q=943+753+709", "?q=NO943753709MVA"])
def test_search_finds_name_and_number(client: Client, query: str):
    CompanyFactory.create(name="Eksempel Rør AS", orgnr="943753709")
    named("Eksempel Tak AS")

    assert shown(client, query) == ["Eksempel Rør AS"]


def test_counts_follow_the_words_and_not_the_chosen_industry(client: Client):
    CompanyFactory.create(name="Rør A", industry=Industry.CONSTRUCTION)
    CompanyFactory.create(name="Rør B", industry=Industry.INDUSTRY)
    CompanyFactory.create(name="Tak", industry=Industry.INDUSTRY)

    response = client.get(reverse("companies:company_list") + "?q=rør&bransje=bygg&bransje=tull")

    options = response.context["groups"][0]["options"]
    assert {option["value"]: option["count"] for option in options} == {"bygg": 1, "industri": 1}
    assert response.context["total"] == 1
    assert [company.name for company in response.context["companies"]] == ["Rør A"]


def test_an_empty_answer_says_what_to_do(client: Client):
    response = client.get(reverse("companies:company_list") + "?q=finnes+ikke")

    assert "Ingen medlemmer passer" in response.content.decode()


def test_those_who_are_no_members_are_not_listed(client: Client):
    CompanyFactory.create(member=False)

    assert shown(client) == []


@pytest.mark.parametrize("number", [1, 4])
def test_the_directory_costs_the_same_for_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
):
    CompanyFactory.create_batch(number)

    with django_assert_num_queries(2):
        client.get(reverse("companies:company_list"))


def test_a_profile_says_what_the_register_said_and_how_old_it_is(client: Client):
    company = CompanyFactory.create(
        orgnr="310000019", employees=0, fetched_at="2026-11-20T04:10:00Z", nace_code="71.129"
    )

    text = client.get(company.get_absolute_url()).content.decode()

    assert "310\u00a0000\u00a0019" in text
    assert "<dd>0</dd>" in text
    assert "20. november 2026" in text


def test_a_number_nobody_stated_is_not_shown(client: Client):
    company = CompanyFactory.create(employees=None)

    assert "Ansatte" not in client.get(company.get_absolute_url()).content.decode()


@pytest.mark.parametrize("number", [1, 4])
def test_a_profile_costs_the_same_for_many_seats(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
):
    company = CompanyFactory.create()
    for _ in range(number):
        SeatFactory.create(company=company, shown_by_consent=True)

    # One of them is for what the weekly post told of the company.
    with django_assert_num_queries(4):
        client.get(company.get_absolute_url())


def test_the_profile_in_english_marks_words_that_nobody_translated(client: Client):
    company = CompanyFactory.create(description_nb="Vi lager rør.")

    with translation.override("nb"):
        text = client.get(f"/en{company.get_absolute_url()}").content.decode()

    assert '<div class="prose" lang="nb"><p>Vi lager rør.</p></div>' in text


def test_forums_stand_in_the_order_staff_gave_them(client: Client):
    ForumFactory.create(name="B", rank=1)
    ForumFactory.create(name="A", rank=2)

    response = client.get(reverse("companies:forum_list"))

    assert [forum.name for forum in response.context["forums"]] == ["B", "A"]


def test_forums_and_trades_are_marked_bokmal_on_english_pages(client: Client):
    CompanyFactory.create(name="Rør AS", nace_text="Produksjon av rør")
    forum = ForumFactory.create(name="Ledernettverk", meeting_rhythm="Hver måned")
    held = MeetingFactory.create(forum=forum)
    minutes = MinutesFactory.create(meeting=held, title="Referat", visibility="offentlig")
    forum_url, minutes_url = forum.get_absolute_url(), minutes.get_absolute_url()

    assert 'lang="nb">Produksjon av rør' in client.get("/en/medlemmer/").content.decode()
    assert 'lang="nb">Hver måned' in client.get("/en/forum/").content.decode()
    page = client.get("/en" + forum_url).content.decode()
    assert 'lang="nb">Hver måned' in page
    assert 'lang="nb">Ledernettverk</h1>' in page
    assert 'lang="nb">Referat</a>' in page
    page = client.get("/en" + minutes_url).content.decode()
    assert 'lang="nb">Referat</h1>' in page
