import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.test import Client

from members.accounts.models import User
from members.companies.models import Company, ContactRole
from projects.bypuls.models import Answer, Event, SignUp
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import CompanyContactFactory, CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def address(event: Event) -> str:
    return f"{event.get_absolute_url()}pamelding/"


def typed(**changes: object) -> dict[str, object]:
    person = {"name": "Kari", "email": "kari@example.no", "size": "1", "reminder": ""}
    return {**person, **changes}


def answer(client: Client, event: Event, **changes: object) -> str:
    """Send the form; return the page, which is the form again when something is wrong."""
    return unescape(client.post(address(event), typed(**changes), follow=True).content.decode())


def kongsberg() -> list[Company]:
    names = ["Eksempel Fjellvaring AS", "Eksempel Sølvsmie AS", "Eksempel Sagbruk", "Tvilling AS"]
    return [CompanyFactory.create(name=name) for name in names]


@pytest.mark.parametrize(
    "text",
    [
        "Eksempel Sølvsmie AS",
        "  eksempel   sølvsmie as ",
        "Eksempel Sølvsmie",
        "{orgnr}",
        "{spaced}",
        "NO {orgnr} MVA",
        "Eksempel Sølvsmie AS ({orgnr})",
    ],
)
def test_a_member_company_is_found_by_name_or_number(client: Client, text: str):
    smith = kongsberg()[1]
    event = EventFactory.create(asks_company=True)
    spaced = " ".join(re.findall("...", smith.orgnr))

    answer(client, event, company=text.format(orgnr=smith.orgnr, spaced=spaced))

    assert SignUp.objects.get().company == smith


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Eksempel Solvsmia", "Mente du Eksempel Sølvsmie AS"),
        ("Sagbruk", "Mente du Eksempel Sagbruk?"),
        ("Qwerty", "ingen medlemsbedrift som heter «Qwerty»"),
        ("<script>alert(1)</script>", "ingen medlemsbedrift"),
        ("123456789", "123456789 er ikke et organisasjonsnummer"),
        ("310001002", "organisasjonsnummer"),
        ("Utenfor AS", "ingen medlemsbedrift"),
        ("Tvilling AS", "Flere medlemmer heter det"),
        ("x" * 300, "200"),
        ("a\x00b", "tegn"),
    ],
)
def test_a_company_that_is_not_found_is_told_beside_the_field(
    client: Client, text: str, message: str
):
    kongsberg()
    CompanyFactory.create(name="Tvilling AS")
    CompanyFactory.create(name="Utenfor AS", member=False)
    event = EventFactory.create(asks_company=True)

    page = answer(client, event, company=text, note="Rullestol")

    assert message in page
    assert 'id="id_company_error"' in page
    assert "Rullestol" in page
    assert "<script>alert" not in client.post(address(event), typed(company=text)).content.decode()
    assert not SignUp.objects.exists()


def test_the_members_stand_in_a_list_that_needs_no_script(client: Client):
    kongsberg()
    twin = CompanyFactory.create(name="Tvilling AS")
    CompanyFactory.create(name="Utenfor AS", member=False)

    page = client.get(address(EventFactory.create(asks_company=True))).content.decode()

    assert '<option value="Eksempel Sølvsmie AS">' in page
    assert f'<option value="Tvilling AS ({twin.orgnr})">' in page
    assert "Utenfor AS" not in page
    list_id = re.search(r'<input[^>]+name="company"[^>]+list="([^"]+)"', page)
    assert list_id
    assert f'<datalist id="{list_id.group(1)}">' in page


def test_only_a_members_event_demands_a_company(client: Client):
    company = kongsberg()[0]
    early = {"members_first_until": NOW + dt.timedelta(days=1)}
    late = {"members_first_until": NOW - dt.timedelta(days=1), "asks_company": True}

    for demanding in (EventFactory.create(admission="members"), EventFactory.create(**early)):
        assert "Må fylles ut" in field(client, demanding, "company")
        assert "id_company_error" in answer(client, demanding)
        assert "Du har plass!" in answer(client, demanding, company=company.orgnr)
    for open_event in (EventFactory.create(asks_company=True), EventFactory.create(**late)):
        assert "Valgfri" in field(client, open_event, "company")
        assert "Du har plass!" in answer(client, open_event)
    assert "id_company" not in client.get(address(EventFactory.create())).content.decode()


def field(client: Client, event: Event, name: str) -> str:
    page = client.get(address(event)).content.decode()
    return page.partition(f'for="id_{name}"')[2].partition(f'id="id_{name}"')[0]


