"""Somebody who is signed in: a session made on the portal, and a browser that carries it."""

from playwright.sync_api import BrowserContext

from tests.browser.conftest import Portal

# Follows on code that leaves the person in `user`. Prints the name and the value of the cookie.
SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(settings.SESSION_COOKIE_NAME, session.session_key)
"""

Session = tuple[str, str]


def sign_in(portal: Portal, code: str) -> tuple[Session, str]:
    """Run `code`, sign in the person whom it leaves in `user`; return the cookie and what it printed."""
    printed = portal.shell(code + SIGN_IN)
    before, _line, last = printed.rpartition("\n")
    name, key = last.split()
    return (name, key), before


def carry(context: BrowserContext, portal: Portal, session: Session) -> BrowserContext:
    """Let the browser send the session with each request to the portal."""
    name, value = session
    context.add_cookies([{"name": name, "value": value, "url": portal.url}])
    return context
