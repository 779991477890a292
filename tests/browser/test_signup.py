"""Sign up on a phone: with a clock that keeps the seats, and without any script at all."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import AXE, Portal
from tests.browser.test_accessibility import RULES

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 360, "height": 780}

MAKE = """
import datetime
from django.utils import timezone
from projects.bypuls.models import Event, Invitation, Question, SeatHold, SignUp
from projects.bypuls.signups.holds import hold_seats
from projects.bypuls.signups.invitations import invitation_url
now = timezone.now()
start = now + datetime.timedelta(days=9)
def make(slug, **fields):
    event, _new = Event.objects.update_or_create(slug=slug, defaults=dict(
        title="Frokost i Krona", summary="Eksempel.", starts_at=start,
        ends_at=start + datetime.timedelta(hours=2), place="Krona", organiser="Eksempel",
        topic="sosialt", takes_signups=True, capacity=5, waiting_list_capacity=5,
        publication="published", published_at=now) | fields)
    return event
form = make("telefonfrokost", asks_diet=True, asks_company=True, attendee_list="public")
SignUp.objects.filter(event=form).delete()
SeatHold.objects.filter(event=form).delete()
Event.objects.filter(pk=form.pk).update(seats_taken=0, waiting_taken=0)
Question.objects.get_or_create(event=form, text="Hva vil du høre om?", defaults=dict(
    kind="choices", options="Robotikk\\nBatterier", purpose="Så vi kan velge innledere."))
Question.objects.get_or_create(event=form, text="Kommer du med bil?", defaults=dict(
    kind="yes-no", is_required=True, purpose="Så vi vet hvor mange som må parkere.", position=2))
held = make("holdtfrokost", capacity=1)
if not held.holds.exists():
    hold_seats(held.pk, 1, at=now)
make("datolos", is_date_set=False, date_note="Våren 2027")
make("medlemsfrokost", members_first_until=now + datetime.timedelta(days=3))
make("apnersiden", signup_opens_at=now + datetime.timedelta(days=3))
make("invitertfrokost", admission="invited")
secret = make("hemmeligmiddag", admission="invited", is_unlisted=True)
guest, _new = Invitation.objects.get_or_create(event=secret, email="ida@example.no",
    defaults=dict(name="Ida", created_at=now))
print(invitation_url(guest))
"""
STATE = """
from projects.bypuls.models import SeatHold, SignUp
print(SignUp.objects.filter(event__slug="telefonfrokost").values_list("size", "state").first(),
      list(SeatHold.objects.filter(event__slug="telefonfrokost").values_list("size", flat=True)))
