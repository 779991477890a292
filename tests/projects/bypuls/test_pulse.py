"""The town's pulse: what is normal, gaps, age, words and shapes, at a cost that does not grow."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.template import engines
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls import demo_pulse
from projects.bypuls.models import Counter, CountReading
from projects.bypuls.pulse import words
from projects.bypuls.pulse.charts import WIDE, day_chart
from projects.bypuls.pulse.normal import days_at_counters, hours_of, normal_week
from projects.bypuls.pulse.silence import tell_of_silent
from projects.bypuls.pulse.tokens import counter_by_token
from tests.projects.bypuls.factories import NOW, OSLO, CounterFactory

pytestmark = pytest.mark.django_db
PAGE = "/puls/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def count(counter: Counter, weeks_ago: int, hour: int, number: int, at: dt.datetime = NOW) -> None:
    """Write one hour of the weekday of `at`, some weeks ago."""
    day = at.date() - dt.timedelta(weeks=weeks_ago)
    start = dt.datetime.combine(day, dt.time(hour), OSLO).astimezone(dt.UTC)
    CountReading.objects.create(counter=counter, hour=start, number=number)
    last = max(filter(None, [counter.last_hour, start]))
    counter.last_hour = last
    counter.save(update_fields=["last_hour"])


def a_counter(today: int | None, *before: int, hour: int = 11, **fields: Any) -> Counter:
    """A counter with a number in the hour that has just ended, and in that of the weeks before."""
    counter = CounterFactory.create(**fields)
    for weeks, number in enumerate(before, start=1):
        count(counter, weeks, hour, number)
    if today is not None:
        count(counter, 0, hour, today)
    return counter


def said(counter: Counter, at: dt.datetime = NOW) -> str:
    return words.conclusion(days_at_counters([counter], at=at)[0])


CASES = [
    (120, (100, 90, 110, 100), "Det er 20 % flere enn vanlig ved Kirketorget nå."),
    (50, (100, 90, 110, 100), "Det er 50 % færre enn vanlig ved Kirketorget nå."),
    (105, (100, 90, 110, 100), "Det er omtrent som vanlig ved Kirketorget nå."),
    (450, (100, 90, 110, 100), "Det er minst 4 ganger så mange som vanlig ved Kirketorget nå."),
    (0, (100, 90, 110, 100), "Det er 100 % færre enn vanlig ved Kirketorget nå."),
    (12, (4, 4, 4, 4), "Det er stille ved Kirketorget nå."),
    (120, (100, 90, 110), "Vi har for få tall til å si hva som er vanlig ved Kirketorget."),
    # One odd week does not move the median.
    (100, (100, 100, 100, 100, 9000), "Det er omtrent som vanlig ved Kirketorget nå."),
]


@pytest.mark.parametrize(
    ("today", "before", "text"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES]
)
def test_now_is_held_against_the_median_of_the_weeks(today, before, text):
    assert said(a_counter(today, *before)) == text


def test_public_holidays_are_no_normal_days():
    """Boxing Day 2026 is a Saturday; three Saturdays are then too few."""
    at = dt.datetime(2027, 1, 16, 12, 30, tzinfo=OSLO)
    counter = CounterFactory.create()
    for weeks, number in ((0, 100), (1, 100), (2, 100), (3, 1), (4, 100)):
        count(counter, weeks, 11, number, at)

    assert "for få tall" in said(counter, at)
    count(counter, 5, 11, 100, at)
    assert said(counter, at) == "Det er omtrent som vanlig ved Kirketorget nå."


def test_more_than_eight_weeks_ago_is_forgotten():
    counter = a_counter(100, 100, 100, 100)
    for weeks in (9, 10, 11):
        count(counter, weeks, 11, 100)

    assert "for få tall" in said(counter)


def test_a_gap_is_a_gap_and_not_zero(client: Client):
    counter = a_counter(80, 100, 100, 100, 100)
    count(counter, 0, 9, 0)

    day = days_at_counters([counter], at=NOW)[0]
    chart = day_chart(day.hours, WIDE)

    assert [day.hours[n].number for n in (8, 9, 10, 11, 12)] == [None, 0, None, 80, None]
    assert [day.hours[n].is_gap for n in (8, 9, 10, 11, 12)] == [True, False, True, False, False]
    assert chart is not None
    assert [column.is_gap for column in chart.columns[8:]] == [True, False, True, False]
    text = client.get(PAGE).content.decode()
    assert "Tall mangler" in text
    assert re.search(r'10–11</th><td class="number subtle">mangler<', text)
    assert re.search(r'09–10</th><td class="number">0<', text)


def test_the_hour_that_runs_does_not_count_yet():
    counter = a_counter(100, 100, 100, 100, 100)
    count(counter, 0, 12, 3)

    at = NOW + dt.timedelta(minutes=30)
    assert said(counter, at) == "Det er omtrent som vanlig ved Kirketorget nå."
    day = days_at_counters([counter], at=at)[0]
    assert day.hours[12].is_ahead


@pytest.mark.parametrize(
    ("hours", "age"),
    [
        (0, "Sist oppdatert: tall fram til kl. 12.00."),
        (2, "Sist oppdatert: tall fram til kl. 12.00."),
        (3, "Telleren har vært stille siden kl. 12.00."),
        (30, "Telleren har vært stille siden 21. november 2026 kl. 12.00."),
    ],
)
def test_the_page_says_how_new_the_newest_figure_is(hours, age):
    at = NOW + dt.timedelta(hours=hours)
    day = days_at_counters([a_counter(100, 100, 100, 100, 100)], at=at)[0]

    assert words.age(day) == age
    assert ("akkurat nå" in words.conclusion(day)) == (hours >= 3)


def test_a_counter_that_never_told_says_so(client: Client):
    CounterFactory.create()

    text = client.get(PAGE).content.decode()

    assert "Telleren har ikke meldt noe ennå." in text
    assert "Vi har ingen tall å vise for i dag." in text


def test_few_are_said_as_few_and_none_as_none(client: Client):
    counter = a_counter(3, 2, 2, 2, 2)
    count(counter, 0, 10, 0)

    text = client.get(PAGE).content.decode()

    assert re.search(r'11–12</th><td class="number">under 5</td><td class="number">under 5<', text)
    assert re.search(r'10–11</th><td class="number">0<', text)
    assert "11–12: under 5 personer" in text


class TestClockChanges:
    def test_the_days_have_23_and_25_hours(self):
        assert len(hours_of(dt.date(2026, 3, 29))) == 23
        assert len(hours_of(dt.date(2026, 10, 25))) == 25

    def test_the_hour_that_comes_twice_is_two_hours(self):
        counter = CounterFactory.create()
        for hour in (0, 1):
            CountReading.objects.create(
                counter=counter,
                hour=dt.datetime(2026, 10, 25, hour, tzinfo=dt.UTC),
                number=10 + hour,
            )
        at = dt.datetime(2026, 10, 25, 12, tzinfo=OSLO)

        day = days_at_counters([counter], at=at)[0]

        assert [(hour.label, hour.number) for hour in day.hours[2:4]] == [
            ("02–02", 10),
            ("02–03", 11),
        ]


def test_a_counter_has_a_normal_week_of_its_own(client: Client):
    counter = a_counter(100, 80, 80, 90, 90)

    assert normal_week(counter, at=NOW)[5][11] == 85
    text = client.get(counter.get_absolute_url()).content.decode()
    assert "En vanlig uke" in text
    assert re.search(r"11–12</th>(<td[^>]*>–</td>){5}<td[^>]*--4\">85<", text)


def test_the_cost_is_the_same_at_100_000_readings(client: Client, django_assert_num_queries: Any):
    counters = CounterFactory.create_batch(10)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bypuls_countreading (counter_id, hour, number) "
            "SELECT c, %s::timestamptz - n * interval '1 hour', 50 + n %% 40 "
            "FROM unnest(%s::bigint[]) AS c, generate_series(1, 10000) AS n",
            [NOW, [counter.pk for counter in counters]],
        )
        cursor.execute("ANALYZE bypuls_countreading")
    Counter.objects.update(last_hour=NOW - dt.timedelta(hours=1))

    assert CountReading.objects.count() == 100_000
    with django_assert_num_queries(2):
        assert client.get(PAGE).content.decode().count('source-note">Sist oppdatert') == 10
    with django_assert_num_queries(3):
        client.get(counters[0].get_absolute_url())
    # Nine days of a counter are read by the index, not the 10,000 that are there.
    plan = CountReading.objects.filter(
        counter__in=counters, hour__gte=NOW - dt.timedelta(days=1), hour__lt=NOW
    ).explain()
    assert "Seq Scan" not in plan


def test_the_pulse_is_found_from_bypuls_and_in_english(client: Client):
    counter = a_counter(120, 100, 90, 110, 100)

    assert "20 % flere" in client.get("/program/bypuls/").content.decode()
    english = client.get("/en/puls/").content.decode()
    assert "20% more than usual" in english.replace("20 %", "20%")
    assert counter.name in english


def test_the_demo_is_alive_for_days_and_shows_a_gap(client: Client):
    demo_pulse.load(at=NOW)
    demo_pulse.load(at=NOW)
    assert Counter.objects.filter(is_example=True).count() == 3

    for days in (0, 5):
        with time_machine.travel(NOW + dt.timedelta(days=days, minutes=20), tick=False):
            text = client.get(PAGE).content.decode()
        assert "flere enn vanlig ved Kirketorget nå" in text or "omtrent som vanlig" in text
        assert "tall fram til kl. 12.00" in text
    lost = CountReading.objects.filter(hour__gte=NOW - dt.timedelta(days=20), hour__lt=NOW)
    assert lost.count() < 3 * 20 * 24 - 24


@pytest.mark.parametrize("wrong", [{"number": -1}, {"hour": NOW + dt.timedelta(minutes=30)}])
def test_the_database_keeps_whole_hours_and_no_negatives(wrong):
    row = {"counter": CounterFactory.create(), "hour": NOW, "number": 1, **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        CountReading.objects.create(**row)


def test_staff_are_told_once_of_a_silence_and_again_of_the_next():
    counter = a_counter(100)
    for hours in (12, 26, 27, 50):
        tell_of_silent(at=NOW + dt.timedelta(hours=hours))
    assert [mail.body.title for mail in Delivery.objects.all()] == [
        f"Telleren {counter.name} er stille"
    ]

    counter.last_hour = NOW + dt.timedelta(hours=60)
    counter.save(update_fields=["last_hour"])
    tell_of_silent(at=NOW + dt.timedelta(hours=100))
    assert Delivery.objects.count() == 2


def test_nobody_is_told_of_hidden_and_example_counters():
    a_counter(100, published_at=None)
    a_counter(100, is_example=True)

    assert tell_of_silent(at=NOW + dt.timedelta(days=9)) == 0


class TestAdmin:
    @pytest.fixture
    def office(
        self, client: Client, programme_officer: User, monkeypatch: pytest.MonkeyPatch
    ) -> Client:
        # Unfold's own templates name variables that are not always given.
        monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")
        client.force_login(
            programme_officer, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    def test_the_key_is_shown_once_and_replaced(self, office: Client):
        counter = CounterFactory.create()
        address = reverse("admin:bypuls_counter_key", args=[counter.pk])

        def new() -> str:
            page = office.post(address, {"make": "1"})
            assert "no-store" in page.headers["Cache-Control"]
            found = re.search(r'id="token">([^<]+)<', page.content.decode())
            assert found is not None
            return found[1]

        first, second = new(), new()
        shown_again = office.get(address).content.decode()

        assert second not in shown_again
        assert counter_by_token(counter.slug, first) is None
        assert counter_by_token(counter.slug, second) == counter
        assert second not in Counter.objects.get().token_hash
        office.post(address, {"withdraw": "1"})
        assert counter_by_token(counter.slug, second) is None
        assert counter_by_token(counter.slug, "") is None

    def test_lists_and_pages_open(self, office: Client):
        counter = a_counter(100)
        for name, args in (("changelist", []), ("change", [counter.pk]), ("import", [counter.pk])):
            assert office.get(reverse(f"admin:bypuls_counter_{name}", args=args)).status_code == 200

    def test_keys_and_files_are_for_those_who_may_change_counters(self, client: Client):
        counter = CounterFactory.create()
        for name in ("key", "import"):
            response = client.post(reverse(f"admin:bypuls_counter_{name}", args=[counter.pk]))
            assert response.status_code == 302
        assert Counter.objects.get().token_hash == ""
