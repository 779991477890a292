"""Reports from draft to frozen: a new one from the last, what has changed since, and publishing."""

import datetime
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.accounts.models import User
from projects.portfolio.models import (
    SIDES,
    AnnualReport,
    Phase,
    Plan,
    Project,
    StatusReport,
)
from projects.portfolio.snapshots import (
    MeasureThen,
    MilestoneThen,
    ProjectThen,
    measures_at,
    measures_from_json,
    measures_to_json,
    project_at,
    project_from_json,
    project_to_json,
)
from vekst.formats import date_text, nok_text

STALE_AFTER_DAYS = 120
"""A running project without a published report for so long is overdue: a quarter, and a month to write."""


class StatusReportError(Exception):
    """The report cannot be made or published; the message can be shown to staff."""


@dataclass(frozen=True)
class Change:
    """One thing that is different since the last report, in words; `kind` says what it is about."""

    kind: str
    text: str


@transaction.atomic
def start_status_report(*, project: Project, by: User, at: datetime.datetime) -> StatusReport:
    """
    Write a draft that carries on from the last published report, and return it.

    Values and comments are those of the last one; the period begins the day after it ended. When there
    is a draft already, that one is returned. `by` is remembered in the history of the row.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    draft = StatusReport.objects.filter(project=project, published_at=None).first()
    if draft is not None:
        return draft
    today = timezone.localdate(at)
    report = StatusReport(project=project, period_ends_on=today)
    previous = report.previous()
    if previous is None:
        report.period_starts_on = min(project.starts_on or today, today)
    else:
        report.period_starts_on = min(previous.period_ends_on + datetime.timedelta(days=1), today)
        for side in SIDES:
            setattr(report, side, getattr(previous, side))
            setattr(report, f"{side}_comment", getattr(previous, f"{side}_comment"))
        report.summary = previous.summary
    report._history_user = by
    report.save()
    return report


@transaction.atomic
def publish_status_report(*, report: StatusReport, by: User, at: datetime.datetime) -> StatusReport:
    """
    Freeze the report with the risks, milestones, money and goals of this moment, and show it.

    Raises StatusReportError when it is published already, says nothing, covers no new time, or makes a
    value worse without saying why. Two who publish at once: one wins, the other gets the error.
    """
    project = Project.objects.select_for_update().get(pk=report.project_id)
    report = StatusReport.objects.select_for_update().get(pk=report.pk)
    if report.published_at is not None:
        raise StatusReportError(_("Rapporten er alt publisert."))
    if not report.summary.strip():
        raise StatusReportError(_("Skriv en samlet vurdering før rapporten publiseres."))
    previous = report.previous()
    if previous and report.period_ends_on <= previous.period_ends_on:
        raise StatusReportError(
            _("Perioden må slutte etter %(date)s, da forrige rapport sluttet.")
            % {"date": date_text(previous.period_ends_on)}
        )
    if missing := report.unexplained(previous):
        sides = ", ".join(str(SIDES[side]).lower() for side in missing)
        raise StatusReportError(
            _("Vurderingen er dårligere enn i forrige rapport. Skriv hvorfor for: %(sides)s.")
            % {"sides": sides}
        )
    report.snapshot = project_to_json(project_at(project, at=at))
    report.published_at = at
    report.published_by = by
    report._history_user = by
    report.save()
    return report


def then_of(report: StatusReport) -> ProjectThen | None:
    """Return the frozen project of a published report; None for a draft."""
    return project_from_json(report.snapshot) if report.snapshot else None


def changes_since_last(report: StatusReport, *, at: datetime.datetime) -> list[Change]:
    """
    List what is different from the last published report: values, phase, milestones, risks, money, goals.

    For a draft the project is read as it is now. Empty when there is no earlier report.
    """
    previous = report.previous()
    before = then_of(previous) if previous else None
    if previous is None or before is None:
        return []
    after = then_of(report) or project_at(report.project, at=at)
    return [
        *_values(previous, report),
        *_facts(before, after),
        *_milestones(before, after),
        *_risks(before, after),
        *_goals(before, after),
    ]


def public_changes(report: StatusReport) -> list[Change]:
    """List what a published report changed, without the risks: their texts are for staff."""
    if report.published_at is None:
        return []
    changes = changes_since_last(report, at=report.published_at)
    return [change for change in changes if change.kind != "risk"]


def _values(before: StatusReport, after: StatusReport) -> list[Change]:
    return [
        Change(
            "value",
            _("%(side)s: fra «%(old)s» til «%(new)s»")
            % {
                "side": label,
                "old": before.value_of(side).label.lower(),
                "new": after.value_of(side).label.lower(),
            },
        )
        for side, label in SIDES.items()
        if before.value_of(side) != after.value_of(side)
    ]


def _facts(before: ProjectThen, after: ProjectThen) -> list[Change]:
    found = []
    if before.phase != after.phase:
        found.append(
            Change(
                "phase",
                _("Ny fase: %(new)s, var %(old)s")
                % {"new": Phase(after.phase).label, "old": Phase(before.phase).label},
            )
        )
    amounts = [
        (_("Budsjettet"), before.budget_nok or 0, after.budget_nok or 0),
        (_("Tilsagn"), before.committed_nok, after.committed_nok),
    ]
    found += [
        Change(
            "money",
            _("%(what)s: fra %(old)s til %(new)s")
            % {"what": what, "old": nok_text(old), "new": nok_text(new)},
        )
        for what, old, new in amounts
        if old != new
    ]
    if before.ends_on != after.ends_on and after.ends_on:
        found.append(
            Change("time", _("Ny sluttdato: %(date)s") % {"date": date_text(after.ends_on)})
        )
    return found


def _milestone_change(old: MilestoneThen | None, new: MilestoneThen) -> str:
    if old is None:
        return _("Ny milepæl: %(title)s") % {"title": new.title}
    if new.reached_on and not old.reached_on:
        return _("Milepæl nådd: %(title)s") % {"title": new.title}
    if new.due_on != old.due_on:
        return _("Ny frist %(date)s for %(title)s") % {
            "date": date_text(new.due_on),
            "title": new.title,
        }
    if new.is_overdue and not old.is_overdue:
        return _("Fristen er passert: %(title)s") % {"title": new.title}
    return ""


def _milestones(before: ProjectThen, after: ProjectThen) -> list[Change]:
    old = {row.id: row for row in before.milestones}
    texts = [_milestone_change(old.get(row.id), row) for row in after.milestones]
    kept = {row.id for row in after.milestones}
    texts += [
        _("Milepæl tatt ut: %(title)s") % {"title": row.title}
        for row in before.milestones
        if row.id not in kept
    ]
    return [Change("milestone", text) for text in texts if text]


def _risks(before: ProjectThen, after: ProjectThen) -> list[Change]:
    old = {row.id: row for row in before.risks}
    new = {row.id: row for row in after.risks}
    texts = [
        _("Ny risiko (%(score)s): %(title)s") % {"score": row.score, "title": row.title}
        for row in after.risks
        if row.id not in old
    ]
    texts += [
        _("Risiko fra %(old)s til %(new)s: %(title)s")
        % {"old": old[row.id].score, "new": row.score, "title": row.title}
        for row in after.risks
        if row.id in old and old[row.id].score != row.score
    ]
    texts += [
        _("Risiko lukket: %(title)s") % {"title": row.title}
        for row in before.risks
        if row.id not in new
    ]
    return [Change("risk", text) for text in texts]


def _goals(before: ProjectThen, after: ProjectThen) -> list[Change]:
    old = {row.id: row for row in before.goals}
    return [
        Change(
            "goal",
            _("Målt: %(goal)s, %(reached)s av %(target)s %(unit)s")
            % {
                "goal": row.text,
                "reached": f"{row.reached:f}".removesuffix(".0"),
                "target": f"{row.target:f}".removesuffix(".0"),
                "unit": row.unit,
            },
        )
        for row in after.goals
        if row.reached is not None and (row.id not in old or old[row.id].reached != row.reached)
    ]


def days_without_report(
    *, project: Project, last_period_end: datetime.date | None, on: datetime.date
) -> int:
    """Return how old the newest report is, or the project when it has none; 0 before it starts."""
    since = last_period_end or project.starts_on or on
    return max(0, (on - since).days)


def staleness_text(days: int) -> str:
    """Say how old a report is in words."""
    if days < 31:
        return ngettext("%(days)s dag gammel", "%(days)s dager gammel", days) % {"days": days}
    months = days // 30
    return ngettext("%(months)s måned gammel", "%(months)s måneder gammel", months) % {
        "months": months
    }


@transaction.atomic
def start_annual_report(*, plan: Plan, year: int, by: User) -> AnnualReport:
    """Write a draft of the plan's report for a year, or return the one that is there."""
    Plan.objects.select_for_update().get(pk=plan.pk)
    report = AnnualReport.objects.filter(plan=plan, year=year).first()
    if report is not None:
        return report
    report = AnnualReport(plan=plan, year=year)
    report._history_user = by
    report.save()
    return report


