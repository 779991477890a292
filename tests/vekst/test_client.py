"""The visitor's own address is found past our proxies, and cannot be made up."""

import pytest
from django.test import RequestFactory

from vekst.client import address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "9.9.9.9", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "not an address", "127.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
    ids=[
        "none of ours",
        "one",
        "made up in front",
        "two",
        "fewer than ours",
        "no header",
        "nonsense",
        "IPv6",
    ],
)
def test_address(settings, proxies, forwarded, found):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})

    assert address(request) == found