"""
MINE = """
from projects.bypuls.models import SignUp
from projects.bypuls.signups.mails import my_signup_url
print(my_signup_url(SignUp.objects.get(event__slug="telefonfrokost", email="kari@example.no")))
"""


@pytest.fixture(scope="module")
def invitation(portal: Portal) -> str:
    """Make the events; return the address of an invitation."""
    return portal.shell(MAKE)


@pytest.fixture
def phone(browser: Browser, portal: Portal, invitation: str) -> Iterator[Page]:
    context = browser.new_context(base_url=portal.url, locale="nb-NO", viewport=PHONE)
    yield context.new_page()
    context.close()


def fill_in(page: Page) -> None:
    page.fill("[name=name]", "Kari Eksempel")
    page.fill("[name=email]", "kari@example.no")
    page.select_option("[name=size]", "2")
    page.fill("[name=companions]", "Nils Eksempel")
    page.get_by_label("Robotikk").check()
    page.get_by_role("radio", name="Nei", exact=True).check()


def test_the_clock_keeps_the_seats_while_the_form_is_filled_in(phone: Page, portal: Portal):
    portal.shell(MAKE)
    phone.goto("/arrangementer/telefonfrokost/pamelding/")
    assert portal.shell(STATE) == "None []"
    box = phone.locator("#seat-hold")

    phone.focus("[name=name]")
    box.get_by_text("Vi holder 1 plass til").wait_for()
    phone.locator("#announcer", has_text="Vi holder 1 plass til").wait_for(state="attached")
    assert portal.shell(STATE) == "None [1]"
    fill_in(phone)
    box.get_by_text("Vi holder 2 plasser til").wait_for()
    assert phone.input_value("[name=companions]") == "Nils Eksempel"
    clock = phone.locator("[data-hold-clock]").text_content()
    assert clock
    assert re.fullmatch(r"10:[0-5]\d", clock)
    # The box stays in sight at the foot of the screen.
    edge = box.bounding_box()
    assert edge
    assert edge["y"] + edge["height"] <= PHONE["height"]
    phone.get_by_role("button", name="Meld meg på").click()

    phone.get_by_role("heading", name="Du har plass!").wait_for()
    assert portal.shell(STATE) == "(2, 'attending') []"


def test_the_clock_speaks_seldom_and_says_when_the_time_is_out(phone: Page, portal: Portal):
    portal.shell(MAKE)
    phone.clock.install()
    phone.goto("/arrangementer/telefonfrokost/pamelding/")
    phone.fill("[name=name]", "Kari Eksempel")
    announcer = phone.locator("#announcer")
    # Said when the clock has begun.
    announcer.get_by_text("Vi holder 1 plass til").wait_for(state="attached")

    phone.clock.fast_forward("04:30")
    first = announcer.text_content()
    phone.clock.fast_forward("00:31")
    announcer.get_by_text("5 minutter igjen").wait_for(state="attached")
    phone.clock.fast_forward("04:00")
    announcer.get_by_text("Ett minutt igjen").wait_for(state="attached")
    phone.clock.fast_forward("01:00")

    phone.locator("#seat-hold").get_by_text("Tiden er ute.").wait_for()
    assert first
    assert first.startswith("Vi holder 1 plass")
    assert phone.input_value("[name=name]") == "Kari Eksempel"
    phone.locator("#seat-hold").get_by_role("button").wait_for()


def test_sign_up_without_script(browser: Browser, portal: Portal, invitation: str):
    portal.shell(MAKE)
    context = browser.new_context(
        base_url=portal.url,
        locale="nb-NO",
        viewport=PHONE,
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto("/arrangementer/telefonfrokost/pamelding/")
    fill_in(page)
    page.fill("[name=company]", "Finnes ikke")
    page.get_by_role("button", name="Hold plassene mens jeg fyller ut").click()

    page.get_by_text("Vi holder 2 plasser til").wait_for()
    assert portal.shell(STATE) == "None [2]"
    page.get_by_role("button", name="Meld meg på").click()
    page.locator("#id_company_error").wait_for()
    page.get_by_text("Vi holder 2 plasser til").wait_for()
    assert page.input_value("[name=companions]") == "Nils Eksempel"
    assert page.get_by_label("Robotikk").is_checked()
    page.fill("[name=company]", "")
    page.get_by_role("button", name="Meld meg på").click()

    page.get_by_role("heading", name="Du har plass!").wait_for()
    assert portal.shell(STATE) == "(2, 'attending') []"
    page.goto(portal.shell(MINE))
    page.get_by_role("button", name="Meld meg av").click()
    page.get_by_role("heading", name="Du er avmeldt").wait_for()
    context.close()


def complaints(page: Page) -> list[str]:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(f"async () => (await axe.run(document, {json.dumps(RULES)})).violations")
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    said = [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:3]]
    return said + ([f"{wide} px too wide"] if wide > 1 else [])


@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_wherever_a_sign_up_stands(
    browser: Browser, portal: Portal, invitation: str, width: int
):
    portal.shell(MAKE)
    context = browser.new_context(
        base_url=portal.url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if width == 320 else "light",
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    problems: dict[str, list[str]] = {}

    def look(name: str) -> None:
        problems[name] = complaints(page)

    for slug in (
        "holdtfrokost",
        "datolos",
        "medlemsfrokost",
        "apnersiden",
        "invitertfrokost",
    ):
        page.goto(f"/arrangementer/{slug}/pamelding/")
        look(slug)
    page.goto(invitation)
    look("invitation")
    page.goto("/arrangementer/min-pamelding/tull/")
    look("broken link")
    page.goto("/arrangementer/telefonfrokost/pamelding/")
    look("empty form")
    page.fill("[name=email]", "kari@")
    page.locator("#seat-hold", has_text="Vi holder 1 plass til").wait_for()
    look("held")
    page.get_by_role("button", name="Meld meg på").click()
    page.locator("[data-error-summary]").wait_for()
    look("errors")
    fill_in(page)
    page.get_by_role("button", name="Meld meg på").click()
    page.get_by_role("heading", name="Du har plass!").wait_for()
    look("receipt")
    page.goto(portal.shell(MINE))
    look("my sign-up")
    page.get_by_role("link", name="Endre det du har oppgitt").click()
    page.locator("[name=name]").wait_for()
    look("details")
    context.close()

    assert {name: said for name, said in problems.items() if said} == {}
