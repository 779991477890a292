"""What an organiser does on Min side, and what people are told of it."""

import csv
import datetime as dt
import io
import re
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
    DoorLink,
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


# --- Set-up and changes ------------------------------------------------------------------------------------
def test_more_seats_are_offered_to_the_queue(organiser: Client):
    event = EventFactory.create(capacity=1)
    organise(event)
    for name in ("Kari", "Nils", "Ola"):
        joined(event, name)
    sent = {"action": "capacity", "capacity": "2", "waiting_list_capacity": "5"}

    page = organiser.post(address(event, "oppsett/"), sent, follow=True).content.decode()

    assert "1 på ventelisten har fått tilbud om plass." in page
    assert event.log.get().detail == "2 + 5"


def test_fewer_seats_than_are_taken_is_told_beside_the_field(organiser: Client, event: Event):
    joined(event, size=3)
    sent = {"action": "capacity", "capacity": "2", "waiting_list_capacity": "5"}

    page = organiser.post(address(event, "oppsett/"), sent).content.decode()

    assert "data-error-summary" in page
    assert re.search(r'name="capacity"[^>]*value="2"|value="2"[^>]*name="capacity"', page)
    event.refresh_from_db()
    assert event.capacity == 10


@pytest.mark.parametrize("capacity", ["-1", "mange", "9" * 30, "1.5"])
def test_impossible_room_is_told(organiser: Client, event: Event, capacity: str):
    sent = {"action": "capacity", "capacity": capacity, "waiting_list_capacity": "0"}

    page = organiser.post(address(event, "oppsett/"), sent)

    assert "data-error-summary" in page.content.decode()


def test_the_attendee_list_is_opened_by_choice(organiser: Client, event: Event):
    sent = {"action": "attendee-list", "attendee_list": "public"}

    organiser.post(address(event, "oppsett/"), sent)
    organiser.post(address(event, "oppsett/"), {**sent, "attendee_list": "verden"})

    event.refresh_from_db()
    assert event.attendee_list == "public"


def moved_to(**changes: str) -> dict[str, str]:
    return {
        "action": "move",
        "starts_at_0": "2026-12-10",
        "starts_at_1": "08:00",
        "ends_at_0": "2026-12-10",
        "ends_at_1": "10:00",
        "venue": "",
        "place": "Rådhuset",
        "reason": "Større sal",
        **changes,
    }


def test_moving_tells_everybody_and_is_noted(organiser: Client, event: Event):
    joined(event)

    page = organiser.post(address(event, "endre/"), moved_to(), follow=True).content.decode()

    assert "1 påmelding har fått beskjed." in page
    event.refresh_from_db()
    assert (event.status, event.place) == ("moved", "Rådhuset")
    assert Delivery.objects.filter(kind="event-moved").count() == 1
    assert list(event.log.values_list("kind", "detail")) == [("moved", "Større sal")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ends_at_1": "07:00"}, "Slutten må være etter starten."),
        ({"starts_at_0": "2026-01-01", "ends_at_0": "2026-01-01"}, "må være fram i tid"),
        ({"place": ""}, "Velg et sted, eller skriv hvor det er."),
        ({"starts_at_0": "2027-03-28", "starts_at_1": "02:30"}, "Klokka stilles denne natta"),
        ({"starts_at_0": "i morgen"}, "data-error-summary"),
    ],
)
def test_an_impossible_time_is_told_and_moves_nothing(
    organiser: Client, event: Event, changes: dict[str, str], told: str
):
    page = organiser.post(address(event, "endre/"), moved_to(**changes)).content.decode()

    assert told in page
    assert "Større sal" in page
    event.refresh_from_db()
    assert event.status == "planned"
    assert not event.log.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at_1": "07:00"}, "ends_at"),
        ({"starts_at_0": "2026-01-01", "ends_at_0": "2026-01-01"}, "starts_at"),
        ({"ends_at_0": "2027-03-10"}, "ends_at"),
    ],
)
def test_an_impossible_time_is_told_beside_its_field(
    organiser: Client, event: Event, changes: dict[str, str], field: str
):
    answer = organiser.post(address(event, "endre/"), moved_to(**changes))

    assert list(answer.context["move"].errors) == [field]


