"""Demo content: the programme as the public texts tell it, with invented figures marked "Eksempel"."""

import datetime
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from members.companies.models import Forum
from projects.portfolio.demo.challenges import CHALLENGES
from projects.portfolio.demo.plans import PLANS, MeasureSeed, PlanSeed
from projects.portfolio.demo.projects import (
    BYPULS,
    DIGITAL_STEMME,
    EXAMPLE,
    EXAMPLE_EN,
    INNSIKT,
    ProjectSeed,
)
from projects.portfolio.demo.projects_young import KOMPETANSE, UNG
from projects.portfolio.models import (
    SIDES,
    AnnualReport,
    Challenge,
    Decision,
    Funding,
    Measure,
    MeasureUpdate,
    Milestone,
    Plan,
    Project,
    ProjectGoal,
    Risk,
    StatusReport,
)
from projects.portfolio.snapshots import (
    MeasureThen,
    measures_at,
    measures_to_json,
    project_at,
    project_to_json,
)

DAYS_IN_MONTH = 30
REPORTED_MONTHS_AGO = (5, 1)


def _day(at: datetime.datetime, months: int) -> datetime.date:
    return timezone.localdate(at) + datetime.timedelta(days=months * DAYS_IN_MONTH)


def _report(project: Project, seed: ProjectSeed, which: int, at: datetime.datetime) -> None:
    """Freeze a report as it would have been made that day: nothing reached or handled later."""
    values, comments, summary = seed.reports[which]
    made_at = at - datetime.timedelta(days=REPORTED_MONTHS_AGO[which] * DAYS_IN_MONTH)
    day = timezone.localdate(made_at)
    then = project_at(project, at=made_at)
    is_first = which == 0
    then = replace(
        then,
        milestones=[
            row if row.reached_on and row.reached_on <= day else replace(row, reached_on=None)
            for row in then.milestones
        ],
        risks=[
            replace(row, probability=row.probability_before, consequence=row.consequence_before)
            if is_first
            else row
            for row in then.risks
        ],
        goals=[
            replace(row, reached=None, measured_on=None) if is_first else row for row in then.goals
        ],
    )
    report = StatusReport(
        project=project,
        period_starts_on=day - datetime.timedelta(days=4 * DAYS_IN_MONTH - 1),
        period_ends_on=day,
        summary=summary,
        published_at=made_at,
        snapshot=project_to_json(then),
    )
    for side, value in zip(SIDES, values.split(), strict=True):
        setattr(report, side, value)
        setattr(report, f"{side}_comment", comments.get(side, ""))
    report.save()


def _project(seed: ProjectSeed, challenges: dict[int, Challenge], at: datetime.datetime) -> None:
    start, end = seed.months
    project, created = Project.objects.get_or_create(
        slug=seed.slug,
        defaults={
            "main_project": seed.main,
            "title_nb": seed.title,
            "title_en": seed.title_en,
            "summary_nb": seed.summary,
            "summary_en": seed.summary_en,
            "body_nb": f"{seed.body}\n\n{EXAMPLE}",
            "body_en": f"{seed.body_en}\n\n{EXAMPLE_EN}",
            "owner": seed.owner,
            "partners": seed.partners,
            "phase": seed.phase,
            "starts_on": _day(at, start),
            "ends_on": None if end is None else _day(at, end),
            "budget_nok": seed.budget,
            "published_at": at - datetime.timedelta(days=1),
        },
    )
    if not created:
        return
    project.challenges.set([challenges[number] for number in seed.challenges])
    _fill(project, seed, at)
    for which in range(len(seed.reports)):
        _report(project, seed, which, at)


def _fill(project: Project, seed: ProjectSeed, at: datetime.datetime) -> None:
    """Write the goals, money, milestones and risks of a new project."""
    for text, target, reached, unit in seed.goals:
        measured_on = None if reached is None else _day(at, -1) - datetime.timedelta(days=3)
        ProjectGoal.objects.create(
            project=project,
            text=text,
            target=target,
            reached=reached,
            unit=unit,
            measured_on=measured_on,
        )
    for funder, amount, hours, state in seed.funding:
        Funding.objects.create(
            project=project,
            funder=funder,
            kind="money" if hours is None else "hours",
            amount_nok=amount,
            hours=hours,
            state=state,
        )
    for title, due, met in seed.milestones:
        Milestone.objects.create(
            project=project,
            title=title,
            due_on=_day(at, due),
            reached_on=None if met is None else _day(at, met),
        )
    for title, before, after, action in seed.risks:
        Risk.objects.create(
            project=project,
            title=title,
            probability_before=before[0],
            consequence_before=before[1],
            probability_after=after[0] if after else None,
            consequence_after=after[1] if after else None,
            action=action,
            owner="Prosjektlederen",
        )


