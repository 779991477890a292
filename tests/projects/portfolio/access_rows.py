import datetime as dt

from tests.access_table import NOT_FOUND, Row
from tests.projects.portfolio.factories import (
    LONG_AGO,
    AnnualReportFactory,
    PlanFactory,
    ProjectFactory,
    StatusReportFactory,
)

SNAPSHOT: dict[str, object] = {
    "version": 1,
    "taken_on": "2026-03-31",
    "title": "Byliv",
    "phase": "execution",
    "owner": "",
    "partners": "",
    "responsible": "",
    "starts_on": None,
    "ends_on": None,
    "budget_nok": None,
    "goals": [],
    "milestones": [],
    "risks": [],
    "funding": [],
}


def project(**fields: object) -> dict[str, object]:
    made = ProjectFactory.create(**fields)
    return {"main": made.main_project, "slug": made.slug}


def report(*, published: bool = True, **project_fields: object) -> dict[str, object]:
    made = StatusReportFactory.create(
        project=ProjectFactory.create(**project_fields),
        published_at=LONG_AGO if published else None,
        snapshot=SNAPSHOT if published else None,
    )
    return {
        "main": made.project.main_project,
        "slug": made.project.slug,
        "day": dt.date(2026, 3, 31),
    }


def plan(**fields: object) -> dict[str, object]:
    return {"slug": PlanFactory.create(**fields).slug}


def annual(*, published: bool = True, **plan_fields: object) -> dict[str, object]:
    made = AnnualReportFactory.create(
        plan=PlanFactory.create(**plan_fields),
        published_at=LONG_AGO if published else None,
        snapshot={"version": 1, "measures": []} if published else None,
    )
    return {"slug": made.plan.slug, "year": made.year}


def draft_project() -> dict[str, object]:
    return project(draft=True)


def draft_report() -> dict[str, object]:
    return report(published=False)


def report_of_draft_project() -> dict[str, object]:
    return report(draft=True)


def draft_plan() -> dict[str, object]:
    return plan(draft=True)


def draft_annual() -> dict[str, object]:
    return annual(published=False)


def annual_of_draft_plan() -> dict[str, object]:
    return annual(draft=True)


ROWS: list[Row] = [
    Row("portfolio:programme"),
    Row("portfolio:project", project),
    Row("portfolio:project", draft_project, anonymous=NOT_FOUND),
    Row("portfolio:status_report", report),
    Row("portfolio:status_report", draft_report, anonymous=NOT_FOUND),
    Row("portfolio:status_report", report_of_draft_project, anonymous=NOT_FOUND),
    Row("portfolio:plan_list"),
    Row("portfolio:plan", plan),
    Row("portfolio:plan", plan, query="?status=ongoing&ansvarlig=finnes-ikke"),
    Row("portfolio:plan", draft_plan, anonymous=NOT_FOUND),
    Row("portfolio:annual_report", annual),
    Row("portfolio:annual_report", draft_annual, anonymous=NOT_FOUND),
    Row("portfolio:annual_report", annual_of_draft_plan, anonymous=NOT_FOUND),
]
