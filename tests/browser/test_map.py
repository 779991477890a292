"""The map beside a list: places that stand close become one marker, also by keyboard and to axe."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import AXE, Portal
from tests.browser.test_accessibility import RULES

pytestmark = pytest.mark.browser

# Three places in one house, one across the street, and one far off.
CLOSE = """
import datetime
from django.utils import timezone
from projects.bypuls.models import Event, Venue
now = timezone.now()
spots = [(59.6680, 9.6500), (59.6680, 9.6500), (59.6680, 9.6500), (59.6683, 9.6504), (59.7200, 9.7200)]
for number, (latitude, longitude) in enumerate(spots, start=1):
    venue, _new = Venue.objects.update_or_create(slug=f"kartsted-{number}", defaults=dict(
        name=f"Kartsted {number}", latitude=latitude, longitude=longitude, kind="culture",
        published_at=now, is_example=True))
    Event.objects.update_or_create(slug=f"kartprikk-{number}", defaults=dict(
        title_nb=f"Kartprikk {number}", summary_nb="Eksempel.", venue=venue, organiser="Eksempel",
        topic="friluft", audience="familier", starts_at=now + datetime.timedelta(days=3), ends_at=now + datetime.timedelta(days=3, hours=1),
        publication="published", published_at=now))
"""
LIST = "/arrangementer/?q=kartprikk"
# One transparent pixel: no test asks Kartverket.
TILE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002"
    "00000500017a5eab3f0000000049454e44ae426082"
)


def open_map(page: Page, address: str) -> None:
    page.route(
        "https://cache.kartverket.no/**",
        lambda route: route.fulfill(body=TILE, content_type="image/png"),
    )
    page.goto(address)
    page.locator("[data-map-show]").click()
    page.locator(".leaflet-marker-icon").first.wait_for()


def test_places_that_stand_close_open_up_by_keyboard(page: Page, portal: Portal):
    portal.shell(CLOSE)
    open_map(page, LIST)

    crowd = page.get_by_role("button", name="4 steder: ")
    expect(crowd).to_have_text("4")
    expect(page.get_by_role("button", name="Kartsted 5")).to_be_visible()
    crowd.focus()
    page.keyboard.press("Enter")
    # The three in one house stay together, however near one looks.
    house = page.get_by_role("button", name="3 steder: ")
    expect(house).to_be_visible()
    expect(page.get_by_role("button", name="Kartsted 4")).to_be_visible()
    assert page.evaluate("document.activeElement.classList.contains('leaflet-marker-icon')")
    house.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map__list a")).to_have_count(3)
    page.locator(".map__list a").first.click()
    page.wait_for_url("**sted=kartsted-*")


@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_on_the_open_map(browser: Browser, portal: Portal, width: int):
    portal.shell(CLOSE)
    context = browser.new_context(
        base_url=portal.url,
        viewport={"width": width, "height": 900},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    open_map(page, f"/en{LIST}")

    expect(page.get_by_role("button", name="Zoom in")).to_be_visible()
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(f"async () => (await axe.run(document, {json.dumps(RULES)})).violations")
    assert [violation["id"] for violation in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_the_list_beside_the_map_has_every_place(page: Page, portal: Portal):
    portal.shell(CLOSE)
    page.goto("/arrangementer/")

    points = page.evaluate("JSON.parse(document.getElementById('event-map').textContent)")
    links = page.locator(".event-map__places a")
    assert links.count() == len(points)
