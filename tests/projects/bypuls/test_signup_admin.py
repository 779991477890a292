import datetime as dt
from collections.abc import Mapping
from html import unescape

import pytest
import time_machine
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Answer, Event, Invitation, Question, SignUp
from projects.bypuls.signups.signup import Party, sign_up
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, InvitationFactory, QuestionFactory
from tests.projects.bypuls.test_admin import unchanged_rows

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _loose_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Unfold's own templates name variables that are not always given.
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


@pytest.fixture
def office(client: Client, programme_officer: User) -> Client:
    client.force_login(programme_officer, backend=BACKEND)
    return client


def dialog(office: Client, event: Event, step: str, **data: object) -> str:
    """Send a dialog; return what it says when it is not satisfied, else nothing."""
    response = office.post(
        reverse(f"admin:bypuls_event_{step}", args=[event.pk]),
        {"_form_submitted": "True", **data},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 200
    return "" if response.headers.get("HX-Redirect") else unescape(response.content.decode())


def page_of(office: Client, event: Event) -> str:
    address = reverse("admin:bypuls_event_change", args=[event.pk])
    return unescape(office.get(address).content.decode())


def test_a_caller_is_signed_up_with_company_and_answers(office: Client):
    event = EventFactory.create(asks_diet=True)
    role = QuestionFactory.create(event=event, text="Rolle?", is_required=True)
    likes = QuestionFactory.create(event=event, kind="choices", options="Fisk\nKjøtt")
    ride = QuestionFactory.create(event=event, kind="yes-no")
    company = CompanyFactory.create(name="Eksempel Sølvsmie AS")
    caller = {"name": "Kari", "email": "kari@example.no", "size": "1"}

    missing = dialog(office, event, "caller_one", **caller)
    unknown = dialog(
        office, event, "caller_one", **caller, company="Sølvsmia", **{f"q{role.pk}": "Smed"}
    )
    done = dialog(
        office,
        event,
        "caller_one",
        **caller,
        company="Eksempel Sølvsmie",
        **{f"q{role.pk}": "Smed", f"q{likes.pk}": ["Fisk", "Kjøtt"], f"q{ride.pk}": "Ja"},
    )

    assert "Rolle?" in missing
    assert "Mente du Eksempel Sølvsmie AS?" in unknown
    assert "Smed" in unknown
    assert done == ""
    signup = SignUp.objects.get()
    assert (signup.company, signup.is_by_staff) == (company, True)
    texts = Answer.objects.order_by("question__position").values_list("text", flat=True)
    assert list(texts) == ["Smed", "Fisk\nKjøtt", "Ja"]
    page = page_of(office, event)
    assert "Rolle? Smed" in page
    assert "Fisk, Kjøtt" in page
    own = office.get(reverse("admin:bypuls_signup_change", args=[signup.pk]))
    assert "Smed" in own.content.decode()


def test_people_are_invited_by_lines(office: Client):
    event = EventFactory.create(admission="invited")
    people = "Kari Nes <Kari@example.no>\n\nnils@example.no; Ida <ida@example.no>"

    assert dialog(office, event, "invite_one", people=people) == ""
    assert dialog(office, event, "invite_one", people="kari@example.no") == ""

    invited = Invitation.objects.order_by("email").values_list("email", "name")
    assert list(invited) == [
        ("ida@example.no", "Ida"),
        ("kari@example.no", "Kari Nes"),
        ("nils@example.no", ""),
    ]
    assert Delivery.objects.count() == 3
    assert "kari@example.no" in page_of(office, event)


def test_a_line_without_an_address_is_told_with_its_number(office: Client):
    event = EventFactory.create()

    page = dialog(office, event, "invite_one", people="kari@example.no\nNils Nilsen\nida@")

    assert "2 linjer har ingen e-postadresse (linje 2: Nils Nilsen; linje 3: ida@)" in page
    assert "Nils Nilsen" in page
    assert not Invitation.objects.exists()


def test_an_invitation_is_withdrawn_in_the_list(office: Client):
    invitation = InvitationFactory.create()

    office.post(
        reverse("admin:bypuls_invitation_changelist"),
        {"action": "withdraw_selected", "_selected_action": [invitation.pk]},
    )

    invitation.refresh_from_db()
    assert invitation.withdrawn_at == NOW


def test_the_date_is_set_in_a_dialog_that_asks_the_interested(office: Client):
    event = EventFactory.create(is_date_set=False, date_note="våren 2027")
    sign_up(event.pk, Party(name="Kari", email="kari@example.no"), at=NOW)

    wrong = dialog(
        office, event, "set_date_one", starts_at="2027-03-01T09:00", ends_at="2027-03-01T08:00"
    )
    gap = dialog(
        office, event, "set_date_one", starts_at="2027-03-28T02:30", ends_at="2027-03-28T05:00"
    )
    assert "Slutten må være etter starten." in wrong
    assert "2027-03-28T02:30" in gap
    assert not dialog(
        office, event, "set_date_one", starts_at="2027-03-01T09:00", ends_at="2027-03-01T11:00"
    )

    event.refresh_from_db()
    assert event.is_date_set
    assert timezone.localtime(event.starts_at) == dt.datetime.fromisoformat(
        "2027-03-01T09:00+01:00"
    )
    titles = [row.body.title for row in Delivery.objects.filter(recipient="kari@example.no")]
    assert len(titles) == 2


def questions_sent(event: Event, *rows: Mapping[str, object]) -> dict[str, object]:
    """Return the questions of the event's page as its form sends them."""
    sent: dict[str, object] = {}
    for number, row in enumerate(rows):
        sent |= {f"questions-{number}-{name}": value for name, value in row.items()}
        sent[f"questions-{number}-event"] = event.pk
    known = sum(1 for row in rows if row.get("id"))
    return sent | {"questions-TOTAL_FORMS": len(rows), "questions-INITIAL_FORMS": known}


def save(office: Client, event: Event, *rows: Mapping[str, object]) -> str:
    address = reverse("admin:bypuls_event_change", args=[event.pk])
    form = office.get(address).context["adminform"].form
    fields = {
        name: value
        for name in form.fields
        if (value := form.get_initial_for_field(form.fields[name], name)) not in (None, "", False)
        and not name.startswith("picture")
    }
    fields |= {
        f"{name}_{part}": value
        for name in ("signup_opens_at", "signup_closes_at", "members_first_until")
        for part, value in ((0, ""), (1, ""))
    }
    sent = fields | unchanged_rows(office, address) | questions_sent(event, *rows)
    response = office.post(address, sent, follow=True)
    return unescape(response.content.decode())


QUESTION = {"position": "1", "text": "Rolle?", "kind": "text", "purpose": "Bordkort"}


def test_questions_are_written_on_the_events_page(office: Client):
    event = EventFactory.create()

    page = save(office, event, QUESTION)
    wrong = save(
        office, event, {**QUESTION, "text": "Mat?", "kind": "choice", "purpose": "Kjøkkenet"}
    )

    assert Question.objects.get().text == "Rolle?", page[-3000:]
    assert "Skriv minst ett svaralternativ." in wrong


def test_a_question_that_is_answered_stays(office: Client):
    event = EventFactory.create()
    question = QuestionFactory.create(event=event, text="Rolle?")
    sign_up(event.pk, Party(name="K", email="k@example.no", answers={question.pk: "Smed"}), at=NOW)

    page = save(office, event, {**QUESTION, "id": question.pk, "DELETE": "on"})

    assert "Noen har svart på «Rolle?»" in page
    assert Answer.objects.get().text == "Smed"


def test_the_page_of_an_event_takes_as_many_queries_with_more_people(
    office: Client, django_assert_max_num_queries
):
    event = EventFactory.create(capacity=100)
    question = QuestionFactory.create(event=event)
    company = CompanyFactory.create()
    for number in range(8):
        sign_up(
            event.pk,
            Party(
                name="A",
                email=f"a{number}@example.no",
                company_id=company.pk,
                answers={question.pk: "x"},
            ),
            at=NOW,
        )
        InvitationFactory.create(event=event, company=company)

    with django_assert_max_num_queries(40):
        page_of(office, event)
