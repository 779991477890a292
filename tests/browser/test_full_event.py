"""House and queue are full: the page that says so, in both languages, by keyboard and to axe."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import AXE, Portal
from tests.browser.test_accessibility import RULES

pytestmark = pytest.mark.browser

MAKE = """
import datetime
from django.utils import timezone
from projects.bypuls.models import Event, SignUp
now = timezone.now()
start = now + datetime.timedelta(days=9)
event, _new = Event.objects.update_or_create(slug="fulltfrokost", defaults=dict(
    title_nb="Full frokost", title_en="Full breakfast", summary_nb="Eksempel.", starts_at=start,
    ends_at=start + datetime.timedelta(hours=2), place="Krona", organiser="Eksempel", topic="sosialt",
    takes_signups=True, capacity=2, waiting_list_capacity=0, max_group_size=1,
    publication="published", published_at=now))
SignUp.objects.filter(event=event).delete()
Event.objects.filter(pk=event.pk).update(seats_taken=%d, waiting_taken=0)
"""
WORDS = {
    "": ("Meld meg på", "Prøv igjen nå", "Se over det du skrev", "Det er fullt på Full frokost"),
    "/en": ("Sign me up", "Try again now", "Look over what you wrote", "Full breakfast"),
}


@pytest.fixture(params=[360, 1440], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser, portal: Portal) -> Iterator[Page]:
    context = browser.new_context(
        base_url=portal.url,
        locale="nb-NO",
        viewport={"width": request.param, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def fill_up(page: Page, portal: Portal, language: str) -> None:
    """Fill in the form while there is room; the last seats go before it is sent."""
    portal.shell(MAKE % 0)
    page.goto(f"{language}/arrangementer/fulltfrokost/pamelding/")
    page.fill("[name=name]", "Kari Eksempel")
    page.fill("[name=email]", "kari@example.no")
    page.fill("[name=note]", "Jeg kommer litt sent.")
    portal.shell("from projects.bypuls.models import SeatHold; SeatHold.objects.all().delete()")
    portal.shell(MAKE % 2)
    page.evaluate("document.querySelector('[name=hold]')?.setAttribute('value', '')")


@pytest.mark.parametrize("language", ["", "/en"], ids=["bokmål", "english"])
def test_a_full_house_is_told_by_keyboard_and_nothing_typed_is_lost(
    page: Page, portal: Portal, language: str
):
    send, again, look, title = WORDS[language]
    fill_up(page, portal, language)
    page.get_by_role("button", name=send).focus()
    page.keyboard.press("Enter")

    page.get_by_role("alert").wait_for()
    # What else there is has come from the page of the event.
    page.locator("#event-others #similar").wait_for()
    assert title in page.title()
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(f"async () => (await axe.run(document, {json.dumps(RULES)})).violations")
    assert [violation["id"] for violation in found] == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    # From the message on, the next stops are the two things to do.
    page.get_by_role("alert").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent.trim()") == again
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.get_by_role("alert").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent.trim()") == look
    page.keyboard.press("Enter")

    page.locator("[name=note]").wait_for()
    assert page.input_value("[name=name]") == "Kari Eksempel"
    assert page.input_value("[name=note]") == "Jeg kommer litt sent."
