import datetime
import random

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.digital_stemme import demo, facets
from projects.digital_stemme.filters import HOME_LIST, VACANCY_LIST
from projects.digital_stemme.models import Home, HomeCube, HomeSmallCube, Vacancy, VacancyCube
from projects.digital_stemme.models.choices import (
    Engagement,
    Extent,
    HomeKind,
    Neighbourhood,
    Occupation,
    PetsAllowed,
    Sector,
    StepFree,
)
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from vekst.moderation import ModerationState

HTMX = {"HX-Request": "true", "HX-Target": "vacancy-results"}


def titles(response):
    return [item.title for item in response.context["page"].items]


def option(response, group, value):
    groups = {g["name"]: g["options"] for g in response.context["panel"]["groups"]}
    return next((o["count"] for o in groups[group] if o["value"] == value), 0)


@pytest.mark.django_db
def test_filters_narrow_and_each_value_says_what_it_gives(client):
    VacancyFactory.create(title="A", extent=Extent.FULL, occupation=Occupation.IT)
    VacancyFactory.create(title="B", extent=Extent.PART, occupation=Occupation.IT)
    VacancyFactory.create(title="C", extent=Extent.UNSTATED, occupation=Occupation.HEALTH)

    response = client.get("/jobb/?yrke=it&omfang=heltid")

    assert titles(response) == ["A"]
    assert option(response, "omfang", "deltid") == 1, "counted with all filters but its own"
    assert option(response, "yrke", "helse-og-sosial") == 0
    assert option(response, "yrke", "it") == 1


@pytest.mark.django_db
def test_two_values_of_one_filter_add_up(client):
    VacancyFactory.create(title="A", extent=Extent.FULL)
    VacancyFactory.create(title="B", extent=Extent.UNSTATED)

    response = client.get("/jobb/?omfang=heltid&omfang=uoppgitt&sorter=frist")

    assert len(titles(response)) == 2


@pytest.mark.django_db
def test_an_empty_list_says_which_filter_to_drop(client):
    for _ in range(3):
        VacancyFactory.create(extent=Extent.FULL, occupation=Occupation.IT)
    VacancyFactory.create(extent=Extent.PART, occupation=Occupation.HEALTH)

    response = client.get("/jobb/?yrke=it&omfang=deltid")

    found = [(s["label"], s["count"], s["url"]) for s in response.context["suggestions"]]
    assert found == [("Deltid", 3, "/jobb/?yrke=it"), ("IT", 1, "/jobb/?omfang=deltid")]


@pytest.mark.django_db
def test_homes_filter_by_price_rooms_and_month(client):
    today = timezone.localdate()
    HomeFactory.create(title="Dyr", rent_nok=19_000, bedrooms=3, available_from=today)
    HomeFactory.create(title="Billig", rent_nok=8_000, bedrooms=1, available_from=today)
    HomeFactory.create(title="Ukjent", rent_nok=None, bedrooms=None, available_from=None)
    HomeFactory.create(title="Kjøp", kind=HomeKind.BUY, price_nok=2_500_000, bedrooms=3)

    assert titles(client.get("/bolig/?maks_leie=8000")) == ["Billig"]
    assert titles(client.get("/bolig/?maks_pris=3000000")) == ["Kjøp"]
    assert set(titles(client.get("/bolig/?soverom=3"))) == {"Dyr", "Kjøp"}
    assert titles(client.get("/bolig/?soverom=uoppgitt")) == ["Ukjent"]
    assert set(titles(client.get(f"/bolig/?ledig={today:%Y-%m}"))) == {"Dyr", "Billig"}
    assert titles(client.get("/bolig/?sorter=pris"))[0] == "Billig"


@pytest.mark.django_db
def test_words_are_found_by_their_beginning_and_counted(client):
    VacancyFactory.create(title="Sykepleier på natt")
    VacancyFactory.create(title="Kokk")

    response = client.get("/jobb/?q=sykeple")

    assert titles(response) == ["Sykepleier på natt"]
    assert response.context["counts"].total == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["?yrke=finnesikke", "?sorter=x", "?etter=x&for=y", "?q=%00%27:*&%7C", "?ledig=1"]
)
def test_nonsense_in_the_address_is_left_aside(client, query):
    HomeFactory.create()
    VacancyFactory.create()

    assert client.get("/jobb/" + query).status_code == 200
    assert client.get("/bolig/" + query).status_code == 200


@pytest.mark.django_db
def test_drafts_ended_and_withdrawn_listings_are_nowhere(client):
    for state in set(ModerationState) - {ModerationState.PUBLISHED}:
        VacancyFactory.create(state=state)
        HomeFactory.create(state=state)
    VacancyFactory.create(expires_at=timezone.now() - datetime.timedelta(minutes=1))
    HomeFactory.create(expires_on=timezone.localdate() - datetime.timedelta(days=1))

    for address in ("/jobb/", "/bolig/"):
        response = client.get(address)
        assert (titles(response), response.context["counts"].total) == ([], 0)


