"""One's own sign-ups in one's own calendar: what stands in it, and who gets and calls back the address."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls.events.changes import cancel_event, move_event, postpone
from projects.bypuls.models import Event, OwnCalendar, SignUp
from projects.bypuls.own_data import own_data
from projects.bypuls.retention import RULES
from projects.bypuls.signups import own_calendar
from projects.bypuls.signups.mails import SIGNUP_LINK
from projects.bypuls.signups.signup import Party, cancel, sign_up
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory
from vekst.links import make_token

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
KARI = "kari@example.no"
MINE = "/min-side/kalender/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def join(event: Event, email: str = KARI, size: int = 1) -> SignUp:
    return sign_up(event.pk, Party(name="Kari", email=email, size=size), at=NOW).signup


def path(name: str = "own_calendar_file", email: str = KARI) -> str:
    calendar = own_calendar.open_for(email, at=NOW)
    return own_calendar.address_of(calendar, name).removeprefix("http://testserver")


def entries(client: Client, email: str = KARI) -> dict[str, Any]:
    """Return what a calendar program reads, by title."""
    content = client.get(path(email=email)).content
    calendar = icalendar.Calendar.from_ical(content)
    return {str(entry["SUMMARY"]): entry for entry in calendar.walk("VEVENT")}


# --- What stands in it ----------------------------------------------------------------------------
def test_it_holds_what_this_address_is_signed_up_for_and_nothing_else(client: Client):
    join(EventFactory.create(title="Frokost"))
    cancel(join(EventFactory.create(title="Avmeldt")).pk, at=NOW)
    join(EventFactory.create(title="Andres"), "nils@example.no")
    join(EventFactory.create(title="Uten dato", is_date_set=False, date_note="Våren"))
    full = EventFactory.create(title="Fullt", capacity=1)
    join(full, "nils@example.no")
    join(full)

    found = entries(client)

    assert sorted(found) == ["Frokost", "På venteliste: Fullt"]
    assert (found["Frokost"]["STATUS"], found["Frokost"]["TRANSP"]) == ("CONFIRMED", "OPAQUE")
    waits = found["På venteliste: Fullt"]
    assert (waits["STATUS"], waits["TRANSP"]) == ("TENTATIVE", "TRANSPARENT")


def test_a_moved_event_stands_once_at_its_new_time_and_a_cancelled_one_disappears(client: Client):
    moved, gone, later = (
        EventFactory.create(title=title) for title in ("Flyttes", "Avlyses", "Utsettes")
    )
    for event in (moved, gone, later):
        join(event)
    before = entries(client)["Flyttes"]
    day = dt.timedelta(days=1)
    move_event(
        moved.pk,
        starts_at=moved.starts_at + day,
        ends_at=moved.ends_at + day,
        venue=None,
        place="Torget",
        reason="",
        at=NOW,
    )
    cancel_event(gone.pk, reason="Syk", at=NOW)
    postpone(later.pk, reason="Snø", at=NOW)

    found = entries(client)

    assert sorted(found) == ["Flyttes", "Utsatt: Utsettes"]
    assert found["Utsatt: Utsettes"]["STATUS"] == "TENTATIVE"
    after = found["Flyttes"]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("DTSTART") == moved.starts_at + day
    [shown] = recurring_ical_events.of(icalendar.Calendar.from_ical(client.get(path()).content)).at(
        moved.starts_at + day
    )
    assert str(shown["SUMMARY"]) == "Flyttes"


def test_an_event_of_a_closed_circle_stands_there_without_a_page_that_is_not_there(client: Client):
    join(EventFactory.create(title="Lukket"))
    Event.objects.update(is_unlisted=True)

    entry = entries(client)["Lukket"]

    assert "URL" not in entry
    assert "/arrangementer/" not in str(entry["DESCRIPTION"])


def test_a_party_that_has_split_stands_there_once_with_its_seat(client: Client):
    event = EventFactory.create(title="Delt")
    first = join(event)
    SignUp.objects.create(
        event=event, email=KARI, state="waiting", queue_number=1, created_at=NOW, split_from=first
    )

    assert list(entries(client)) == ["Delt"]


def test_it_is_in_english_for_english_readers(client: Client):
    join(EventFactory.create(title_nb="Frokost", title_en="Breakfast"))

    content = client.get(f"/en{path()}").content.decode()

    assert "SUMMARY:Breakfast" in content


@pytest.mark.parametrize("number", [1, 20])
def test_it_takes_two_queries_whatever_the_number(
    client: Client, django_assert_num_queries, number: int
):
    for _ in range(number):
        join(EventFactory.create(venue=VenueFactory.create()))
    address = path()

    with django_assert_num_queries(2):
        client.get(address)


def test_programs_that_have_it_are_not_sent_it_again_and_no_cache_holds_it(client: Client):
    join(EventFactory.create())
    first = client.get(path())

    again = client.get(path(), headers={"if-none-match": first.headers["ETag"]})

    assert again.status_code == 304
    assert first.headers["Cache-Control"] == "private, no-cache"


# --- The address ----------------------------------------------------------------------------------
def my_signup(signup: SignUp) -> str:
    return f"/arrangementer/min-pamelding/{make_token(SIGNUP_LINK, signup.pk)}/"


def test_the_page_of_a_sign_up_shows_no_address_but_mails_it_to_the_holder(client: Client):
    join(EventFactory.create(title="Det andre"))
    signup = join(EventFactory.create())
    Delivery.objects.all().delete()

    for _ in range(2):
        page = client.post(my_signup(signup), {"action": "calendar"}, follow=True).content.decode()

    assert "på vei til e-posten din" in page
    assert "min-kalender" not in page
    mail = Delivery.objects.select_related("body").get()
    assert mail.recipient == KARI
    [address] = re.findall(r"http://testserver(/arrangementer/min-kalender/\S+)", mail.body.text)
    shown = client.get(address).content.decode()
    assert "Det andre" in shown
    assert path() in shown


def test_a_new_address_is_mailed_and_the_old_one_leads_nowhere(client: Client):
    join(EventFactory.create())
    Delivery.objects.all().delete()
    page, file = path("own_calendar"), path()

    shown = client.post(page, {"action": "renew"}).content.decode()

    assert "Den nye er på vei til e-posten din." in shown
    assert "min-kalender" not in shown.partition("<main")[2]
    for old in (page, file):
        response = client.get(old)
        assert response.status_code == 410
        assert "finnes ikke lenger" in response.content.decode()
    mail = Delivery.objects.select_related("body").get()
    assert "har fått ny adresse" in mail.body.text
    [new] = re.findall(r"http://testserver(/arrangementer/min-kalender/\S+)", mail.body.text)
    assert client.get(new).status_code == 200


def test_the_address_is_called_back(client: Client):
    file = path()

    page = client.post(path("own_calendar"), {"action": "close"}).content.decode()

    assert "Kalenderen er tatt bort." in page
    assert client.get(file).status_code == 410
    assert not OwnCalendar.objects.exists()


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: "tull", id="no token"),
        pytest.param(lambda: make_token(SIGNUP_LINK, 1), id="token of something else"),
        pytest.param(lambda: make_token("bypuls.own-calendar", 0), id="token of nobody"),
    ],
)
def test_a_made_up_address_leads_nowhere(client: Client, make: Callable[[], str]):
    token = make()

    for ending in (".ics", "/"):
        assert client.get(f"/arrangementer/min-kalender/{token}{ending}").status_code == 410


def test_reading_the_page_and_the_file_writes_nothing(client: Client):
    path()
    before = OwnCalendar.objects.values_list("pk", "created_at").get()

    client.get(path("own_calendar"), {"action": "renew"})
    client.get(path())

    assert OwnCalendar.objects.values_list("pk", "created_at").get() == before


# --- On Min side ----------------------------------------------------------------------------------
@pytest.fixture
def kari(client: Client) -> User:
    user = UserFactory.create(email="Kari@Example.no")
    client.force_login(user, backend=BACKEND)
    return user


def test_on_min_side_it_is_made_changed_and_taken_away(client: Client, kari: User):
    join(EventFactory.create(title="Frokost"))
    assert MINE in client.get("/min-side/").content.decode()
    assert "Lag kalenderen" in client.get(MINE).content.decode()

    page = client.post(MINE, {"action": "open"}, follow=True).content.decode()
    first = path()
    assert "Frokost" in page
    assert first in page
    page = client.post(MINE, {"action": "renew"}, follow=True).content.decode()
    assert path() != first
    assert path() in page
    assert client.get(first).status_code == 410
    page = client.post(MINE, {"action": "close"}, follow=True).content.decode()
    assert "Lag kalenderen" in page
    assert not OwnCalendar.objects.exists()


def test_it_is_in_what_we_have_on_one_and_goes_when_nothing_is_known_of_one(kari: User):
    own_calendar.open_for(KARI, at=NOW)
    rule = next(rule for rule in RULES if "kalenderen med egne" in str(rule.data))

    assert own_data(kari)["own_calendar"] == [{"created_at": NOW}]
    late = NOW + dt.timedelta(days=366)
    signup = join(EventFactory.create())
    assert rule.apply(late, False) == 0
    SignUp.objects.filter(pk=signup.pk).update(email="", anonymised_at=NOW)
    assert rule.apply(NOW + dt.timedelta(days=364), False) == 0
    assert rule.apply(late, True) == 1
    assert rule.apply(late, False) == 1
    assert not OwnCalendar.objects.exists()


def test_one_calendar_for_each_address_in_small_letters():
    own_calendar.open_for(" Kari@Example.NO ", at=NOW)
    own_calendar.open_for(KARI, at=NOW)

    assert OwnCalendar.objects.get().email == KARI
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnCalendar.objects.create(email="NILS@example.no", created_at=NOW)
