"""What an organiser does on Min side, and what people are told of it."""

import csv
import datetime as dt
import io
import uuid
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.events import messages
from projects.bypuls.models import (
    Answer,
    Event,
    EventMessage,
    Question,
    SignUp,
)
from projects.bypuls.signups import check_in
from projects.bypuls.signups.signup import Party, sign_up
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory
from tests.projects.bypuls.test_organiser_access import organise, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event() -> Event:
    return EventFactory.create(title="Frokostmøte", contact_email="frokost@example.no")


@pytest.fixture
def organiser(event: Event) -> Client:
    organise(event)
    return signed_in(UserFactory.create(email="arr@example.no", first_name="Ada"))


def address(event: Event, page: str = "") -> str:
    return f"/min-side/arrangementer/{event.slug}/{page}"


def joined(event: Event, name: str = "Kari", **changes: Any) -> SignUp:
    party = Party(name=name, email=f"{name.lower()}@example.no", **changes)
    return sign_up(event.pk, party, at=NOW).signup


# --- Messages -----------------------------------------------------------------------------------------
def written(**changes: Any) -> dict[str, str]:
    return {
        "audience": "attending",
        "title": "Inngang B",
        "text": "Bruk inngang B.\n\nVel møtt!",
        "key": str(uuid.uuid4()),
        **changes,
    }


def test_a_message_is_shown_first_and_sent_once_however_often_it_is_pressed(
    organiser: Client, event: Event
):
    for name in ("Kari", "Nils"):
        joined(event, name)
    SignUpFactory.create(event=event, state="waiting", email="venter@example.no")
    sent = written()

    preview = organiser.post(address(event, "melding/"), sent).content.decode()
    assert "Send til 2 personer?" in preview
    assert sent["key"] in preview
    assert not EventMessage.objects.exists()
    for _click in range(3):
        organiser.post(address(event, "melding/"), {**sent, "send": "1"})

    message = EventMessage.objects.get()
    assert (message.recipients, message.sender.email) == (2, "arr@example.no")  # type: ignore[union-attr]
    letters = Delivery.objects.filter(kind="event-message").order_by("recipient")
    assert [letter.recipient for letter in letters] == ["kari@example.no", "nils@example.no"]
    assert letters[0].body.title == "Inngang B"
    assert "Bruk inngang B." in letters[0].body.text
    assert letters[0].headers == {"Reply-To": "frokost@example.no"}
    assert event.log.get().detail == "Inngang B (2)"


def test_the_queue_is_written_to_apart(organiser: Client, event: Event):
    joined(event)
    SignUpFactory.create(event=event, state="waiting", email="venter@example.no")

    organiser.post(address(event, "melding/"), {**written(audience="queue"), "send": "1"})

    assert Delivery.objects.get(kind="event-message").recipient == "venter@example.no"


def test_a_party_that_split_gets_one_letter(organiser: Client, event: Event):
    first = joined(event)
    SignUpFactory.create(event=event, email=first.email, split_from=first)

    organiser.post(address(event, "melding/"), {**written(), "send": "1"})

    assert Delivery.objects.filter(kind="event-message").count() == 1
    assert EventMessage.objects.get().recipients == 1


def test_a_message_to_nobody_is_told_and_kept(organiser: Client, event: Event):
    for sent in (written(), {**written(), "send": "1"}):
        page = organiser.post(address(event, "melding/"), sent).content.decode()
        assert "Det er ingen å sende til akkurat nå." in page
        assert "Bruk inngang B." in page


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"text": ""}, {"audience": "organiser"}, {"audience": ""}, {"key": "tull"}],
)
def test_an_unfinished_message_is_not_sent(organiser: Client, event: Event, changes: Any):
    joined(event)

    page = organiser.post(address(event, "melding/"), {**written(**changes), "send": "1"})

    assert page.status_code == 200
    assert not EventMessage.objects.exists()


