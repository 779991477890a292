"""With the keyboard alone: find an event and sign up; nothing is reached that cannot be seen."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Portal

pytestmark = pytest.mark.browser

MAKE_EVENT = """
import datetime
from django.utils import timezone
from projects.bypuls.models import Event, Publication
from vekst.search.index import index_changes
start = timezone.now() + datetime.timedelta(days=9)
Event.objects.update_or_create(slug="tastaturtreff", defaults=dict(
    title="Tastaturtreff for alle", summary="Eksempel.", starts_at=start,
    ends_at=start + datetime.timedelta(hours=2), place="Krona", organiser="Eksempel",
    topic="sosialt", takes_signups=True, capacity=5, publication=Publication.PUBLISHED,
    published_at=timezone.now()))
while index_changes(at=timezone.now()):
    pass
"""
COUNT = """
from projects.bypuls.models import SignUp
print(SignUp.objects.filter(event__slug="tastaturtreff", email="kari@example.no").count())
"""
FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const marked = style => style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    // A card, a row or a field may be marked for what stands in it.
    const around = element.closest('article, li, .tile, .ds-field');
    return {
        visible: box.width > 0 && box.height > 0,
        // The way past the header is seen only while it has focus.
        marked: element.matches('.ds-skip-link') || marked(style) || marked(getComputedStyle(around ?? element)),
        what: element.outerHTML.slice(0, 120),
    };
}"""


def tab_to(page: Page, selector: str, limit: int = 90) -> None:
    """Press Tab until what matches has focus; every stop on the way must be seen and marked."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        assert stop["visible"], f"focus on something that is not seen: {stop['what']}"
        assert stop["marked"], f"focus is not marked: {stop['what']}"
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached within {limit} stops")


def test_skip_link_leads_past_the_header(page: Page):
    page.goto("/arrangementer/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ds-skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_find_an_event_and_sign_up(page: Page, portal: Portal):
    portal.shell(MAKE_EVENT)
    page.goto("/")
    tab_to(page, "header input[type=search]")
    page.keyboard.type("tastaturtreff")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sok/**")
    tab_to(page, "a[href='/arrangementer/tastaturtreff/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/arrangementer/tastaturtreff/")
    tab_to(page, "a[href$='/tastaturtreff/pamelding/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pamelding/")
    tab_to(page, "input[name=name]")
    page.keyboard.type("Kari Eksempel")
    tab_to(page, "input[name=email]")
    # A wrong address first: the message stands at the field, and the name is still there.
    page.keyboard.type("kari@example")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=email][aria-invalid=true]")
    assert page.input_value("input[name=name]") == "Kari Eksempel"
    tab_to(page, "input[name=email]")
    page.keyboard.press("Control+a")
    page.keyboard.type("kari@example.no")
    page.keyboard.press("Enter")
    # The receipt has an address of its own below the form's.
    page.wait_for_url(lambda url: not url.endswith("/pamelding/"))

    page.locator("main h1").wait_for()
    assert portal.shell(COUNT) == "1"


def test_the_menu_opens_with_enter_and_its_links_follow(page: Page):
    page.goto("/")
    tab_to(page, "details.menu > summary")
    page.keyboard.press("Enter")
    tab_to(page, ".menu__panel a[href='/innsikt/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/innsikt/")

    page.locator("h1").wait_for()
