"""What companies need, added up so that no company can be read out of it, beside what can be studied."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Sum

from members.accounts.models import User
from members.companies.models import Company
from projects.kompetanse.models import CompetenceNeed, Field, StudyProgramme, SurveyRound

# A sum is shown only when it is made of at least so many companies and so many people.
SMALLEST_CELL = 5


@dataclass(frozen=True)
class Gap:
    """One field: how many people companies need, and what there is to study. `heads` is None when hidden."""

    field: str
    label: str
    companies: int | None
    heads: int | None
    programmes: int
    seats: int | None

    @property
    def is_hidden(self) -> bool:
        return self.heads is None


@dataclass(frozen=True)
class GapTable:
    """The needs of one round beside the study places of today."""

    survey_round: SurveyRound | None
    rows: list[Gap]
    shown_heads: int
    hidden_fields: int


def latest_public_round(*, at: datetime.datetime) -> SurveyRound | None:
    """Return the newest round whose sums are published."""
    return SurveyRound.objects.public(at=at).order_by("-closes_on", "-pk").first()


def open_round(*, on: datetime.date) -> SurveyRound | None:
    """Return the round that companies answer in on that day."""
    return SurveyRound.objects.open(on=on).order_by("closes_on", "pk").first()


def gap_table(*, at: datetime.datetime) -> GapTable:
    """
    Return needs and study places by field, fields with the greatest need first. Three queries.

    A field with fewer than five companies or five people shows no need at all, and the sum leaves it
    out, so that it cannot be found by subtraction. Places that nobody stated are None, not zero.
    """
    survey_round = latest_public_round(at=at)
    needed = {
        row["field"]: row
        for row in CompetenceNeed.objects.filter(survey_round=survey_round)
        .values("field")
        .annotate(heads=Sum("headcount"), companies=Count("company", distinct=True))
        .order_by("field")
    }
    offered = {
        row["field"]: row
        for row in StudyProgramme.objects.public(at=at)
        .values("field")
        .annotate(programmes=Count("pk"), places=Sum("seats"))
        .order_by("field")
    }
    rows = []
    for field, label in Field.choices:
        need, offer = needed.get(field), offered.get(field)
        if need is None and offer is None:
            continue
        is_shown = (
            need is not None
            and need["heads"] >= SMALLEST_CELL
            and need["companies"] >= SMALLEST_CELL
        )
        rows.append(
            Gap(
                field=field,
                label=str(label),
                companies=need["companies"] if need and is_shown else None,
                heads=need["heads"] if need and is_shown else (None if need else 0),
                programmes=offer["programmes"] if offer else 0,
                seats=offer["places"] if offer else 0,
            )
        )
    rows.sort(key=lambda row: (-(row.heads or 0), -row.programmes, row.label))
    return GapTable(
        survey_round=survey_round,
        rows=rows,
        shown_heads=sum(row.heads or 0 for row in rows),
        hidden_fields=sum(row.is_hidden for row in rows),
    )


def report_need(
    need: CompetenceNeed, *, company: Company, by: User, at: datetime.datetime
) -> CompetenceNeed:
    """Store one company's need, or the new version of one it reported before in the same round."""
    stored, _ = CompetenceNeed.objects.update_or_create(
        survey_round=need.survey_round,
        company=company,
        field=need.field,
        level=need.level,
        skill=need.skill,
        defaults={
            "headcount": need.headcount,
            "needed_by_year": need.needed_by_year,
            "certainty": need.certainty,
            "note": need.note,
            "reported_by": by,
            "reported_at": at,
        },
    )
    return stored
