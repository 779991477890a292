"""The editors' pages in the admin: axe finds nothing, the keyboard reaches everything, and no script is needed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.admin_addresses import PAGES, editor_and_pages
from tests.browser.conftest import AXE, Portal
from tests.browser.signed_in import Session, carry
from tests.browser.test_accessibility import RULES
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.browser

WIDE, PHONE = 1440, 360
PLAIN = "Skrevet uten skript. Kaffen er klar."


@dataclass(frozen=True)
class Desk:
    """An editor at work: where the pages are, and a browser that is signed in."""

    portal: Portal
    session: Session
    addresses: dict[str, str]
    context: BrowserContext
    page: Page


@pytest.fixture(scope="module")
def desk(browser: Browser, portal: Portal) -> Iterator[Desk]:
    session, addresses = editor_and_pages(portal)
    context = browser.new_context(
        base_url=portal.url, locale="nb-NO", bypass_csp=True, reduced_motion="reduce"
    )
    carry(context, portal, session)
    yield Desk(portal, session, addresses, context, context.new_page())
    context.close()


def complaints(page: Page, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    said = [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:3]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{width}: {text}" for text in said] + ["too wide"] * (too_wide > 1)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(desk: Desk, name: str):
    answer = desk.page.goto(desk.addresses[name], wait_until="load")
    desk.page.add_script_tag(path=str(AXE))

    assert answer is not None
    assert answer.status == 200
    assert complaints(desk.page, WIDE) + complaints(desk.page, PHONE) == []


def test_the_menu_opens_and_closes_with_the_keyboard_on_a_phone(desk: Desk):
    page = desk.page
    page.set_viewport_size({"width": PHONE, "height": 780})
    page.goto("/admin/")
    tab_to(page, "#open-menu", limit=3)
    page.keyboard.press("Enter")
    expect(page.locator("#close-menu")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#nav-sidebar")).to_be_hidden()
    expect(page.locator("#open-menu")).to_be_focused()
    page.keyboard.press("Enter")
    for _group in range(20):
        page.keyboard.press("Tab")
        if page.locator("summary:focus", has_text="Uka oppsummert").count():
            break
    page.keyboard.press("Enter")
    tab_to(page, "#nav-sidebar a[href='/admin/posts/post/']", limit=5)
    page.keyboard.press("Enter")

    page.wait_for_url("**/admin/posts/post/")


def test_a_piece_is_written_with_the_keyboard_alone(desk: Desk):
    page = desk.page
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto(desk.addresses["editing"])
    # Past the menu at once.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, ".edit a[href$='#ny-bit']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rediger/ny/**")
    heading = page.locator("#ny-bit .edit-field--heading input")
    expect(heading).to_be_focused()
    # Twice without the text: what is wrong stands there, and the heading is still there.
    for _time in range(2):
        page.keyboard.press("Control+a")
        page.keyboard.type("Skrevet med tastaturet")
        page.evaluate("document.getElementById('edit-desk').dataset.old = ''")
        page.keyboard.press("Enter")
        expect(page.locator("#edit-desk:not([data-old]) #ny-bit [role=alert]")).to_be_visible()
        expect(heading).to_have_value("Skrevet med tastaturet")
        heading.focus()
    tab_to(page, "#ny-bit .ProseMirror", limit=15)
    page.keyboard.type("Alt går uten mus.")
    tab_to(page, "#ny-bit button[type=submit].edit-button--main", limit=15)
    page.keyboard.press("Enter")

    piece = page.locator("article.edit-piece", has_text="Alt går uten mus.")
    expect(piece).to_be_visible()
    # Where it was, the work goes on.
    expect(piece.get_by_role("link", name="Rediger «Skrevet med tastaturet»")).to_be_focused()


def test_a_post_is_sent_back_with_the_keyboard_alone(desk: Desk):
    page = desk.page
    page.goto(desk.addresses["workflow"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, "button[value='send-back']", limit=15)
    page.keyboard.press("Enter")
    # It asks why, beside the field.
    expect(page.locator("#flytt [role=alert]")).to_be_visible()
    tab_to(page, "textarea[name=why]", limit=40)
    page.keyboard.type("Tallet må sjekkes.")
    tab_to(page, "button[value='send-back']", limit=5)
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").get_by_text("Posten er en kladd igjen.")).to_be_visible()
    expect(page.locator(".edit-moves li").first).to_contain_text("Tallet må sjekkes.")


def test_the_editing_page_needs_no_script(desk: Desk, browser: Browser):
    context = browser.new_context(
        base_url=desk.portal.url, locale="nb-NO", java_script_enabled=False
    )
    page = carry(context, desk.portal, desk.session).new_page()
    page.goto(desk.addresses["editing"])
    page.get_by_role("link", name="+ Ny bit", exact=True).click()
    form = page.locator("#ny-bit form")
    # Without a heading the page says so, and the text is still there.
    form.locator("textarea").fill(PLAIN)
    form.get_by_role("button", name="Lagre").click()
    expect(form.get_by_role("alert")).to_be_visible()
    expect(form.locator("textarea")).to_have_value(PLAIN)
    form.locator(".edit-field--heading input").fill("Uten skript")
    form.get_by_role("button", name="Lagre").click()
    expect(page.locator("article.edit-piece", has_text=PLAIN)).to_be_visible()
    page.get_by_role("button", name="Opp «Uten skript»").click()
    page.get_by_role("button", name="Fjern «Uten skript»").click()
    expect(page.get_by_role("status").get_by_text("Biten er fjernet.")).to_be_visible()
    page.get_by_role("button", name="Angre").click()
    expect(page.get_by_role("heading", name="Uten skript")).to_be_visible()
    context.close()
