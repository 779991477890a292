"""Where a request comes from, seen past the proxies in front of the portal."""

import contextlib
import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """
    Return the visitor's IP address, for limits on how often one address may send a form.

    Each proxy appends the address it was asked from to `X-Forwarded-For`, so the visitor's own stands
    as many places from the end as there are proxies of ours; what stands before it can be made up.
    """
    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if count and len(forwarded) >= count:
        with contextlib.suppress(ValueError):
            return str(ipaddress.ip_address(forwarded[-count]))
    return str(request.META["REMOTE_ADDR"])
