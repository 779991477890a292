"""A draft read by somebody without an account, in a browser that says of itself what a browser says."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Portal

pytestmark = pytest.mark.browser

INVITE = """
import datetime
from django.utils import timezone
from members.accounts.models import User
from members.posts import reviewing
from members.posts.models import Post, PostItem
post = Post.objects.create(year=2031, week=7, title="Til gjennomlesing")
PostItem.objects.create(post=post, heading="Snø på torget", body="<p>Det var kaldt.</p>")
link = reviewing.invite(
    post=post, name="Kari Nes", email="kari.leser@example.no", message="", days=7,
    at=timezone.now(), by=User.objects.first())
print(reviewing.path_of(link))
"""


def test_who_has_the_link_comments_and_says_yes(page: Page, portal: Portal):
    page.goto(portal.shell(INVITE))
    expect(page.get_by_role("heading", name="Snø på torget")).to_be_visible()

    page.get_by_label("Kommentaren din").fill("Det var mildt.")
    page.get_by_role("button", name="Send kommentaren").click()
    expect(page.get_by_text("Redaksjonen har fått kommentaren din.")).to_be_visible()

    page.get_by_role("button", name="Godkjent fra min side").click()
    expect(page.get_by_text("Du godkjente posten fra din side")).to_be_visible()
