import datetime as dt
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from celery.exceptions import Retry

from projects.innsikt import ssb, tasks
from projects.innsikt.models import Fetch, Indicator, Observation
from tests.projects.innsikt.factories import IndicatorFactory, ObservationFactory, series_of
from tests.projects.innsikt.payloads import dataset, payload

NOW = dt.datetime(2026, 5, 4, 8, 20, tzinfo=dt.UTC)
UPDATED = "2026-02-25T07:00:00Z"
pytestmark = pytest.mark.django_db


@pytest.fixture
def source(fake_source, settings):
    settings.SSB_API_URL = fake_source.url
    serve_table(fake_source, payload([100, 101]))
    return fake_source


def serve_table(source, body, *, table="06913", updated=UPDATED):
    source.serve(f"/tables/{table}", json.dumps({"id": table, "updated": updated}))
    source.serve(f"/tables/{table}/data", body)


def indicator_of(table="06913", **fields):
    query = {
        "valueCodes": {"Region": "K_3303", "Tid": "top(2)"},
        "codelist": {"Region": "agg_KommSummerHist"},
    }
    return IndicatorFactory.create(table_id=table, query=query, **fields)


def figures():
    return [(o.period, o.value, o.status) for o in Observation.objects.order_by("period")]


def test_brackets_and_stars_are_encoded(source):
    indicator = indicator_of()
    ssb.fetch_indicator(indicator, at=NOW)

    path = source.requests[-1][1]
    assert "valueCodes%5BRegion%5D=K_3303" in path
    assert "[" not in path
    assert parse_qs(urlsplit(path).query)["codelist[Region]"] == ["agg_KommSummerHist"]


def test_figures_are_stored_with_url_moment_and_payload(source):
    indicator = indicator_of()

    assert ssb.fetch_indicator(indicator, at=NOW) == "stored"

    assert figures() == [("2022", 100, ""), ("2023", 101, "")]
    indicator.refresh_from_db()
    assert indicator.fetched_at == NOW
    assert indicator.table_updated_at == dt.datetime(2026, 2, 25, 7, tzinfo=dt.UTC)
    log = Fetch.objects.get()
    assert "06913: Befolkning" in log.payload
    assert log.url == indicator.fetched_url


def test_unchanged_table_is_not_fetched_again(source):
    indicator = indicator_of()
    ssb.fetch_indicator(indicator, at=NOW)
    indicator.refresh_from_db()
    asked = len(source.requests)

    assert ssb.fetch_indicator(indicator, at=NOW) == "unchanged"

    assert len(source.requests) == asked + 1
    assert Fetch.objects.latest("pk").payload == ""


def test_a_changed_query_is_fetched_though_the_table_is_the_same(source):
    indicator = indicator_of()
    ssb.fetch_indicator(indicator, at=NOW)
    indicator.refresh_from_db()
    indicator.query["valueCodes"]["Tid"] = "top(9)"

    assert ssb.fetch_indicator(indicator, at=NOW) == "stored"


def test_fetching_twice_gives_the_same_rows(source):
    indicator = indicator_of()
    ssb.fetch_indicator(indicator, at=NOW)
    before = list(Observation.objects.values_list("pk", "period", "value"))
    serve_table(source, payload([100, 101]), updated="2026-03-01T07:00:00Z")
    ssb.fetch_indicator(indicator, at=NOW)

    assert list(Observation.objects.values_list("pk", "period", "value")) == before


def test_revised_figures_replace_and_keep_marks_of_breaks(source):
    indicator = indicator_of()
    series = series_of({"2021": 90, "2022": 95}, indicator=indicator, key="alle")
    series.observations.filter(period="2022").update(is_break=True, note="Nytt nummer")

    ssb.fetch_indicator(indicator, at=NOW)

    assert [f[:2] for f in figures()] == [("2021", 90), ("2022", 100), ("2023", 101)]
    kept = Observation.objects.get(period="2022")
    assert (kept.is_break, kept.note) == (True, "Nytt nummer")


def test_missing_keeps_its_reason_and_is_never_zero(source):
    serve_table(source, payload([None, 0], status={"0": ":"}))
    ssb.fetch_indicator(indicator_of(), at=NOW)

    assert figures() == [("2022", None, ":"), ("2023", 0, "")]


def test_missing_without_a_reason_and_with_an_unknown_one(source):
    serve_table(
        source, payload([None, None, 1], periods=("2021", "2022", "2023"), status={"1": "x"})
    )
    ssb.fetch_indicator(indicator_of(), at=NOW)

    assert [status for _p, _v, status in figures()] == ["?", "..", ""]


