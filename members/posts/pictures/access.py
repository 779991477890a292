"""Who gets the files of a picture. Only this function decides."""

from django.contrib.auth.models import AnonymousUser

from members.accounts.access import lacks_second_factor
from members.accounts.models import User
from members.posts.models import Picture
from members.posts.pictures import addresses
from members.posts.pictures.uses import was_mailed


def may_see_unpublished(user: User | AnonymousUser) -> bool:
    """Tell whether the person works with posts and may see pictures before their readers do."""
    return user.has_perm("posts.view_picture") and not lacks_second_factor(user)


def is_open_to_all(picture: Picture, *, name: str, is_in_public_post: bool) -> bool:
    """
    Tell whether strangers get the file: the picture may be shown, and stands where readers see it.

    The original never is: it may hold what was cut away.
    """
    if name == addresses.ORIGINAL or not picture.may_be_shown:
        return False
    return is_in_public_post or was_mailed(picture)