def test_calling_off_needs_a_second_thought(organiser: Client, event: Event):
    joined(event)
    sent = {"action": "cancel", "reason": "Syk foreleser"}

    page = organiser.post(address(event, "endre/"), sent).content.decode()
    assert "data-error-summary" in page
    event.refresh_from_db()
    assert event.status == "planned"
    organiser.post(address(event, "endre/"), {**sent, "is_sure": "on"})
    organiser.post(address(event, "endre/"), {**sent, "is_sure": "on"})

    event.refresh_from_db()
    assert (event.status, event.status_reason) == ("cancelled", "Syk foreleser")
    assert Delivery.objects.filter(kind="event-cancelled").count() == 1


def test_put_off_without_a_new_time(organiser: Client, event: Event):
    joined(event)

    organiser.post(address(event, "endre/"), {"action": "postpone", "reason": ""})

    event.refresh_from_db()
    assert event.status == "postponed"
    assert Delivery.objects.filter(kind="event-moved").count() == 1


# --- The team and the door ---------------------------------------------------------------------------------
def test_the_team_is_added_to_removed_from_and_handed_over(organiser: Client, event: Event):
    page = address(event, "arrangorer/")
    organiser.post(page, {"action": "add", "email": "kim@example.no", "name": "Kim"})
    kim = event.organisers.get(email="kim@example.no")

    gone = organiser.post(page, {"action": "remove", "organiser": str(kim.pk)}, follow=True)
    assert "Personen er ikke arrangør lenger." in gone.content.decode()
    last = event.organisers.get()
    kept = organiser.post(page, {"action": "remove", "organiser": str(last.pk)}, follow=True)
    assert "Arrangementet må ha minst én arrangør." in kept.content.decode()
    left = organiser.post(page, {"action": "hand-over", "email": "kim@example.no"}, follow=True)

    assert left.redirect_chain[-1][0] == "/min-side/arrangementer/"
    assert list(event.organisers.values_list("email", flat=True)) == ["kim@example.no"]
    assert organiser.get(page).status_code == 404


def test_a_wrong_address_of_a_colleague_is_told_beside_the_field(organiser: Client, event: Event):
    page = organiser.post(
        address(event, "arrangorer/"), {"action": "add", "email": "kim@", "name": "Kim"}
    ).content.decode()

    assert "data-error-summary" in page
    assert 'value="Kim"' in page


def test_an_organiser_of_another_event_cannot_be_removed_from_here(organiser: Client, event: Event):
    other = organise(EventFactory.create(), "annen@example.no")
    organise(event, "to@example.no")

    for pk in (str(other.pk), "tull", "9" * 40):
        organiser.post(address(event, "arrangorer/"), {"action": "remove", "organiser": pk})

    other.refresh_from_db()
    assert event.organisers.count() == 2


def test_a_door_link_is_made_shown_and_closed(organiser: Client, event: Event):
    page = address(event, "dor/")
    shown = organiser.post(page, {"action": "make", "label": "Inngang B"}, follow=True)
    found = re.search(
        r'value="http://testserver(/[^"]+/innsjekk/dor/[^"]+/)"', shown.content.decode()
    )
    assert found
    assert Client().get(found.group(1)).status_code == 200

    organiser.post(page, {"action": "withdraw", "link": str(DoorLink.objects.get().pk)})

    assert Client().get(found.group(1)).status_code == 404
    assert list(event.log.order_by("pk").values_list("kind", flat=True)) == [
        "door-opened",
        "door-closed",
    ]


@pytest.mark.parametrize(
    "page", ["", "melding/", "oppsett/", "endre/", "arrangorer/", "dor/", "meld-pa/"]
)
def test_every_page_costs_few_queries(
    organiser: Client, event: Event, page: str, django_assert_max_num_queries
):
    for number in range(5):
        organise(event, f"arr{number}@example.no")
        DoorLink.objects.create(event=event, made_at=NOW)
        EventMessage.objects.create(
            event=event, audience="attending", title="A", text="B", written_at=NOW
        )
    SignUpFactory.create_batch(30, event=event)

    with django_assert_max_num_queries(12):
        assert organiser.get(address(event, page)).status_code == 200


@pytest.mark.parametrize("page", ["melding/", "oppsett/", "endre/", "arrangorer/", "dor/"])
def test_forms_need_the_token_of_their_page(event: Event, page: str):
    organise(event)
    user = UserFactory.create(email="arr@example.no")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post(address(event, page), {"action": "add"}).status_code == 403
