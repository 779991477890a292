"""A weekly post on paper: the week and where to read it, and nothing to press."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import first_link
from tests.browser.conftest import Portal

pytestmark = pytest.mark.browser


def test_a_printed_post_leaves_out_what_paper_cannot_do(page: Page, portal: Portal):
    page.goto(first_link(portal.url, "/uka-oppsummert/", r"/uka-oppsummert/\d{4}/\d+/"))
    source = page.locator(".post__source")
    expect(page.locator(".post__footer")).to_be_visible()
    expect(source).to_be_hidden()

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(source).to_contain_text(page.url)
    expect(source).to_be_visible()
    expect(page.locator(".post__footer")).to_be_hidden()
    expect(page.locator(".site-header")).to_be_hidden()
