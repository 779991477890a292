"""At the door in a real browser: without net, over a reload, with a second phone, and with the keyboard."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import AXE, Portal
from tests.browser.signed_in import Session, carry, sign_in
from tests.browser.test_accessibility import RULES
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.browser

MAKE = """
import datetime
from django.utils import timezone
from members.accounts.models import User
from projects.bypuls.models import Event, EventOrganiser, Publication, SignUp
now = timezone.now()
event, _ = Event.objects.update_or_create(slug="doreksempel", defaults=dict(
    title="Frokostmøte ved døra", summary="Eksempel.", starts_at=now,
    ends_at=now + datetime.timedelta(hours=2), place="Krona", organiser="Eksempel",
    topic="sosialt", takes_signups=True, capacity=50, publication=Publication.PUBLISHED,
    published_at=now))
event.door_presses.all().delete()
event.signups.all().delete()
for name, size in [("Anne Alm", 1), ("Bjørn Berg", 4), ("Cathrine Coldevin", 1), ("Dag Dal", 2),
                   ("Eva Eng", 1), ("Åse Ås", 1)]:
    SignUp.objects.create(event=event, name=name, size=size, state="attending", created_at=now,
        email=name.lower().replace(" ", ".").encode("ascii", "ignore").decode() + "@example.no")
