"""Each rule of the models, tried by a raw write that no form has looked at."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from projects.portfolio.models import Measure, Project
from tests.projects.portfolio.factories import (
    LONG_AGO,
    AnnualReportFactory,
    ChallengeFactory,
    DecisionFactory,
    FundingFactory,
    MeasureFactory,
    MeasureUpdateFactory,
    MilestoneFactory,
    PlanFactory,
    ProjectFactory,
    ProjectGoalFactory,
    RiskFactory,
    StatusReportFactory,
)

pytestmark = pytest.mark.django_db

RAW = [
    (ProjectFactory, {"main_project": "finnes-ikke"}, "main_project_valid"),
    (ProjectFactory, {"phase": "finnes-ikke"}, "phase_valid"),
    (
        ProjectFactory,
        {"starts_on": dt.date(2026, 2, 1), "ends_on": dt.date(2026, 1, 1)},
        "ends_after_start",
    ),
    (ChallengeFactory, {"number": 0}, "number_positive"),
    (ProjectGoalFactory, {"reached": 5}, "measured_has_target_and_date"),
    (FundingFactory, {"kind": "gull"}, "kind_valid|hours_match_kind"),
    (FundingFactory, {"state": "kanskje"}, "state_valid"),
    (FundingFactory, {"amount_nok": 0}, "amount_positive"),
    (FundingFactory, {"kind": "hours"}, "hours_match_kind"),
    (FundingFactory, {"hours": 10}, "hours_match_kind"),
    (RiskFactory, {"probability_before": 6}, "before_one_to_five"),
    (RiskFactory, {"consequence_before": 0}, "before_one_to_five"),
    (RiskFactory, {"probability_after": 2}, "after_both_or_none"),
    (RiskFactory, {"probability_after": 2, "consequence_after": 9}, "after_both_or_none"),
    (RiskFactory, {"state": "closed"}, "state_matches_closed_on"),
    (RiskFactory, {"closed_on": dt.date(2026, 1, 1)}, "state_matches_closed_on"),
    (PlanFactory, {"kind": "drøm"}, "kind_valid"),
    (PlanFactory, {"period_from": 2028, "period_to": 2024}, "period_in_order"),
    (PlanFactory, {"adopted_on": dt.date(2024, 1, 1)}, "adopted_by_someone"),
    (MeasureFactory, {"state": "snart"}, "state_valid"),
    (MeasureFactory, {"state": "ongoing", "progress": 101}, "progress_percent"),
    (MeasureFactory, {"state": "not-started", "progress": 0}, "not_started_has_no_progress"),
    (MeasureFactory, {"state": "done", "progress": 90}, "done_is_whole"),
    (MeasureFactory, {"weight": 0}, "weight_one_to_hundred"),
    (MeasureUpdateFactory, {"text": ""}, "says_something"),
    (StatusReportFactory, {"period_ends_on": dt.date(2025, 1, 1)}, "period_in_order"),
    (StatusReportFactory, {"time": "grønn"}, "values_valid"),
    (StatusReportFactory, {"benefit": "rød"}, "values_valid"),
    (StatusReportFactory, {"published_at": LONG_AGO}, "frozen_whole"),
    (StatusReportFactory, {"snapshot": {}}, "frozen_whole"),
    (
        StatusReportFactory,
        {"published_at": LONG_AGO, "snapshot": {}, "summary": ""},
        "frozen_whole",
    ),
    (AnnualReportFactory, {"year": 26}, "year_sensible"),
    (AnnualReportFactory, {"published_at": LONG_AGO}, "frozen_whole"),
]


@pytest.mark.parametrize(("factory", "wrong", "constraint"), RAW)
def test_the_database_refuses(factory, wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factory.create(**wrong)


@pytest.mark.parametrize(("factory", "wrong", "constraint"), RAW)
def test_a_form_says_why_in_words(factory, wrong, constraint):
    made = factory.create()
    for name, value in wrong.items():
        setattr(made, name, value)

    with pytest.raises(ValidationError) as refused:
        made.full_clean()

    assert refused.value.messages
    assert not any("portfolio_" in message for message in refused.value.messages)


def test_one_draft_and_one_published_report_per_period():
    first = StatusReportFactory.create()
    with pytest.raises(IntegrityError, match="one_draft"), transaction.atomic():
        StatusReportFactory.create(project=first.project)

    StatusReportFactory.create(project=first.project, published_at=LONG_AGO, snapshot={})
    with pytest.raises(IntegrityError, match="one_per_period"), transaction.atomic():
        StatusReportFactory.create(project=first.project, published_at=LONG_AGO, snapshot={})


def test_measure_numbers_milestones_cases_and_years_are_unique():
    measure = MeasureFactory.create()
    milestone = MilestoneFactory.create()
    decision = DecisionFactory.create(case_number="40/24")
    annual = AnnualReportFactory.create()
    DecisionFactory.create(case_number="")
    DecisionFactory.create(case_number="")

    for factory, same in (
        (MeasureFactory, {"plan": measure.plan, "number": measure.number}),
        (MilestoneFactory, {"project": milestone.project, "title": milestone.title}),
        (DecisionFactory, {"case_number": decision.case_number}),
        (AnnualReportFactory, {"plan": annual.plan, "year": annual.year}),
    ):
        with pytest.raises(IntegrityError, match="unique|one_per_year"), transaction.atomic():
            factory.create(**same)


def test_a_measure_needs_somebody_who_answers_for_it():
    with pytest.raises(ValidationError, match="Noen må ha ansvaret"):
        MeasureFactory.build(organisation="").clean()


@pytest.mark.parametrize("factory", [StatusReportFactory, AnnualReportFactory])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET summary = 'Omskrevet' WHERE id = %s",
        "UPDATE {table} SET snapshot = '{{}}' WHERE id = %s",
        "UPDATE {table} SET published_at = NULL, snapshot = NULL WHERE id = %s",
        "DELETE FROM {table} WHERE id = %s",
    ],
)
def test_a_published_report_is_frozen(factory, statement):
    report = factory.create(published_at=LONG_AGO, snapshot={"risks": [1]})

    with (
        pytest.raises(IntegrityError, match="kan ikke endres eller slettes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table=report._meta.db_table), [report.pk])


@pytest.mark.parametrize("factory", [StatusReportFactory, AnnualReportFactory])
def test_an_erased_account_leaves_the_frozen_report(factory, programme_officer):
    report = factory.create(published_at=LONG_AGO, snapshot={}, published_by=programme_officer)

    programme_officer.delete()

    report.refresh_from_db()
    assert report.published_by_id is None


def test_a_draft_can_be_changed_and_deleted():
    draft = StatusReportFactory.create()
    draft.summary = "Nytt"
    draft.save()

    draft.delete()


def test_overdue_measures_are_those_still_to_be_done():
    late = dt.date(2026, 1, 1)
    waiting = MeasureFactory.create(deadline=late)
    ongoing = MeasureFactory.create(deadline=late, state="ongoing")
    for state in ("done", "stopped", "carried-over"):
        MeasureFactory.create(deadline=late, state=state)
    MeasureFactory.create(deadline=None)

    assert set(Measure.objects.overdue(dt.date(2026, 1, 2))) == {waiting, ongoing}
    assert not Measure.objects.overdue(late)


def test_history_keeps_both_languages():
    project = ProjectFactory.create(title="Byliv", title_en="Town life")
    with translation.override("en"):
        project.title = "Life in town"
    project.save()

    with translation.override("en"):
        newest, oldest = project.history.all()
        assert (oldest.title_nb, oldest.title_en) == ("Byliv", "Town life")
        changed = {change.field for change in newest.diff_against(oldest).changes}
    assert changed == {"title_en"}


def test_drafts_are_not_public():
    ProjectFactory.create(draft=True)
    shown = ProjectFactory.create()
    ProjectFactory.create(published_at=LONG_AGO + dt.timedelta(days=2))

    assert list(Project.objects.public(at=LONG_AGO + dt.timedelta(days=1))) == [shown]
