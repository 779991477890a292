"""The office's day in the admin: every page opens, reports are begun, published and then frozen."""

import datetime as dt
from typing import Any

import pytest
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factory.django import DjangoModelFactory
from tablib import Dataset

from members.accounts.models import User
from projects.portfolio.admin.measure_file import MeasureResource
from projects.portfolio.models import Milestone, Project, StatusReport
from projects.portfolio.reporting import publish_status_report
from tests.projects.portfolio.factories import (
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
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FACTORIES: dict[str, type[DjangoModelFactory[Any]]] = {
    "challenge": ChallengeFactory,
    "project": ProjectFactory,
    "milestone": MilestoneFactory,
    "risk": RiskFactory,
    "decision": DecisionFactory,
    "plan": PlanFactory,
    "measure": MeasureFactory,
    "statusreport": StatusReportFactory,
    "annualreport": AnnualReportFactory,
}


@pytest.fixture
def office(client: Client, programme_officer: User) -> Client:
    client.force_login(programme_officer, backend=BACKEND)
    return client


@pytest.fixture
def _loose_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Unfold's note of errors counts `errors.items`, which a list has not.
    engine: Any = engines["django"]
    monkeypatch.setattr(engine.engine, "string_if_invalid", "")


def admin_url(model: str, view: str, *args: object) -> str:
    return reverse(f"admin:portfolio_{model}_{view}", args=args)


@pytest.mark.parametrize("model", FACTORIES)
@pytest.mark.parametrize("view", ["changelist", "add", "change"])
def test_every_page_opens_for_the_office(office, model, view):
    row = FACTORIES[model].create()
    args = () if view in ("changelist", "add") else (row.pk,)

    assert office.get(admin_url(model, view, *args)).status_code == 200


@pytest.mark.parametrize("model", ["project", "statusreport"])
def test_an_editor_reads_and_changes_nothing(client, editor, model):
    client.force_login(editor, backend=BACKEND)
    row = FACTORIES[model].create()

    assert client.get(admin_url(model, "changelist")).status_code == 200
    assert client.get(admin_url(model, "change", row.pk)).status_code == 200
    assert client.get(admin_url(model, "add")).status_code == 403


@pytest.mark.parametrize("model", ["project", "risk", "measure", "statusreport"])
def test_a_list_costs_the_same_with_more_rows(office, model, django_assert_max_num_queries):
    FACTORIES[model].create()
    url = admin_url(model, "changelist")
    with django_assert_max_num_queries(30) as few:
        office.get(url)
    for _ in range(4):
        FACTORIES[model].create()

    with django_assert_max_num_queries(len(few)):
        office.get(url)


@pytest.mark.parametrize("value", ["mangler", "utkast", "aldri"])
def test_projects_are_filtered_by_their_reports(office, value):
    ProjectFactory.create(title="Trenger rapport", starts_on=dt.date(2025, 1, 1))
    StatusReportFactory.create(
        project__title="Under arbeid", project__starts_on=timezone.localdate()
    )

    page = office.get(admin_url("project", "changelist") + f"?rapport={value}").content.decode()

    assert ("Trenger rapport" in page) == (value != "utkast")
    assert ("Under arbeid" in page) == (value != "mangler")


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("risk", "risiko=high"),
        ("risk", "risiko=lower"),
        ("measure", "frist=passert"),
        ("milestone", "frist=passert"),
        ("statusreport", "publisert=nei"),
        ("annualreport", "publisert=ja"),
    ],
)
def test_filters_of_the_lists_answer(office, model, query):
    FACTORIES[model].create()

    assert office.get(f"{admin_url(model, 'changelist')}?{query}").status_code == 200


def test_a_project_is_written_with_all_that_hangs_on_it(office):
    project = ProjectFactory.create()
    for factory in (ProjectGoalFactory, FundingFactory, MilestoneFactory, RiskFactory):
        factory.create(project=project)

    page = office.get(admin_url("project", "change", project.pk)).content.decode()

    for prefix in ("goals", "funding", "milestones", "risks"):
        assert f'name="{prefix}-0-id"' in page
    assert "title_en" in page


