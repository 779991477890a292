"""Run every app's rules for deleting personal data."""

import datetime
import logging

from members.accounts.retention import RetentionRule
from members.companies import retention as companies
from members.mailings import retention as mailings
from projects.bypuls import retention as bypuls
from projects.digital_stemme import retention as digital_stemme
from projects.kompetanse import retention as kompetanse
from projects.ung import retention as ung

logger = logging.getLogger(__name__)

# One list for each app that holds personal data, in full view.
RULES: list[RetentionRule] = [
    *companies.RULES,
    *mailings.RULES,
    *bypuls.RULES,
    *digital_stemme.RULES,
    *kompetanse.RULES,
    *ung.RULES,
]


def apply_all(*, at: datetime.datetime, dry_run: bool) -> dict[str, int]:
    """
    Apply every rule that is due at `at` and return the number of rows for each kind of data.

    With `dry_run` nothing is changed: the numbers are those that a real run at `at` would give.
    """
    counts = {}
    for rule in RULES:
        name = str(rule.data)
        counts[name] = rule.apply(at, dry_run)
        logger.info("retention: %s: %s rows%s", name, counts[name], " (dry run)" * dry_run)
    return counts
