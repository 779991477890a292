"""Names of every kind on the smallest screen: without a space, from right to left, with pictures."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Portal

pytestmark = pytest.mark.browser

# The second but last begins a turn of direction and never ends it.
NAMES = [
    "W" * 120,
    "محمد بن عبد الله الكونغسبرغي",
    "👩‍👩‍👧‍👦 Kari 🎉",
    "\u202eKari",
    "<b>Kari</b> & Co",
]
MAKE = """
import datetime, json
from django.utils import timezone
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.mails import my_signup_url
from projects.bypuls.signups.signup import Party, sign_up
now = timezone.now()
start = now + datetime.timedelta(days=9)
event, _new = Event.objects.update_or_create(slug="rarenavn", defaults=dict(
    title_nb="Navn" * 35, summary_nb="Eksempel" * 30, starts_at=start,
    ends_at=start + datetime.timedelta(hours=2), place="Sted" * 20, organiser="Arr" * 30,
    topic="sosialt", takes_signups=True, attendee_list="public", publication="published", published_at=now))
parties = [Party(name=name, email=("a" * 60) + f"{number}@" + "eksempel." * 10 + "no", shows_name=True)
    for number, name in enumerate(json.loads('''%s'''))]
print(json.dumps([my_signup_url(sign_up(event.pk, party, at=now).signup) for party in parties]))
"""


@pytest.fixture
def phone(browser: Browser, portal: Portal) -> Iterator[Page]:
    context = browser.new_context(
        base_url=portal.url,
        viewport={"width": 320, "height": 780},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def test_odd_names_stay_on_the_screen_and_turn_nothing_around(phone: Page, portal: Portal):
    mine = json.loads(portal.shell(MAKE % json.dumps(NAMES, ensure_ascii=False)).splitlines()[-1])

    wide = []
    for address in (*mine, "/arrangementer/rarenavn/", "/arrangementer/?q=Navn"):
        phone.goto(address)
        width = phone.evaluate("document.documentElement.scrollWidth")
        wide += [(address[-30:], width)] if width > 320 else []
    assert wide == []

    phone.goto("/arrangementer/rarenavn/")
    shown = phone.locator("bdi.attendees__name").all_inner_texts()
    assert shown == NAMES
