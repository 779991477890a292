"""Reports from draft to frozen, and what they show for ever after."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members.accounts.models import User
from projects.portfolio.models import Milestone, Risk, StatusReport
from projects.portfolio.overview import office_dashboard, overdue_reports
from projects.portfolio.reporting import (
    StatusReportError,
    changes_since_last,
    public_changes,
    publish_annual_report,
    publish_status_report,
    start_annual_report,
    start_status_report,
    then_of,
)
from tests.projects.portfolio.factories import (
    AnnualReportFactory,
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
AT = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def publish(by, at=AT, **fields):
    return publish_status_report(report=StatusReportFactory.create(**fields), by=by, at=at)


def next_report(first, **fields):
    return StatusReportFactory.create(
        project=first.project,
        period_starts_on=dt.date(2026, 4, 1),
        period_ends_on=dt.date(2026, 6, 30),
        **fields,
    )


def test_first_draft_begins_where_the_project_did(programme_officer):
    project = ProjectFactory.create(starts_on=dt.date(2026, 2, 1))

    draft = start_status_report(project=project, by=programme_officer, at=AT)

    assert (draft.period_starts_on, draft.period_ends_on) == (
        dt.date(2026, 2, 1),
        dt.date(2026, 4, 1),
    )
    assert draft.history.get().history_user == programme_officer


def test_a_second_click_gives_the_same_draft(programme_officer):
    project = ProjectFactory.create()

    first = start_status_report(project=project, by=programme_officer, at=AT)
    second = start_status_report(project=project, by=programme_officer, at=LATER)

    assert first == second
    assert StatusReport.objects.count() == 1


def test_old_report_shows_the_risks_and_figures_of_its_day(client, programme_officer):
    project = ProjectFactory.create(budget_nok=500_000)
    risk = RiskFactory.create(project=project, probability_before=5, consequence_before=5)
    milestone = MilestoneFactory.create(project=project, title="Åpning")
    FundingFactory.create(project=project, amount_nok=200_000, state="committed", funder="KNF")
    goal = ProjectGoalFactory.create(
        project=project, target=30, reached=10, unit="par", measured_on=dt.date(2026, 3, 1)
    )
    report = publish(programme_officer, project=project)
    url = f"{project.get_absolute_url()}status/{report.period_ends_on}/"
    before = client.get(url).content

    Risk.objects.filter(pk=risk.pk).update(probability_before=1, title="Omdøpt")
    RiskFactory.create(project=project)
    milestone.delete()
    project.funding.all().delete()
    project.title, project.budget_nok, project.phase = "Omdøpt", 1, "closing"
    project.save()
    goal.reached = 29
    goal.save()

    then = then_of(StatusReport.objects.get(pk=report.pk))
    assert then is not None
    assert [(row.title, row.score) for row in then.risks] == [(risk.title, 25)]
    assert [row.title for row in then.milestones] == ["Åpning"]
    assert then.committed_nok == 200_000
    assert then.goals[0].percent == 33
    after = client.get(url).content.decode()
    assert "<td>Tilsagn gitt</td>" in after
    assert "500\N{NO-BREAK SPACE}000" in after
    assert "Åpning" in after
    # Only the way here, which tells where the reader is today, knows the new name.
    assert after.replace("Omdøpt", then.title) == before.decode()


def test_closed_risks_count_nowhere(programme_officer):
    project = ProjectFactory.create()
    RiskFactory.create(project=project, state="closed", closed_on=dt.date(2026, 1, 1))

    then = then_of(publish(programme_officer, project=project))
    assert then is not None
    assert then.risks == []
    assert office_dashboard(at=AT).high_risks_count == 0


@pytest.mark.parametrize("comment", ["", "   ", "Som før."])
def test_a_worse_value_needs_a_new_comment(programme_officer, comment):
    first = publish(programme_officer, quality_comment="Som før.")
    second = next_report(first, quality="critical", quality_comment=comment)

    with pytest.raises(StatusReportError, match="kvalitet"):
        publish_status_report(report=second, by=programme_officer, at=LATER)
    with pytest.raises(ValidationError) as refused:
        second.full_clean()
    assert set(refused.value.message_dict) == {"quality_comment"}


def test_a_worse_value_with_a_reason_and_a_better_one_without_are_published(programme_officer):
    first = publish(programme_officer, money="critical")
    second = next_report(first, time="attention", time_comment="Leveransen er forsinket.")

    second.full_clean()
    publish_status_report(report=second, by=programme_officer, at=LATER)

    texts = [change.text for change in public_changes(StatusReport.objects.get(pk=second.pk))]
    assert texts == [
        "Tid: fra «i rute» til «følges opp»",
        "Økonomi: fra «kritisk» til «i rute»",
    ]


def test_a_report_is_not_published_twice_nor_empty_nor_for_the_same_time(programme_officer):
    first = publish(programme_officer)
    with pytest.raises(StatusReportError, match="alt publisert"):
        publish_status_report(report=first, by=programme_officer, at=LATER)

    empty = next_report(first, summary="  ")
    with pytest.raises(StatusReportError, match="samlet vurdering"):
        publish_status_report(report=empty, by=programme_officer, at=LATER)

    empty.summary, empty.period_ends_on = "Bra.", first.period_ends_on
    empty.period_starts_on = first.period_starts_on
    empty.save()
    with pytest.raises(StatusReportError, match="31. mars 2026"):
        publish_status_report(report=empty, by=programme_officer, at=LATER)


def test_changes_since_last_tell_what_moved(programme_officer):
    project = ProjectFactory.create(budget_nok=100, ends_on=dt.date(2026, 12, 31))
    kept = RiskFactory.create(project=project, title="Blir mindre")
    closed = RiskFactory.create(project=project, title="Blir lukket")
    reached = MilestoneFactory.create(project=project, title="Nås", due_on=dt.date(2026, 6, 1))
    moved = MilestoneFactory.create(project=project, title="Flyttes", due_on=dt.date(2026, 6, 1))
    MilestoneFactory.create(project=project, title="Glipper", due_on=dt.date(2026, 6, 2))
    gone = MilestoneFactory.create(project=project, title="Tas ut")
    goal = ProjectGoalFactory.create(project=project, text="Par", target=30, unit="par")
    first = publish(programme_officer, project=project)

    project.phase, project.budget_nok = "closing", 200
    project.ends_on = dt.date(2027, 1, 31)
    project.save()
    kept.probability_after, kept.consequence_after = 2, 2
    kept.save()
    closed.state, closed.closed_on = "closed", dt.date(2026, 5, 1)
    closed.save()
    RiskFactory.create(project=project, title="Ny")
    Milestone.objects.filter(pk=reached.pk).update(reached_on=dt.date(2026, 5, 1))
    Milestone.objects.filter(pk=moved.pk).update(due_on=dt.date(2026, 9, 1))
    gone.delete()
    MilestoneFactory.create(project=project, title="Kommer til", due_on=dt.date(2026, 9, 1))
    goal.reached, goal.measured_on = 12, dt.date(2026, 6, 1)
    goal.save()
    FundingFactory.create(project=project, amount_nok=50, state="committed")
    draft = next_report(first)

    texts = [change.text for change in changes_since_last(draft, at=LATER)]

    nbsp = "\N{NO-BREAK SPACE}"
    assert texts == [
        "Ny fase: Avslutning, var Gjennomføring",
        f"Budsjettet: fra 100{nbsp}kr til 200{nbsp}kr",
        f"Tilsagn: fra 0{nbsp}kr til 50{nbsp}kr",
        "Ny sluttdato: 31. januar 2027",
        "Milepæl nådd: Nås",
        "Fristen er passert: Glipper",
        "Ny frist 1. september 2026 for Flyttes",
        "Ny milepæl: Kommer til",
        "Milepæl tatt ut: Tas ut",
        "Ny risiko (16): Ny",
        "Risiko fra 16 til 4: Blir mindre",
        "Risiko lukket: Blir lukket",
        "Målt: Par, 12 av 30 par",
    ]


def test_public_changes_keep_the_texts_of_risks(programme_officer):
    first = publish(programme_officer)
    RiskFactory.create(project=first.project, title="Intern bekymring")
    second = publish_status_report(report=next_report(first), by=programme_officer, at=LATER)

    assert [change.kind for change in changes_since_last(second, at=LATER)] == ["risk"]
    assert public_changes(second) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_publish_once(programme_officer):
    report = StatusReportFactory.create()
    barrier, outcomes = threading.Barrier(2), []

    def press() -> None:
        try:
            barrier.wait(timeout=10)
            publish_status_report(report=report, by=programme_officer, at=AT)
            outcomes.append("published")
        except StatusReportError as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["Rapporten er alt publisert.", "published"]


def test_yearly_report_keeps_the_measures_of_its_day(client, programme_officer):
    plan = PlanFactory.create()
    measure = MeasureFactory.create(plan=plan, title="Lovet", state="ongoing", progress=40)
    MeasureUpdateFactory.create(
        measure=measure, text="Første nytt", happened_on=dt.date(2025, 5, 1)
    )
    MeasureUpdateFactory.create(measure=measure, text="Siste nytt", happened_on=dt.date(2025, 9, 1))
    report = AnnualReportFactory.create(plan=plan, year=2025)
    publish_annual_report(report=report, by=programme_officer, at=AT)
    before = client.get(report.get_absolute_url()).content

    measure.state, measure.progress, measure.title = "done", 100, "Omdøpt"
    measure.save()
    MeasureUpdateFactory.create(measure=measure, text="Etterpå")

    after = client.get(report.get_absolute_url()).content
    assert after == before
    assert "Siste nytt" in after.decode()
    assert "Første nytt" not in after.decode()


def test_yearly_report_stands_beside_the_year_before(client, programme_officer):
    plan = PlanFactory.create()
    measure = MeasureFactory.create(plan=plan)
    for year, state in ((2024, "not-started"), (2025, "ongoing")):
        measure.state = state
        measure.save()
        publish_annual_report(
            report=start_annual_report_with_text(plan, year, programme_officer),
            by=programme_officer,
            at=AT,
        )

    rows = client.get(f"/planer/{plan.slug}/2025/").context["rows"]

    assert [(row.before.state, row.now.state, row.has_moved) for row in rows] == [
        ("not-started", "ongoing", True)
    ]


def start_annual_report_with_text(plan, year: int, by: User):
    report = start_annual_report(plan=plan, year=year, by=by)
    assert start_annual_report(plan=plan, year=year, by=by) == report
    report.summary = "Året oppsummert."
    report.save()
    return report


def test_yearly_report_is_not_published_twice_nor_empty(programme_officer):
    report = AnnualReportFactory.create(summary="")
    with pytest.raises(StatusReportError, match="innledning"):
        publish_annual_report(report=report, by=programme_officer, at=AT)

    report.summary = "Året."
    report.save()
    publish_annual_report(report=report, by=programme_officer, at=AT)
    with pytest.raises(StatusReportError, match="alt publisert"):
        publish_annual_report(report=report, by=programme_officer, at=AT)


def test_running_projects_without_a_fresh_report_are_overdue(programme_officer):
    old = ProjectFactory.create(starts_on=dt.date(2025, 1, 1))
    publish(programme_officer, project=old)
    never = ProjectFactory.create(starts_on=dt.date(2025, 6, 1))
    ProjectFactory.create(starts_on=dt.date(2026, 7, 20))
    ProjectFactory.create(starts_on=dt.date(2024, 1, 1), phase="idea")
    ProjectFactory.create(starts_on=dt.date(2024, 1, 1), ends_on=dt.date(2025, 1, 1))

    found = overdue_reports(at=dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC))

    assert [(row.project, row.age) for row in found] == [
        (never, "14 måneder gammel"),
        (old, "4 måneder gammel"),
    ]


def test_dashboard_gathers_what_is_late_and_grave(django_assert_max_num_queries):
    for _ in range(3):
        project = ProjectFactory.create(starts_on=dt.date(2025, 1, 1))
        MilestoneFactory.create(project=project, due_on=dt.date(2026, 1, 1))
        RiskFactory.create(project=project)
        RiskFactory.create(project=project, probability_before=1)
        MeasureFactory.create(deadline=dt.date(2026, 1, 1))
        StatusReportFactory.create(project=project)
        AnnualReportFactory.create()

    with django_assert_max_num_queries(12):
        day = office_dashboard(at=AT)

    assert len(day.overdue_reports) == 3
    assert len(day.drafts) == 3
    assert day.overdue_milestones_count == 3
    assert day.overdue_measures_count == 3
    assert day.high_risks_count == 3
    assert len(day.annual_drafts) == 3
    assert day.running_projects == 3
