from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings.models import Delivery, MailKind
from projects.kompetanse.models import (
    Application,
    ApplicationState,
    Award,
    GrantVote,
    Party,
    StudyProgramme,
)
from tests.projects.kompetanse.factories import (
    AT,
    ApplicationFactory,
    BoardMemberFactory,
    CompetenceNeedFactory,
    GrantRoundFactory,
    ProviderFactory,
    StudyProgrammeFactory,
    SurveyRoundFactory,
)
from tests.projects.kompetanse.test_programme_csv import MACHINE, csv_of, line

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FACTORIES: dict[str, Any] = {
    "provider": ProviderFactory,
    "studyprogramme": StudyProgrammeFactory,
    "surveyround": SurveyRoundFactory,
    "competenceneed": CompetenceNeedFactory,
    "grantround": GrantRoundFactory,
    "application": ApplicationFactory,
    "boardmember": BoardMemberFactory,
}
IMPORT = "admin:kompetanse_studyprogramme_import"


@pytest.fixture(autouse=True)
def _loose_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Unfold's own templates ask for variables that are not there.
    django: Any = engines["django"]
    monkeypatch.setattr(django.engine, "string_if_invalid", "")


@pytest.fixture
def office(client: Client, programme_officer: User) -> Client:
    client.force_login(programme_officer, backend=BACKEND)
    return client


def page(model: str, view: str, *args: object) -> str:
    return reverse(f"admin:kompetanse_{model}_{view}", args=args)


@pytest.mark.parametrize("model", FACTORIES)
def test_every_page_opens_for_the_office(office: Client, model: str):
    row = FACTORIES[model].create()
    expected = 403 if model == "application" else 200

    assert office.get(page(model, "changelist")).status_code == 200
    assert office.get(page(model, "add")).status_code == expected
    assert office.get(page(model, "change", row.pk)).status_code == 200


def test_awards_are_read_only(office: Client):
    award = Award.objects.create(
        application=ApplicationFactory.create(), applied_nok=2, amount_nok=1, awarded_at=AT
    )

    assert office.get(page("award", "changelist")).status_code == 200
    assert office.post(page("award", "change", award.pk), {"amount_nok": 2}).status_code == 403


@pytest.mark.parametrize("model", FACTORIES)
def test_a_list_costs_the_same_with_more_rows(
    office: Client, model: str, django_assert_max_num_queries
):
    for _ in range(6):
        FACTORIES[model].create()

    with django_assert_max_num_queries(14):
        office.get(page(model, "changelist"))


def test_votes_are_written_down_and_the_application_is_decided(office: Client):
    application = ApplicationFactory.create()
    office.post(
        page("application", "changelist"),
        {"action": "send_to_review", "_selected_action": [application.pk]},
    )
    for party in Party.values:
        member = BoardMemberFactory.create(party=party)
        response = office.post(
            page("application", "vote_action", application.pk),
            {"member": member.pk, "vote": "ja", "note": ""},
        )
        assert response.status_code == 302

    office.post(
        page("application", "decide_action", application.pk),
        {"amount_nok": "90000", "reason": "Treffer behovet.", "conditions": ""},
    )

    assert Application.objects.get().state == ApplicationState.GRANTED
    assert Award.objects.get().amount_nok == 90_000
    assert Delivery.objects.filter(kind=MailKind.GRANT_DECIDED).count() == 1


def test_a_decision_without_quorum_says_why(office: Client):
    application = ApplicationFactory.create()

    response = office.post(
        page("application", "decide_action", application.pk), {"amount_nok": "1", "reason": "x"}
    )

    assert "Alle tre parter må ha stemt" in response.content.decode()
    assert not Award.objects.exists()


@pytest.mark.parametrize("step", ["vote_action", "decide_action"])
def test_an_editor_neither_votes_nor_decides(client: Client, editor: User, step: str):
    client.force_login(editor, backend=BACKEND)
    application = ApplicationFactory.create()
    member = BoardMemberFactory.create()

    response = client.post(
        page("application", step, application.pk),
        {"member": member.pk, "vote": "ja", "amount_nok": "1", "reason": "x"},
    )

    assert response.status_code in (302, 403)
    assert not GrantVote.objects.exists()


def uploaded(raw: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("studier.csv", raw, content_type="text/csv")


def test_a_file_is_shown_before_it_is_read_in(office: Client):
    raw = csv_of(MACHINE, line("B", grad="doktor"))

    preview = office.post(reverse(IMPORT), {"source": "Fylket", "file": uploaded(raw)})

    assert not StudyProgramme.objects.exists()
    assert "Linje 3, grad" in preview.content.decode()
    office.post(
        reverse(IMPORT), {"source": "Fylket", "text": preview.context["text"], "confirm": "1"}
    )
    assert StudyProgramme.objects.get().source == "Fylket"


def test_a_file_that_is_none_is_refused_in_words(office: Client):
    response = office.post(reverse(IMPORT), {"source": "Fylket", "file": uploaded(b"\xff\xfe")})

    assert "UTF-8" in response.content.decode()
    assert "Velg en fil." in office.post(reverse(IMPORT), {"source": "x"}).content.decode()


def test_an_editor_reads_no_file_in(client: Client, editor: User):
    client.force_login(editor, backend=BACKEND)

    assert client.get(reverse(IMPORT)).status_code == 403