def _measure(
    decision: Decision,
    plan: Plan,
    number: int,
    seed: MeasureSeed,
    challenges: dict[int, Challenge],
    at: datetime.datetime,
) -> None:
    forum = Forum.objects.filter(name=seed.forum).first() if seed.forum else None
    measure, _created = Measure.objects.get_or_create(
        plan=plan,
        number=number,
        defaults={
            "theme": seed.theme,
            "title_nb": seed.title,
            "title_en": seed.title_en,
            "text": seed.text,
            "organisation": "" if forum else seed.organisation or seed.forum,
            "forum": forum,
            "deadline": None if seed.deadline is None else _day(at, seed.deadline),
            "state": seed.state,
            "progress": seed.progress,
            "weight": seed.weight,
            "project": Project.objects.filter(slug=seed.project).first(),
            "decision": decision,
        },
    )
    measure.challenges.set([challenges[one] for one in seed.challenges])
    for months, text in seed.updates:
        MeasureUpdate.objects.create(measure=measure, happened_on=_day(at, months), text=text)


def _plan(seed: PlanSeed, challenges: dict[int, Challenge], at: datetime.datetime) -> None:
    year = timezone.localdate(at).year
    adopted_on = _day(at, -34)
    plan, created = Plan.objects.get_or_create(
        slug=seed.slug,
        defaults={
            "kind": seed.kind,
            "title_nb": seed.title,
            "title_en": seed.title_en,
            "summary_nb": seed.summary,
            "summary_en": seed.summary_en,
            "adopted_on": adopted_on,
            "adopted_by": seed.adopted_by,
            "case_reference": "Eksempel",
            "period_from": year + seed.years[0],
            "period_to": year + seed.years[1],
            "published_at": at - datetime.timedelta(days=1),
        },
    )
    if not created:
        return
    decision = Decision.objects.create(
        title=f"Eksempel: {seed.title}", body=seed.adopted_by, decided_on=adopted_on
    )
    for number, measure in enumerate(seed.measures, start=1):
        _measure(decision, plan, number, measure, challenges, at)
    _annual_reports(plan, at)


def _annual_reports(plan: Plan, at: datetime.datetime) -> None:
    """Two yearly reports: the first tells the measures as they began, the second as they are."""
    year = timezone.localdate(at).year
    now = measures_at(plan)
    begun = [
        replace(
            row,
            state="not-started" if row.number % 3 or row.state == "not-started" else "ongoing",
            progress=None,
            last_update="",
            last_update_on=None,
        )
        for row in now
    ]
    for back, measures, summary in (
        (
            2,
            begun,
            "Eksempel: Det første året gikk med til å fordele ansvaret. En tredel av tiltakene er i gang.",
        ),
        (
            1,
            now,
            "Eksempel: De fleste tiltakene er i gang, og de første er gjennomført. Ett tiltak er stanset. "
            "Samarbeidet mellom kommunen og forumene fungerer, og rapporteringen er enklere enn før.",
        ),
    ):
        presented_on = datetime.date(year - back + 1, 5, 27)
        published_on = min(presented_on, _day(at, -1))
        AnnualReport.objects.create(
            plan=plan,
            year=year - back,
            summary=summary,
            presented_on=published_on,
            published_at=at - datetime.timedelta(days=(timezone.localdate(at) - published_on).days),
            snapshot=measures_to_json([_as_of(row, published_on) for row in measures]),
        )


def _as_of(row: MeasureThen, day: datetime.date) -> MeasureThen:
    """Leave out news that came after that day."""
    if row.last_update_on and row.last_update_on > day:
        return replace(row, last_update="", last_update_on=None)
    return row


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write the programme, its projects and its plans; what is there already is left alone."""
    challenges = {}
    for seed in CHALLENGES:
        texts = {
            f"{name}_nb" if name in ("title", "summary") else name: value
            for name, value in seed.items()
        }
        challenge, _created = Challenge.objects.get_or_create(
            slug=texts.pop("slug"), defaults=texts
        )
        challenges[challenge.number] = challenge
    for project in (*INNSIKT, *DIGITAL_STEMME, *BYPULS, *UNG, *KOMPETANSE):
        _project(project, challenges, at)
    for plan in PLANS:
        _plan(plan, challenges, at)
