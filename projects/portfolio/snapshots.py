"""How a project or plan stands at a moment, as data that can be kept for ever and shown again."""

import datetime
import json
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation

from projects.portfolio.activity import ActivityFigure, activity_of
from projects.portfolio.models import (
    Funding,
    FundingKind,
    FundingState,
    Measure,
    MeasureState,
    Milestone,
    Phase,
    Plan,
    Project,
    ProjectGoal,
    Risk,
)

VERSION = 1


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data as it will come back out of the database."""
    plain: dict[str, Any] = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return plain


def _date(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


@dataclass(frozen=True)
class GoalThen:
    """A goal as it stood; `reached` None means not measured."""

    id: int
    text: str
    target: Decimal | None
    reached: Decimal | None
    unit: str
    measured_on: datetime.date | None

    @property
    def percent(self) -> int | None:
        """How far it has come, at most 100; None when it cannot be said."""
        if self.target is None or self.reached is None or not self.target:
            return None
        return max(0, min(100, int(self.reached * 100 / self.target)))


@dataclass(frozen=True)
class MilestoneThen:
    """A milestone as it stood on the day `seen_on`."""

    id: int
    title: str
    due_on: datetime.date
    reached_on: datetime.date | None
    seen_on: datetime.date

    @property
    def is_overdue(self) -> bool:
        return self.reached_on is None and self.due_on < self.seen_on


@dataclass(frozen=True)
class RiskThen:
    """An open risk as it stood. The texts are for staff; the public sees counts only."""

    id: int
    title: str
    probability_before: int
    consequence_before: int
    probability: int
    consequence: int
    action: str
    owner: str

    @property
    def score(self) -> int:
        return self.probability * self.consequence


@dataclass(frozen=True)
class FundingThen:
    """What one funder gave or was asked for."""

    id: int
    funder: str
    kind: str
    amount_nok: int
    hours: int | None
    state: str

    @property
    def kind_label(self) -> str:
        return str(FundingKind(self.kind).label)

    @property
    def state_label(self) -> str:
        return str(FundingState(self.state).label)


@dataclass(frozen=True)
class ProjectThen:
    """A project with goals, milestones, open risks and money on one day."""

    taken_on: datetime.date
    title: str
    phase: str
    owner: str
    partners: str
    responsible: str
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    budget_nok: int | None
    goals: list[GoalThen]
    milestones: list[MilestoneThen]
    risks: list[RiskThen]
    funding: list[FundingThen]
    # Reports from before the portal counted have none.
    activity: list[ActivityFigure] = field(default_factory=list)

    @property
    def phase_label(self) -> str:
        return str(Phase(self.phase).label)

    @property
    def committed_nok(self) -> int:
        """Money and hours that are promised; what is only applied for does not count."""
        return sum(row.amount_nok for row in self.funding if row.state == FundingState.COMMITTED)

    @property
    def applied_nok(self) -> int:
        return sum(row.amount_nok for row in self.funding if row.state == FundingState.APPLIED)


def goals_of(project: Project) -> list[GoalThen]:
    """Return the project's goals in the order they were written. One query."""
    rows = ProjectGoal.objects.filter(project=project).order_by("pk")
    return [
        GoalThen(row.pk, row.text, row.target, row.reached, row.unit, row.measured_on)
        for row in rows
    ]


def milestones_of(project: Project, *, on: datetime.date) -> list[MilestoneThen]:
    """Return the project's milestones by date, judged on that day. One query."""
    rows = Milestone.objects.filter(project=project).order_by("due_on", "pk")
    return [MilestoneThen(row.pk, row.title, row.due_on, row.reached_on, on) for row in rows]


def funding_of(project: Project) -> list[FundingThen]:
    """Return what funders give, refusals left out, the largest first. One query."""
    rows = (
        Funding.objects.filter(project=project)
        .exclude(state=FundingState.REFUSED)
        .order_by("-amount_nok", "pk")
    )
    return [
        FundingThen(row.pk, row.funder, row.kind, row.amount_nok, row.hours, row.state)
        for row in rows
    ]


