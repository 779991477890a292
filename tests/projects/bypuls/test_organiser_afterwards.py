"""Min side: what an organiser puts out after an event."""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from members.accounts.models import Role
from projects.bypuls.models import (
    Event,
    Question,
)
from projects.bypuls.signups import check_in
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory
from tests.projects.bypuls.test_organiser_access import organise, signed_in
from tests.projects.bypuls.test_organiser_content import address

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event() -> Event:
    return EventFactory.create(title="Frokostmøte")


@pytest.fixture
def organiser(event: Event) -> Client:
    organise(event)
    return signed_in(UserFactory.create(email="arr@example.no"))


# --- Afterwards -------------------------------------------------------------------------------------------------
@pytest.fixture
def over() -> Event:
    event = EventFactory.create(starts_at=NOW - dt.timedelta(hours=3))
    organise(event)
    return event


def picture() -> SimpleUploadedFile:
    raw = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(raw, "JPEG")
    return SimpleUploadedFile("sal.jpg", raw.getvalue(), "image/jpeg")


def test_slides_are_put_out_and_taken_away(organiser: Client, over: Event):
    page = address(over, "etterpa/")
    slides = SimpleUploadedFile("lysark.pdf", b"%PDF-1.7 lysark", "application/pdf")
    sent = {"action": "material", "kind": "slides", "title": "Lysark", "link": ""}
    organiser.post(page, {**sent, "file": slides})
    row = over.materials.get()
    assert row.title == "Lysark"

    organiser.post(page, {"action": "remove-material", "material": str(row.pk)})

    assert not over.materials.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "Legg ved en fil eller skriv en lenke"),
        ({"link": "ikke en lenke"}, "data-error-summary"),
        ({"title": "", "link": "https://example.no/"}, "data-error-summary"),
        (
            {"file": SimpleUploadedFile("x.pdf", b"MZ program", "application/pdf")},
            "Vi tar imot PDF",
        ),
    ],
)
def test_a_wrong_file_is_told(organiser: Client, over: Event, changes: dict[str, Any], told: str):
    sent = {"action": "material", "kind": "slides", "title": "Lysark", "link": "", **changes}

    page = organiser.post(address(over, "etterpa/"), sent).content.decode()

    assert told in page
    assert not over.materials.exists()


def test_a_picture_needs_consent_and_is_hidden_when_it_is_withdrawn(organiser: Client, over: Event):
    page = address(over, "etterpa/")
    sent = {"action": "photo", "alt": "Fullt i salen", "shows_people": "on", "consent_note": ""}

    refused = organiser.post(page, {**sent, "picture": picture()}).content.decode()
    assert "Skriv hvem på bildet som har sagt ja" in refused
    assert 'id="id_photo_consent_note_error"' in refused
    organiser.post(page, {**sent, "picture": picture(), "consent_note": "Spurte alle i salen"})
    photo = over.photos.get()
    organiser.post(page, {"action": "withdraw-photo", "photo": str(photo.pk)})

    photo.refresh_from_db()
    assert photo.consent_withdrawn_at is not None


def test_what_is_no_picture_is_told_beside_the_field(organiser: Client, over: Event):
    huge = io.BytesIO()
    Image.new("RGB", (8, 8)).save(huge, "GIF")
    sent = {"action": "photo", "alt": "Fullt i salen", "consent_note": "Spurte alle"}

    page = organiser.post(
        address(over, "etterpa/"),
        {**sent, "picture": SimpleUploadedFile("a.gif", huge.getvalue(), "image/gif")},
    )

    assert list(page.context["photo"].errors) == ["picture"]
    assert "Spurte alle" in page.content.decode()


def test_neither_file_nor_link_is_told_beside_the_file(organiser: Client, over: Event):
    sent = {"action": "material", "kind": "slides", "title": "Lysark", "link": ""}

    page = organiser.post(address(over, "etterpa/"), sent)
    wrong = SimpleUploadedFile("a.exe", b"MZ", "application/pdf")
    other = organiser.post(address(over, "etterpa/"), {**sent, "file": wrong})

    assert list(page.context["material"].errors) == ["file"]
    assert list(other.context["material"].errors) == ["file"]


def test_things_of_another_event_cannot_be_taken_away_from_here(organiser: Client, over: Event):
    foreign = EventFactory.create(starts_at=NOW - dt.timedelta(hours=3))
    row = foreign.materials.create(
        kind="other", title="Deres", link="https://example.no/", added_at=NOW, published_at=NOW
    )

    answer = organiser.post(
        address(over, "etterpa/"), {"action": "remove-material", "material": str(row.pk)}
    )

    assert answer.status_code == 404
    assert foreign.materials.exists()


def test_who_came_and_who_did_not_stands_there(organiser: Client, over: Event):
    came = SignUpFactory.create(event=over, name="Kari Kom", size=2)
    SignUpFactory.create(event=over, name="Nils Borte")
    check_in.check_in(came.pk, size=2, at=NOW, by=None)
    check_in.walk_in(over.pk, size=1, name="", at=NOW, by=None)

    page = organiser.get(address(over, "etterpa/")).content.decode()

    assert "3 kom, talt ved døra." in page
    assert "Nils Borte" in page
    assert "Kari Kom" not in page


def test_nobody_is_signed_up_for_what_is_over(organiser: Client, over: Event):
    page = organiser.get(address(over)).content.decode()

    assert "Meld på noen" not in page
    assert "Innsjekk" in page


def test_the_number_is_written_where_nobody_counted(organiser: Client, over: Event):
    organiser.post(address(over, "etterpa/"), {"action": "held", "attendance": "31"})

    over.refresh_from_db()
    assert (over.status, over.attendance) == ("held", 31)


def test_turnout_per_company_is_for_staff(organiser: Client):
    event = EventFactory.create(status="held", starts_at=NOW - dt.timedelta(days=2))
    company = CompanyFactory.create(name="Eksempel Teknologi")
    SignUpFactory.create(event=event, company=company, size=4, checked_in_at=NOW, checked_in_size=3)

    page = signed_in(UserFactory.create(role=Role.EDITOR)).get("/min-side/oppmote/")

    assert "Eksempel Teknologi" in page.content.decode()
    assert "1 (25 %)" in page.content.decode()
    assert organiser.get("/min-side/oppmote/").status_code == 404


def test_staff_open_any_event_by_its_title(organiser: Client):
    EventFactory.create(title="Quizkveld")
    staff = signed_in(UserFactory.create(role=Role.PROGRAMME_OFFICE))

    assert "Quizkveld" in staff.get("/min-side/arrangementer/?q=quiz").content.decode()
    assert "Quizkveld" not in organiser.get("/min-side/arrangementer/?q=quiz").content.decode()


@pytest.mark.parametrize("page", ["sporsmal/", "paminnelser/", "inviter/", "kopier/", "etterpa/"])
def test_every_page_costs_few_queries(
    organiser: Client, over: Event, page: str, django_assert_max_num_queries
):
    for number in range(8):
        Question.objects.create(event=over, text=f"Spørsmål {number}", purpose="P")
        over.invitations.create(email=f"g{number}@example.no", created_at=NOW)
        over.materials.create(
            kind="other", title="A", link="https://example.no/", added_at=NOW, published_at=NOW
        )
    SignUpFactory.create_batch(20, event=over)

    with django_assert_max_num_queries(14):
        assert organiser.get(address(over, page)).status_code == 200
