"""How many take part in the mentor scheme, told so that nobody can be picked out."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from projects.ung.models import Match, MatchState, Mentee, Mentor, MentorScheme, ParticipantState
from vekst.formats import number_text

# Smaller groups are not counted in public.
SMALLEST_GROUP = 5


def count_text(count: int) -> str:
    """Write the number, or that it is fewer than five."""
    if count < SMALLEST_GROUP:
        return _("færre enn %(count)s") % {"count": SMALLEST_GROUP}
    return number_text(count)


@dataclass(frozen=True)
class Numbers:
    """What the public page tells of a scheme."""

    mentors: str
    mentees: str
    pairs: str


def numbers(scheme: MentorScheme) -> Numbers:
    """Count those who take part and the accepted pairs. Three queries."""
    active = Q(state=ParticipantState.ACTIVE)
    return Numbers(
        count_text(Mentor.objects.filter(active, scheme=scheme).count()),
        count_text(Mentee.objects.filter(active, scheme=scheme).count()),
        count_text(
            Match.objects.filter(mentor__scheme=scheme, state=MatchState.ACCEPTED).aggregate(
                pairs=Count("pk")
            )["pairs"]
        ),
    )