def test_going_back_from_the_preview_loses_nothing(organiser: Client, event: Event):
    joined(event)

    page = organiser.post(address(event, "melding/"), {**written(), "change": "1"})

    assert "Bruk inngang B." in page.content.decode()
    assert "data-error-summary" not in page.content.decode()
    assert not EventMessage.objects.exists()


def test_a_key_of_another_events_message_sends_nothing(organiser: Client, event: Event):
    other = EventFactory.create()
    joined(other)
    joined(event)
    key = uuid.uuid4()
    user = UserFactory.create()
    messages.write_message(
        other.pk, audience="attending", title="A", text="B", key=key, by=user, at=NOW
    )

    page = organiser.post(address(event, "melding/"), {**written(key=str(key)), "send": "1"})

    assert "Skriv meldingen på nytt." in page.content.decode()
    assert EventMessage.objects.count() == 1


def test_a_line_break_in_the_title_forges_no_header(organiser: Client, event: Event):
    joined(event)
    sent = written(title="Hei\r\nBcc: alle@example.no")

    organiser.post(address(event, "melding/"), {**sent, "send": "1"})

    for letter in Delivery.objects.filter(kind="event-message"):
        assert "\n" not in letter.body.title


def test_many_are_written_to_with_few_queries(django_assert_max_num_queries):
    event = EventFactory.create(capacity=None)
    SignUpFactory.create_batch(300, event=event)
    user = UserFactory.create()

    with django_assert_max_num_queries(16):
        messages.write_message(
            event.pk, audience="attending", title="A", text="B", key=uuid.uuid4(), by=user, at=NOW
        )

    assert Delivery.objects.filter(kind="event-message").count() == 300


# --- Files -----------------------------------------------------------------------------------------------
@pytest.fixture
def full_event(event: Event) -> Event:
    question = Question.objects.create(event=event, text="Størrelse?", purpose="T-skjorter")
    signup = SignUpFactory.create(
        event=event,
        name="=1+1|cmd",
        email="ase@example.no",
        size=2,
        companions="Bjørn\nØyvind",
        company=CompanyFactory.create(name="Åsen & Co"),
        diet="nøtter; skalldyr",
        note='+47 99 99 99 99 "ring"\x0b',
    )
    Answer.objects.create(signup=signup, question=question, text="@SUM(A1)")
    SignUpFactory.create(event=event, name="Borte", state="cancelled", cancelled_at=NOW)
    check_in.walk_in(event.pk, size=3, name="Innom", at=NOW, by=None)
    return event


def test_csv_opens_right_in_a_norwegian_spreadsheet(organiser: Client, full_event: Event):
    answer: Any = organiser.post(address(full_event, "pameldte.csv"))

    raw = b"".join(answer.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    head, first, walk_in = rows
    found = dict(zip(head, first, strict=True))
    assert found["Navn"] == "'=1+1|cmd"
    assert found["Følge"] == "Bjørn\nØyvind"
    assert found["Bedrift"] == "Åsen & Co"
    assert found["Størrelse?"] == "'@SUM(A1)"
    assert found["Allergier"] == "nøtter; skalldyr"
    assert found["Beskjed"].startswith("'+47")
    assert (walk_in[0], walk_in[1], walk_in[-1]) == ("Kom uten påmelding", "Innom", "3")


def test_the_workbook_holds_texts_numbers_and_dates_and_no_formula(
    organiser: Client, full_event: Event
):
    answer: Any = organiser.post(address(full_event, "pameldte.xlsx"))

    sheet: Any = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows())
    head = [cell.value for cell in rows[0]]
    found = dict(zip(head, rows[1], strict=True))
    assert all(cell.data_type != "f" for row in rows for cell in row)
    assert found["Navn"].value == "=1+1|cmd"
    assert found["Størrelse?"].value == "@SUM(A1)"
    assert found["Beskjed"].value == '+47 99 99 99 99 "ring"'
    assert found["Antall"].value == 2
    assert found["Meldt på"].value.isoformat() == "2026-11-01T00:00:00"
    assert len(rows) == 3


