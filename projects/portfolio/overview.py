"""The portfolio put together for a reader: the programme, one main project, and the office's own day."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.portfolio.models import (
    AnnualReport,
    Challenge,
    FundingState,
    MainProject,
    Measure,
    MeasureState,
    Milestone,
    Phase,
    Plan,
    Project,
    Risk,
    StatusReport,
    Value,
)
from projects.portfolio.progress import PlanProgress, plan_progress
from projects.portfolio.reporting import STALE_AFTER_DAYS, staleness_text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class MainProjectText:
    """What a main project is for, in a few words, and its icon."""

    lead: "_StrPromise"
    icon: str


MAIN_PROJECT_TEXTS: dict[str, MainProjectText] = {
    MainProject.INNSIKT: MainProjectText(
        _(
            "Kartlegger hva byen trenger, måler utviklingen og holder orden på det programmet har lovet."
        ),
        "LineGraph",
    ),
    MainProject.DIGITAL_STEMME: MainProjectText(
        _(
            "Én felles plattform for bolig, arbeid, byliv og samferdsel, og én tydelig stemme ut av byen."
        ),
        "Megaphone",
    ),
    MainProject.BYPULS: MainProjectText(
        _("Gir byen mer liv: arrangementer, serveringssteder, byrom og lettere vei hit og hjem."),
        "Buildings3",
    ),
    MainProject.UNG: MainProjectText(
        _(
            "Møteplasser, mentorer og lavterskeltilbud for studenter og unge i jobb, også etter arbeidstid."
        ),
        "PersonGroup",
    ),
    MainProject.KOMPETANSE: MainProjectText(
        _("Nye studier og korte kurs, et bedre campus, og flere som vil lære og bli i Kongsberg."),
        "HatSchool",
    ),
}


def main_project_url(main_project: str) -> str:
    """Return the address of a main project's page, which stands in the shell above the five apps."""
    return f"{reverse('portfolio:programme')}{main_project}/"


@dataclass(frozen=True)
class ProjectCard:
    """A project as it stands in a list, with its newest published report."""

    project: Project
    report: StatusReport | None

    @property
    def value(self) -> Value | None:
        """The gravest value of the newest report; None when nothing is reported."""
        return self.report.worst if self.report else None


def newest_reports(
    projects: Sequence[Project], *, at: datetime.datetime
) -> dict[int, StatusReport]:
    """Return the newest published report of each project, without its snapshot. One query."""
    reports = (
        StatusReport.objects.public(at)
        .filter(project__in=[project.pk for project in projects])
        .order_by("project_id", "-period_ends_on", "-published_at")
        .distinct("project_id")
        .defer("snapshot")
    )
    return {report.project_id: report for report in reports}


@dataclass(frozen=True)
class MainProjectOverview:
    """One main project: its projects, what is reached, what comes, and what it has promised."""

    main_project: MainProject
    text: MainProjectText
    cards: list[ProjectCard]
    challenges: list[Challenge]
    next_milestones: list[Milestone]
    reached_milestones: list[Milestone]
    measures: list[Measure]
    committed_nok: int

    @property
    def running(self) -> int:
        """How many of the projects are worked on."""
        return sum(card.project.phase not in (Phase.IDEA, Phase.BENEFIT) for card in self.cards)


def main_project_overview(main_project: str, *, at: datetime.datetime) -> MainProjectOverview:
    """
    Put together what the portfolio holds of one main project for strangers. Five queries.

    Raises ValueError when there is no main project of that name.
    """
    main = MainProject(main_project)
    projects = list(
        Project.objects.public(at)
        .filter(main_project=main)
        .annotate(
            committed_nok=Sum(
                "funding__amount_nok", filter=Q(funding__state=FundingState.COMMITTED)
            )
        )
        .prefetch_related(Prefetch("challenges", Challenge.objects.order_by("number")))
        .order_by("title", "pk")
    )
    reports = newest_reports(projects, at=at)
    milestones = list(
        Milestone.objects.filter(project__in=projects)
        .select_related("project")
        .order_by("due_on", "pk")
    )
    reached = sorted(
        (row for row in milestones if row.reached_on), key=lambda row: row.reached_on or row.due_on
    )
    measures = (
        Measure.objects.public(at)
        .filter(project__in=projects)
        .select_related("plan", "project", "forum", "company")
        .order_by("plan_id", "number")
    )
    challenges = {row.pk: row for project in projects for row in project.challenges.all()}
    return MainProjectOverview(
        main_project=main,
        text=MAIN_PROJECT_TEXTS[main],
        cards=[ProjectCard(project, reports.get(project.pk)) for project in projects],
        challenges=sorted(challenges.values(), key=lambda challenge: challenge.number),
        next_milestones=[row for row in milestones if not row.reached_on][:6],
        reached_milestones=reached[-4:][::-1],
        measures=list(measures),
        # Annotated above, which the types do not follow through our own QuerySet.
        committed_nok=sum(project.committed_nok or 0 for project in projects),  # type: ignore[attr-defined, misc]
    )


@dataclass(frozen=True)
class ChallengeChain:
    """A challenge with the projects that answer it and the measures promised for it."""

    challenge: Challenge
    cards: list[ProjectCard]
    measures: int
    measures_done: int
    measures_ongoing: int


@dataclass(frozen=True)
class MainProjectCard:
    """One of the five with its projects, for the programme's own page."""

    main_project: MainProject
    text: MainProjectText
    cards: list[ProjectCard]

    @property
    def url(self) -> str:
        return main_project_url(self.main_project)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """How many projects have each value: (value, its words, count), those with none left out."""
        values = [card.value for card in self.cards]
        return [
            (value.value, str(value.label), values.count(value))
            for value in Value
            if value in values
        ]


