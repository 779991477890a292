"""
Those who run events and places, and those who follow a link in a mail: axe finds nothing, and a message
is written and somebody checked in with the keyboard alone.
"""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import AXE, Portal
from tests.browser.signed_in import carry, sign_in
from tests.browser.test_accessibility import RULES
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.browser

MAKE = """
import json
from django.contrib.auth.models import Group
from django.utils import timezone
from members.accounts.models import Role, User
from projects.bypuls.events.moderation import change_url
from projects.bypuls.models import (
    Event, EventOrganiser, EventSeries, Invitation, SignUp, Venue, VenueContact)
from projects.bypuls.signups.invitations import invitation_url
from projects.bypuls.signups.mails import my_signup_url
from projects.bypuls.signups.reminder_mails import confirm_url, stop_url, survey_url
from projects.bypuls.signups.series_mails import series_signup_url
from projects.bypuls.signups.series_signup import sign_up_for_series
from projects.bypuls.signups.signup import Party
now = timezone.now()
user, _ = User.objects.get_or_create(email="min.side@example.no")
user.groups.add(Group.objects.get(name=Role.PROGRAMME_OFFICE.value))
ahead = Event.objects.get(slug="frokost-rekruttering-eksempel")
over = Event.objects.get(slug="frokostmote-robotikk-i-sma-bedrifter")
draft, _ = Event.objects.update_or_create(slug="utkast-min-side", defaults=dict(
    title="Et utkast", summary="Eksempel.", starts_at=ahead.starts_at, ends_at=ahead.ends_at,
    place="Krona", organiser="Eksempel", topic="sosialt", publication="draft"))
for event in (ahead, over, draft):
    EventOrganiser.objects.get_or_create(event=event, email=user.email, defaults=dict(added_at=now))
for slug in ("kafe-eksempel", "motestedet-eksempel"):
    VenueContact.objects.get_or_create(
        venue=Venue.objects.get(slug=slug), email=user.email,
        defaults=dict(added_at=now, is_trusted=slug == "motestedet-eksempel"))
came, waits = ahead.signups.attending().first(), ahead.signups.filter(state="waiting").first()
offered = SignUp.objects.filter(state="offered").first()
interested = SignUp.objects.filter(state="interested").first()
answers = over.signups.attending().order_by("-pk").first()
guest, _ = Invitation.objects.get_or_create(
    event=Event.objects.get(slug="karrieredag-krona"), email="gjest@example.no",
    defaults=dict(name="Gjest", created_at=now))
course = sign_up_for_series(EventSeries.objects.get(slug="norskkurs-seks-kvelder").pk,
    Party(name="Kari Eksempel", email="kurs@example.no"), at=now)
sent_in = Event.objects.filter(publication="changes-asked").first()
pages = {"": [ahead, over, draft], "pamelding/%d/" % came.pk: [ahead], "etterpa/": [ahead, over]}
for part in ("meld-pa", "melding", "inviter", "sporsmal", "paminnelser", "kopier", "oppsett", "endre",
             "arrangorer", "dor"):
    pages[part + "/"] = [ahead]
addresses = ["/min-side/arrangementer/", "/min-side/arrangementer/?q=frokost", "/min-side/oppmote/"]
addresses += [f"/min-side/arrangementer/{event.slug}/{part}"
              for part, events in pages.items() for event in events]
addresses += ["/min-side/steder/"]
addresses += ["/min-side/steder/kafe-eksempel/" + part
              for part in ("", "endre/", "unntak/", "bilde/", "kollega/")]
addresses += ["/min-side/steder/motestedet-eksempel/"]
addresses += [my_signup_url(each) for each in (came, waits, offered, interested, answers) if each]
addresses += [my_signup_url(came) + "endre/", stop_url(came), confirm_url(came), survey_url(came),
              survey_url(answers), invitation_url(guest), series_signup_url(course), change_url(sent_in)]
print(json.dumps(addresses))
"""


@pytest.fixture(scope="module")
def signed_in(browser: Browser, portal: Portal) -> Iterator[tuple[Page, list[str]]]:
    """Someone who runs events, keeps places and has a mail full of links; and all their addresses."""
    session, addresses = sign_in(portal, MAKE)
    context = browser.new_context(
        base_url=portal.url, locale="nb-NO", bypass_csp=True, reduced_motion="reduce"
    )
    yield carry(context, portal, session).new_page(), json.loads(addresses)
    context.close()


def complaints(page: Page) -> list[str]:
    """Return what axe says of the page on a phone and, in the dark, on a wide screen."""
    page.add_script_tag(path=str(AXE))
    said = []
    for width, scheme in ((360, "light"), (1440, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found = page.evaluate(
            f"async () => (await axe.run(document, {json.dumps(RULES)})).violations"
        )
        wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        said += [
            f"{width}: {each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for each in found
            for node in each["nodes"][:3]
        ]
        said += [f"{width}: {wide} px too wide"] if wide > 1 else []
    return said


def test_axe_finds_nothing_on_the_pages_of_those_who_run_and_come(
    signed_in: tuple[Page, list[str]],
):
    page, addresses = signed_in
    found = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        found[address] = complaints(page)

    assert {address: said for address, said in found.items() if said} == {}


SENT = """
from projects.bypuls.models import EventMessage, SignUp
print(EventMessage.objects.get(title="Ta med dere kopp").recipients,
      SignUp.objects.get(event__slug="frokost-rekruttering-eksempel", name="Aisha Eksempel").checked_in_size)
"""


def test_a_message_is_written_and_somebody_checked_in_with_the_keyboard(
    signed_in: tuple[Page, list[str]], portal: Portal
):
    page, _addresses = signed_in
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/min-side/arrangementer/")
    tab_to(page, "main a[href$='/frokost-rekruttering-eksempel/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/frokost-rekruttering-eksempel/")
    tab_to(page, "main a[href$='/melding/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/melding/")
    tab_to(page, "[name=title]")
    page.keyboard.type("Ta med dere kopp")
    # Without a text: the message stands at the field, the title is kept, and focus is where it is told.
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=text][aria-invalid=true]")
    assert page.input_value("[name=title]") == "Ta med dere kopp"
    tab_to(page, "[name=text]")
    page.keyboard.type("Vi sparer på engangskoppene.")
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Send til 24 personer?")).to_be_visible()
    tab_to(page, "button[name=send]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Meldingen går til 24 personer.")).to_be_visible()

    tab_to(page, "main a[href$='/dor/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dor/")
    tab_to(page, "main a[href$='/innsjekk/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/innsjekk/")
    expect(page.locator(".door-row").first).to_be_visible()
    tab_to(page, "[data-search] [name=q]")
    page.keyboard.type("aisha")
    tab_to(page, "[data-rows] button[name=press]")
    page.keyboard.press("Enter")

    expect(page.locator(".door-row", has_text="Aisha Eksempel")).to_contain_text("Kom kl.")
    expect(page.locator("[data-counter]")).to_contain_text("1 av 39 kom")
    assert portal.shell(SENT) == "24 1"
