"""Min side: an organiser sets up, changes and calls off an event, and lets others in to it."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import (
    DoorLink,
    Event,
    EventMessage,
)
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory
from tests.projects.bypuls.test_organiser_access import organise, signed_in
from tests.projects.bypuls.test_organiser_pages import address, joined

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