@pytest.mark.django_db
def test_htmx_gets_the_same_region_as_the_page(client):
    VacancyFactory.create()

    part = client.get("/jobb/", headers=HTMX).content.decode().strip()
    page = client.get("/jobb/").content.decode()

    assert part.startswith('<div class="sidebar-layout" id="vacancy-results">')
    assert part in page


@pytest.mark.django_db
def test_paging_shows_every_row_once_while_rows_come_in(client, monkeypatch):
    monkeypatch.setattr("projects.digital_stemme.narrowing.PAGE_SIZE", 3)
    for number in range(8):
        VacancyFactory.create(title=f"{number}", published_at=timezone.now())

    seen, address = [], "/jobb/"
    while address:
        response = client.get(address)
        seen += titles(response)
        VacancyFactory.create(title="ny", published_at=timezone.now())
        address = response.context["pager"]["next_url"]

    assert seen == [str(n) for n in reversed(range(8))]
    assert titles(client.get(response.context["pager"]["prev_url"])) == ["4", "3", "2"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/jobb/?yrke=industri-og-produksjon&q=system", "/bolig/"])
def test_a_list_costs_few_queries_whatever_the_rows(client, address, django_assert_num_queries):
    for _ in range(5):
        VacancyFactory.create()
        HomeFactory.create()

    with django_assert_num_queries(3):
        client.get(address)


@pytest.mark.django_db
def test_a_detail_costs_few_queries(client, django_assert_max_num_queries):
    home, vacancy = HomeFactory.create(), VacancyFactory.create()
    for _ in range(4):
        HomeFactory.create()
        VacancyFactory.create()

    with django_assert_max_num_queries(3):
        client.get(home.get_absolute_url())
    with django_assert_max_num_queries(3):
        client.get(vacancy.get_absolute_url())


# --- The cube ---------------------------------------------------------------------------------------
def shuffle_rows(rng, factory, model, values):
    """Write, change and delete as people would, one and many rows at a time."""
    for _ in range(60):
        factory.create(**{name: rng.choice(choices) for name, choices in values.items()})
    for _ in range(25):
        pk = rng.choice(list(model.objects.values_list("pk", flat=True)))
        name = rng.choice(list(values))
        model.objects.filter(pk=pk).update(**{name: rng.choice(values[name])})
    for _ in range(5):
        name = rng.choice(list(values))
        model.objects.filter(**{name: rng.choice(values[name])}).delete()
    model.objects.filter(pk__in=model.objects.values("pk")[:10]).update(
        state=ModerationState.WITHDRAWN
    )


def assert_counts_are_true(spec, public, rng, at):
    alone = [[filter_] for filter_ in spec.filters]
    for filters in [*alone, *(rng.sample(spec.filters, 3) for _ in range(12))]:
        chosen = {}
        for filter_ in filters:
            options = filter_.options(at)
            picked = rng.sample(options, min(2, len(options)))
            chosen[filter_.column] = picked[0].key if filter_.single else [o.key for o in picked]
        counts = facets.count(spec.cube, chosen, at=at)
        conditions = {column: facets.condition(column, v) for column, v in chosen.items()}
        assert counts.total == public.filter(*conditions.values()).count(), chosen
        for filter_ in spec.filters:
            others = [q for column, q in conditions.items() if column != filter_.column]
            rows = public.filter(*others)
            if filter_.column in chosen:
                assert counts.without[filter_.column] == rows.count()
            if spec.cube.dimension(filter_.column).operator == "any":
                for o in filter_.options(at):
                    expected = rows.filter(facets.condition(filter_.column, [o.key])).count()
                    assert counts.of(filter_.column, o.key) == expected, (chosen, o)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_counts_of_jobs_equal_counting_one_by_one(seed):
    rng, now = random.Random(seed), timezone.now()  # noqa: S311
    values = {
        "occupation": [Occupation.IT, Occupation.HEALTH, Occupation.UNSTATED],
        "extent": Extent.values,
        "engagement": Engagement.values[:3],
        "sector": Sector.values,
        "is_member_employer": [True, False],
        "state": ["published", "published", "published", "submitted"],
        "expires_at": [now + datetime.timedelta(days=9), now - datetime.timedelta(minutes=1)],
    }

    shuffle_rows(rng, VacancyFactory, Vacancy, values)

    assert_counts_are_true(VACANCY_LIST, Vacancy.objects.public(now), rng, now)
    assert not VacancyCube.objects.filter(n__lt=0).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_counts_of_homes_equal_counting_one_by_one(seed):
    rng, now = random.Random(seed), timezone.now()  # noqa: S311
    today = timezone.localdate(now)
    values = {
        "kind": [HomeKind.RENT, HomeKind.STUDENT],
        "neighbourhood": [Neighbourhood.RAUMYR, Neighbourhood.NYMOEN, Neighbourhood.UNSTATED],
        "bedrooms": [None, 0, 1, 3, 9],
        "pets": PetsAllowed.values,
        "step_free": StepFree.values,
        "rent_nok": [None, 6000, 6001, 11_000, 40_000],
        "available_from": [None, today, today + datetime.timedelta(days=70)],
        "expires_on": [today, today - datetime.timedelta(days=1)],
    }

    shuffle_rows(rng, HomeFactory, Home, values)

    assert_counts_are_true(HOME_LIST, Home.objects.public(now), rng, now)
    assert not HomeCube.objects.filter(n__lt=0).exists()
    assert not HomeSmallCube.objects.filter(n__lt=0).exists()


@pytest.mark.django_db
def test_free_text_that_fits_very_many_is_counted_up_to_a_bound(client, monkeypatch):
    monkeypatch.setattr("projects.digital_stemme.facets.MATCH_LIMIT", 3)
    for _ in range(6):
        VacancyFactory.create(title="Kokk")

    response = client.get("/jobb/?q=kokk")

    assert response.context["counts"].is_bounded
    assert len(titles(response)) == 6
    assert "Minst" in response.content.decode()


# --- One listing ------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("state", [ModerationState.EXPIRED, ModerationState.WITHDRAWN])
def test_what_ended_is_gone_and_leads_on(client, state):
    vacancy = VacancyFactory.create(title="Hemmelig", state=state)
    VacancyFactory.create(title="Ledig")

    response = client.get(vacancy.get_absolute_url())

    assert response.status_code == 410
    html = response.content.decode()
    assert "Hemmelig" not in html
    assert "application/ld+json" not in html
    assert "Ledig" in html


@pytest.mark.django_db
def test_past_its_end_a_page_is_gone_before_the_sweeper_came(client):
    home = HomeFactory.create(expires_on=timezone.localdate() - datetime.timedelta(days=1))

    assert client.get(home.get_absolute_url()).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize("state", [ModerationState.SUBMITTED, ModerationState.CHANGES_ASKED])
def test_a_draft_does_not_exist_for_strangers(client, superuser, state):
    home = HomeFactory.create(state=state)

    client.force_login(superuser)
    assert client.get(home.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_structured_data_cannot_end_its_script(client):
    vacancy = VacancyFactory.create(
        title="</script><script>alert(1)</script>", apply_url="https://www.example.no/sok"
    )

    html = client.get(vacancy.get_absolute_url()).content.decode()

    assert "<script>alert" not in html
    assert '"@type": "JobPosting"' in html
    assert 'href="https://www.example.no/sok"' in html


@pytest.mark.django_db
def test_contact_is_shown_only_by_choice(client):
    home = HomeFactory.create(contact_phone="90000000")
    address = home.get_absolute_url()

    html = client.get(address).content.decode()
    assert "utleier@example.no" not in html
    assert "90000000" not in html

    Home.objects.update(show_email=True, show_phone=True)
    html = client.get(address).content.decode()
    assert "utleier@example.no" in html
    assert 'href="tel:90000000"' in html


@pytest.mark.django_db
def test_english_pages_mark_what_is_not_english(client):
    home = HomeFactory.create(title_en="")
    vacancy = VacancyFactory.create(title_en="Systems engineer")

    assert f'lang="nb">{home.title_nb}' in client.get("/en/bolig/").content.decode()
    html = client.get(vacancy.get_absolute_url()).content.decode()
    assert "Systems engineer" in html


@pytest.mark.django_db
def test_demo_content_is_there_once_and_says_that_it_is_invented(client):
    now = timezone.now()
    demo.load(at=now)
    demo.load(at=now + datetime.timedelta(hours=1))

    assert (Home.objects.count(), Vacancy.objects.count()) == (18, 24)
    assert not Home.objects.exclude(is_example=True).exists()
    assert client.get("/bolig/").content.decode().count(">Eksempel<") == 18


@pytest.mark.django_db
def test_scale_writes_many_that_the_lists_show(client):
    demo.scale(400, at=timezone.now())

    assert client.get("/bolig/").context["counts"].total == 400
    response = client.get("/jobb/?yrke=it&omfang=heltid&ansettelse=fast")
    assert response.context["counts"].total > 0
    assert reverse("digital_stemme:vacancy_list") == "/jobb/"
