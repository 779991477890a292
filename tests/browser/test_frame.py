"""The frame of every page: header and menu without script, with a keyboard, and under the strict CSP."""

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.conftest import Portal

pytestmark = pytest.mark.browser


def test_the_menu_opens_without_script(browser: Browser, portal: Portal):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(portal.url + "/om/")
    link = page.locator(".menu__link", has_text="Bolig")
    assert not link.is_visible()

    page.locator("summary.menu__button").click()

    link.wait_for()
    context.close()


def test_the_menu_closes_with_escape_and_gives_the_focus_back(browser: Browser, portal: Portal):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(portal.url + "/om/", wait_until="load")
    page.locator("summary.menu__button").press("Enter")
    page.locator(".menu__panel").wait_for()

    page.keyboard.press("Escape")

    page.locator(".menu__panel").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.matches('summary.menu__button')")
    context.close()


def test_the_first_stop_of_the_keyboard_leads_past_the_header(browser: Browser, portal: Portal):
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(portal.url + "/om/", wait_until="load")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


@pytest.mark.parametrize("path", ["/", "/om/", "/sok/?q=kongsberg", "/konto/login/"])
def test_the_browser_has_nothing_to_complain_about(browser: Browser, portal: Portal, path: str):
    said: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda sent: said.append(sent.url) if portal.url not in sent.url else None)
    page.goto(portal.url + path, wait_until="networkidle")

    assert said == []
    context.close()


def test_a_filter_narrows_the_list_at_once_and_keeps_the_focus(page: Page):
    page.goto("/bolig/", wait_until="networkidle")
    before = page.locator("[data-result-count]").inner_text()
    first = page.locator("[data-filters] input[type=checkbox]").first
    chosen = first.get_attribute("id")

    first.check()
    page.wait_for_url("**/bolig/?*")
    page.locator(".filters__active").wait_for()

    assert page.locator("[data-result-count]").inner_text() != before
    assert page.evaluate("document.activeElement.id") == chosen
    assert (
        page.locator("#announcer").inner_text() == page.locator("[data-result-count]").inner_text()
    )
    page.go_back()
    page.locator(".filters__active").wait_for(state="detached")
    assert page.locator(".site-header").count() == 1
    assert page.locator("[data-result-count]").inner_text() == before


def test_the_filters_of_a_phone_stay_open_while_the_list_changes(browser: Browser, portal: Portal):
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(portal.url + "/bolig/", wait_until="networkidle")
    page.locator(".filters__toggle").click()

    page.locator("[data-filters] input[type=checkbox]").first.check()
    page.wait_for_url("**/bolig/?*")

    page.locator(".filters__panel:popover-open").wait_for()
    page.locator(".filters__submit").click()
    page.locator(".filters__panel:popover-open").wait_for(state="hidden")
    context.close()


def test_filters_work_without_script(browser: Browser, portal: Portal):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto(portal.url + "/bolig/")

    page.locator("[data-filters] input[type=checkbox]").first.check()
    page.locator(".filters__submit").click()

    assert "?" in page.url
    page.locator(".filters__active").first.wait_for()
    context.close()
