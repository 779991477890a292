"""Measures that moved, and status reports that were published."""

import datetime
from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from members.companies.models import Company
from members.posts.models import CardKind
from members.posts.proposals import MOST, Proposal, Week
from projects.portfolio.models import (
    SIDES,
    Measure,
    MeasureState,
    MeasureUpdate,
    StatusReport,
    Value,
)
from vekst.home.proposals.words import bullets, day, link_name, paragraphs, sentence


def measures(week: Week, at: datetime.datetime) -> list[Proposal]:
    """Propose each public measure that has news of the week or another state than before it. Three queries."""
    updates: dict[int, list[MeasureUpdate]] = defaultdict(list)
    told = MeasureUpdate.objects.filter(
        measure__in=Measure.objects.public(at),
        happened_on__gte=week.monday,
        happened_on__lte=week.sunday,
    )
    for update in told.order_by("happened_on", "pk"):
        updates[update.measure_id].append(update)
    states = _changed_states(week, at)
    is_member = Exists(Company.objects.public(at=at).filter(pk=OuterRef("company_id")))
    found = (
        Measure.objects.public(at)
        .filter(pk__in={*updates, *states})
        .select_related("plan", "forum")
        .annotate(is_by_member=is_member)
        .order_by("plan_id", "number", "pk")
    )
    return [
        _measure(measure, updates.get(measure.pk, []), states.get(measure.pk), week, at)
        for measure in found[:MOST]
    ]


def _changed_states(week: Week, at: datetime.datetime) -> dict[int, tuple[str, str, Any]]:
    """Return the state before the week, the last one in it, and when, of those where the two differ."""
    history = Measure.history.model.objects
    before = history.filter(id=OuterRef("id"), history_date__lt=week.starts_at)
    rows = (
        history.filter(
            id__in=Measure.objects.public(at).values("pk"),
            history_date__gte=week.starts_at,
            history_date__lt=week.ends_at,
        )
        .annotate(
            before=Subquery(before.order_by("-history_date", "-history_id").values("state")[:1])
        )
        .order_by("id", "-history_date", "-history_id")
        .distinct("id")
        .values_list("id", "before", "state", "history_date")
    )
    # A measure that was written down this week has no state before it: that is no change.
    return {pk: (old, new, when) for pk, old, new, when in rows if old and old != new}


def _measure(
    measure: Measure,
    updates: list[MeasureUpdate],
    change: tuple[str, str, Any] | None,
    week: Week,
    at: datetime.datetime,
) -> Proposal:
    texts = [sentence(update.text) for update in updates]
    notes = [f"{measure.plan}, tiltak {measure.number}"]
    when: datetime.date | None = updates[-1].happened_on if updates else None
    if change:
        old, new, moment = change
        when = when or moment
        words = f"fra «{MeasureState(old).label}» til «{MeasureState(new).label}»"
        texts.append(f"Statusen gikk {words}.")
        notes.append(words)
    forum = measure.forum
    shows_forum = forum is not None and (forum.ended_at is None or forum.ended_at > at)
    return Proposal(
        source=f"measure:{measure.pk}",
        heading=measure.title,
        text=paragraphs(*texts, f"Dette er tiltak {measure.number} i {measure.plan}."),
        note=" · ".join(notes),
        weekday=week.weekday_of(when) if when else None,
        forum_id=measure.forum_id if shows_forum else None,
        # Annotated above, which the types do not follow through our own QuerySet.
        company_id=measure.company_id if measure.is_by_member else None,  # type: ignore[attr-defined]
        cards=((CardKind.MEASURE.value, measure.pk),),
    )


def status_reports(week: Week, at: datetime.datetime) -> list[Proposal]:
    """Propose the reports that were published in the week. One query."""
    found = (
        StatusReport.objects.public(at)
        .filter(published_at__gte=week.starts_at, published_at__lt=week.ends_at)
        .select_related("project")
        .defer("snapshot")
        .order_by("published_at", "pk")
    )
    return [_report(report, week) for report in found[:MOST]]


def _report(report: StatusReport, week: Week) -> Proposal:
    project = report.project
    behind = [
        f"{label}: {report.value_of(side).label.lower()}"
        for side, label in SIDES.items()
        if report.value_of(side) != Value.ON_TRACK
    ]
    state = paragraphs("Å følge med på:") + bullets(behind) if behind else ""
    return Proposal(
        source=f"status-report:{report.pk}",
        heading=f"Slik går det med {project.title}",
        text=paragraphs(report.summary)
        + (state or paragraphs("Tid, økonomi, kvalitet, risiko og nytte er alle i rute.")),
        note=f"Publisert {day(report.published_at)} · {report.worst.label}"
        if report.published_at
        else "",
        link_path=reverse(
            "portfolio:status_report",
            args=[project.main_project, project.slug, report.period_ends_on],
        ),
        link_label=link_name("Statusrapport for", project.title),
        weekday=week.weekday_of(report.published_at) if report.published_at else None,
        cards=((CardKind.PROJECT.value, project.pk),),
    )
