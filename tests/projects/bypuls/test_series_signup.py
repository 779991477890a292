import datetime as dt

import icalendar
import pytest
import time_machine
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Event, EventSeries, SeriesSignUp, SignUp
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.series_mails import SERIES_SIGNUP_LINK, series_signup_url
from projects.bypuls.signups.series_signup import (
    cancel_series_signup,
    join_new_date,
    sign_up_for_series,
)
from projects.bypuls.signups.signup import ClosedError, FullError, Party, SignUpError, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory, EventSeriesFactory
from vekst.links import make_token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    # A signed link holds the moment at which it was made.
    with time_machine.travel(NOW, tick=False):
        yield


KARI = Party(name="Kari", email="Kari@example.no", size=2)


@pytest.fixture
def series() -> EventSeries:
    return EventSeriesFactory.create(title="Kodekveld")


def date(series: EventSeries, week: int, **fields: object) -> Event:
    starts_at = NOW + dt.timedelta(weeks=week)
    return EventFactory.create(
        series=series, recurrence_start=starts_at, starts_at=starts_at, **fields
    )


def states(row: SeriesSignUp) -> list[tuple[int, str]]:
    assert counter_drift() == []
    rows = row.signups.order_by("event__starts_at").values_list("event", "state")
    return list(rows)


def test_every_date_ahead_is_decided_on_its_own_with_one_receipt_for_all(series):
    date(series, -1)
    open_, full, shut = date(series, 1), date(series, 2, capacity=1), date(series, 3, capacity=0)
    Event.objects.filter(pk=shut.pk).update(waiting_list_capacity=0)
    date(series, 4, status="cancelled")

    row = sign_up_for_series(series.pk, KARI, at=NOW)

    assert states(row) == [(open_.pk, "attending"), (full.pk, "waiting")]
    mail = Delivery.objects.get()
    assert (mail.recipient, mail.body.title) == (
        "kari@example.no",
        "Du er påmeldt hele serien: Kodekveld",
    )
    assert "28. november 2026 kl. 12.00: plass" in mail.body.text
    assert "5. desember 2026 kl. 12.00: på venteliste" in mail.body.text
    assert "12. desember 2026 kl. 12.00: ikke plass" in mail.body.text
    assert series_signup_url(row) in mail.body.text
    (file,) = mail.body.attachments
    entries = icalendar.Calendar.from_ical(file["content"]).walk("VEVENT")
    assert [str(entry["UID"]) for entry in entries] == [open_.uid]


def test_twice_is_once_and_a_stranger_is_told_nothing(series):
    date(series, 1)
    row = sign_up_for_series(series.pk, KARI, at=NOW)

    assert sign_up_for_series(series.pk, KARI, at=NOW) == row
    stranger = Party(name="Fremmed", email="kari@example.no")
    sign_up_for_series(series.pk, stranger, at=NOW + dt.timedelta(days=1))

    titles = [delivery.body.title for delivery in Delivery.objects.order_by("pk")]
    assert titles == ["Du er påmeldt hele serien: Kodekveld", "Du er alt påmeldt: Kodekveld"]
    assert SignUp.objects.count() == 1


def test_a_date_that_one_has_already_stays_as_it_is(series):
    first, second = date(series, 1), date(series, 2)
    mine = sign_up(first.pk, Party(name="Kari", email="kari@example.no"), at=NOW).signup

    row = sign_up_for_series(series.pk, KARI, at=NOW)

    assert states(row) == [(second.pk, "attending")]
    mine.refresh_from_db()
    assert (mine.size, mine.series_signup_id) == (1, None)


def test_when_no_date_has_room_nothing_is_kept(series):
    date(series, 1, capacity=0, waiting_list_capacity=0)

    with pytest.raises(FullError):
        sign_up_for_series(series.pk, KARI, at=NOW)

    assert not SeriesSignUp.objects.exists()
    assert not Delivery.objects.exists()


