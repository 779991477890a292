import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.test import Client

from projects.bypuls.models import Event, SeatHold, SignUp
from projects.bypuls.signups.holds import hold_seats
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def address(event: Event) -> str:
    return f"{event.get_absolute_url()}pamelding/"


def typed(**changes: object) -> dict[str, object]:
    return {"name": "Kari", "email": "kari@example.no", "size": "2", **changes}


def post(client: Client, event: Event, **changes: object) -> str:
    return unescape(client.post(address(event), typed(**changes), follow=True).content.decode())


def key_in(page: str) -> str:
    found = re.search(r'name="hold" value="([^"]+)"', page)
    return found.group(1) if found else ""


def held() -> list[int]:
    return list(SeatHold.objects.order_by("pk").values_list("size", flat=True))


def test_a_button_holds_the_seats_and_loses_nothing(client: Client):
    event = EventFactory.create(asks_diet=True)

    page = post(
        client, event, action="hold", email="kari@", diet="nøtter", note="Hei <b>", reminder="never"
    )

    assert "Vi holder 2 plasser til kl. 12.11" in page
    assert "data-error-summary" not in page
    for value in ('value="Kari"', 'value="kari@"', "nøtter", "Hei <b>"):
        assert value in page
    assert '<option value="2" selected>' in page
    assert '<option value="never" selected>' in page
    assert held() == [2]
    assert not SignUp.objects.exists()


def test_opening_the_page_holds_nothing(client: Client):
    event = EventFactory.create()

    page = client.get(address(event) + "?action=hold&size=2").content.decode()
    client.head(address(event))

    assert held() == []
    assert "Hold plassene mens jeg fyller ut" in page


def test_the_hold_gives_its_seats_when_the_form_is_sent(client: Client):
    event = EventFactory.create(capacity=2, waiting_list_capacity=0)
    key = key_in(post(client, event, action="hold"))
    assert "Prøv igjen kl. 12.11" in post(client, event, email="nils@example.no", size="1")

    with time_machine.travel(NOW + 10 * MINUTE, tick=False):
        page = post(client, event, hold=key)

    assert "Du har plass!" in page
    assert held() == []


def test_htmx_gets_the_box_alone_and_changes_it_with_the_size(client: Client):
    event = EventFactory.create(capacity=3)
    htmx = {"HX-Request": "true"}

    first = client.post(address(event), {"action": "hold", "size": "1"}, headers=htmx)
    key = key_in(first.content.decode())
    more = {"action": "hold", "size": "3", "hold": key}
    second = client.post(address(event), more, headers=htmx).content.decode()

    assert (
        first.content.decode()
        .strip()
        .startswith('<div class="seat-hold seat-hold--held" id="seat-hold"')
    )
    assert "Vi holder 1 plass til kl. 12.10" in first.content.decode()
    assert "Vi holder 3 plasser til kl. 12.12" in second
    assert 'data-hold-seconds="720"' in second
    assert key_in(second) == key
    assert held() == [3]
    assert "HX-Request" in first.headers["Vary"]


def test_the_box_fits_where_the_page_had_it(client: Client):
    event = EventFactory.create()
    fields = {"action": "hold", "size": "1"}

    part = client.post(address(event), fields, headers={"HX-Request": "true"}).content.decode()
    page = client.post(address(event), {**fields, "hold": key_in(part)}).content.decode()

    assert part.strip() in page


def test_more_than_there_is_keeps_what_is_held(client: Client):
    event = EventFactory.create(capacity=2, waiting_list_capacity=0)
    key = key_in(post(client, event, action="hold"))

    page = post(client, event, action="hold", size="4", hold=key)

    assert "Vi holder 2 plasser til kl. 12.11" in page
    assert "seat-hold__note" in page
    assert key_in(page) == key
    assert held() == [2]


def test_a_time_that_is_out_is_told_and_the_form_can_still_be_sent(client: Client):
    event = EventFactory.create()
    key = key_in(post(client, event, action="hold"))

    with time_machine.travel(NOW + 11 * MINUTE, tick=False):
        page = post(client, event, hold=key, email="feil")
        receipt = post(client, event, hold=key)

    assert "Tiden er ute. Det du har skrevet, står her fortsatt" in page
    assert 'value="Kari"' in page
    assert "Du har plass!" in receipt