@transaction.atomic
def publish_annual_report(*, report: AnnualReport, by: User, at: datetime.datetime) -> AnnualReport:
    """
    Freeze the report with every measure of the plan as it stands now, and show it.

    Raises StatusReportError when it is published already or has no introduction.
    """
    report = AnnualReport.objects.select_for_update().select_related("plan").get(pk=report.pk)
    if report.published_at is not None:
        raise StatusReportError(_("Rapporten er alt publisert."))
    if not report.summary.strip():
        raise StatusReportError(_("Skriv en innledning før rapporten publiseres."))
    report.snapshot = measures_to_json(measures_at(report.plan))
    report.published_at = at
    report.published_by = by
    report._history_user = by
    try:
        report.validate_constraints()
    except ValidationError as error:
        raise StatusReportError(" ".join(error.messages)) from error
    report.save()
    return report


def measures_of(report: AnnualReport) -> list[MeasureThen]:
    """Return the frozen measures of a published yearly report; none for a draft."""
    return measures_from_json(report.snapshot) if report.snapshot else []


@dataclass(frozen=True)
class MeasureBeside:
    """A measure of a yearly report, and its state in the report before; None when it was not in it."""

    now: MeasureThen
    before: MeasureThen | None

    @property
    def has_moved(self) -> bool:
        return self.before is not None and self.before.state != self.now.state


def beside_last_year(
    measures: list[MeasureThen], before: AnnualReport | None
) -> list[MeasureBeside]:
    """Put each measure beside what the plan's report before said of it, by its number."""
    earlier = {row.number: row for row in measures_of(before)} if before else {}
    return [MeasureBeside(row, earlier.get(row.number)) for row in measures]