def test_series_follow_a_dimension(source):
    serve_table(source, payload([1, 2, 3, 4], regions=("3301", "3314")))
    ssb.fetch_indicator(indicator_of(series_dimension="Region"), at=NOW)

    found = Indicator.objects.get().series.order_by("position")
    assert [(s.key, s.label, s.is_main) for s in found] == [
        ("3301", "Sted 3301", True),
        ("3314", "Sted 3314", False),
    ]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (payload([None, None]), 200, "no figures"),
        (payload([1, 2, 3, 4], regions=("1", "2")), 200, "choose one"),
        (payload([1, 2], periods=("i fjor", "i år")), 200, "no period"),
        (json.dumps({**dataset([1, 2]), "dimension": {}}), 200, "malformed"),
        ("<html>", 200, "not JSON"),
        ("", 200, "not JSON"),
        (
            '{"title": "Bad Request", "status": 400, "detail": "xxx is not valid"}',
            400,
            "xxx is not",
        ),
        ("nede", 500, "status 500"),
        ("ikke json", 404, "404"),
    ],
    ids=["empty", "two regions", "periods", "malformed", "html", "nothing", "400", "500", "404"],
)
def test_a_bad_answer_leaves_the_last_good_figures(source, body, status, words):
    indicator = indicator_of()
    ssb.fetch_indicator(indicator, at=NOW)
    good = figures()
    source.serve("/tables/06913", json.dumps({"updated": "2026-05-01T07:00:00Z"}))
    source.serve("/tables/06913/data", body, status=status)

    assert ssb.fetch_indicator(Indicator.objects.get(), at=NOW + dt.timedelta(days=1)) == "failed"

    assert figures() == good
    assert Indicator.objects.get().fetched_at == NOW
    assert words in Fetch.objects.latest("pk").error


def test_a_source_that_hangs_up_is_logged(source):
    source.hang_up("/tables/06913/data")

    assert ssb.fetch_indicator(indicator_of(), at=NOW) == "failed"
    assert not Observation.objects.exists()


def test_a_page_tells_that_the_source_was_silent(source, client):
    indicator = indicator_of()
    series_of({"2022": 10}, indicator=indicator, key="alle")
    source.hang_up("/tables/06913/data")
    ssb.fetch_indicator(indicator, at=NOW)

    page = client.get(indicator.get_absolute_url()).content.decode()

    assert "Kilden svarte ikke sist vi spurte" in page
    assert "4. mai 2026 kl. 10.20" in page


def test_one_failing_table_does_not_stop_the_others(source):
    indicator_of(table="99999", slug="borte")
    indicator_of(slug="god")

    assert ssb.fetch_all(at=NOW) == {"borte": "failed", "god": "stored"}


def test_being_asked_to_wait_stops_the_round(source):
    source.serve("/tables/06913", '{"detail": "30 request per minute."}', status=429)
    indicator_of(slug="a")
    indicator_of(slug="b")

    with pytest.raises(ssb.SourceBusyError, match="30 request"):
        ssb.fetch_all(at=NOW)

    assert Fetch.objects.count() == 1


def test_the_job_tries_again_after_a_rest(source):
    source.serve("/tables/06913", "{}", status=429)
    indicator_of()

    with pytest.raises(Retry) as retried:
        tasks.fetch_indicators.apply(throw=True)

    assert retried.value.when == 65
    assert Fetch.objects.get().outcome == "failed"


def test_the_job_is_safe_twice_and_one_can_be_asked_for(source):
    indicator = indicator_of()
    tasks.fetch_indicators()
    tasks.fetch_indicators()
    tasks.fetch_indicator(indicator.pk)
    tasks.fetch_indicator(0)

    assert list(Fetch.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "stored",
        "unchanged",
        "unchanged",
    ]


def test_nothing_is_asked_when_outside_sources_are_off(source, settings):
    settings.OUTSIDE_SOURCES_ENABLED = False
    indicator_of()

    assert ssb.fetch_all(at=NOW) == {}
    assert not source.requests
    assert not Fetch.objects.exists()


def test_the_first_real_figures_take_the_place_of_invented_ones(source):
    indicator = indicator_of(is_example=True, conclusion="Eksempel: oppdiktet.")
    series = series_of({"2025": 5}, indicator=indicator, key="alle")
    ObservationFactory.create(series=series, period="2026", value=6)

    ssb.fetch_indicator(indicator, at=NOW)

    indicator.refresh_from_db()
    assert (indicator.is_example, indicator.conclusion) == (False, "")
    assert figures() == [("2022", 100, ""), ("2023", 101, "")]


def test_growth_follows_what_it_is_the_growth_of(source):
    population = indicator_of()
    growth = IndicatorFactory.create(growth_of=population, decimals=1, is_percent=True)

    ssb.fetch_indicator(population, at=NOW)

    found = Observation.objects.filter(series__indicator=growth)
    assert [(o.period, str(o.value)) for o in found] == [("2022", "1.0000")]


def test_source_that_does_not_say_when_it_was_updated_is_asked_each_time(source):
    source.serve("/tables/06913", "{}")
    indicator = indicator_of()
    ssb.fetch_indicator(indicator, at=NOW)
    indicator.refresh_from_db()

    assert ssb.fetch_indicator(indicator, at=NOW) == "stored"
