"""Where a picture is shown, and whether readers have been shown it."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from members.mailings.models import Newsletter
from members.mailings.models.newsletter import NewsletterQuerySet
from members.posts.models import PUBLIC_STATES, Photo, Picture, Post
from members.posts.pictures import addresses

# Where pictures of posts lay before they had addresses that ask who may see them.
_OLD_PLACE, _OLD_FOLDER = "/media/", "ukeposter/"


@dataclass(frozen=True)
class Use:
    """A place where the picture stands: what it is, how far that has come, and where staff find it."""

    kind: str
    title: str
    state: str
    url: str
    is_public: bool


def uses_of(picture: Picture) -> list[Use]:
    """Return the posts and newsletters that hold the picture, the newest first. Two queries."""
    photos = Photo.objects.filter(picture=picture).select_related("post", "item")
    posts: dict[int, Photo] = {}
    for photo in photos.order_by("-post__year", "-post__week", "pk"):
        posts.setdefault(photo.post_id, photo)
    found = [
        Use(
            kind=_("Ukepost"),
            title=str(photo.post),
            state=str(photo.post.get_state_display()),
            url=reverse("admin:posts_post_edit", args=[photo.post_id]),
            is_public=photo.post.state in PUBLIC_STATES,
        )
        for photo in posts.values()
    ]
    letters = _with_picture(picture).order_by("-created_at", "-pk")
    return found + [
        Use(
            kind=_("Nyhetsbrev"),
            title=letter.title,
            state=str(letter.get_state_display()),
            url=reverse("admin:mailings_newsletter_change", args=[letter.pk]),
            is_public=letter.started_at is not None,
        )
        for letter in letters
    ]


def find(token: str, *, at: datetime.datetime) -> tuple[Picture | None, bool]:
    """Return the picture of that token, and whether it stands in a post that strangers read. One query."""
    photos = Photo.objects.filter(
        picture=OuterRef("pk"), post__in=Post.objects.public(at=at), item__dropped_at=None
    )
    pictures = Picture.objects.filter(token=token).annotate(is_in_public_post=Exists(photos))
    found = pictures.first()
    return found, bool(getattr(found, "is_in_public_post", False))


def was_mailed(picture: Picture) -> bool:
    """Tell whether anybody was sent a newsletter with the picture in it. One query."""
    return _with_picture(picture).filter(started_at__isnull=False).exists()


def gone(urls: Collection[str]) -> set[str]:
    """Return those of these addresses whose picture may no longer be shown. One query, or none."""
    tokens = {url: next(iter(addresses.tokens_in(url)), "") for url in urls}
    old = _OLD_PLACE + _OLD_FOLDER
    files = {url: url.removeprefix(_OLD_PLACE) for url in urls if url.startswith(old)}
    ours = {url for url in urls if tokens[url] or url in files}
    if not ours:
        return set()
    found = Picture.objects.filter(Q(token__in=tokens.values()) | Q(file__in=files.values()))
    kept = {name for row in found if row.may_be_shown for name in (row.token, str(row.file.name))}
    return {url for url in ours if (tokens[url] or files[url]) not in kept}


def _with_picture(picture: Picture) -> NewsletterQuerySet:
    found = Newsletter.objects.annotate(blocks_text=Cast("blocks", TextField()))
    wanted = Q(blocks_text__contains=f"{addresses.PREFIX}{picture.token}/")
    name = str(picture.file.name)
    if name.startswith(_OLD_FOLDER):
        wanted |= Q(blocks_text__contains=_OLD_PLACE + name)
    return found.filter(wanted)
