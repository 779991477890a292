"""The stages of what people send in (homes, jobs, events), and which moves between them are legal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ModerationState(models.TextChoices):
    """Where a submission stands. Strangers see `PUBLISHED` only."""

    SUBMITTED = "submitted", _("Sendt inn")
    CHANGES_ASKED = "changes-asked", _("Bedt om endring")
    PUBLISHED = "published", _("Publisert")
    EXPIRED = "expired", _("Utløpt")
    WITHDRAWN = "withdrawn", _("Trukket")


# From -> to. A sender's change of something published sends it back to `SUBMITTED`.
LEGAL_MOVES: dict[str, frozenset[str]] = {
    ModerationState.SUBMITTED: frozenset(
        {ModerationState.CHANGES_ASKED, ModerationState.PUBLISHED, ModerationState.WITHDRAWN}
    ),
    ModerationState.CHANGES_ASKED: frozenset(
        {ModerationState.SUBMITTED, ModerationState.WITHDRAWN}
    ),
    ModerationState.PUBLISHED: frozenset(
        {
            ModerationState.SUBMITTED,
            ModerationState.CHANGES_ASKED,
            ModerationState.EXPIRED,
            ModerationState.WITHDRAWN,
        }
    ),
    ModerationState.EXPIRED: frozenset({ModerationState.SUBMITTED, ModerationState.PUBLISHED}),
    ModerationState.WITHDRAWN: frozenset({ModerationState.SUBMITTED}),
}


class IllegalMoveError(Exception):
    """The submission cannot go from where it stands to there; the message can be shown to staff."""


def check_move(current: str, wanted: str) -> None:
    """Raise IllegalMoveError unless a submission may go from `current` to `wanted`."""
    if wanted not in LEGAL_MOVES[current]:
        raise IllegalMoveError(
            _("Kan ikke gå fra «%(current)s» til «%(wanted)s».")
            % {
                "current": ModerationState(current).label,
                "wanted": ModerationState(wanted).label,
            }
        )
