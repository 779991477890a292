"""The public pages: what they show, what they keep to themselves, and what they cost."""

import datetime as dt

import pytest
from django.utils import timezone

from projects.portfolio.models import MeasureState
from projects.portfolio.overview import main_project_overview
from projects.portfolio.reporting import publish_annual_report, publish_status_report
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
AT = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
BUDGET = 8


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def portfolio(programme_officer):
    """Three of everything, tied together, so that a query per row shows."""
    plan = PlanFactory.create(title="Industriplan")
    projects = []
    for n in range(3):
        challenge = ChallengeFactory.create()
        project = ProjectFactory.create(title=f"Prosjekt nummer {n}")
        project.challenges.add(challenge)
        for _ in range(3):
            ProjectGoalFactory.create(project=project)
            FundingFactory.create(project=project)
            MilestoneFactory.create(project=project)
            RiskFactory.create(project=project)
            DecisionFactory.create(project=project)
            measure = MeasureFactory.create(plan=plan, project=project, organisation=f"Firma {n}")
            measure.challenges.add(challenge)
            MeasureUpdateFactory.create(measure=measure)
        publish_status_report(
            report=StatusReportFactory.create(project=project), by=programme_officer, at=AT
        )
        projects.append(project)
    for year in (2024, 2025):
        publish_annual_report(
            report=AnnualReportFactory.create(plan=plan, year=year), by=programme_officer, at=AT
        )
    return plan, projects


@pytest.mark.parametrize("page", ["programme", "project", "report", "plans", "plan", "annual"])
def test_a_page_stays_within_its_budget(
    client, portfolio, page, django_assert_max_num_queries, django_assert_num_queries
):
    plan, projects = portfolio
    url = {
        "programme": "/program/",
        "project": projects[0].get_absolute_url(),
        "report": f"{projects[0].get_absolute_url()}status/2026-03-31/",
        "plans": "/planer/",
        "plan": plan.get_absolute_url(),
        "annual": f"{plan.get_absolute_url()}2025/",
    }[page]

    # A project has what the portal has counted for it besides.
    budget = BUDGET + (page == "project")
    with django_assert_max_num_queries(budget) as used:
        assert client.get(url).status_code == 200
    before = len(used)
    for n in range(3):
        extra = ProjectFactory.create(title=f"Ekstra {n}")
        MeasureUpdateFactory.create(measure=MeasureFactory.create(plan=plan, project=extra))
    with django_assert_num_queries(before):
        client.get(url)


def test_main_project_overview_costs_five_queries(portfolio, django_assert_num_queries):
    _plan, projects = portfolio

    with django_assert_num_queries(5):
        overview = main_project_overview("bypuls", at=timezone.now())

    assert [card.project for card in overview.cards] == projects
    assert all(card.value == "on-track" for card in overview.cards)
    assert overview.committed_nok == 0
    assert len(overview.challenges) == 3
    assert overview.running == 3


def test_main_project_overview_refuses_an_unknown_name():
    with pytest.raises(ValueError, match="finnes-ikke"):
        main_project_overview("finnes-ikke", at=AT)


def test_project_is_found_only_under_its_own_main_project(client, portfolio):
    _plan, projects = portfolio

    assert client.get(f"/program/ung/{projects[0].slug}/").status_code == 404


def test_drafts_stand_on_no_page(client, portfolio):
    plan, _projects = portfolio
    hidden = ProjectFactory.create(title="Hemmelig prosjekt", draft=True)
    MeasureFactory.create(plan=plan, project=hidden, title="Synlig tiltak")
    PlanFactory.create(title="Hemmelig plan", draft=True)

    for url in ("/program/", "/planer/", plan.get_absolute_url()):
        assert "Hemmelig" not in text(client.get(url))
    assert "Synlig tiltak" in text(client.get(plan.get_absolute_url()))


def test_risks_are_shown_as_counts_only(client, portfolio):
    _plan, projects = portfolio
    shown = text(client.get(projects[0].get_absolute_url()))

    assert "3 åpne risikoer per 31. mars 2026" in shown
    assert "Risiko 0" not in shown


