"""Pages of a list against all of it sorted at once, and cursors that nobody here has made."""

import base64
import datetime as dt
import json
from functools import cmp_to_key

import pytest

from projects.bypuls.models import Event
from tests.projects.bypuls.factories import NOW, EventFactory
from vekst.paging import keyset_page

pytestmark = pytest.mark.django_db


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


@pytest.fixture
def events() -> list[Event]:
    """Seven events; some begin at the same moment, some a microsecond later, and titles repeat."""
    steps = [0, 0, 0, 1, 1, 2, 3]
    return [
        EventFactory.create(
            starts_at=(start := NOW + dt.timedelta(days=7, microseconds=step)),
            ends_at=start + dt.timedelta(hours=2),
            title="ABCABAA"[number],
        )
        for number, step in enumerate(steps)
    ]


ODD = {
    "nothing": "",
    "noise": "!!!",
    "no base64": "a",
    "no text": base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    "no json": cursor("{"),
    "an object": cursor("{}"),
    "too few": cursor("[1]"),
    "too many": cursor("[1,2,3]"),
    "null": cursor("[null,1]"),
    "nested": cursor('[["2026-11-21 12:00:00+01:00"],1]'),
    "deeply nested": cursor("[" * 1400),
    "a huge number": cursor("[1," + "9" * 400 + "]"),
    "a number beyond 64 bit": cursor('["2026-11-21 12:00:00+01:00",9223372036854775808]'),
    "infinite": cursor("[1e999,1]"),
    "not a number": cursor('["2026-11-21 12:00:00+01:00",NaN]'),
    "NUL": cursor(r'["2026-11-21 12:00:00+01:00","\u0000"]'),
    "half a sign": cursor(r'["\ud800",1]'),
    "half a sign in a key": cursor(r'["2026-11-21 12:00:00+01:00","\ud800"]'),
    "no moment": cursor('["i dag",1]'),
    "a moment without zone": cursor('["2026-11-21 12:00:00",1]'),
    "a day": cursor('["2026-11-21",1]'),
    "after the last moment": cursor('["9999-12-31T23:59:59-23:00",1]'),
    "before the first moment": cursor('["0001-01-01T00:00:00+23:00",1]'),
    "no day of the calendar": cursor('["2026-02-30T00:00:00+01:00",1]'),
    "a number for a moment": cursor("[1,1]"),
    "long": "A" * 100_000,
}


@pytest.mark.parametrize("name", ["etter", "for"])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_a_cursor_that_is_not_ours_gives_the_first_page(events, name, odd):
    page = keyset_page(Event.objects.all(), ["starts_at", "id"], {name: odd}, size=3)

    assert [event.pk for event in page.items] == [event.pk for event in events[:3]]
    assert page.previous_cursor is None


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_a_text_column_takes_any_cursor_too(events, odd):
    page = keyset_page(Event.objects.all(), ["title", "pk"], {"etter": odd}, size=3)

    assert len(page.items) <= 3


def test_an_odd_cursor_in_the_address_is_no_fault_of_the_server(client):
    for odd in ODD.values():
        assert client.get("/arrangementer/", {"etter": odd[:4000]}).status_code == 200
        assert client.get("/api/v1/events", {"etter": odd[:4000]}).status_code == 200


def in_order(events: list[Event], order_by: list[str]) -> list[int]:
    def compare(one: Event, other: Event) -> int:
        for name in order_by:
            left, right = (getattr(row, name.removeprefix("-")) for row in (one, other))
            if left != right:
                return (1 if left > right else -1) * (-1 if name.startswith("-") else 1)
        return 0

    return [event.pk for event in sorted(events, key=cmp_to_key(compare))]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
@pytest.mark.parametrize(
    "order_by",
    [
        ["starts_at", "id"],
        ["-starts_at", "-id"],
        ["-starts_at", "id"],
        ["title", "pk"],
        ["title", "-starts_at", "pk"],
        ["-pk"],
    ],
    ids=" ".join,
)
def test_pages_there_and_back_are_the_whole_list(events, order_by, size):
    whole = in_order(events, order_by)
    pages = [whole[start : start + size] for start in range(0, len(whole), size)]

    seen = []
    page = keyset_page(Event.objects.all(), order_by, {}, size=size)
    seen.append([event.pk for event in page.items])
    while page.next_cursor:
        page = keyset_page(Event.objects.all(), order_by, {"etter": page.next_cursor}, size=size)
        seen.append([event.pk for event in page.items])
    assert seen == pages

    back = [[event.pk for event in page.items]]
    while page.previous_cursor:
        page = keyset_page(Event.objects.all(), order_by, {"for": page.previous_cursor}, size=size)
        back.append([event.pk for event in page.items])
    assert back == pages[::-1]


def test_a_cursor_is_plain_data_of_the_last_row(events):
    page = keyset_page(Event.objects.all(), ["starts_at", "id"], {}, size=4)

    assert page.next_cursor is not None
    raw = base64.urlsafe_b64decode(page.next_cursor + "=" * (-len(page.next_cursor) % 4))
    assert json.loads(raw) == ["2026-11-28 11:00:00.000001+00:00", events[3].pk]
