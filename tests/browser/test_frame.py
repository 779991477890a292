"""The frame of every page: header and menu without script, with a keyboard, and under the strict CSP."""

import pytest
from playwright.sync_api import Browser, ConsoleMessage

from tests.browser.conftest import Portal

pytestmark = pytest.mark.browser


def test_the_menu_opens_without_script(browser: Browser, portal: Portal):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(portal.url + "/om/")
    link = page.locator(".menu__link", has_text="Bolig")
    assert not link.is_visible()

    page.locator("summary.menu__button").click()

    assert link.is_visible()
    context.close()


def test_the_menu_closes_with_escape_and_gives_the_focus_back(browser: Browser, portal: Portal):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(portal.url + "/om/", wait_until="load")
    page.locator("summary.menu__button").press("Enter")
    assert page.locator(".menu__panel").is_visible()

    page.keyboard.press("Escape")

    assert not page.locator(".menu__panel").is_visible()
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
