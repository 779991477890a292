import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from members.companies.models import Contact
from members.mailings.models import Delivery
from projects.kompetanse.grants import LINK_PURPOSE
from projects.kompetanse.models import (
    Application,
    ApplicationState,
    Award,
    CompetenceNeed,
    Field,
    Level,
    StudyProgramme,
)
from tests.members.companies.factories import CompanyContactFactory, CompanyFactory
from tests.projects.kompetanse.factories import (
    AT,
    ApplicationFactory,
    GrantRoundFactory,
    ProviderFactory,
    StudyProgrammeFactory,
    SurveyRoundFactory,
)
from vekst.links import make_token

pytestmark = pytest.mark.django_db

LIST = "kompetanse:programme_list"


def shown(client: Client, query: str = "") -> set[str]:
    response = client.get(reverse(LIST) + query)
    return {programme.title for programme in response.context["programmes"]}


def counted(client: Client, query: str, name: str) -> dict[str, int]:
    groups = client.get(reverse(LIST) + query).context["groups"]
    return {
        option["value"]: option["count"]
        for group in groups
        if group["name"] == name
        for option in group["options"]
    }


@pytest.fixture
def _studies() -> None:
    usn = ProviderFactory.create(name="Universitetet", slug="usn")
    vocational = ProviderFactory.create(name="Fagskolen", slug="fagskolen")
    for title, provider, level, field in [
        ("Dataingeniør", usn, Level.BACHELOR, Field.ICT),
        ("Lysdesign", usn, Level.MASTER, Field.DESIGN),
        ("Datadrift", vocational, Level.VOCATIONAL, Field.ICT),
        ("Øyne og syn", usn, Level.BACHELOR, Field.HEALTH),
    ]:
        StudyProgrammeFactory.create(title=title, provider=provider, level=level, field=field)


@pytest.mark.usefixtures("_studies")
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Dataingeniør", "Lysdesign", "Datadrift", "Øyne og syn"}),
        ("?fag=ikt", {"Dataingeniør", "Datadrift"}),
        ("?fag=ikt&fag=design", {"Dataingeniør", "Datadrift", "Lysdesign"}),
        ("?fag=ikt&niva=bachelor", {"Dataingeniør"}),
        ("?tilbyder=fagskolen", {"Datadrift"}),
        ("?q=data+universitetet", {"Dataingeniør"}),
        ("?q=ØYNE", {"Øyne og syn"}),
        ("?niva=tull&tilbyder=ø%00", {"Dataingeniør", "Lysdesign", "Datadrift", "Øyne og syn"}),
        ("?fag=cyber", set()),
    ],
)
def test_filters_in_the_address_narrow_the_list(client: Client, query: str, titles: set[str]):
    assert shown(client, query) == titles


@pytest.mark.usefixtures("_studies")
def test_each_count_is_what_the_choice_would_give(client: Client):
    for query in ("", "?fag=ikt", "?niva=bachelor", "?fag=ikt&niva=bachelor", "?q=data"):
        for name in ("fag", "niva", "tilbyder"):
            kept = re.sub(rf"[?&]{name}=\w+", "", query).lstrip("&?")
            for value, number in counted(client, query, name).items():
                assert number == len(shown(client, f"?{kept}&{name}={value}")), (query, value)


@pytest.mark.usefixtures("_studies")
def test_an_empty_list_says_which_filters_to_drop(client: Client):
    text = client.get(reverse(LIST) + "?fag=cyber&q=lys").content.decode()

    assert "Ingen studier passer" in text
    assert "Fjern filteret Cybersikkerhet" in text


def test_drafts_and_what_the_source_took_out_are_not_public(client: Client):
    StudyProgrammeFactory.create(published_at=None)
    gone = StudyProgrammeFactory.create(is_active=False)

    assert shown(client) == set()
    assert client.get(gone.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_costs_the_same_for_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
):
    StudyProgrammeFactory.create_batch(number)

    with django_assert_num_queries(2):
        client.get(reverse(LIST) + "?fag=ikt")


def test_htmx_gets_the_list_alone(client: Client):
    StudyProgrammeFactory.create(title="Datadrift")

    text = client.get(reverse(LIST), headers={"HX-Request": "true"}).content.decode()

    assert text.strip().startswith('<div class="sidebar-layout" id="programme-list"')
    assert "<html" not in text


