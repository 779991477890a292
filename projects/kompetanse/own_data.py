"""What grants and needs hold on one person, for the file that the person may ask for."""

from typing import Any

from members.accounts.models import User
from projects.kompetanse.models import Application, BoardMember, CompetenceNeed, GrantVote


def own_data(user: User) -> dict[str, Any]:
    """Return the account's applications, its seats and votes on the board, and needs it reported."""
    applications = Application.objects.filter(contact_email__iexact=user.email).order_by("pk")
    seats = BoardMember.objects.filter(user=user).order_by("pk")
    votes = GrantVote.objects.filter(voter=user).order_by("pk")
    needs = CompetenceNeed.objects.filter(reported_by=user).order_by("pk")
    return {
        "grant_applications": list(
            applications.values(
                "grant_round__title",
                "organisation",
                "orgnr",
                "course_title",
                "amount_nok",
                "contact_name",
                "contact_email",
                "contact_phone",
                "language",
                "state",
                "submitted_at",
                "decided_at",
                "reason",
            )
        ),
        "board_seats": list(seats.values("party", "is_deputy", "since_date", "until_date")),
        "votes": list(
            votes.values(
                "application__course_title", "party", "vote", "declared_conflict", "note", "cast_at"
            )
        ),
        "needs_reported": list(
            needs.values("company__name", "field", "skill", "headcount", "note", "reported_at")
        ),
    }