def test_the_office_publishes_and_withdraws_projects(office):
    project = ProjectFactory.create(draft=True)
    url = admin_url("project", "changelist")

    office.post(url, {"action": "publish", "_selected_action": [project.pk]})
    assert Project.objects.public(at=timezone.now()).filter(pk=project.pk).exists()
    assert project.history.count() == 2

    office.post(url, {"action": "withdraw", "_selected_action": [project.pk]})
    assert not Project.objects.public(at=timezone.now()).filter(pk=project.pk).exists()


def test_a_new_report_begins_with_the_last_one(office, programme_officer):
    project = ProjectFactory.create()
    last = StatusReportFactory.create(
        project=project, money="attention", money_comment="Venter på svar."
    )
    publish_status_report(report=last, by=programme_officer, at=timezone.now())
    url = reverse("admin:portfolio_project_new_report", args=[project.pk])

    assert office.get(url).status_code == 200
    assert StatusReport.objects.count() == 1
    response = office.post(url)

    draft = StatusReport.objects.get(published_at=None)
    assert response.url == admin_url("statusreport", "change", draft.pk)
    assert (draft.money, draft.money_comment) == ("attention", "Venter på svar.")
    assert draft.period_starts_on == last.period_ends_on + dt.timedelta(days=1)


def test_a_report_is_published_after_a_question(office):
    report = StatusReportFactory.create()
    RiskFactory.create(project=report.project, title="Noe kan gå galt")
    url = reverse("admin:portfolio_statusreport_publish", args=[report.pk])

    assert "kan ikke endres siden" in office.get(url).content.decode()
    assert StatusReport.objects.filter(pk=report.pk, published_at=None).exists()

    office.post(url)
    report.refresh_from_db()
    assert report.published_at is not None
    assert report.published_by == User.objects.get(first_name="Pia")
    page = office.get(admin_url("statusreport", "change", report.pk)).content.decode()
    assert "Noe kan gå galt" in page
    assert 'name="summary"' not in page
    assert office.get(url).status_code == 403


def test_publishing_without_a_summary_says_why(office):
    report = StatusReportFactory.create(summary="")
    url = reverse("admin:portfolio_statusreport_publish", args=[report.pk])

    page = office.post(url, follow=True).content.decode()

    assert "Skriv en samlet vurdering" in page


def test_an_editor_cannot_publish(client, editor):
    client.force_login(editor, backend=BACKEND)
    report = StatusReportFactory.create()
    annual = AnnualReportFactory.create()

    for name, pk in (("statusreport", report.pk), ("annualreport", annual.pk)):
        assert client.post(reverse(f"admin:portfolio_{name}_publish", args=[pk])).status_code == 403


def test_a_yearly_report_is_published_after_a_question(office):
    report = AnnualReportFactory.create()
    MeasureFactory.create(plan=report.plan, title="Lovet tiltak")
    url = reverse("admin:portfolio_annualreport_publish", args=[report.pk])

    assert office.get(url).status_code == 200
    office.post(url)

    assert "Lovet tiltak" in office.get(report.get_absolute_url()).content.decode()


@pytest.mark.usefixtures("_loose_templates")
def test_a_worse_value_needs_a_comment_in_the_form(office, programme_officer):
    project = ProjectFactory.create()
    publish_status_report(
        report=StatusReportFactory.create(project=project), by=programme_officer, at=timezone.now()
    )
    form = {
        "project": project.pk,
        "period_starts_on": "01.04.2026",
        "period_ends_on": "30.06.2026",
        "summary": "Det butter.",
        "time": "critical",
        **dict.fromkeys(("money", "quality", "risk", "benefit"), "on-track"),
    }

    refused = office.post(admin_url("statusreport", "add"), form)
    assert refused.status_code == 200
    assert "Skriv hvorfor." in refused.content.decode()
    accepted = office.post(
        admin_url("statusreport", "add"), form | {"time_comment": "Leveransen er forsinket."}
    )
    assert accepted.status_code == 302