@pytest.mark.parametrize("level", [Level.MASTER, Level.COURSE])
def test_search_engines_are_told_about_the_programme(client: Client, level: str):
    programme = StudyProgrammeFactory.create(title="</script><b>", level=level, credits=5)

    text = client.get(programme.get_absolute_url()).content.decode()

    raw = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert raw
    data = json.loads(raw[1])
    assert data["name"] == "</script><b>"
    assert data["@type"] == ("Course" if level == "kurs" else "EducationalOccupationalProgram")


def test_the_english_page_uses_the_english_title(client: Client):
    programme = StudyProgrammeFactory.create(
        title_nb="Dataingeniør", title_en="Computer engineering"
    )

    with translation.override("nb"):
        text = client.get(f"/en{programme.get_absolute_url()}").content.decode()

    assert "Computer engineering" in text
    assert "Dataingeniør" not in text


def test_an_untranslated_programme_is_found_in_english_too(client: Client):
    StudyProgrammeFactory.create(title_nb="Datadrift", title_en=None)

    with translation.override("nb"):
        response = client.get("/en" + reverse(LIST) + "?q=datadrift")

    assert len(response.context["programmes"]) == 1


# --- Needs ------------------------------------------------------------------------------------------
NEED = {
    "field": "ikt",
    "level": "bachelor",
    "skill": "Innebygd",
    "headcount": "4",
    "needed_by_year": "2027",
    "certainty": "sikkert",
}


@pytest.fixture
def contact(client: Client) -> Contact:
    contact = CompanyContactFactory.create()
    client.force_login(contact.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return contact


def need_page(slug: str) -> str:
    return reverse("kompetanse:need_report", kwargs={"slug": slug})


@pytest.mark.time_machine("2026-11-20T12:00:00Z")
def test_a_contact_reports_for_the_own_company_and_corrects_it(client: Client, contact: Contact):
    SurveyRoundFactory.create()
    for heads in ("4", "7"):
        page = need_page(contact.company.slug)
        assert client.post(page, {**NEED, "headcount": heads}).status_code == 302

    need = CompetenceNeed.objects.get()
    assert (need.company, need.headcount, need.reported_by) == (contact.company, 7, contact.user)


@pytest.mark.time_machine("2026-11-20T12:00:00Z")
def test_nobody_reports_for_another_company(client: Client, contact: Contact):
    SurveyRoundFactory.create()
    other = CompanyFactory.create()

    assert client.post(need_page(other.slug), NEED).status_code == 404
    assert not CompetenceNeed.objects.exists()


@pytest.mark.time_machine("2026-11-20T12:00:00Z")
@pytest.mark.parametrize("heads", ["0", "2001", "-1", "mange"])
def test_a_headcount_that_cannot_be_is_refused_beside_its_field(
    client: Client, contact: Contact, heads: str
):
    SurveyRoundFactory.create()

    response = client.post(need_page(contact.company.slug), {**NEED, "headcount": heads})

    assert response.context["form"].errors["headcount"]
    assert not CompetenceNeed.objects.exists()


def test_outside_a_round_there_is_nothing_to_fill_in(client: Client, contact: Contact):
    text = client.get(need_page(contact.company.slug)).content.decode()

    assert "Ingen behovsrunde er åpen" in text


# --- Grants -----------------------------------------------------------------------------------------
def filled(**changes: str) -> dict[str, str]:
    return {
        "orgnr": "310 000 019",
        "organisation": "Eksempel Teknologi AS",
        "course_title": "Robotkurs",
        "course_description": "Tre dager.",
        "target_group": "ledig",
        "headcount": "12",
        "amount_nok": "250000",
        "contact_name": "Kari",
        "contact_email": "kari@example.no",
        "is_informed": "on",
    } | changes


def test_an_application_is_sent_seen_and_withdrawn_without_an_account(client: Client):
    grant_round = GrantRoundFactory.create()
    page = reverse("kompetanse:application_new", kwargs={"slug": grant_round.slug})

    response = client.post(page, filled())
    own = response.headers["Location"]

    assert Application.objects.get().orgnr == "310000019"
    assert Delivery.objects.get().recipient == "kari@example.no"
    assert "Robotkurs" in client.get(own).content.decode()
    assert client.get(own).headers["Referrer-Policy"] == "same-origin"
    client.post(own)
    assert Application.objects.get().state == ApplicationState.WITHDRAWN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("orgnr", "310000010"),
        ("orgnr", "abc"),
        ("orgnr", ""),
        ("amount_nok", "0"),
        ("amount_nok", "1000001"),
        ("amount_nok", "99999999999999999999"),
        ("contact_phone", "ring meg"),
        ("contact_phone", "1234"),
        ("contact_phone", "1234567890123456"),
        ("contact_phone", "1+2345678"),
        ("headcount", "0"),
        ("contact_email", "kari"),
        ("target_group", "alle"),
        ("is_informed", ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    client: Client, name: str, value: str
):
    grant_round = GrantRoundFactory.create()
    page = reverse("kompetanse:application_new", kwargs={"slug": grant_round.slug})

    response = client.post(page, filled(**{name: value}))

    assert response.context["form"].errors[name]
    assert not Application.objects.exists()
    if name != "course_title":
        assert "Robotkurs" in response.content.decode()


@pytest.mark.parametrize("amount", ["0", "1000001", "99999999999999999999"])
def test_an_amount_beyond_the_frame_is_told_the_frame(client: Client, amount: str):
    grant_round = GrantRoundFactory.create(frame_nok=1_000_000)
    page = reverse("kompetanse:application_new", kwargs={"slug": grant_round.slug})

    (error,) = client.post(page, filled(amount_nok=amount)).context["form"].errors["amount_nok"]

    assert error.replace("\xa0", " ") == (
        "Skriv et beløp fra 1 kr til 1 000 000 kr, som er rammen for runden."
    )


@pytest.mark.parametrize("phone", ["", "32 86 60 00", "+47 (32) 86-60-00", "02320"])
def test_telephone_numbers_are_taken_as_people_write_them(client: Client, phone: str):
    grant_round = GrantRoundFactory.create()
    page = reverse("kompetanse:application_new", kwargs={"slug": grant_round.slug})

    client.post(page, filled(contact_phone=phone))

    assert Application.objects.get().contact_phone == phone


def test_the_same_course_twice_is_said_in_words(client: Client):
    grant_round = GrantRoundFactory.create()
    page = reverse("kompetanse:application_new", kwargs={"slug": grant_round.slug})
    client.post(page, filled())

    response = client.post(page, filled())

    assert "alt søkt om dette tiltaket" in response.content.decode()


def test_a_link_made_for_something_else_opens_no_application(client: Client):
    application = ApplicationFactory.create()
    for token in (make_token("event", application.pk), make_token(LINK_PURPOSE, 0), "tull"):
        page = reverse("kompetanse:own_application", kwargs={"token": token})
        assert client.get(page).status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_grant_pages_cost_the_same_for_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
):
    grant_round = GrantRoundFactory.create()
    for _ in range(number):
        application = ApplicationFactory.create(grant_round=grant_round)
        Award.objects.create(
            application=application, applied_nok=100_000, amount_nok=1, awarded_at=AT
        )
        GrantRoundFactory.create()

    with django_assert_num_queries(2):
        client.get(reverse("kompetanse:round_list"))
    with django_assert_num_queries(2):
        client.get(grant_round.get_absolute_url())


