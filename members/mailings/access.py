"""
Who may take people into the list of subscribers and the list out of the portal, and who sends newsletters.

Only these decide.
"""

from django.contrib.auth.models import AnonymousUser

from members.accounts.access import may_edit_posts, may_run_programme
from members.accounts.models import User


def may_import_subscribers(user: User | AnonymousUser) -> bool:
    """Tell whether the person may add subscribers from a list with their consents."""
    return may_edit_posts(user)


def may_export_subscribers(user: User | AnonymousUser) -> bool:
    """Tell whether the person may take the addresses out. Each time is written down."""
    return may_edit_posts(user)


def may_send_newsletters(user: User | AnonymousUser) -> bool:
    """Tell whether the person may build newsletters, send, hold and stop them."""
    return user.has_perm("mailings.change_newsletter")


def may_approve_newsletters(user: User | AnonymousUser) -> bool:
    """Tell whether the person may approve a newsletter, send it back and be sent a test of it."""
    return may_send_newsletters(user) or may_run_programme(user)
