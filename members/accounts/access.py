"""Who may do what with accounts and staff pages. Only these functions decide."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from members.accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the person who acts. Raises PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def may_run_programme(user: User | AnonymousUser) -> bool:
    """Tell whether the person works in the programme office."""
    return isinstance(user, User) and user.is_programme_office


def may_edit_posts(user: User | AnonymousUser) -> bool:
    """Tell whether the person edits the weekly post and the newsletter."""
    return isinstance(user, User) and user.is_editor


def may_see_mail_of_others(user: User | AnonymousUser) -> bool:
    """Tell whether the person may look up what somebody was sent. Each look is noted."""
    return may_run_programme(user) or may_edit_posts(user)


def may_lift_suppressions(user: User | AnonymousUser) -> bool:
    """Tell whether the person may let mail go to an address again that it came back from."""
    return may_edit_posts(user)


def lacks_second_factor(user: User | AnonymousUser) -> bool:
    """Tell whether the person is staff who must set up a second factor before seeing others' data."""
    if not isinstance(user, User) or not settings.STAFF_NEED_SECOND_FACTOR:
        return False
    # Their role opens Min side to them too, whether or not the admin is.
    is_trusted = user.is_staff or user.is_programme_office or user.is_editor
    return is_trusted and not is_mfa_enabled(user)
