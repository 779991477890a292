"""The time of the reminder, chosen while one signs up, and where it follows the party."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.test import Client

from projects.bypuls.models import Event, EventSeries, ReminderRule, SignUp
from projects.bypuls.signups.moving import move_to_date
from projects.bypuls.signups.queue import accept_offer
from projects.bypuls.signups.series_signup import join_new_date
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory, EventSeriesFactory, SignUpFactory
from tests.projects.bypuls.test_own_reminder import TWO_HOURS, reminded

pytestmark = pytest.mark.django_db
HOURS = dt.timedelta(hours=2)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def address(event: Event) -> str:
    return f"{event.get_absolute_url()}pamelding/"


def send(client: Client, path: str, **changes: str) -> str:
    typed = {"name": "Kari", "email": "kari@example.no", "size": "1", **changes}
    return unescape(client.post(path, typed, follow=True).content.decode())


def offered(page: str) -> dict[str, str]:
    """Return the choices of the reminder by value."""
    _before, found, rest = page.partition('id="id_reminder"')
    assert found
    return dict(re.findall(r'value="([^"]*)"[^>]*>([^<]*)<', rest.partition("</select>")[0]))


def chosen(page: str) -> str:
    [value] = re.findall(
        r'<option value="([^"]*)" selected>', page.partition('id="id_reminder"')[2]
    )
    return str(value)


def a_series(number: int) -> tuple[EventSeries, list[Event]]:
    series = EventSeriesFactory.create(signup_mode="whole")
    starts = [NOW + dt.timedelta(days=7 * week) for week in range(1, number + 1)]
    return series, [a_date(series, start) for start in starts]


def a_date(series: EventSeries, start: dt.datetime) -> Event:
    return EventFactory.create(series=series, recurrence_start=start, starts_at=start)


def test_the_form_offers_the_times_that_can_be_chosen(client: Client):
    event = EventFactory.create()

    found = offered(client.get(address(event)).content.decode())

    assert list(found) == ["", "day-before", "two-hours", "never"]
    assert found["two-hours"] == "To timer før: 28. november 2026 kl. 10.00"
    soon = EventFactory.create(starts_at=NOW + dt.timedelta(hours=1))
    assert list(offered(client.get(address(soon)).content.decode())) == ["", "never"]


def test_whoever_chooses_a_time_is_reminded_then(client: Client):
    event = EventFactory.create()

    send(client, address(event), reminder="two-hours")

    signup = SignUp.objects.get()
    assert (signup.wants_reminder, signup.own_reminder) == (True, "two-hours")
    assert reminded(TWO_HOURS - dt.timedelta(minutes=1)) == []
    assert reminded(TWO_HOURS) == ["kari@example.no"]


def test_whoever_wants_none_gets_none(client: Client):
    event = EventFactory.create()
    send(client, address(event), reminder="never")

    signup = SignUp.objects.get()
    assert (signup.wants_reminder, signup.own_reminder) == (False, "")
    assert reminded(TWO_HOURS) == []


def test_a_form_without_the_choice_means_as_everybody(client: Client):
    send(client, address(EventFactory.create()))

    signup = SignUp.objects.get()
    assert (signup.wants_reminder, signup.own_reminder) == (True, "")


def test_the_choice_outlives_mistakes_in_the_form(client: Client):
    event = EventFactory.create()

    page = send(client, address(event), reminder="two-hours", email="kari@")

    assert chosen(page) == "two-hours"
    assert chosen(send(client, address(event), reminder="never", action="hold")) == "never"
    assert not SignUp.objects.exists()


@pytest.mark.parametrize("value", ["tull", "day-before", "two-hours "])
def test_a_choice_that_cannot_be_is_told_beside_the_field(client: Client, value: str):
    event = EventFactory.create(starts_at=NOW + dt.timedelta(hours=4))

    page = send(client, address(event), reminder=value, note="Rullestol")

    assert "Det tidspunktet kan ikke velges" in page
    assert 'id="id_reminder_error"' in page
    assert "Rullestol" in page
    assert not SignUp.objects.exists()


def test_it_holds_for_every_date_of_a_series_and_those_made_later(client: Client):
    series, dates = a_series(2)
    path = f"/arrangementer/serie/{series.slug}/pamelding/"

    assert offered(client.get(path).content.decode())["two-hours"] == "To timer før"
    send(client, path, reminder="two-hours")
    later = a_date(series, NOW + dt.timedelta(days=21))
    join_new_date(later, at=NOW)

    for date in (*dates, later):
        assert reminded(date.starts_at - HOURS) == ["kari@example.no"]


def test_no_reminder_of_a_series_holds_for_dates_made_later(client: Client):
    series, _dates = a_series(1)
    send(client, f"/arrangementer/serie/{series.slug}/pamelding/", reminder="never")

    later = a_date(series, NOW + dt.timedelta(days=21))
    join_new_date(later, at=NOW)

    assert not SignUp.objects.get(event=later).wants_reminder


def test_a_series_whose_first_date_is_near_is_reminded_of_the_others(client: Client):
    series, [first, second] = a_series(2)
    Event.objects.filter(pk=first.pk).update(starts_at=NOW + dt.timedelta(hours=1))

    send(client, f"/arrangementer/serie/{series.slug}/pamelding/", reminder="two-hours")

    assert reminded(NOW + dt.timedelta(minutes=50)) == []
    assert reminded(second.starts_at - HOURS) == ["kari@example.no"]


def test_it_comes_along_when_the_place_is_moved(client: Client):
    series = EventSeriesFactory.create(signup_mode="per-date")
    first, second = (a_date(series, NOW + dt.timedelta(days=days)) for days in (7, 14))
    send(client, address(first), reminder="two-hours")

    move_to_date(SignUp.objects.get().pk, second.pk, at=NOW)

    assert reminded(second.starts_at - HOURS) == ["kari@example.no"]


def test_the_rest_of_a_party_that_splits_keeps_it():
    event = EventFactory.create(capacity=10)
    whole = SignUpFactory.create(
        event=event,
        size=3,
        state="offered",
        own_reminder="two-hours",
        queue_number=1,
        offered_size=1,
        offered_at=NOW,
        offer_expires_at=NOW + dt.timedelta(days=1),
    )
    Event.objects.filter(pk=event.pk).update(seats_taken=1, waiting_taken=2)

    accept_offer(whole.pk, at=NOW, size=1)

    assert SignUp.objects.get(split_from=whole).own_reminder == "two-hours"


def test_many_who_choose_the_same_time_share_one_rule():
    event = EventFactory.create()
    for name in ("a", "b", "c"):
        party = Party(name=name, email=f"{name}@example.no", own_reminder="two-hours")
        sign_up(event.pk, party, at=NOW)

    assert ReminderRule.objects.filter(event=event).count() == 1


def test_one_who_is_signed_up_by_phone_chooses_too(client: Client, superuser):
    event = EventFactory.create()
    client.force_login(superuser, backend="allauth.account.auth_backends.AuthenticationBackend")

    send(client, f"/min-side/arrangementer/{event.slug}/meld-pa/", reminder="two-hours")

    assert SignUp.objects.get().own_reminder == "two-hours"
