"""Run every app's rules for deleting personal data."""

import datetime
import logging

from members.accounts.retention import RetentionRule
from members.companies import retention as companies
from members.mailings import retention as mailings
from members.posts import retention as posts
from projects.bypuls import retention as bypuls
from projects.digital_stemme import retention as digital_stemme
from projects.kompetanse import retention as kompetanse
from projects.ung import retention as ung

logger = logging.getLogger(__name__)

# One list for each app that holds personal data, in full view.
RULES: list[RetentionRule] = [
    *companies.RULES,
    *mailings.RULES,
    *posts.RULES,
    *bypuls.RULES,
    *digital_stemme.RULES,
    *kompetanse.RULES,
    *ung.RULES,
]


class RetentionError(Exception):
    """Some rules failed; the log says why. `counts` holds what the others did."""

    def __init__(self, failed: list[str], counts: dict[str, int]) -> None:
        super().__init__(f"These retention rules failed: {', '.join(failed)}")
        self.counts = counts


def apply_all(*, at: datetime.datetime, dry_run: bool) -> dict[str, int]:
    """
    Apply every rule that is due at `at` and return the number of rows for each kind of data.

    With `dry_run` nothing is changed: the numbers are those that a real run at `at` would give.
    A rule that fails stops no other; RetentionError names it when all have had their turn.
    """
    counts, failed = {}, []
    for rule in RULES:
        name = str(rule.data)
        try:
            counts[name] = rule.apply(at, dry_run)
        except Exception:
            logger.exception("retention: %s failed", name)
            failed.append(name)
        else:
            logger.info("retention: %s: %s rows%s", name, counts[name], " (dry run)" * dry_run)
    if failed:
        raise RetentionError(failed, counts)
    return counts
