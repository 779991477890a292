import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from projects.innsikt.models import Indicator, Observation, Ranking
from tests.projects.innsikt.factories import (
    IndicatorFactory,
    NeedsSurveyFactory,
    ObservationFactory,
    RankingFactory,
    SeriesFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"value": None, "status": ""},
        {"value": Decimal(0), "status": ".."},
        {"value": None, "status": "x"},
    ],
    ids=["missing without reason", "figure with reason", "unknown reason"],
)
def test_observation_is_a_figure_or_says_why_not(fields):
    series = SeriesFactory.create()

    with pytest.raises(IntegrityError):
        ObservationFactory.create(series=series, **fields)


def test_a_break_must_be_explained():
    observation = ObservationFactory.build(series=SeriesFactory.create(), is_break=True)

    with pytest.raises(ValidationError, match="Et brudd må forklares"):
        observation.full_clean()


def test_zero_is_a_figure():
    assert ObservationFactory.create(value=Decimal(0)).value == 0


@pytest.mark.parametrize(("rank", "of_n"), [(0, 356), (357, 356), (0, None)])
def test_rank_lies_within_the_ranked(rank, of_n):
    with pytest.raises(IntegrityError):
        RankingFactory.create(rank=rank, of_n=of_n)


def test_ranking_is_refused_with_a_message_for_staff():
    ranking = RankingFactory.build(rank=400)

    with pytest.raises(ValidationError, match="mellom 1 og antallet"):
        ranking.full_clean()


def test_rank_may_lack_the_number_of_ranked():
    RankingFactory.create(rank=2, of_n=None, scope="county", scope_name="Viken")

    assert Ranking.objects.get().of_n is None


def test_same_placing_cannot_be_entered_twice():
    RankingFactory.create(year=2022)

    with pytest.raises(IntegrityError):
        RankingFactory.create(year=2022, rank=3)


def test_one_main_series():
    indicator = IndicatorFactory.create()
    SeriesFactory.create(indicator=indicator)

    with pytest.raises(IntegrityError):
        SeriesFactory.create(indicator=indicator)


@pytest.mark.parametrize(
    "fields",
    [
        {"target_value": 1, "target_growth_percent": 1, "target_from": dt.date(2019, 1, 1)},
        {"target_growth_percent": 1},
        {"decimals": 5},
        {"chart_kind": "pie"},
    ],
)
def test_indicator_constraints(fields):
    with pytest.raises(IntegrityError):
        IndicatorFactory.create(**fields)


def test_public_are_those_published_by_now():
    now = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    shown = IndicatorFactory.create(published_at=now)
    IndicatorFactory.create(published_at=None)
    IndicatorFactory.create(published_at=now + dt.timedelta(seconds=1))

    assert list(Indicator.objects.public(at=now)) == [shown]


@pytest.mark.parametrize(
    "fields",
    [{"asked_to": dt.date(2025, 12, 31)}, {"invited": 10, "responses": 11}],
)
def test_survey_constraints(fields):
    with pytest.raises(IntegrityError):
        NeedsSurveyFactory.create(**fields)


def test_history_keeps_both_languages():
    NeedsSurveyFactory.create(title="Behov", title_en="Needs")

    kept = apps.get_model("innsikt", "HistoricalNeedsSurvey").objects.get()
    assert (kept.title_nb, kept.title_en) == ("Behov", "Needs")


def test_observation_reads_as_period_and_figure():
    assert str(Observation(period="2023", value=None, status="..")) == "2023: .."
