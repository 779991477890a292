"""What was changed in the editors' rules: each rule, from what to what, by whom and when."""

import datetime
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts import rules
from members.posts.checks import CHECKS
from members.posts.models import CheckLevel, EditorialRules, Weekday
from vekst.formats import clock_text

# Readings of the rules that are looked through; one saved without a change is passed over.
LOOKED_THROUGH = 60


@dataclass(frozen=True)
class RuleChange:
    """One rule that was changed."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        words = {"label": self.label, "before": self.before, "after": self.after}
        return _("%(label)s: fra %(before)s til %(after)s") % words


@dataclass(frozen=True)
class RulesSaved:
    """The rules as somebody changed them at one moment. `by` empty means the portal itself."""

    at: datetime.datetime
    by: User | None
    changes: list[RuleChange]


def newest_changes(*, most: int) -> list[RulesSaved]:
    """Return the latest changes, the newest first. One query."""
    rows = EditorialRules.history.select_related("history_user")
    found = list(rows.order_by("-history_date", "-history_id")[: LOOKED_THROUGH + 1])
    # The first time anybody saves them, they differ from the usual ones.
    befores = [*found[1:], *([EditorialRules()] if len(found) <= LOOKED_THROUGH else [])]
    told = (
        RulesSaved(after.history_date, after.history_user, changes)
        for after, before in zip(found, befores, strict=False)
        if (changes := differences(before, after))
    )
    return list(islice(told, most))


def differences(before: Any, after: Any) -> list[RuleChange]:
    """Return which rules differ between two readings of them, in the order of the form. No query."""
    old, new = _in_words(before), _in_words(after)
    return [RuleChange(label, old[label], new[label]) for label in new if old[label] != new[label]]


def _in_words(reading: Any) -> dict[str, str]:
    """Return each rule by its name, as people say it."""
    fields = {
        "four_eyes": _("ja") if reading.four_eyes else _("nei"),
        "publication_weekday": str(Weekday(reading.publication_weekday).label).lower(),
        "publication_time": clock_text(reading.publication_time),
        "deadline_hours_before": str(reading.deadline_hours_before),
        "remind_hours_before": str(reading.remind_hours_before),
        "alarm_hours_before": str(reading.alarm_hours_before),
        "quiet_weeks": rules.text_of_weeks(reading.quiet_weeks) or _("ingen"),
    }
    found = {_label(name): text for name, text in fields.items()}
    for code, check in CHECKS.items():
        if not check.is_fixed:
            usual = CheckLevel.BLOCKS if check.blocks else CheckLevel.WARNS
            blocks = reading.check_levels.get(code, usual) == CheckLevel.BLOCKS
            level = CheckLevel.BLOCKS if blocks else CheckLevel.WARNS
            found[_("Kontrollen «%(check)s»") % {"check": check.label}] = str(level.label).lower()
    return found


def _label(name: str) -> str:
    field = EditorialRules._meta.get_field(name)
    return capfirst(str(getattr(field, "verbose_name", name)))
