"""Demo content: real meeting places told in our own words, and marked examples beside them."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from projects.portfolio.models import MainProject, Project
from projects.ung import matching
from projects.ung.demo_texts import MENTEES, MENTORS, PLACES, SCHEME
from projects.ung.models import (
    MeetingPlace,
    Mentee,
    Mentor,
    MentorScheme,
    ParticipantState,
    SchemeState,
)

_CONSENT = "Eksempel: oppdiktet person, ikke noe samtykke."


@translation.override("nb")
@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write what is missing; what is there stays as people have changed it."""
    project = Project.objects.filter(main_project=MainProject.UNG).order_by("pk").first()
    published = at - datetime.timedelta(hours=1)
    for place in PLACES:
        values: dict[str, Any] = {k: v for k, v in place.items() if k != "slug"}
        values |= {"project": project, "published_at": published}
        MeetingPlace.objects.get_or_create(slug=place["slug"], defaults=values)
    if MentorScheme.objects.exists():
        return
    scheme = MentorScheme.objects.create(
        **SCHEME,
        state=SchemeState.OPEN,
        is_example=True,
        project=project,
        starts_on=at.date() + datetime.timedelta(days=30),
        ends_on=at.date() + datetime.timedelta(days=210),
    )
    _load_people(scheme, at=at)


def _load_people(scheme: MentorScheme, *, at: datetime.datetime) -> None:
    common: dict[str, Any] = {
        "scheme": scheme,
        "state": ParticipantState.ACTIVE,
        "consent_text": _CONSENT,
        "is_example": True,
        "created_at": at,
        "confirmed_at": at,
    }
    Mentor.objects.bulk_create(
        Mentor(email=f"mentor{number}@example.no", **mentor, **common)
        for number, mentor in enumerate(MENTORS, 1)
    )
    Mentee.objects.bulk_create(
        Mentee(email=f"adept{number}@example.no", **mentee, **common)
        for number, mentee in enumerate(MENTEES, 1)
    )
    matching.propose_pairs(scheme, at=at)