def questions_of(event: Event) -> dict[str, str]:
    """Ask one question of each kind; return their names in the form by kind."""
    options = "Fisk\nKjøtt\n\nVegetar "
    rows = [
        QuestionFactory.create(event=event, kind="text", is_required=True, text="Skostørrelse?"),
        QuestionFactory.create(event=event, kind="long-text", text="Erfaring?"),
        QuestionFactory.create(event=event, kind="choice", options=options, text="Hva spiser du?"),
        QuestionFactory.create(event=event, kind="choices", options=options, text="Liker du?"),
        QuestionFactory.create(event=event, kind="yes-no", text="Trenger du skyss?"),
    ]
    return {row.kind: f"q{row.pk}" for row in rows}


def test_the_events_own_questions_are_answered_and_kept(client: Client):
    event = EventFactory.create()
    names = questions_of(event)

    answer(
        client,
        event,
        **{
            names["text"]: " 42 ",
            names["long-text"]: "Mye.\nSvært mye.",
            names["choice"]: "Vegetar",
            names["choices"]: ["Fisk", "Kjøtt"],
            names["yes-no"]: "Ja",
        },
    )

    answers = Answer.objects.order_by("question__position").values_list("text", flat=True)
    assert [text.replace("\r", "") for text in answers] == [
        "42",
        "Mye.\nSvært mye.",
        "Vegetar",
        "Fisk\nKjøtt",
        "Ja",
    ]


def test_what_is_not_asked_for_or_answered_is_not_kept(client: Client):
    event, other = EventFactory.create(), EventFactory.create()
    names = questions_of(event)
    foreign = QuestionFactory.create(event=other)

    answer(client, event, **{names["text"]: "42", names["choice"]: "", f"q{foreign.pk}": "Hei"})

    assert list(Answer.objects.values_list("text", flat=True)) == ["42"]


def test_wrong_answers_are_told_and_the_rest_is_kept(client: Client):
    event = EventFactory.create()
    names = questions_of(event)

    page = answer(
        client,
        event,
        **{
            names["text"]: "",
            names["choice"]: "Elg",
            names["choices"]: ["Fisk", "Elg"],
            names["long-text"]: "Har vært med før",
            names["yes-no"]: "Ja",
        },
    )

    assert page.count('data-field="validation"') == 3
    assert "Har vært med før" in page
    assert re.search(rf'name="{names["yes-no"]}" value="Ja" id="[^"]+" checked', page)
    assert not SignUp.objects.exists()


def test_each_question_says_what_its_answer_is_for(client: Client):
    event = EventFactory.create()
    QuestionFactory.create(event=event, text="Rolle <b>?", purpose="For <script>x</script> skyss")

    page = client.get(address(event)).content.decode()

    assert "For &lt;script&gt;x&lt;/script&gt; skyss" in page
    assert "Rolle &lt;b&gt;?" in page


@pytest.mark.parametrize(
    ("attendee_list", "asked"), [("hidden", False), ("participants", True), ("public", True)]
)
def test_the_name_is_shown_only_by_consent(client: Client, attendee_list: str, asked: bool):
    event = EventFactory.create(attendee_list=attendee_list)

    assert ("id_shows_name" in client.get(address(event)).content.decode()) == asked
    answer(client, event)
    answer(client, event, email="nils@example.no", shows_name="on")

    shown = SignUp.objects.filter(shows_name=True).values_list("email", flat=True)
    assert list(shown) == (["nils@example.no"] if asked else [])


def test_without_a_date_only_interest_is_asked_for(client: Client):
    event = EventFactory.create(
        is_date_set=False, date_note="våren 2027", asks_diet=True, attendee_list="public"
    )
    QuestionFactory.create(event=event, is_required=True)

    page = client.get(address(event)).content.decode()

    assert "våren 2027" in page
    assert page.count("<textarea") == 1
    assert "id_reminder" not in page
    receipt = answer(client, event)
    assert "Interessen din er notert" in receipt
    assert SignUp.objects.get().state == "interested"


def test_somebody_who_is_signed_in_types_less(client: Client):
    user: User = UserFactory.create(first_name="Kari", last_name="Nes", email="kari@example.no")
    company = CompanyFactory.create(name="Eksempel Sagbruk")
    CompanyContactFactory.create(company=company, user=user, role=ContactRole.LEADER)
    client.force_login(user)

    page = client.get(address(EventFactory.create(asks_company=True))).content.decode()

    for value in ("Kari Nes", "kari@example.no", "Eksempel Sagbruk"):
        assert re.search(f'<input[^>]+value="{value}"', page)


def test_the_form_takes_few_queries(client: Client, django_assert_max_num_queries):
    event = EventFactory.create(admission="members", attendee_list="public")
    questions_of(event)
    CompanyFactory.create_batch(30)

    with django_assert_max_num_queries(5):
        client.get(address(event))
