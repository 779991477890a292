"""The calendar of events as people use it: on a phone, on a wide screen, on paper, back and forth."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Portal

pytestmark = pytest.mark.browser
# As many events as the sheet has room for, on as many days, with titles of two lines.
CROWDED = """
import datetime as dt
from django.utils import timezone
from projects.bypuls.models import Event
event = Event.objects.get(slug="jazz-i-kjelleren")
for day in range(14):
    event.pk, event.slug, event.uid = None, f"mange-{day}", f"mange-{day}@example.no"
    event.title = "Et frokostmøte med en ganske lang tittel om byens vekst og framtid"
    event.starts_at = timezone.now() + dt.timedelta(days=day, hours=1)
    event.ends_at = event.starts_at + dt.timedelta(hours=1)
    event.is_example, event.topic, event._state.adding = True, "friluft", True
    event.save()
"""


@pytest.mark.parametrize("view", ["uke", "maned"])
def test_a_phone_gets_a_list_by_day_and_a_wide_screen_a_table(page: Page, view: str):
    page.set_viewport_size({"width": 320, "height": 780})
    page.goto(f"/arrangementer/?visning={view}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    expect(page.locator(".calendar thead")).to_be_hidden()

    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("columnheader", name="mandag")).to_be_visible()


def test_filters_narrow_the_month_and_the_back_button_undoes_it(page: Page):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/arrangementer/?visning=maned")
    before = page.locator("[data-result-count]").inner_text()

    page.get_by_role("button", name="Filtrer").click()
    page.get_by_label(re.compile("^Bare gratis")).check()
    expect(page).to_have_url(re.compile(r"visning=maned&maned=\d{4}-\d\d.*gratis=ja"))
    expect(page.get_by_role("link", name="Fjern filteret Gratis")).to_be_attached()

    page.go_back()
    expect(page.locator("[data-result-count]")).to_have_text(before)


def test_the_notice_fills_one_sheet_also_when_there_is_much(page: Page, portal: Portal):
    page.goto("/arrangementer/oppslag/")
    assert sheets(page) == 1

    portal.shell(CROWDED)
    page.goto("/arrangementer/oppslag/?tema=friluft")
    assert page.locator(".poster__event").count() == 11
    assert sheets(page) == 1


def sheets(page: Page) -> int:
    """Return how many pages the browser prints."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