user, _ = User.objects.get_or_create(email="dor@example.no")
EventOrganiser.objects.get_or_create(event=event, email=user.email, defaults=dict(added_at=now))
"""
CAME = """
import json
from projects.bypuls.models import SignUp
rows = SignUp.objects.filter(event__slug="doreksempel", checked_in_at__isnull=False).order_by("name")
print(json.dumps({row.name: row.checked_in_size for row in rows}))
"""
PAGE = "/arrangementer/doreksempel/innsjekk/"


@pytest.fixture
def session(portal: Portal) -> Session:
    return sign_in(portal, MAKE)[0]


def phone(browser: Browser, portal: Portal, session: Session) -> BrowserContext:
    context = browser.new_context(
        base_url=portal.url, locale="nb-NO", viewport={"width": 360, "height": 780}
    )
    return carry(context, portal, session)


@pytest.fixture
def first_phone(browser: Browser, portal: Portal, session: Session) -> Iterator[BrowserContext]:
    context = phone(browser, portal, session)
    yield context
    context.close()


def came(portal: Portal) -> dict[str, int]:
    found: dict[str, int] = json.loads(portal.shell(CAME))
    return found


def row(page: Page, name: str):
    return page.locator(".door-row", has_text=name)


def press(page: Page, name: str, button: str) -> None:
    row(page, name).get_by_role("button", name=button).first.click()


def open_with_worker(context: BrowserContext) -> Page:
    """Open the page, and wait until the phone could open it without net."""
    page = context.new_page()
    page.goto(PAGE)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator(".door-row")).to_have_count(6)
    return page


def test_checked_in_without_net_over_a_reload_and_settled_afterwards(
    browser: Browser, portal: Portal, session: Session, first_phone: BrowserContext
):
    page = open_with_worker(first_phone)
    first_phone.set_offline(True)
    press(page, "Anne Alm", "Kom")
    row(page, "Bjørn Berg").locator("summary").click()
    press(page, "Bjørn Berg", "3")
    press(page, "Dag Dal", "Alle 2 kom")
    expect(page.locator("[data-net]")).to_contain_text("3 venter på nett")
    expect(page.locator("[data-counter]")).to_contain_text("6 av 10 kom")

    page.reload()
    expect(row(page, "Bjørn Berg")).to_contain_text("3 av 4 kom")
    expect(page.locator("[data-net]")).to_contain_text("3 venter på nett")
    assert came(portal) == {}

    # Meanwhile a second phone checks in all of the party of which three are here.
    other = phone(browser, portal, session)
    second = other.new_page()
    second.goto(PAGE)
    expect(second.locator(".door-row")).to_have_count(6)
    press(second, "Bjørn Berg", "Alle 4 kom")
    press(second, "Eva Eng", "Kom")
    expect(row(second, "Eva Eng")).not_to_contain_text("venter på nett")

    first_phone.set_offline(False)
    expect(page.locator("[data-net]")).to_have_text("Alt er sendt.", timeout=20_000)
    expect(row(page, "Bjørn Berg")).to_contain_text("4 av 4 kom")
    expect(row(page, "Eva Eng")).to_contain_text("Kom kl.")

    assert came(portal) == {"Anne Alm": 1, "Bjørn Berg": 4, "Dag Dal": 2, "Eva Eng": 1}
    other.close()


def test_a_walk_in_without_net_is_taken_back_and_settles_as_nobody(
    portal: Portal, first_phone: BrowserContext
):
    page = open_with_worker(first_phone)
    first_phone.set_offline(True)
    for name in ("Innom Eksempel", "Feil Eksempel"):
        page.fill("[data-walk-in] [name=name]", name)
        page.get_by_role("button", name="Slipp inn").click()
    press(page, "Feil Eksempel", "Angre")

    first_phone.set_offline(False)

    expect(page.locator("[data-net]")).to_have_text("Alt er sendt.", timeout=20_000)
    assert came(portal) == {"Innom Eksempel": 1}
    expect(page.locator("[data-counter]")).to_contain_text("1 uten påmelding")


def test_one_who_signed_off_meanwhile_is_reported(portal: Portal, first_phone: BrowserContext):
    page = open_with_worker(first_phone)
    first_phone.set_offline(True)
    press(page, "Eva Eng", "Kom")
    portal.shell(
        "from django.utils import timezone\n"
        "from projects.bypuls.models import SignUp\n"
        "SignUp.objects.filter(name='Eva Eng').update("
        "state='cancelled', cancelled_at=timezone.now())"
    )

    first_phone.set_offline(False)

    expect(page.get_by_role("alert")).to_contain_text(
        "Eva Eng har ikke plass lenger", timeout=20_000
    )
    expect(page.locator(".door-row")).to_have_count(5)
    assert came(portal) == {}


def test_signing_out_leaves_no_name_on_the_phone(first_phone: BrowserContext):
    page = open_with_worker(first_phone)
    assert "Anne Alm" in page.evaluate("JSON.stringify(localStorage)")

    page.goto("/min-side/")
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url("**/")

    assert page.evaluate("JSON.stringify(localStorage)") == "{}"
    assert page.evaluate("caches.keys()") == []
    page.goto(PAGE)
    page.wait_for_url("**/konto/login/**")


def test_a_session_that_ended_takes_the_names_off_the_phone_and_keeps_what_waits(
    portal: Portal, first_phone: BrowserContext
):
    page = open_with_worker(first_phone)
    first_phone.set_offline(True)
    press(page, "Anne Alm", "Kom")
    cookies = first_phone.cookies()
    first_phone.clear_cookies()

    first_phone.set_offline(False)

    expect(page.locator("[data-net]")).to_contain_text("Du er logget ut", timeout=20_000)
    expect(page.locator("[data-net]")).to_contain_text("1 venter på nett")
    expect(page.locator(".door-row")).to_have_count(0)
    assert "Anne Alm" not in page.evaluate("JSON.stringify(localStorage)")
    first_phone.add_cookies(
        [{"name": one["name"], "value": one["value"], "url": portal.url} for one in cookies]
    )
    page.goto(PAGE)
    expect(row(page, "Anne Alm")).to_contain_text("Kom kl.")
    expect(row(page, "Anne Alm")).not_to_contain_text("venter på nett")
    assert came(portal) == {"Anne Alm": 1}


def test_the_door_works_without_script(browser: Browser, portal: Portal, session: Session):
    context = browser.new_context(
        base_url=portal.url, java_script_enabled=False, viewport={"width": 320, "height": 640}
    )
    carry(context, portal, session)
    page = context.new_page()
    page.goto(PAGE)
    row(page, "Bjørn Berg").locator("summary").click()
    press(page, "Bjørn Berg", "3")

    expect(row(page, "Bjørn Berg")).to_contain_text("3 av 4 kom")
    assert came(portal) == {"Bjørn Berg": 3}
    context.close()


def test_with_the_keyboard_somebody_is_found_and_checked_in(
    portal: Portal, first_phone: BrowserContext
):
    page = open_with_worker(first_phone)
    tab_to(page, "[data-search] [name=q]")
    page.keyboard.type("coldevin")
    tab_to(page, "[data-rows] button[name=press]")
    page.keyboard.press("Enter")

    expect(row(page, "Cathrine Coldevin")).to_contain_text("Kom kl.")
    # The focus stays on the row, where the press can be taken back.
    assert "Angre" in page.evaluate("document.activeElement.textContent")
    expect(page.locator("#announcer")).to_have_text("Cathrine Coldevin er sjekket inn")


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_axe_finds_nothing_at_the_door(
    browser: Browser, portal: Portal, session: Session, width: int, scheme: str
):
    context = browser.new_context(
        base_url=portal.url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    carry(context, portal, session)
    page = context.new_page()
    page.goto(PAGE)
    expect(page.locator(".door-row")).to_have_count(6)
    press(page, "Anne Alm", "Kom")
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(f"async () => (await axe.run(document, {json.dumps(RULES)})).violations")
    overflow = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    context.close()

    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    assert overflow <= 1