def test_values_are_words_and_not_colour_alone(client, portfolio):
    _plan, projects = portfolio
    shown = text(client.get(projects[0].get_absolute_url()))

    assert shown.count("I rute") >= 5


def test_a_goal_that_is_not_measured_is_not_zero(client):
    goal = ProjectGoalFactory.create(text="Par i året", target=30, unit="par")
    shown = text(client.get(goal.project.get_absolute_url()))

    assert "Mål: 30 par. Ikke målt ennå." in shown
    assert "<progress" not in shown


def test_plan_is_narrowed_by_state_and_responsible_in_the_address(client):
    plan = PlanFactory.create()
    MeasureFactory.create(plan=plan, title="Pågår hos Ola", state="ongoing", organisation="Ola AS")
    MeasureFactory.create(plan=plan, title="Venter hos Ola", organisation="Ola AS")
    MeasureFactory.create(plan=plan, title="Pågår hos Åse", state="ongoing", organisation="Åse AS")
    url = plan.get_absolute_url()

    both = text(client.get(f"{url}?status=ongoing&ansvarlig=ola-as"))
    unknown = text(client.get(f"{url}?status=tull"))

    assert "Pågår hos Ola" in both
    assert "Venter hos Ola" not in both
    assert "Pågår hos Åse" not in both
    assert "Viser 1 av 3 tiltak" in both
    assert f'href="{url}?status=ongoing"' in both
    assert "Viser 3 av 3 tiltak" in unknown


def test_counts_of_a_filter_follow_the_other_filter(client):
    plan = PlanFactory.create()
    MeasureFactory.create(plan=plan, state="ongoing", organisation="Ola AS")
    MeasureFactory.create(plan=plan, organisation="Ola AS")
    MeasureFactory.create(plan=plan, organisation="Åse AS")

    groups = client.get(f"{plan.get_absolute_url()}?ansvarlig=ola-as").context["list"].groups
    counts = {group.name: {o.value: o.count for o in group.options} for group in groups}

    assert counts["status"] == {"not-started": 1, "ongoing": 1}
    assert counts["ansvarlig"] == {"ola-as": 2, "ase-as": 1}


def test_no_hits_says_what_to_do(client):
    plan = PlanFactory.create()
    MeasureFactory.create(plan=plan, state="ongoing", organisation="Ola AS")
    MeasureFactory.create(plan=plan, organisation="Åse AS")

    shown = text(client.get(f"{plan.get_absolute_url()}?status=ongoing&ansvarlig=ase-as"))

    assert "Ingen tiltak passer med filtrene" in shown


def test_htmx_gets_the_region_alone(client):
    plan = PlanFactory.create()
    MeasureFactory.create(plan=plan)

    part = client.get(plan.get_absolute_url(), headers={"HX-Request": "true"})

    assert (
        part.content.decode().lstrip().startswith('<div class="sidebar-layout" id="measure-list"')
    )
    assert "<html" not in part.content.decode()


def test_a_late_measure_says_so(client):
    plan = PlanFactory.create()
    MeasureFactory.create(plan=plan, deadline=dt.date(2025, 1, 1))
    MeasureFactory.create(plan=plan, deadline=dt.date(2025, 2, 1), state=MeasureState.DONE)

    shown = text(client.get(plan.get_absolute_url()))

    assert "Fristen var 1. januar 2025" in shown
    assert "Frist 1. februar 2025" in shown


def test_english_page_marks_what_is_only_in_norwegian(client):
    ProjectFactory.create(title="Bare norsk", slug="bare-norsk")
    ProjectFactory.create(title="Begge", title_en="Both", slug="begge")

    norwegian = text(client.get("/en/program/bypuls/bare-norsk/"))
    english = text(client.get("/en/program/bypuls/begge/"))

    assert '<h1 class="ds-heading" data-size="xl" lang="nb">Bare norsk</h1>' in norwegian
    assert '<h1 class="ds-heading" data-size="xl">Both</h1>' in english


@pytest.mark.parametrize("url", ["/program/", "/planer/"])
def test_pages_hold_nothing_of_the_visitor(client, portfolio, url):
    response = client.get(url)

    assert not response.cookies
    assert "csrf" not in text(response).lower()
