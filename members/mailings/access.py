"""Who may take people into the list of subscribers, and the list out of the portal. Only these decide."""

from django.contrib.auth.models import AnonymousUser

from members.accounts.access import may_edit_posts
from members.accounts.models import User


def may_import_subscribers(user: User | AnonymousUser) -> bool:
    """Tell whether the person may add subscribers from a list with their consents."""
    return may_edit_posts(user)


def may_export_subscribers(user: User | AnonymousUser) -> bool:
    """Tell whether the person may take the addresses out. Each time is written down."""
    return may_edit_posts(user)
