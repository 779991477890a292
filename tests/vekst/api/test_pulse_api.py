"""The API of the town's pulse: counters write with their own key, everybody reads with gaps as null."""

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from projects.bypuls.models import Counter, CountReading
from projects.bypuls.pulse.tokens import make_token
from tests.projects.bypuls.factories import NOW, CounterFactory

pytestmark = pytest.mark.django_db
PATH = "/api/v1/puls/torget/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def counter() -> Counter:
    return CounterFactory.create(slug="torget")


@pytest.fixture
def token(counter: Counter) -> str:
    return make_token(counter.pk, at=NOW)


def send(token: str, hours: Any, path: str = PATH, **headers: str) -> Any:
    body = hours if isinstance(hours, str) else json.dumps({"hours": hours})
    given = {"Authorization": f"Bearer {token}"} if token else {}
    # Programs send no CSRF token.
    client = Client(enforce_csrf_checks=True)
    return client.post(path, body, content_type="application/json", headers=given | headers)


def hour(text: str, number: Any = 5) -> dict[str, Any]:
    return {"hour": text, "number": number}


def test_a_batch_is_kept_and_the_same_again_changes_nothing(token: str, counter: Counter):
    batch = [hour("2026-11-21T10:00:00+01:00", 120), hour("2026-11-21T10:00:00Z", 130)]

    first, second = send(token, batch), send(token, batch)
    third = send(token, [hour("2026-11-21T09:00:00Z", 125)])

    assert (first.status_code, first.json()) == (200, {"new": 2, "changed": 0, "unchanged": 0})
    assert second.json() == {"new": 0, "changed": 0, "unchanged": 2}
    assert third.json() == {"new": 0, "changed": 1, "unchanged": 0}
    counter.refresh_from_db()
    assert counter.last_hour == dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)
    assert counter.received_at == NOW


@pytest.mark.parametrize("given", ["", "feil", "puls_"])
def test_without_the_right_key_nothing_is_told_or_kept(given: str, token: str):
    for path in (PATH, "/api/v1/puls/finnes-ikke/"):
        response = send(given, [hour("2026-11-21T10:00:00Z")], path)
        assert (response.status_code, response.json()) == (401, {"detail": "Unauthorized"})
    assert not CountReading.objects.exists()


def test_the_key_of_one_counter_is_no_good_for_another(token: str):
    CounterFactory.create(slug="broen")

    assert send(token, [hour("2026-11-21T10:00:00Z")], "/api/v1/puls/broen/").status_code == 401


def test_a_counter_without_a_key_takes_none(counter: Counter):
    assert send("None", [hour("2026-11-21T10:00:00Z")]).status_code == 401


def test_a_hidden_counter_may_report_before_it_is_shown(token: str, counter: Counter):
    Counter.objects.update(published_at=None)

    assert send(token, [hour("2026-11-21T10:00:00Z")]).status_code == 200
    assert Client().get(PATH).status_code == 404


BAD = [
    (hour("2026-11-21T10:00:00"), "hour needs an offset, such as +01:00 or Z"),
    (hour("2026-11-21T10:30:00Z"), "A reading begins on a whole hour."),
    (hour("2026-11-21T13:00:00Z"), "The hour has not begun yet."),
    (hour("2019-11-21T10:00:00Z"), "The hour is more than five years old."),
    (hour("0001-01-01T00:00:00+14:00"), "hour lies outside the calendar"),
    (hour("i går"), "hour is not a moment in ISO 8601"),
    (hour("2026-11-21T10:00:00Z", -1), "A number cannot be negative."),
    (hour("2026-11-21T10:00:00Z", 10**9), "So many cannot be counted in an hour."),
    (hour("2026-11-21T10:00:00Z", 1.5), "number is a whole number"),
    (hour("2026-11-21T10:00:00Z", True), "number is a whole number"),
    (hour("2026-11-21T10:00:00Z", None), "number is a whole number"),
    ({"hour": 12, "number": 1}, "hour is a text in ISO 8601"),
    ({"number": 1}, 'an item is {"hour": "2026-11-21T13:00:00+01:00", "number": 12}'),
    ("tull", 'an item is {"hour": "2026-11-21T13:00:00+01:00", "number": 12}'),
    (hour("2026-11-21T08:00:00Z", 6), "the hour stands in the batch already, with another number"),
]


@pytest.mark.parametrize(("item", "problem"), BAD, ids=[str(item) for item, _problem in BAD])
def test_one_wrong_item_is_named_and_nothing_is_kept(token: str, item: Any, problem: str):
    response = send(token, [hour("2026-11-21T08:00:00Z"), item])

    assert response.status_code == 422
    assert response.json() == {
        "detail": "Nothing was kept: some items are wrong.",
        "items": [{"index": 1, "problem": problem}],
    }
    assert not CountReading.objects.exists()


def test_a_month_at_a_time_and_no_more(token: str):
    start = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    batch = [hour((start + dt.timedelta(hours=n)).isoformat()) for n in range(746)]

    assert send(token, batch).status_code == 413
    assert not CountReading.objects.exists()
    assert send(token, batch[:-1]).json()["new"] == 745


@pytest.mark.parametrize("body", ["tull", "[]", "{}", '{"hours": 5}', ""])
def test_what_is_no_batch_is_a_clear_refusal(token: str, body: str):
    response = send(token, body)

    assert response.status_code in (400, 422)
    assert response.headers["Content-Type"].startswith("application/json")


def test_one_network_sends_so_many_batches_a_minute(token: str, settings: Any):
    settings.RATELIMIT_ENABLE = True

    codes = [send(token, []).status_code for _ in range(61)]

    assert codes == [200] * 60 + [429]


def test_open_data_has_gaps_as_null_and_few_as_few(counter: Counter):
    for clock, number in ((8, 40), (9, 3), (11, 0)):
        CountReading.objects.create(
            counter=counter, hour=dt.datetime(2026, 11, 21, clock - 1, tzinfo=dt.UTC), number=number
        )

    data = Client().get(PATH, {"fra": "2026-11-21"}).json()

    assert (data["from_date"], data["to_date"], len(data["hours"])) == (
        "2026-11-21",
        "2026-11-21",
        12,
    )
    assert [(row["number"], row["note"]) for row in data["hours"][8:]] == [
        (40, ""),
        (None, "under 5"),
        (None, "missing"),
        (0, ""),
    ]
    assert data["hours"][8]["hour"] == "2026-11-21T07:00:00Z"
    assert data["licence"] == "NLOD 2.0"


def test_the_csv_says_the_same(counter: Counter):
    start = dt.datetime(2026, 11, 21, 7, tzinfo=dt.UTC)
    CountReading.objects.create(counter=counter, hour=start, number=40)

    response = Client().get("/puls/torget.csv", {"fra": "2026-11-21", "til": "tull"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))

    assert len(rows) == 12
    assert rows[8] == {
        "hour": "2026-11-21T07:00:00Z",
        "local_time": "2026-11-21T08:00+01:00",
        "count": "40",
        "note": "",
    }
    assert (rows[9]["count"], rows[9]["note"]) == ("", "missing")


def test_at_most_92_days_at_a_time(counter: Counter):
    data = Client().get(PATH, {"fra": "2020-01-01", "til": "2026-11-20"}).json()

    assert (data["from_date"], data["to_date"]) == ("2026-08-20", "2026-11-20")


@pytest.mark.parametrize("query", ["fra=tull", "fra=0001-01-01", "til=9999-12-31"])
def test_days_that_are_none_are_refused(counter: Counter, query: str):
    assert Client().get(f"{PATH}?{query}").status_code in (404, 422)