def test_who_took_the_list_out_is_noted(organiser: Client, full_event: Event):
    for name in ("pameldte.csv", "pameldte.xlsx"):
        answer: Any = organiser.post(address(full_event, name))
        assert b"".join(answer.streaming_content)

    page = organiser.get(address(full_event)).content.decode()

    kinds = full_event.log.order_by("pk").values_list("kind", "detail", "by__email")
    assert list(kinds) == [
        ("exported", "CSV", "arr@example.no"),
        ("exported", "Excel", "arr@example.no"),
    ]
    assert "Lastet ned deltakerlisten: CSV" in page


def test_a_look_at_the_address_takes_nothing_out(organiser: Client, full_event: Event):
    assert organiser.get(address(full_event, "pameldte.csv")).status_code == 405
    assert not full_event.log.exists()


def test_the_file_costs_the_same_queries_with_many(
    organiser: Client, full_event: Event, django_assert_max_num_queries
):
    SignUpFactory.create_batch(400, event=full_event)

    with django_assert_max_num_queries(16):
        answer: Any = organiser.post(address(full_event, "pameldte.csv"))
        raw = b"".join(answer.streaming_content)

    assert raw.count(b"@example.no") == 401


# --- People ---------------------------------------------------------------------------------------------
def called(**changes: str) -> dict[str, str]:
    return {"name": "Kari", "email": "kari@example.no", "size": "1", "note": "", **changes}


def test_a_caller_is_signed_up_after_sign_up_has_closed(organiser: Client):
    event = EventFactory.create(signup_closes_at=NOW - dt.timedelta(days=1))
    organise(event)

    page = organiser.post(address(event, "meld-pa/"), called(size="2"), follow=True)

    assert "Kari har plass og har fått kvittering." in page.content.decode()
    signup = event.signups.get()
    assert (signup.is_by_staff, signup.size) == (True, 2)
    assert event.log.get().kind == "signed-up"


def test_a_caller_never_gets_a_seat_that_is_not_there(organiser: Client):
    event = EventFactory.create(capacity=0, waiting_list_capacity=0)
    organise(event)

    page = organiser.post(address(event, "meld-pa/"), called(note="Ring meg")).content.decode()

    assert "Det er fullt." in page
    assert "Ring meg" in page
    assert not event.signups.exists()
    assert not event.log.exists()


def test_somebody_is_signed_off_and_told_and_the_queue_gets_the_seat(organiser: Client):
    event = EventFactory.create(capacity=1)
    organise(event)
    kari, nils = joined(event, "Kari"), joined(event, "Nils")

    page = organiser.get(address(event, f"pamelding/{kari.pk}/")).content.decode()
    assert "Meld av Kari" in page
    page = organiser.post(address(event, f"pamelding/{kari.pk}/"), follow=True).content.decode()

    assert "Kari er meldt av." in page
    kari.refresh_from_db()
    nils.refresh_from_db()
    assert (kari.state, nils.state) == ("cancelled", "offered")
    assert Delivery.objects.filter(recipient=kari.email, kind="signup-cancelled").exists()


def test_a_walk_in_is_taken_back_without_touching_the_seats(organiser: Client, event: Event):
    joined(event)
    settled = check_in.walk_in(event.pk, size=2, name="Innom", at=NOW, by=None)

    organiser.post(address(event, f"pamelding/{settled.signup.pk}/"))  # type: ignore[union-attr]

    event.refresh_from_db()
    assert event.seats_taken == 1
    assert check_in.attendance_of(event) is None


def test_somebody_of_another_event_does_not_exist(organiser: Client, event: Event):
    foreign = SignUpFactory.create()

    for ask in (organiser.get, organiser.post):
        assert ask(address(event, f"pamelding/{foreign.pk}/")).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == "attending"
