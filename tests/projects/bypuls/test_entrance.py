import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from members.accounts.models import User
from projects.bypuls.models import Event
from projects.bypuls.signups.holds import hold_seats
from projects.bypuls.signups.signup import Party, sign_up
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import ForumFactory, SeatFactory
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def heart(client: Client, event: Event, page: str = "pamelding/") -> str:
    body = client.get(event.get_absolute_url() + page).content.decode()
    return body.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize(
    ("fields", "words", "has_form"),
    [
        ({}, "Meld meg på", True),
        ({"capacity": None}, "Meld meg på", True),
        ({"takes_signups": False}, "Det er bare å møte opp.", False),
        ({"signup_opens_at": NOW + 2 * DAY}, "23. november 2026 kl. 12.00", False),
        ({"signup_closes_at": NOW - DAY}, "Påmeldingen er stengt.", False),
        ({"starts_at": NOW - 2 * DAY}, "Påmeldingen er stengt.", False),
        ({"status": "cancelled"}, "avlyst", False),
        ({"status": "postponed"}, "utsatt", False),
        ({"capacity": 0, "waiting_list_capacity": 0}, "Det er fullt", False),
        ({"capacity": 0, "waiting_list_capacity": 3}, "Still meg på ventelisten", True),
        ({"admission": "members"}, "For ansatte i medlemsbedrifter", True),
        ({"members_first_until": NOW + DAY}, "22. november 2026 kl. 12.00", True),
        ({"members_first_until": NOW - DAY}, "Meld meg på", True),
        ({"admission": "invited"}, "Bare for inviterte", False),
        ({"is_date_set": False, "date_note": "våren 2027"}, "Meld interesse", True),
        # A date that is not set has not been: the day in the row is only a place in the list.
        (
            {"is_date_set": False, "date_note": "våren 2027", "starts_at": NOW - DAY},
            "Meld interesse",
            True,
        ),
    ],
)
def test_each_state_has_a_page_that_says_so(
    client: Client, fields: dict[str, Any], words: str, has_form: bool
):
    event = EventFactory.create(**fields)

    page = heart(client, event)

    assert words in page
    assert ("<form" in page) == has_form
    assert has_form or event.get_absolute_url() in page


def test_a_forums_event_asks_for_a_seat_in_it(client: Client):
    forum = ForumFactory.create(name="Industrilederforum")
    event = EventFactory.create(admission="forum", forum=forum)
    delegate: User = UserFactory.create()
    SeatFactory.create(forum=forum, delegate=delegate, since_date=dt.date(2026, 1, 1))

    stranger = heart(client, event)
    client.force_login(UserFactory.create())
    other = heart(client, event)
    client.force_login(delegate)
    mine = heart(client, event)

    assert "Bare for Industrilederforum" in stranger
    assert f"/konto/login/?next={event.get_absolute_url()}pamelding/" in stranger
    assert "Du har ikke plass i forumet" in other
    assert "Logg inn" not in other
    assert "<form" in mine
    sent = client.post(
        f"{event.get_absolute_url()}pamelding/",
        {"name": "Dag", "email": "dag@example.no", "size": "1"},
        follow=True,
    )
    assert "Du har plass!" in sent.content.decode()


def test_a_stranger_who_sends_the_form_of_a_forum_anyway_is_told(client: Client):
    event = EventFactory.create(admission="forum", forum=ForumFactory.create())

    page = client.post(
        f"{event.get_absolute_url()}pamelding/",
        {"name": "Kari", "email": "kari@example.no", "size": "1"},
    ).content.decode()

    assert "Logg inn for å melde deg på" in page
    assert 'value="Kari"' in page


def test_sign_up_that_closed_while_the_form_was_open_keeps_what_was_typed(client: Client):
    event = EventFactory.create(signup_closes_at=NOW - DAY)

    for action in ("hold", "sign-up"):
        page = client.post(
            f"{event.get_absolute_url()}pamelding/",
            {"name": "Kari", "email": "kari@example.no", "size": "1", "action": action},
        ).content.decode()
        assert "Påmeldingen er stengt." in page
        assert 'value="Kari"' in page


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"capacity": 30}, "Ledige plasser"),
        ({"capacity": 5}, "3 plasser igjen"),
        ({"capacity": 2}, "Holdt av akkurat nå"),
        ({"admission": "invited"}, "Lenken til påmelding står i invitasjonen."),
        ({"admission": "members"}, "For ansatte i medlemsbedrifter."),
        ({"admission": "members"}, "For medlemmer"),
        ({"members_first_until": NOW + DAY}, "fram til 22. november 2026 kl. 12.00"),
        ({"members_first_until": NOW + DAY}, "Medlemmer først"),
        ({"members_first_until": NOW - DAY}, "Ledige plasser"),
        ({"is_date_set": False, "date_note": "våren 2027"}, "Meld interesse"),
    ],
)
def test_the_events_page_says_how_it_stands(client: Client, fields: dict[str, Any], label: str):
    event = EventFactory.create(**fields)
    if event.is_date_set and event.admission == "open" and event.capacity != 10:
        hold_seats(event.pk, 2, at=NOW)

    assert label in heart(client, event, "")


def test_the_events_page_says_who_waits(client: Client):
    event = EventFactory.create(capacity=1)
    for number in range(3):
        sign_up(event.pk, Party(name="A", email=f"a{number}@example.no"), at=NOW)

    page = heart(client, event, "")

    assert "Fullt – venteliste" in page
    assert "2 på venteliste" in page
    assert "Still deg på venteliste" in page


@pytest.mark.parametrize("page", ["", "pamelding/"])
def test_an_unlisted_event_does_not_exist_for_strangers(client: Client, page: str):
    event = EventFactory.create(is_unlisted=True)

    assert client.get(event.get_absolute_url() + page).status_code == 404
    assert client.get(event.get_absolute_url().rstrip("/") + ".ics").status_code == 404
    assert client.post(event.get_absolute_url() + "pamelding/", {}).status_code == 404
