"""axe finds nothing on any public template, on a phone and on a wide screen, light and dark."""

import json
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.addresses import DETAILS, LISTS, first_link, personal
from tests.browser.conftest import AXE, Portal

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def complaints(browser: Browser, url: str, *, width: int, scheme: Scheme) -> list[str]:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url, wait_until="load")
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(f"async () => (await axe.run(document, {json.dumps(RULES)})).violations")
    overflow = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    context.close()
    said = [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for violation in found
        for node in violation["nodes"][:3]
    ]
    if overflow > 1:
        said.append(f"the page is {overflow} px wider than the screen")
    return said


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
@pytest.mark.parametrize("path", LISTS)
def test_axe_finds_nothing(browser: Browser, portal: Portal, path: str, width: int, scheme: Scheme):
    assert complaints(browser, portal.url + path, width=width, scheme=scheme) == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
@pytest.mark.parametrize(("page_with_link", "pattern"), DETAILS, ids=lambda value: value)
def test_axe_finds_nothing_on_details(
    browser: Browser, portal: Portal, page_with_link: str, pattern: str, width: int, scheme: Scheme
):
    path = first_link(portal.url, page_with_link, pattern)

    assert complaints(browser, portal.url + path, width=width, scheme=scheme) == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_axe_finds_nothing_on_pages_that_one_person_gets(
    browser: Browser, portal: Portal, width: int, scheme: Scheme
):
    pages = personal(portal)

    assert {"attending", "waiting", "calendar"} <= set(pages)
    found = {
        name: complaints(browser, url, width=width, scheme=scheme) for name, url in pages.items()
    }
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("path", ["/", "/arrangementer/", "/bolig/", "/ung/mentor/"])
def test_axe_finds_nothing_in_english(browser: Browser, portal: Portal, path: str):
    assert complaints(browser, f"{portal.url}/en{path}", width=768, scheme="light") == []
