"""Sign up for the newsletter, choose and leave: on a phone and without any script."""

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import Portal
from tests.browser.test_accessibility import Scheme, complaints

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 320, "height": 640}

LINK = """
import re
from members.mailings.models import Delivery
text = Delivery.objects.filter(recipient="ny.leser@example.no").order_by("-pk").first().body.text
print(re.search(r"http://\\S+/nyhetsbrev/\\S+", text).group())
"""
STATE = """
from members.mailings.models import Subscriber
one = Subscriber.objects.get(email="ny.leser@example.no")
print(sorted(one.consents.in_force().values_list("topic", flat=True)), one.audiences, one.frequency,
      bool(one.paused_until))
"""
TOKENS = """
from members.mailings.models import Consent, Subscriber, WelcomeJourney
one = Subscriber.objects.get(email="eksempel.nyinnflytter@example.no")
print(one.token, one.consents.in_force().first().token, one.welcome_journey.token)
"""


def press(page: Page, name: str) -> None:
    """Press the button with the keyboard, and wait for the page that answers."""
    page.get_by_role("button", name=name).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_sign_up_to_leaving_without_script(browser: Browser, portal: Portal):
    context = browser.new_context(
        base_url=portal.url, viewport=PHONE, java_script_enabled=False, locale="nb-NO"
    )
    page = context.new_page()
    page.goto("/nyhetsbrev/")
    page.get_by_label("E-postadresse").fill("ny.leser@example.no")
    press(page, "Meld meg på")
    # The message stands by the field, and the address is still there.
    assert "Velg minst ett tema." in page.content()
    assert page.get_by_label("E-postadresse").input_value() == "ny.leser@example.no"
    page.get_by_label("Bolig").check()
    page.get_by_label("Nye i Kongsberg").check()
    page.get_by_label("Én samlet e-post i uka").check()
    press(page, "Meld meg på")
    assert "Se i innboksen din" in page.content()

    page.goto(portal.shell(LINK))
    assert "Nye i Kongsberg" in page.content()
    press(page, "Ja, bekreft")
    assert portal.shell(STATE) == "['bolig'] ['innflyttere'] weekly False"

    with page.expect_navigation():
        page.get_by_role("link", name="Se innstillingene dine").click()
    page.get_by_label("Jobb").check()
    page.get_by_label("Pause").select_option(label="Fire uker")
    press(page, "Lagre")
    assert "Endringene er lagret." in page.content()
    assert re.search("Du har pause til og med", page.content())
    assert portal.shell(STATE) == "['bolig', 'jobb'] ['innflyttere'] weekly True"
    press(page, "Meld meg av alt")
    assert portal.shell(STATE).startswith("[] ")
    context.close()


def test_axe_finds_nothing_on_pages_that_a_mail_leads_to(browser: Browser, portal: Portal):
    subscriber, consent, journey = portal.shell(TOKENS).split()
    paths = [
        f"innstillinger/{subscriber}/",
        f"innstillinger/{subscriber}/?lagret=ja",
        f"meld-av/{consent}/",
        f"meld-av-alt/{subscriber}/",
        f"velkommen/{journey}/",
        "innstillinger/finnesikke/",
    ]
    looks: list[tuple[int, Scheme]] = [(360, "dark"), (1440, "light")]
    for path in paths:
        for width, scheme in looks:
            url = f"{portal.url}/nyhetsbrev/{path}"
            assert complaints(browser, url, width=width, scheme=scheme) == [], path
