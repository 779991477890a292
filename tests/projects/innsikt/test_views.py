import csv
import io

import pytest
import time_machine
from django.urls import reverse

from projects.innsikt import demo
from tests.projects.innsikt.factories import (
    PUBLISHED,
    AnnotationFactory,
    IndicatorFactory,
    NeedsSurveyFactory,
    ObservationFactory,
    RankingFactory,
    SeriesFactory,
    series_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_spring")]


@pytest.fixture
def _spring():
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False):
        yield


def text(response):
    return " ".join(response.content.decode().split())


def test_overview_costs_the_same_for_many(client, django_assert_max_num_queries):
    for _ in range(4):
        series_of({"2022": 10, "2023": 12})
        RankingFactory.create()
        NeedsSurveyFactory.create()

    with django_assert_max_num_queries(8):
        response = client.get("/innsikt/")

    assert response.status_code == 200
    assert text(response).count("Opp 2 fra 2022") == 4


def test_detail_costs_the_same_for_many(client, django_assert_max_num_queries):
    indicator = IndicatorFactory.create()
    for number in range(4):
        series_of({"2022": 10, "2023": 12}, indicator=indicator, is_main=number == 0)
        AnnotationFactory.create(indicator=indicator)

    with django_assert_max_num_queries(8):
        response = client.get(f"/innsikt/{indicator.slug}/")

    assert response.status_code == 200


def test_detail_says_conclusion_before_chart_and_names_the_source(client):
    series = series_of({"2022": 10, "2023": 12})
    series.indicator.conclusion = "Det går oppover."
    series.indicator.concluded_period = "2022"
    series.indicator.save()

    page = text(client.get(series.indicator.get_absolute_url()))

    assert page.index("Det går oppover.") < page.index('<svg class="chart')
    assert "Statistisk sentralbyrå" in page
    assert "CC BY 4.0" in page
    assert "Det er kommet nyere tall" in page


def test_missing_figures_are_gaps_and_never_zero(client):
    series = series_of({"2020": 100, "2021": None, "2022": 110, "2023": 120})

    page = text(client.get(series.indicator.get_absolute_url()))

    assert "Tall mangler for 2021." in page
    assert "chart__gap" in page
    wide = page.split('<svg class="chart chart--wide"')[1].split("</svg>")[0]
    path = wide.split('class="chart__line chart__line--1" d="')[1].split('"')[0]
    assert path.count("M") == 2


def test_example_is_marked_everywhere(client):
    series = series_of({"2022": 10, "2023": 12})
    series.indicator.is_example = True
    series.indicator.save()

    assert "Eksempel" in text(client.get("/innsikt/"))
    assert "Eksempel" in text(client.get(series.indicator.get_absolute_url()))
    slug = series.indicator.slug
    assert client.get(f"/innsikt/{slug}.json").json()["is_example"] is True
    assert client.get(f"/innsikt/{slug}.csv").content.decode().splitlines()[1].endswith(",1")


def test_csv_reads_back(client):
    series = series_of({"2022": 10, "2023": None}, label='=SUM("a,b")')

    response = client.get(f"/innsikt/{series.indicator.slug}.csv")

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert response["Content-Type"].startswith("text/csv; charset=utf-8")
    assert [(r["period"], r["value"], r["status"]) for r in rows] == [
        ("2022", "10", ""),
        ("2023", "", ".."),
    ]
    assert rows[0]["series_label"] == '\'=SUM("a,b")'
    assert rows[0]["period_start"] == "2022-01-01"


def test_json_reads_back(client):
    indicator = IndicatorFactory.create(decimals=1, target_value="1.0")
    series = SeriesFactory.create(indicator=indicator)
    ObservationFactory.create(series=series, value="3.25")
    ObservationFactory.create(series=series, period="2024", value=None, status=":")
    AnnotationFactory.create(indicator=indicator)

    body = client.get(f"/innsikt/{indicator.slug}.json").json()

    assert [o["value"] for o in body["series"][0]["observations"]] == [3.2, None]
    assert body["series"][0]["observations"][1]["status"] == ":"
    assert body["source"]["licence"] == "CC BY 4.0"
    assert body["target"]["value"] == 1.0
    assert body["annotations"][0]["date"] == "2019-01-01"
    assert body["url"] == f"http://testserver/innsikt/{indicator.slug}/"


def test_pages_read_in_english(client):
    indicator = IndicatorFactory.create(title="Arbeidsplasser", title_en="Jobs")
    series_of({"2022": 10, "2023": 12}, indicator=indicator)

    assert "Jobs" in text(client.get("/en/innsikt/"))
    assert "Up 2 from 2022" in text(client.get("/en/innsikt/"))


def test_ranking_page_warns_when_years_cannot_be_compared(client):
    RankingFactory.create(year=2021, of_n=356)
    RankingFactory.create(year=2022, of_n=357, rank=4)
    RankingFactory.create(year=2023, of_n=357, method_version="ny")

    page = text(client.get(reverse("innsikt:ranking_list")))

    assert "nr. 1 av 356" in page
    assert "nr. 4 av 357" in page
    assert "Antallet kommuner er et annet enn i 2021." in page
    assert "Metoden er endret siden 2022" in page


def test_indicator_without_figures_still_has_a_page(client):
    indicator = IndicatorFactory.create()

    page = text(client.get(indicator.get_absolute_url()))

    assert "Det finnes ingen tall ennå." in page


def test_pages_hold_nothing_about_the_visitor(client):
    series = series_of({"2022": 10, "2023": 12})

    for url in ("/innsikt/", "/innsikt/rangeringer/", series.indicator.get_absolute_url()):
        response = client.get(url)
        assert not response.cookies
        assert "csrf" not in text(response)


def test_demo_shows_one_line_over_three_municipality_numbers(client):
    demo.load(at=PUBLISHED)
    demo.load(at=PUBLISHED)

    page = text(client.get("/innsikt/folkemengde/"))

    assert page.count("Nytt kommunenummer") >= 2
    assert "Tall mangler for 1985–2010, 2012–2013 og 2024–2026." in page
    assert "målet på 28 597 er nådd" in page
    assert "under målet på 28 597" in page
    body = client.get("/innsikt/folkemengde.json").json()
    official = {o["period"]: o for o in body["series"][0]["observations"]}
    assert [o["period"] for o in official.values() if o["is_break"]] == ["1964", "2020", "2024"]
    assert official["2018"]["value"] == 27410
    assert official["2025"]["value"] is None
    assert 0 not in {o["value"] for o in official.values()}


def test_demo_growth_is_worked_out_from_the_population(client):
    demo.load(at=PUBLISHED)

    body = client.get("/innsikt/arlig-vekst.json").json()

    growth = {o["period"]: o["value"] for o in body["series"][0]["observations"]}
    assert (growth["2017"], growth["2018"], growth["2022"]) == (0.7, 0.3, 3.3)
    assert growth["2023"] is None
    corrected = body["series"][1]["observations"]
    assert [(o["period"], o["value"]) for o in corrected] == [("2022", 1.4)]


def test_every_demo_page_answers(client):
    demo.load(at=PUBLISHED)

    for slug in ("folketall-kvartal", "innpendling", "arbeidsplasser", "utdanningsniva", "boliger"):
        assert "Eksempel" in text(client.get(f"/innsikt/{slug}/"))
    assert client.get("/innsikt/fodte-og-flyttet/").status_code == 200
    assert "nr. 1 av 356" in text(client.get("/innsikt/"))
