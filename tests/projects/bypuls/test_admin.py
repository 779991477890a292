import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.template import engines
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls.demo import load
from projects.bypuls.models import Event, OpeningHours, SignUp, TransportCase, Venue
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory

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


def joined(event: Event, *letters: str, **fields: Any) -> None:
    for letter in letters:
        party = Party(name=letter, email=f"{letter}@example.no", **fields)
        sign_up(event.pk, party, at=NOW)


def act(office: Client, event: Event, step: str, **data: object) -> Event:
    """Send the dialog of one action as the admin's page does."""
    response = office.post(
        reverse(f"admin:bypuls_event_{step}", args=[event.pk]),
        {"_form_submitted": "True", **data},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 200
    assert response.headers.get("HX-Redirect"), response.content.decode()[-1500:]
    return Event.objects.get(pk=event.pk)


def unchanged_rows(office: Client, address: str) -> dict[str, object]:
    """Return what a browser sends of the lists on the page when nobody has touched them."""
    sent: dict[str, object] = {}
    for inline in office.get(address).context["inline_admin_formsets"]:
        management = inline.formset.management_form
        sent |= {management.add_prefix(name): "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return sent


@pytest.mark.parametrize("model", ["event", "signup", "venue", "transportcase"])
def test_lists_and_pages_open(office: Client, model: str):
    load(at=NOW)

    page = office.get(reverse(f"admin:bypuls_{model}_changelist"))
    assert page.status_code == 200
    models: dict[str, type[Model]] = {
        "event": Event,
        "signup": SignUp,
        "venue": Venue,
        "transportcase": TransportCase,
    }
    first = models[model]._default_manager.order_by("pk")[0]
    assert office.get(reverse(f"admin:bypuls_{model}_change", args=[first.pk])).status_code == 200


def test_the_event_list_does_not_query_for_each_row(office: Client, django_assert_max_num_queries):
    EventFactory.create_batch(10, venue=VenueFactory.create())

    with django_assert_max_num_queries(12):
        office.get(reverse("admin:bypuls_event_changelist"))


def test_a_new_event_starts_as_a_draft(office: Client):
    address = reverse("admin:bypuls_event_add")
    page = office.post(
        address,
        unchanged_rows(office, address)
        | {
            "title_nb": "Frokostmøte",
            "slug": "frokostmote",
            "summary_nb": "Kort",
            "starts_at_0": "2026-12-01",
            "starts_at_1": "08:00",
            "ends_at_0": "2026-12-01",
            "ends_at_1": "09:00",
            "place": "Rådhuset",
            "organiser": "Kommunen",
            "topic": "naringsliv",
            "audience": "alle",
            "language": "norsk",
            "capacity": "40",
            "waiting_list_capacity": "10",
            "max_group_size": "5",
            "takes_signups": "on",
            "is_date_set": "on",
            "admission": "open",
            "queue_policy": "strict",
            "attendee_list": "hidden",
        },
    )

    assert page.status_code == 302, page.context["errors"]
    event = Event.objects.get()
    assert (event.publication, event.title, event.capacity) == ("draft", "Frokostmøte", 40)


def test_saving_the_form_undoes_no_sign_up_and_moves_nothing(office: Client):
    event = EventFactory.create()
    address = reverse("admin:bypuls_event_change", args=[event.pk])
    form = office.get(address).context["adminform"].form
    assert "starts_at" not in form.fields
    assert "capacity" not in form.fields
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: value for name, value in data.items() if value not in (None, "", False)}
    joined(event, "a", "b")

    sent |= {"title_nb": "Ny tittel"} | unchanged_rows(office, address)
    response = office.post(address, sent)

    assert response.status_code == 302, response.context["errors"]
    saved = Event.objects.get(pk=event.pk)
    assert (saved.title, saved.seats_taken, saved.starts_at) == ("Ny tittel", 2, event.starts_at)


def test_publish_ask_and_withdraw(office: Client):
    event = EventFactory.create(publication="submitted", submitter_email="kari@example.no")

    assert act(office, event, "ask_changes_one", note="Når?").publication == "changes-asked"
    Event.objects.filter(pk=event.pk).update(publication="submitted")
    assert act(office, event, "publish_one").publication == "published"
    assert act(office, event, "withdraw_one").publication == "withdrawn"


def test_move_postpone_and_cancel_tell_those_signed_up(office: Client):
    event = EventFactory.create()
    joined(event, "a")

    moved = act(
        office,
        event,
        "move_one",
        starts_at="2026-12-01T18:00",
        ends_at="2026-12-01T20:00",
        place="Biblioteket",
        reason="Flere kan da",
    )
    assert (moved.status, moved.place, moved.sequence) == ("moved", "Biblioteket", 1)
    assert act(office, event, "postpone_one", reason="Snø").status == "postponed"
    assert act(office, event, "cancel_one", reason="Mer snø").status == "cancelled"
    kinds = Delivery.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["signup-receipt", "event-moved", "event-moved", "event-cancelled"]


def test_a_dialog_that_stood_open_while_a_colleague_called_off_undoes_nothing(office: Client):
    event = EventFactory.create()
    joined(event, "a")
    address = reverse("admin:bypuls_event_move_one", args=[event.pk])
    dialog = office.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'name="seen" value="0"' in dialog
    act(office, event, "cancel_one", reason="Snø", seen="0")

    after = act(
        office,
        event,
        "postpone_one",
        reason="",
        seen="0",
    )

    assert after.status == "cancelled"
    page = office.get(reverse("admin:bypuls_event_change", args=[event.pk])).content.decode()
    assert "Arrangementet er avlyst og kan ikke utsettes." in page


def test_the_second_tab_reads_what_the_first_one_did(office: Client):
    event = EventFactory.create()
    act(office, event, "postpone_one", reason="", seen="0")

    after = act(office, event, "cancel_one", reason="", seen="0")

    assert after.status == "postponed"
    page = office.get(reverse("admin:bypuls_event_change", args=[event.pk])).content.decode()
    assert "Noen har endret arrangementet siden du åpnet skjemaet. Nå er det utsatt" in page


def test_an_hour_that_summer_time_skips_is_refused_in_the_dialog(office: Client):
    event = EventFactory.create()

    response = office.post(
        reverse("admin:bypuls_event_move_one", args=[event.pk]),
        {
            "_form_submitted": "True",
            "starts_at": "2027-03-28T02:30",
            "ends_at": "2027-03-28T05:00",
            "place": "x",
        },
    )

    assert "HX-Redirect" not in response.headers
    assert Event.objects.get(pk=event.pk).status == "planned"


def test_capacity_goes_through_the_queue_and_is_refused_below_those_signed_up(office: Client):
    event = EventFactory.create(capacity=1)
    joined(event, "a", "b", "c")

    raised = act(office, event, "capacity_one", capacity="2", waiting_list_capacity="5")
    assert (raised.seats_taken, raised.waiting_taken) == (2, 1)
    refused = act(office, event, "capacity_one", capacity="1", waiting_list_capacity="5")
    assert refused.capacity == 2


def test_a_caller_is_signed_up_and_gets_a_receipt(office: Client):
    event = EventFactory.create(signup_closes_at=NOW - dt.timedelta(hours=1))

    called = act(office, event, "caller_one", name="Odd", email="odd@example.no", size="2")

    assert called.seats_taken == 2
    assert SignUp.objects.get().is_by_staff
    assert Delivery.objects.get().recipient == "odd@example.no"


def test_attendance_is_noted(office: Client):
    event = EventFactory.create(starts_at=NOW - dt.timedelta(hours=3))

    assert act(office, event, "held_one", attendance="34").attendance == 34


def test_the_attendee_list_holds_no_formulas(office: Client):
    event = EventFactory.create(asks_diet=True)
    joined(event, "a", note="=1+1", diet="nøtter")

    response = office.get(reverse("admin:bypuls_event_attendees_one", args=[event.pk]))

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[:7] == ["Har plass", "a", "a@example.no", "1", "", "'=1+1", "nøtter"]


def test_signing_off_in_the_list_frees_the_seat(office: Client):
    event = EventFactory.create(capacity=1)
    joined(event, "a", "b")
    first = SignUp.objects.order_by("pk")[0]

    office.post(
        reverse("admin:bypuls_signup_changelist"),
        {"action": "cancel_selected", "_selected_action": [first.pk]},
    )

    states = SignUp.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "offered"]


def test_residents_do_not_get_in(client: Client, resident: User):
    client.force_login(resident, backend=BACKEND)

    response = client.get(reverse("admin:bypuls_event_changelist"))

    assert response.status_code == 302


def test_opening_hours_are_written_beside_the_place(office: Client):
    venue = VenueFactory.create()

    address = reverse("admin:bypuls_venue_change", args=[venue.pk])
    response = office.post(
        address,
        unchanged_rows(office, address)
        | {
            "name": venue.name,
            "slug": venue.slug,
            "kind": venue.kind,
            "has_step_free_entrance": "unknown",
            "published_at_0": "2026-01-01",
            "published_at_1": "00:00",
            "opening_hours-TOTAL_FORMS": "1",
            "opening_hours-INITIAL_FORMS": "0",
            "opening_hours-0-weekday": "5",
            "opening_hours-0-opens": "10:00",
            "opening_hours-0-closes": "15:00",
        },
    )

    assert response.status_code == 302, response.context["errors"]
    assert OpeningHours.objects.get().weekday == 5
    assert "Åpent nå" in Client().get(venue.get_absolute_url()).content.decode()