def test_a_series_without_dates_and_one_for_single_dates_say_so(series):
    with pytest.raises(ClosedError, match="flere datoer"):
        sign_up_for_series(series.pk, KARI, at=NOW)
    single = EventSeriesFactory.create(signup_mode="per-date")
    date(single, 1)
    with pytest.raises(SignUpError, match="hver dato for seg"):
        sign_up_for_series(single.pk, KARI, at=NOW)


def test_signing_off_leaves_the_dates_ahead_and_their_seats_to_others(series):
    first, second = date(series, 1), date(series, 2, capacity=2)
    row = sign_up_for_series(series.pk, KARI, at=NOW)
    sign_up(second.pk, Party(name="B", email="b@example.no"), at=NOW)
    late = first.starts_at + dt.timedelta(hours=1)

    for _ in range(2):
        cancel_series_signup(row.pk, at=late)

    assert states(row) == [(first.pk, "attending"), (second.pk, "cancelled")]
    assert SignUp.objects.get(email="b@example.no").state == "offered"
    mail = Delivery.objects.get(kind="signup-cancelled")
    (file,) = mail.body.attachments
    calendar = icalendar.Calendar.from_ical(file["content"])
    assert str(calendar["METHOD"]) == "CANCEL"
    assert [str(entry["UID"]) for entry in calendar.walk("VEVENT")] == [second.uid]


def test_a_date_made_later_takes_those_who_come_to_all_of_it(series):
    date(series, 1)
    row = sign_up_for_series(series.pk, KARI, at=NOW)
    other = sign_up_for_series(series.pk, Party(name="Ola", email="ola@example.no", size=3), at=NOW)
    gone = sign_up_for_series(series.pk, Party(name="B", email="b@example.no"), at=NOW)
    cancel_series_signup(gone.pk, at=NOW)
    new = date(series, 2, capacity=2)

    assert [join_new_date(new, at=NOW) for _ in range(2)] == [2, 0]

    assert states(row)[-1] == (new.pk, "attending")
    assert states(other)[-1] == (new.pk, "waiting")
    mail = Delivery.objects.filter(recipient="kari@example.no").latest("pk")
    assert mail.body.title == f"Du er påmeldt: {new.title}"
    assert not Delivery.objects.filter(recipient="b@example.no", kind="signup-receipt")[1:]


def test_a_new_date_of_a_series_for_single_dates_or_not_yet_public_takes_nobody(series):
    date(series, 1)
    sign_up_for_series(series.pk, KARI, at=NOW)

    assert join_new_date(date(series, 2, publication="draft"), at=NOW) == 0
    assert join_new_date(EventFactory.create(), at=NOW) == 0


def test_the_page_behind_the_link_shows_the_dates_and_signs_off_all(
    client: Client, series, django_assert_num_queries
):
    for week in (1, 2, 3):
        date(series, week, capacity=week)
    row = sign_up_for_series(series.pk, KARI, at=NOW)
    path = series_signup_url(row).removeprefix("http://testserver")

    with time_machine.travel(NOW, tick=False):
        with django_assert_num_queries(4):
            page = client.get(path).content.decode()
        assert page.count("Du har plass") == 2
        assert page.count("Du står på venteliste") == 1
        after = client.post(path, {"action": "cancel"}, follow=True).content.decode()

    assert "Du er avmeldt serien." in after
    assert {state for _event, state in states(row)} == {"cancelled"}
    wrong = f"/arrangementer/min-pamelding/{make_token(SERIES_SIGNUP_LINK, row.pk)}/"
    assert client.get(wrong).status_code == 404


def test_dates_that_strangers_do_not_see_are_neither_given_nor_told_of(series):
    seen = date(series, 1)
    date(series, 2, is_unlisted=True, place="Hemmelig rom")
    date(series, 3, publication="draft", place="Hemmelig rom")

    row = sign_up_for_series(series.pk, KARI, at=NOW)

    assert states(row) == [(seen.pk, "attending")]
    (mail,) = Delivery.objects.select_related("body")
    assert "12. desember" not in mail.body.text
    assert join_new_date(date(series, 4, is_unlisted=True), at=NOW) == 0
