"""The check-in page: with plain forms, by batches from phones, and through a door link."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client

from members.accounts.models import Role
from projects.bypuls.access import door_token
from projects.bypuls.models import DoorLink, DoorPress, Event, SignUp
from projects.bypuls.signups.ticket import check_in_url, ticket_code
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory
from tests.projects.bypuls.test_organiser_access import organise, signed_in

pytestmark = pytest.mark.django_db
MILLISECONDS = int(NOW.timestamp() * 1000)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event() -> Event:
    return EventFactory.create(starts_at=NOW - dt.timedelta(minutes=10))


@pytest.fixture
def organiser(event: Event) -> Client:
    organise(event)
    return signed_in(UserFactory.create(email="arr@example.no"))


def page_of(event: Event) -> str:
    return f"/arrangementer/{event.slug}/innsjekk/"


def helper_of(event: Event, **changes: Any) -> Client:
    link = DoorLink.objects.create(event=event, made_at=NOW, **changes)
    client = Client()
    client.post(f"{page_of(event)}dor/{door_token(link)}/")
    return client


# --- Without script ------------------------------------------------------------------------------------
def test_a_party_is_checked_in_and_taken_back_by_plain_forms(organiser: Client, event: Event):
    signup = SignUpFactory.create(event=event, name="Kari", size=4)

    page = organiser.post(page_of(event), {"press": f"in-{signup.pk}-3"}, follow=True)
    assert "Kari er sjekket inn (3 av 4)." in page.content.decode()
    assert "3 av 4 kom" in page.content.decode()
    page = organiser.post(page_of(event), {"press": f"undo-{signup.pk}-0"}, follow=True)

    assert "Kari er ikke sjekket inn lenger." in page.content.decode()
    signup.refresh_from_db()
    assert signup.checked_in_size is None
    assert DoorPress.objects.filter(by__email="arr@example.no").count() == 2


def test_a_double_click_on_a_walk_in_counts_once(organiser: Client, event: Event):
    page = organiser.get(page_of(event)).content.decode()
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert key
    sent = {"walk-in": "1", "name": "Nils", "size": "2", "key": key.group(1)}

    organiser.post(page_of(event), sent)
    page = organiser.post(page_of(event), sent, follow=True).content.decode()

    assert event.signups.get().checked_in_size == 2
    assert "2 uten påmelding" in page


@pytest.mark.parametrize("size", ["", "0", "51", "mange", "9" * 400])
def test_a_wrong_number_of_walk_ins_is_told_and_keeps_the_name(
    organiser: Client, event: Event, size: str
):
    sent = {"walk-in": "1", "name": "Nils", "size": size, "key": str(uuid.uuid4())}

    page = organiser.post(page_of(event), sent).content.decode()

    assert "data-error-summary" in page
    assert 'value="Nils"' in page
    assert not event.signups.exists()


@pytest.mark.parametrize("press", ["", "in-1", "in-x-1", "ut-1-1", "in-1-1'--", "in-" + "9" * 30])
def test_a_press_that_nobody_made_changes_nothing(organiser: Client, event: Event, press: str):
    page = organiser.post(page_of(event), {"press": press}, follow=True)

    assert page.status_code == 200
    assert not DoorPress.objects.exists()


def test_the_list_is_searched_and_narrowed_to_those_who_are_missing(
    organiser: Client, event: Event
):
    SignUpFactory.create(event=event, name="Åse Dal", companions="Ola Berg")
    SignUpFactory.create(event=event, name="Nils", company=CompanyFactory.create(name="Berg AS"))
    SignUpFactory.create(event=event, name="Per", checked_in_at=NOW, checked_in_size=1)
    SignUpFactory.create(event=event, name="Venter", state="waiting")
    SignUpFactory.create(event=event, name="Borte", state="cancelled", cancelled_at=NOW)

    def names(query: str) -> set[str]:
        rows = organiser.get(page_of(event) + query).content.decode().partition("<template")[0]
        return {
            name for name in ("Åse Dal", "Nils", "Per", "Venter", "Borte") if f">{name}<" in rows
        }

    assert names("") == {"Åse Dal", "Nils", "Per", "Venter"}
    assert names("?q=berg") == {"Åse Dal", "Nils"}
    assert names("?q=åse+berg") == {"Åse Dal"}
    assert names("?mangler=1") == {"Åse Dal", "Nils"}


def test_the_helper_sees_names_and_companies_and_no_more(organiser: Client, event: Event):
    SignUpFactory.create(
        event=event, name="Kari", email="hemmelig@example.no", diet="nøtter", note="rullestol"
    )

    page = organiser.get(page_of(event)).content.decode()
    listed = organiser.get(f"{page_of(event)}liste/").content.decode()

    assert "Kari" in page
    assert "Kari" in listed
    for secret in ("hemmelig", "nøtter", "rullestol"):
        assert secret not in page
        assert secret not in listed


# --- Tickets ----------------------------------------------------------------------------------------------
def test_the_code_of_the_ticket_finds_its_party(organiser: Client, event: Event):
    signup = SignUpFactory.create(event=event, name="Kari")
    SignUpFactory.create(event=event, name="Nils")

    for address in (
        check_in_url(signup).removeprefix("http://testserver"),
        f"{page_of(event)}?q={ticket_code(signup).lower()}",
    ):
        rows = organiser.get(address).content.decode().partition("<template")[0]
        assert ">Kari<" in rows
        assert ">Nils<" not in rows


def test_the_ticket_of_another_event_says_which(organiser: Client, event: Event):
    other = SignUpFactory.create(event=EventFactory.create(title="Quizkveld"))

    page = organiser.get(f"{page_of(event)}?kode={ticket_code(other)}").content.decode()

    assert "Billetten gjelder et annet arrangement: Quizkveld" in page
    assert other.name not in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"state": "cancelled", "cancelled_at": NOW}, "Kari har ikke plass (avmeldt)."),
        ({"state": "waiting"}, "Kari har ikke plass (på venteliste)."),
    ],
)
def test_a_ticket_without_a_seat_says_why(
    organiser: Client, event: Event, changes: dict[str, Any], told: str
):
    signup = SignUpFactory.create(event=event, name="Kari", **changes)

    page = organiser.get(f"{page_of(event)}?kode={ticket_code(signup)}").content.decode()

    assert told in page


@pytest.mark.parametrize("code", ["tull", "1-AAAA-AAAA", "x" * 5000, "%00"])
def test_a_forged_code_finds_nobody(organiser: Client, event: Event, code: str):
    SignUpFactory.create(event=event)

    page = organiser.get(f"{page_of(event)}?kode={code}").content.decode()

    assert "Koden er ikke fra en billett" in page


# --- The door ---------------------------------------------------------------------------------------------
def test_a_helper_without_an_account_checks_in_through_the_door(event: Event):
    signup = SignUpFactory.create(event=event)
    helper = helper_of(event, label="Frivillig 1")

    page = helper.post(page_of(event), {"press": f"in-{signup.pk}-1"}, follow=True)

    assert page.status_code == 200
    press = DoorPress.objects.get()
    assert press.by is None
    assert str(press.door) == "Frivillig 1"


def test_opening_the_link_alone_opens_nothing(event: Event):
    link = DoorLink.objects.create(event=event, made_at=NOW)
    client = Client()

    assert client.get(f"{page_of(event)}dor/{door_token(link)}/").status_code == 200

    assert client.get(page_of(event)).status_code == 302


def test_the_door_leads_nowhere_else(event: Event):
    other = EventFactory.create()
    helper = helper_of(event)

    assert helper.get(page_of(other)).status_code == 302
    assert helper.get(f"/min-side/arrangementer/{event.slug}/").status_code == 302
    assert helper.get("/min-side/").status_code == 302


def test_a_withdrawn_or_old_door_closes_for_those_inside(event: Event):
    helper = helper_of(event)
    assert helper.get(page_of(event)).status_code == 200

    with time_machine.travel(event.ends_at + dt.timedelta(hours=12), tick=False):
        assert helper.get(f"{page_of(event)}liste/").status_code == 404
    DoorLink.objects.update(withdrawn_at=NOW)
    assert helper.get(page_of(event)).status_code == 404


def test_a_finished_helper_leaves_nothing_on_the_phone(event: Event):
    helper = helper_of(event)

    answer = helper.post(f"{page_of(event)}avslutt/")

    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert helper.get(page_of(event)).status_code == 302


def test_signing_out_empties_what_the_browser_holds(organiser: Client):
    answer = organiser.post("/konto/logout/")

    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert organiser.get("/min-side/").status_code == 302
    assert "Clear-Site-Data" not in organiser.get("/konto/login/").headers


def test_no_page_of_the_door_is_kept_by_a_cache_and_the_shell_holds_no_name(
    organiser: Client, event: Event
):
    SignUpFactory.create(event=event, name="Kari")

    for name in ("", "liste/", "skall/", "arbeider.js"):
        answer = organiser.get(page_of(event) + name)
        assert "no-store" in answer.headers["Cache-Control"], name
    shell = organiser.get(f"{page_of(event)}skall/").content.decode()
    assert "Kari" not in shell
    assert "csrfmiddlewaretoken" not in shell


def test_only_this_page_may_use_the_camera(organiser: Client, event: Event):
    assert "camera=(self)" in organiser.get(page_of(event)).headers["Permissions-Policy"]
    assert "camera=()" in organiser.get("/arrangementer/").headers["Permissions-Policy"]


# --- Batches -----------------------------------------------------------------------------------------------
def send(client: Client, event: Event, *presses: Any, **more: Any) -> Any:
    data = {"sent_at": MILLISECONDS, "presses": list(presses), **more}
    return client.post(
        f"{page_of(event)}oppgjor/", json.dumps(data), content_type="application/json"
    )


def pressed(signup: SignUp | None = None, **changes: Any) -> dict[str, Any]:
    made = {"key": str(uuid.uuid4()), "kind": "check-in", "at": MILLISECONDS - 60_000, "size": 1}
    return made | ({"id": signup.pk} if signup else {}) | changes


def outcomes(answer: Any) -> list[str]:
    return [one["outcome"] for one in answer.json()["results"]]


def test_a_batch_settles_and_a_second_time_is_harmless(organiser: Client, event: Event):
    signup = SignUpFactory.create(event=event, size=3)
    batch = [pressed(signup, size=2), pressed(kind="walk-in", name="Nils", size=2)]

    assert outcomes(send(organiser, event, *batch)) == ["done", "done"]
    assert outcomes(send(organiser, event, *batch)) == ["again", "again"]

    signup.refresh_from_db()
    assert signup.checked_in_size == 2
    assert signup.checked_in_at == NOW - dt.timedelta(minutes=1)
    assert event.signups.filter(is_walk_in=True).count() == 1


def test_two_phones_settle_the_same_party_by_the_time_of_the_press(organiser: Client, event: Event):
    signup = SignUpFactory.create(event=event, size=4)
    helper = helper_of(event)

    late = send(helper, event, pressed(signup, size=4, at=MILLISECONDS - 10_000))
    early = send(organiser, event, pressed(signup, size=2, at=MILLISECONDS - 90_000))

    assert (outcomes(late), outcomes(early)) == (["done"], ["older"])
    signup.refresh_from_db()
    assert signup.checked_in_size == 4


def test_a_phone_whose_clock_is_wrong_is_set_right(organiser: Client, event: Event):
    signup = SignUpFactory.create(event=event)
    a_year = 365 * 24 * 3600 * 1000

    send(
        organiser,
        event,
        pressed(signup, at=MILLISECONDS - a_year - 120_000),
        sent_at=MILLISECONDS - a_year,
    )

    signup.refresh_from_db()
    assert signup.checked_in_at == NOW - dt.timedelta(minutes=2)


def test_those_who_have_signed_off_meanwhile_are_reported_by_name(organiser: Client, event: Event):
    gone = SignUpFactory.create(event=event, name="Kari", state="cancelled", cancelled_at=NOW)

    (result,) = send(organiser, event, pressed(gone)).json()["results"]

    assert result["outcome"] == "no-seat"
    assert "Kari har ikke plass lenger (avmeldt)" in result["text"]


def test_rows_of_another_event_are_refused_and_tell_nothing(organiser: Client, event: Event):
    foreign = SignUpFactory.create(name="Fremmed Person")

    answer = send(organiser, event, pressed(foreign))

    assert outcomes(answer) == ["unknown"]
    assert "Fremmed" not in answer.content.decode()
    foreign.refresh_from_db()
    assert foreign.checked_in_at is None


BAD_PRESSES: list[Any] = [
    *(None, 7, "tekst", [], {}),
    {"key": "ikke-en-nøkkel", "kind": "check-in", "at": MILLISECONDS},
    pressed(kind="slett"),
    pressed(at="i går"),
    pressed(at=None),
    pressed(at=1e400),
    pressed(at=float("nan")),
    pressed(size="to"),
    pressed(size=None),
    pressed(name=["Nils"], kind="walk-in"),
    pressed(id="1; DROP TABLE"),
    pressed(walk_in="tull"),
]


@pytest.mark.parametrize("bad", BAD_PRESSES, ids=range(len(BAD_PRESSES)))
def test_what_cannot_be_read_is_reported_and_the_rest_is_kept(
    organiser: Client, event: Event, bad: Any
):
    signup = SignUpFactory.create(event=event)

    answer = send(organiser, event, bad, pressed(signup))

    assert answer.status_code == 200
    assert sorted(outcomes(answer)) == ["done", "unreadable"]
    signup.refresh_from_db()
    assert signup.checked_in_size == 1


@pytest.mark.parametrize(
    "body",
    [
        *("", "null", "[]", "{", "7", '{"presses": 7, "sent_at": 1}', '{"presses": []}'),
        *('{"presses": [], "sent_at": "nå"}', "[" * 100_000),
        json.dumps({"sent_at": 1, "presses": [1] * 501}),
    ],
    ids=range(10),
)
def test_what_is_no_batch_is_refused_in_words(organiser: Client, event: Event, body: str):
    answer = organiser.post(f"{page_of(event)}oppgjor/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["problem"]


def test_forged_ids_and_sizes_never_reach_the_database(organiser: Client, event: Event):
    signup = SignUpFactory.create(event=event)

    answer = send(
        organiser,
        event,
        pressed(id=2**70),
        pressed(id=-1),
        pressed(signup, size=10**12),
        pressed(signup, size=-5),
        pressed(kind="walk-in", size=10**12),
    )

    assert outcomes(answer) == ["unknown", "unknown", "wrong-size", "wrong-size", "wrong-size"]


def test_a_batch_needs_the_token_of_the_page(event: Event):
    user = UserFactory.create(role=Role.PROGRAMME_OFFICE)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    signup = SignUpFactory.create(event=event)

    assert send(client, event, pressed(signup)).status_code == 403
    token = client.get(f"{page_of(event)}liste/").json()["csrf"]
    answer = client.post(
        f"{page_of(event)}oppgjor/",
        json.dumps({"sent_at": MILLISECONDS, "presses": [pressed(signup)]}),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )

    assert outcomes(answer) == ["done"]


@pytest.mark.parametrize("address", ["", "liste/"])
def test_the_list_costs_the_same_with_many(
    organiser: Client, event: Event, address: str, django_assert_max_num_queries
):
    SignUpFactory.create_batch(150, event=event, company=CompanyFactory.create())

    with django_assert_max_num_queries(8):
        answer = organiser.get(page_of(event) + address)

    assert answer.status_code == 200


def test_without_script_a_long_list_says_how_many_are_left_out(organiser: Client, event: Event):
    SignUpFactory.create_batch(130, event=event)

    page = organiser.get(page_of(event)).content.decode()

    assert "30 til. Søk for å finne dem." in page
