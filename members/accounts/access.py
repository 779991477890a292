"""Who may do what with accounts and staff pages. Only these functions decide."""

from django.contrib.auth.models import AnonymousUser

from members.accounts.models import User


def may_run_programme(user: User | AnonymousUser) -> bool:
    """Tell whether the person works in the programme office."""
    return isinstance(user, User) and user.is_programme_office


def may_edit_posts(user: User | AnonymousUser) -> bool:
    """Tell whether the person edits the weekly post and the newsletter."""
    return isinstance(user, User) and user.is_editor