def test_an_update_remembers_who_wrote_it(office, programme_officer):
    measure = MeasureFactory.create()
    form = {
        "plan": measure.plan_id,
        "number": measure.number,
        "title_nb": measure.title,
        "organisation": "Kommunen",
        "state": "ongoing",
        "weight": 1,
        "updates-TOTAL_FORMS": 1,
        "updates-INITIAL_FORMS": 0,
        "updates-0-happened_on": "01.02.2026",
        "updates-0-text": "Vi er i gang.",
    }

    response = office.post(admin_url("measure", "change", measure.pk), form)

    assert response.status_code == 302, response.context["errors"]
    update = measure.updates.get()
    assert update.written_by == programme_officer


@pytest.mark.usefixtures("_loose_templates")
def test_states_are_set_in_the_list_and_the_rules_hold_there_too(office):
    measure = MeasureFactory.create()
    form = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": measure.pk,
        "form-0-state": "not-started",
        "form-0-progress": 0,
        "_save": "1",
    }
    url = admin_url("measure", "changelist")

    refused = office.post(url, form)
    assert "har ingen framdrift" in refused.content.decode()
    office.post(url, form | {"form-0-state": "ongoing", "form-0-progress": 30})
    measure.refresh_from_db()
    assert (measure.state, measure.progress) == ("ongoing", 30)


def test_a_milestone_is_ticked_off_in_the_list(office):
    milestone = MilestoneFactory.create()
    office.post(
        admin_url("milestone", "changelist"),
        {
            "form-TOTAL_FORMS": 1,
            "form-INITIAL_FORMS": 1,
            "form-0-id": milestone.pk,
            "form-0-reached_on": "02.03.2026",
            "_save": "1",
        },
    )

    assert Milestone.objects.get().reached_on == dt.date(2026, 3, 2)


def test_history_tells_what_was_changed(office):
    measure = MeasureFactory.create()
    measure.organisation = "Kongsbergklyngen"
    measure.save()
    MeasureUpdateFactory.create(measure=measure)

    page = office.get(admin_url("measure", "history", measure.pk)).content.decode()

    assert "Kongsbergklyngen" in page


@pytest.mark.parametrize("number_of_format", ["0", "1"], ids=["csv", "xlsx"])
def test_measures_go_out_to_a_file(office, number_of_format):
    MeasureFactory.create(title="Fra fil")

    out = office.post(
        admin_url("measure", "export"),
        {"format": number_of_format, "measureresource_title": "on", "measureresource_plan": "on"},
    )

    assert out.status_code == 200
    assert "attachment" in out["Content-Disposition"]
    if number_of_format == "0":
        assert "Fra fil" in out.content.decode()


def rows(*lines: str) -> Dataset:
    return Dataset().load(
        "\n".join(["plan,nummer,tiltak,ansvarlig,status,framdrift", *lines]), "csv"
    )


def test_measures_come_in_from_a_file_once_however_often_it_is_read():
    plan = PlanFactory.create(slug="industriplan")
    data = rows("industriplan,1,Én dør inn,Kommunen,ongoing,40", "industriplan,2,To,Kommunen,done,")

    for _ in range(2):
        result = MeasureResource().import_data(data, dry_run=False)
        assert not result.has_errors()
        assert not result.has_validation_errors()

    assert [(m.title, m.progress) for m in plan.measures.order_by("number")] == [
        ("Én dør inn", 40),
        ("To", None),
    ]


def test_a_bad_row_of_a_file_is_told_with_its_number():
    PlanFactory.create(slug="industriplan")
    data = rows("industriplan,1,Bra,Kommunen,ongoing,40", "industriplan,2,Feil,,ongoing,140")

    result = MeasureResource().import_data(data, dry_run=True)

    assert [row.number for row in result.invalid_rows] == [2]
    assert "Noen må ha ansvaret" in str(result.invalid_rows[0].error)
