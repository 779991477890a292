"""Public pages can be held whole; pages with a form, or about the visitor, never are."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.access_table import Row, all_rows
from vekst.pagecache.wsgi import _may_be_kept

OPEN = [row for row in all_rows() if row.anonymous == 200 and row.method == "GET"]
# Addresses that stand apart because they write, hold a person's own link, or tell how things are now.
NEVER_HELD = (
    "signup",
    "sign_up",
    "_new",
    "_edit",
    "event_change",
    "event_invitation",
    "event_sent",
    "event_survey",
    "reminders_stop",
    "bypuls:door",
    "become_mentor",
    "get_mentor",
    "receipt",
    "own_",
    "my_",
    "mailings:confirm",
    "mailings:preferences",
    "mailings:unsubscribe",
    "posts:review",
    "healthz",
    "departure_list",
    "submission",
)


@pytest.mark.django_db
@pytest.mark.parametrize("row", OPEN, ids=[row.label for row in OPEN])
def test_page_is_held_or_says_why_not(row: Row):
    kwargs = row.kwargs() if callable(row.kwargs) else row.kwargs
    response = Client().get(reverse(row.name, kwargs=kwargs) + row.query)
    held = _may_be_kept("200 OK", list(response.items())) and not response.cookies
    if response.streaming:
        # Read to the end, which closes the file.
        assert response.getvalue()

    assert held == (not any(part in row.name for part in NEVER_HELD)), response.headers
    if held:
        assert b"csrfmiddlewaretoken" not in response.content