def test_grant_rounds_are_marked_bokmal_on_english_pages(client: Client):
    grant_round = GrantRoundFactory.create(
        title="Vårrunden", summary="Til kurs.", text="Søk nå.", priorities="Lærlinger"
    )
    url = grant_round.get_absolute_url()

    listed = client.get("/en" + reverse("kompetanse:round_list")).content.decode()
    page = client.get("/en" + url).content.decode()

    assert 'lang="nb">Vårrunden</a>' in listed
    assert '<p lang="nb">Til kurs.</p>' in listed
    assert '<header class="page-header" lang="nb">' in page
    assert 'lang="nb"><p>Søk nå.</p>' in page
    assert 'lang="nb"><li>Lærlinger</li>' in page
    assert 'lang="nb" aria-current="page">Vårrunden</a>' in page


def test_public_pages_name_no_contact_person(client: Client):
    application = ApplicationFactory.create(contact_name="Kari Hemmelig")
    Award.objects.create(application=application, applied_nok=100_000, amount_nok=1, awarded_at=AT)

    for page in (reverse("kompetanse:round_list"), application.grant_round.get_absolute_url()):
        assert "Kari Hemmelig" not in client.get(page).content.decode()


def test_programmes_keep_their_norwegian_order_whoever_saves_them():
    programme = StudyProgrammeFactory.create(title_nb="Østlandsk", title_en="Eastern")
    with translation.override("en"):
        programme.save()

    assert StudyProgramme.objects.get().sort_title == "|stlandsk"
