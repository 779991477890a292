"""The editors' rules as they are set now."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts.models import EditorialRules
from members.posts.models.rules import ONLY

WEEKS = 53


class WeeksError(Exception):
    """What was written are no weeks. The message is for the editor."""


def current() -> EditorialRules:
    """Return the rules; the usual ones, unsaved, as long as nobody has set any. One query."""
    return EditorialRules.objects.order_by("pk").first() or EditorialRules()


@transaction.atomic
def save(new: EditorialRules, *, by: User) -> None:
    """Let these rules hold from now on."""
    EditorialRules.objects.get_or_create(pk=ONLY)
    EditorialRules.objects.select_for_update().get()
    new.pk = ONLY
    new._history_user = by
    new._change_reason = "Regler"
    new._state.adding = False
    new.save()


def weeks_from_text(text: str) -> list[int]:
    """Read "28–31, 52" as weeks. Raises WeeksError."""
    found: set[int] = set()
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "–", text)):
        if not part:
            continue
        match = re.fullmatch(r"(\d{1,2})(?:–(\d{1,2}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= WEEKS:
            raise WeeksError(
                _("«%(part)s» er ingen uke. Skriv for eksempel 28–31, 52.") % {"part": part}
            )
        found |= set(range(first, last + 1))
    return sorted(found)


def text_of_weeks(weeks: Iterable[int]) -> str:
    """Write weeks as people do: "28–31, 52"."""
    runs: list[list[int]] = []
    for week in sorted(weeks):
        if runs and week == runs[-1][1] + 1:
            runs[-1][1] = week
        else:
            runs.append([week, week])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)
