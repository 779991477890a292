"""What the mentor scheme holds on one person, for the file that the person may ask for."""

from typing import Any

from members.accounts.models import User
from projects.ung.models import Match, Mentee, Mentor

_FIELDS = (
    "scheme__title",
    "name",
    "email",
    "workplace",
    "field",
    "languages",
    "topics",
    "state",
    "language",
    "consent_text",
    "created_at",
    "confirmed_at",
    "withdrawn_at",
)
# Who the other one of a pair is, is that person's data.
_PAIR = ("state", "score", "reasons", "proposed_at", "accepted_at", "ended_at")


def own_data(user: User) -> dict[str, Any]:
    """Return what the account's address told as mentor or mentee, and its pairs without the other."""
    mentors = Mentor.objects.filter(email__iexact=user.email).order_by("pk")
    mentees = Mentee.objects.filter(email__iexact=user.email).order_by("pk")
    as_mentor = Match.objects.filter(mentor__in=mentors).order_by("pk")
    as_mentee = Match.objects.filter(mentee__in=mentees).order_by("pk")
    return {
        "as_mentor": list(mentors.values(*_FIELDS, "capacity", "about")),
        "as_mentee": list(mentees.values(*_FIELDS, "wishes")),
        "pairs": [*as_mentor.values(*_PAIR), *as_mentee.values(*_PAIR)],
    }
