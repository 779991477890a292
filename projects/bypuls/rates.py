"""How often one network address may send forms."""

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited


def too_many(request: HttpRequest, group: str) -> bool:
    """Count this POST, and tell whether its network has sent more than `SIGNUP_RATE` to this group."""
    return bool(
        is_ratelimited(
            request,
            group=group,
            key="ip",
            rate=settings.SIGNUP_RATE,
            method="POST",
            increment=True,
        )
    )
