"""Drive many things on, so that one that fails stops no other."""

import logging
from collections.abc import Callable, Iterable

logger = logging.getLogger(__name__)


def one_by_one(step: Callable[[int], int], keys: Iterable[int], what: str) -> int:
    """
    Run `step` for each key and return the sum of what it returned.

    A step that raises is logged under `what` and its key, counts as nothing, and is tried again with
    the next beat. Each step must be a transaction of its own.
    """
    number = 0
    for key in keys:
        try:
            number += step(key)
        except Exception:
            logger.exception("%s %s failed", what, key)
    return number


def all_of(*steps: Callable[[], object]) -> None:
    """
    Run all steps in order, also those after one that raises.

    What they raised is logged, and raised as an ExceptionGroup in the end, so that the task fails.
    """
    errors = []
    for step in steps:
        try:
            step()
        except Exception as error:
            logger.exception("a step failed; those after it are run")
            errors.append(error)
    if errors:
        raise ExceptionGroup("steps failed", errors)
