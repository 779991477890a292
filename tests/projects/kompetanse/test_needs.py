import pytest
from pytest_django import DjangoAssertNumQueries

from projects.kompetanse.models import Field, SurveyRound
from projects.kompetanse.needs import Gap, gap_table
from tests.members.companies.factories import CompanyFactory
from tests.projects.kompetanse.factories import (
    AT,
    CompetenceNeedFactory,
    StudyProgrammeFactory,
    SurveyRoundFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey_round() -> SurveyRound:
    return SurveyRoundFactory.create()


def needs(survey_round: SurveyRound, field: str, companies: int, heads: int) -> None:
    for _ in range(companies):
        CompetenceNeedFactory.create(survey_round=survey_round, field=field, headcount=heads)


def row(field: str) -> Gap:
    return next(row for row in gap_table(at=AT).rows if row.field == field)


def test_sums_of_five_companies_are_shown_beside_the_study_places(survey_round: SurveyRound):
    needs(survey_round, Field.CYBER, companies=5, heads=4)
    StudyProgrammeFactory.create(field=Field.CYBER, seats=25)

    assert (row("cyber").companies, row("cyber").heads, row("cyber").seats) == (5, 20, 25)


def test_four_companies_are_hidden_and_left_out_of_the_sum(survey_round: SurveyRound):
    needs(survey_round, Field.CYBER, companies=4, heads=100)
    needs(survey_round, Field.ICT, companies=5, heads=2)
    table = gap_table(at=AT)

    assert row("cyber").is_hidden
    assert row("cyber").companies is None
    assert table.shown_heads == 10
    assert table.hidden_fields == 1


def test_one_company_with_many_needs_is_one_company(survey_round: SurveyRound):
    company = CompanyFactory.create()
    for skill in "abcdef":
        CompetenceNeedFactory.create(
            survey_round=survey_round, company=company, field=Field.CYBER, skill=skill
        )

    assert row("cyber").is_hidden


def test_places_that_nobody_stated_are_not_zero(survey_round: SurveyRound):
    StudyProgrammeFactory.create(field=Field.DESIGN, seats=None)

    assert row("design").seats is None
    assert row("design").heads == 0


def test_a_round_that_is_not_published_shows_nothing():
    hidden = SurveyRoundFactory.create(published_at=None)
    needs(hidden, Field.ICT, companies=6, heads=6)

    assert gap_table(at=AT).rows == []


def test_only_the_newest_published_round_counts(survey_round: SurveyRound):
    older = SurveyRoundFactory.create(closes_on="2026-02-01")
    needs(older, Field.ICT, companies=6, heads=6)
    needs(survey_round, Field.ICT, companies=5, heads=1)

    assert row("ikt").heads == 5


@pytest.mark.parametrize("number", [1, 6])
def test_the_table_costs_the_same_for_many(
    survey_round: SurveyRound, django_assert_num_queries: DjangoAssertNumQueries, number: int
):
    needs(survey_round, Field.ICT, companies=number, heads=1)

    with django_assert_num_queries(3):
        gap_table(at=AT)
