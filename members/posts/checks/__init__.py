"""Look a post through before its readers do."""

from members.posts.checks.post import check_post, problems_by_item
from members.posts.checks.problems import (
    ALWAYS_BLOCKING,
    CHECKS,
    DEFAULT_BLOCKING,
    Check,
    Problem,
    blocking_codes,
)

__all__ = [
    "ALWAYS_BLOCKING",
    "CHECKS",
    "DEFAULT_BLOCKING",
    "Check",
    "Problem",
    "blocking_codes",
    "check_post",
    "problems_by_item",
]