def test_a_time_that_is_out_and_seats_that_are_gone(client: Client):
    event = EventFactory.create(capacity=2, waiting_list_capacity=0)
    key = key_in(post(client, event, action="hold"))
    late = NOW + 11 * MINUTE
    sign_up(event.pk, Party(name="Nils", email="nils@example.no", size=2), at=late)

    with time_machine.travel(late, tick=False):
        page = post(client, event, hold=key)

    assert "Det er fullt." in page
    assert 'value="Kari"' in page


@pytest.mark.parametrize("queue", [0, 5])
def test_when_others_hold_the_last_seats_the_page_says_when_to_try_again(
    client: Client, queue: int
):
    event = EventFactory.create(capacity=2, waiting_list_capacity=queue)
    hold_seats(event.pk, 2, at=NOW)

    page = client.get(address(event)).content.decode()

    assert "De siste plassene holdes av akkurat nå" in page
    assert "Prøv igjen kl. 12.11." in page
    assert ("Still meg på ventelisten" in page) == bool(queue)
    assert "id_name" in page
    sent = post(client, event)
    assert ("Du er nummer 1 på ventelisten" if queue else "Prøv igjen kl. 12.11") in sent


def test_ones_own_hold_is_not_in_ones_way(client: Client):
    event = EventFactory.create(capacity=2)

    page = post(client, event, action="hold")

    assert "holdes av akkurat nå" not in page
    assert "Meld meg på" in page


@pytest.mark.parametrize("size", ["", "0", "-1", "99", "9" * 5000, "²", "mange"])
def test_an_impossible_size_holds_nothing(client: Client, size: str):
    event = EventFactory.create()

    page = post(client, event, action="hold", size=size)

    assert "seat-hold__text" in page
    assert 'value="Kari"' in page
    assert held() == []


@pytest.mark.parametrize("key", ["tull", "", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_a_key_of_nobodys_is_no_key(client: Client, key: str):
    event, other = EventFactory.create(), EventFactory.create()
    foreign = hold_seats(other.pk, 2, at=NOW)

    for wrong in (key, str(foreign.key)):
        page = post(client, event, action="hold", hold=wrong)
        assert key_in(page) not in ("", wrong)
    assert SeatHold.objects.get(key=foreign.key).event == other


def test_a_wrong_key_does_not_stop_the_form(client: Client):
    assert "Du har plass!" in post(client, EventFactory.create(), hold=str(uuid_of_nobody()))


def uuid_of_nobody() -> str:
    return "00000000-0000-0000-0000-000000000001"


def test_holding_again_and_again_is_limited(client: Client, settings):
    settings.RATELIMIT_ENABLE = True
    settings.SIGNUP_RATE = "2/h"
    event = EventFactory.create(capacity=100)

    pages = [post(client, event, action="hold") for _ in range(3)]

    assert "Vi får ikke holdt av plasser akkurat nå" in pages[2]
    assert held() == [2, 2]
    assert "Du har plass!" in post(client, event)


def test_where_there_is_room_for_all_nothing_is_held(client: Client):
    page = client.get(address(EventFactory.create(capacity=None))).content.decode()

    assert "seat-hold" not in page.partition("<main")[2]


def test_a_double_click_signs_up_once(client: Client):
    event = EventFactory.create()
    key = key_in(post(client, event, action="hold"))

    pages = [post(client, event, hold=key) for _ in range(2)]

    assert all("Du har plass!" in page for page in pages)
    assert SignUp.objects.count() == 1


def test_two_tabs_hold_and_sign_up_apart(client: Client):
    event = EventFactory.create(capacity=4, waiting_list_capacity=0)
    keys = [key_in(post(client, event, action="hold")) for _ in range(2)]

    first = post(client, event, hold=keys[0])
    second = post(client, event, hold=keys[1], email="nils@example.no")

    assert "Du har plass!" in first
    assert "Du har plass!" in second
    event.refresh_from_db()
    assert (event.seats_taken, held()) == (4, [])