def _risks_of(project: Project) -> list[RiskThen]:
    rows = Risk.objects.open().filter(project=project).with_score()
    return [
        RiskThen(
            row.pk,
            row.title,
            row.probability_before,
            row.consequence_before,
            row.probability,
            row.consequence,
            row.action,
            row.owner,
        )
        for row in rows.order_by("-score", "pk")
    ]


def project_at(project: Project, *, at: datetime.datetime) -> ProjectThen:
    """
    Read how the project stands now, what the portal has counted for it included.

    Five queries, and one for the person who answers for it.
    """
    today = timezone.localdate(at)
    with translation.override(settings.LANGUAGE_CODE):
        activity = activity_of(project, at=at)
    return ProjectThen(
        taken_on=today,
        title=project.title,
        phase=project.phase,
        owner=project.owner,
        partners=project.partners,
        responsible=str(project.responsible) if project.responsible else "",
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        budget_nok=project.budget_nok,
        goals=goals_of(project),
        milestones=milestones_of(project, on=today),
        risks=_risks_of(project),
        funding=funding_of(project),
        activity=activity,
    )


def project_to_json(then: ProjectThen) -> dict[str, Any]:
    """Return what is stored in `StatusReport.snapshot`."""
    return _plain({"version": VERSION, **asdict(then)})


def project_from_json(data: dict[str, Any]) -> ProjectThen:
    """Read back what `project_to_json` stored, as it came out of the database."""

    def decimal(value: str | None) -> Decimal | None:
        return None if value is None else Decimal(value)

    goals = [
        GoalThen(
            **{
                **goal,
                "target": decimal(goal["target"]),
                "reached": decimal(goal["reached"]),
                "measured_on": _date(goal["measured_on"]),
            }
        )
        for goal in data["goals"]
    ]
    milestones = [
        MilestoneThen(
            row["id"],
            row["title"],
            datetime.date.fromisoformat(row["due_on"]),
            _date(row["reached_on"]),
            datetime.date.fromisoformat(row["seen_on"]),
        )
        for row in data["milestones"]
    ]
    plain = ("title", "phase", "owner", "partners", "responsible", "budget_nok")
    return ProjectThen(
        taken_on=datetime.date.fromisoformat(data["taken_on"]),
        starts_on=_date(data["starts_on"]),
        ends_on=_date(data["ends_on"]),
        goals=goals,
        milestones=milestones,
        risks=[RiskThen(**row) for row in data["risks"]],
        funding=[FundingThen(**row) for row in data["funding"]],
        activity=[ActivityFigure(**row) for row in data.get("activity", [])],
        **{name: data[name] for name in plain},
    )


@dataclass(frozen=True)
class MeasureThen:
    """A measure as it stood when the yearly report was published."""

    number: int
    title: str
    theme: str
    responsible: list[str]
    deadline: datetime.date | None
    state: str
    progress: int | None
    weight: int
    last_update: str
    last_update_on: datetime.date | None

    @property
    def state_label(self) -> str:
        return str(MeasureState(self.state).label)


def measures_at(plan: Plan) -> list[MeasureThen]:
    """Read every measure of the plan with its newest update. Two queries."""
    measures = (
        Measure.objects.filter(plan=plan)
        .select_related("forum", "company")
        .prefetch_related("updates")
        .order_by("number")
    )
    found = []
    for measure in measures:
        newest = max(
            measure.updates.all(), key=lambda update: (update.happened_on, update.pk), default=None
        )
        found.append(
            MeasureThen(
                number=measure.number,
                title=measure.title,
                theme=measure.theme,
                responsible=measure.responsible_names,
                deadline=measure.deadline,
                state=measure.state,
                progress=measure.progress,
                weight=measure.weight,
                last_update=newest.text if newest else "",
                last_update_on=newest.happened_on if newest else None,
            )
        )
    return found


def measures_to_json(measures: list[MeasureThen]) -> dict[str, Any]:
    """Return what is stored in `AnnualReport.snapshot`."""
    return _plain({"version": VERSION, "measures": [asdict(measure) for measure in measures]})


def measures_from_json(data: dict[str, Any]) -> list[MeasureThen]:
    """Read back what `measures_to_json` stored, as it came out of the database."""
    return [
        MeasureThen(
            **{
                **row,
                "deadline": _date(row["deadline"]),
                "last_update_on": _date(row["last_update_on"]),
            }
        )
        for row in data["measures"]
    ]