@dataclass(frozen=True)
class PlanCard:
    """A plan in a list, with how far it has come."""

    plan: Plan
    progress: PlanProgress

    @property
    def done(self) -> int:
        return sum(
            state.count for state in self.progress.states if state.state == MeasureState.DONE
        )


def programme_plans(*, at: datetime.datetime) -> list[PlanCard]:
    """Return the plans that strangers may see with their progress, the newest first. Two queries."""
    plans = (
        Plan.objects.public(at)
        .prefetch_related(
            Prefetch("measures", Measure.objects.only("plan_id", "state", "progress", "weight"))
        )
        .order_by("-adopted_on", "title")
    )
    return [PlanCard(plan, plan_progress(plan.measures.all())) for plan in plans]


@dataclass(frozen=True)
class ProgrammeOverview:
    """The whole programme on one page."""

    chains: list[ChallengeChain]
    main_projects: list[MainProjectCard]
    plans: list[PlanCard]
    projects: int
    measures: int
    measures_done: int


def programme_overview(*, at: datetime.datetime) -> ProgrammeOverview:
    """Put together challenges, main projects, projects and measures for strangers. Six queries."""
    projects = list(
        Project.objects.public(at).prefetch_related("challenges").order_by("title", "pk")
    )
    reports = newest_reports(projects, at=at)
    cards = [ProjectCard(project, reports.get(project.pk)) for project in projects]
    by_challenge: dict[int, list[ProjectCard]] = defaultdict(list)
    for card in cards:
        for challenge in card.project.challenges.all():
            by_challenge[challenge.pk].append(card)
    public = Q(measures__plan__published_at__lte=at)
    challenges = Challenge.objects.annotate(
        promised=Count("measures", filter=public, distinct=True),
        done=Count("measures", filter=public & Q(measures__state=MeasureState.DONE), distinct=True),
        ongoing=Count(
            "measures", filter=public & Q(measures__state=MeasureState.ONGOING), distinct=True
        ),
    ).order_by("number")
    plans = programme_plans(at=at)
    return ProgrammeOverview(
        chains=[
            ChallengeChain(row, by_challenge[row.pk], row.promised, row.done, row.ongoing)
            for row in challenges
        ],
        main_projects=[
            MainProjectCard(
                main,
                MAIN_PROJECT_TEXTS[main],
                [card for card in cards if card.project.main_project == main],
            )
            for main in MainProject
        ],
        plans=plans,
        projects=len(projects),
        measures=sum(card.progress.total for card in plans),
        measures_done=sum(card.done for card in plans),
    )


@dataclass(frozen=True)
class OverdueReport:
    """A running project that nobody has reported on for too long."""

    project: Project
    last_period_end: datetime.date | None
    days: int

    @property
    def age(self) -> str:
        return staleness_text(self.days)


@dataclass(frozen=True)
class OfficeDashboard:
    """What the programme office has to do today; each list holds at most ten, with the count of all."""

    overdue_reports: list[OverdueReport]
    drafts: list[StatusReport]
    overdue_milestones: list[Milestone]
    overdue_milestones_count: int
    overdue_measures: list[Measure]
    overdue_measures_count: int
    high_risks: list[Risk]
    high_risks_count: int
    annual_drafts: list[AnnualReport]
    running_projects: int
    values: list[tuple[str, str, int]]


SHOWN = 10


def overdue_reports(*, at: datetime.datetime) -> list[OverdueReport]:
    """List running projects without a report for STALE_AFTER_DAYS, the oldest first. One query."""
    today = timezone.localdate(at)
    projects: QuerySet[Project] = (
        Project.objects.running(today)
        .select_related("responsible")
        .annotate(
            last_period_end=Max(
                "status_reports__period_ends_on",
                filter=Q(status_reports__published_at__isnull=False),
            )
        )
    )
    found = []
    for project in projects:
        last = project.last_period_end  # type: ignore[attr-defined]
        since = last or project.starts_on
        if since is None or (today - since).days > STALE_AFTER_DAYS:
            days = (today - since).days if since else 0
            found.append(OverdueReport(project, last, days))
    return sorted(found, key=lambda row: (-row.days, row.project.pk))


def office_dashboard(*, at: datetime.datetime) -> OfficeDashboard:
    """Gather what is late, grave or waiting in the portfolio, drafts included: for staff only."""
    today = timezone.localdate(at)
    milestones = Milestone.objects.overdue(today)
    measures = Measure.objects.overdue(today)
    risks = Risk.objects.open().high()
    running = list(Project.objects.running(today))
    reports = newest_reports(running, at=at)
    worst = [report.worst for report in reports.values()]
    return OfficeDashboard(
        overdue_reports=overdue_reports(at=at)[:SHOWN],
        drafts=list(
            StatusReport.objects.filter(published_at=None)
            .select_related("project")
            .order_by("period_ends_on", "pk")[:SHOWN]
        ),
        overdue_milestones=list(
            milestones.select_related("project").order_by("due_on", "pk")[:SHOWN]
        ),
        overdue_milestones_count=milestones.count(),
        overdue_measures=list(measures.select_related("plan").order_by("deadline", "pk")[:SHOWN]),
        overdue_measures_count=measures.count(),
        high_risks=list(risks.select_related("project").order_by("-score", "pk")[:SHOWN]),
        high_risks_count=risks.count(),
        annual_drafts=list(
            AnnualReport.objects.filter(published_at=None)
            .select_related("plan")
            .order_by("year", "pk")[:SHOWN]
        ),
        running_projects=len(running),
        values=[(value.value, str(value.label), worst.count(value)) for value in Value],
    )
