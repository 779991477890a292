"""Every address of the design answers, in both languages, without JavaScript."""

import pytest

from tests.browser.addresses import DETAILS, LISTS, first_link, read
from tests.browser.conftest import Portal

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("language", ["", "/en"])
def test_address_answers(portal: Portal, path: str, language: str):
    assert "</html>" in read(portal.url + language + path)


@pytest.mark.parametrize(("page", "pattern"), DETAILS, ids=lambda value: value)
def test_details_answer(portal: Portal, page: str, pattern: str):
    assert "</html>" in read(portal.url + first_link(portal.url, page, pattern))


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/arrangementer.ics", "BEGIN:VCALENDAR"),
        ("/uka-oppsummert/feed/", "<?xml"),
        ("/api/v1/openapi.json", "{"),
        ("/sitemap.xml", "<?xml"),
        ("/robots.txt", "User-agent"),
        ("/.well-known/security.txt", "Contact: mailto:"),
        ("/healthz/", "ok"),
    ],
)
def test_files_answer(portal: Portal, path: str, start: str):
    assert read(portal.url + path).startswith(start)
