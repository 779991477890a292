"""What a rule for deleting personal data is. Each app lists its own rules in its `retention.py`."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class RetentionRule:
    """
    Personal data of one kind: why it is held, how long, and what removes it.

    `apply(at, dry_run)` removes or anonymises what is due at `at`, and returns the number of rows;
    with `dry_run` it only counts. It is safe to run twice.
    """

    data: str | Promise
    basis: str | Promise
    kept_for: str | Promise
    apply: Callable[[datetime.datetime, bool], int]
