"""What the events of a project add up to: held, attended, stayed away, and how people liked them."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import (
    Aggregate,
    Avg,
    Count,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from projects.bypuls.events.survey import FEWEST
from projects.bypuls.models import Event, EventStatus, Publication, SignUp, SurveyAnswer
from projects.portfolio.models import Project


@dataclass(frozen=True)
class ProjectFigures:
    """
    People and events of one project. None is not known, which is not the same as nobody.

    `attended` counts the events of which somebody told how many came (`counted`), `no_shows` those
    where the check-in was used.
    """

    held: int
    counted: int
    attended: int | None
    ahead: int
    no_shows: int | None
    survey_answers: int
    survey_mean: float | None


def figures_of_project(project: Project, *, at: dt.datetime) -> ProjectFigures:
    """Count what took place in the name of a project, for everybody to see. One query."""
    events = Event.objects.public(at).filter(project=OuterRef("pk"))
    held = events.filter(status=EventStatus.HELD)
    ahead = events.filter(ends_at__gte=at, is_date_set=True).exclude(status=EventStatus.HELD)
    used = SignUp.objects.filter(event=OuterRef("event"), checked_in_at__isnull=False)
    public = {
        "event__project": OuterRef("pk"),
        "event__status": EventStatus.HELD,
        "event__publication": Publication.PUBLISHED,
        "event__is_unlisted": False,
    }
    answers = SurveyAnswer.objects.filter(**public)
    seats = SignUp.objects.attending().filter(Exists(used), is_walk_in=False, **public)
    row = (
        Project.objects.filter(pk=project.pk)
        .annotate(
            held=_one(held, Count("pk")),
            counted=_one(held, Count("attendance")),
            attended=_one(held, Sum("attendance")),
            ahead=_one(ahead, Count("pk")),
            no_shows=_one(seats, Sum(F("size") - Coalesce(F("checked_in_size"), 0))),
            survey_answers=_one(answers, Count("pk")),
            survey_mean=_one(answers, Avg("rating")),
        )
        .values(*(field.name for field in fields(ProjectFigures)))
        .get()
    )
    if (row["survey_answers"] or 0) < FEWEST:
        row |= {"survey_answers": 0, "survey_mean": None}
    if row["survey_mean"] is not None:
        row["survey_mean"] = round(row["survey_mean"], 1)
    for name in ("held", "counted", "ahead"):
        row[name] = row[name] or 0
    return ProjectFigures(**row)


def _one(rows: QuerySet[Any], figure: Aggregate) -> Subquery:
    """Return a figure over all of the rows; NULL when there are none."""
    grouped = rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them")
    return Subquery(grouped.annotate(figure=figure).values("figure"))
