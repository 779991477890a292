"""Take in a picture, and change what of it is shown."""

import datetime
from collections.abc import Mapping
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction

from members.accounts.models import User
from members.posts.editing.pieces import written
from members.posts.models import PUBLIC_STATES, Photo, Picture, Post
from members.posts.models.picture import new_token
from members.posts.pictures.consents import GoneError
from members.posts.pictures.files import remove_everything
from members.posts.pictures.sizes import make_jpeg
from vekst.background import on_commit_run

MAKE_SIZES = "members.posts.tasks.make_picture_sizes"
CROP_FIELDS = ("focus_x", "focus_y", "cut_left", "cut_right", "cut_top", "cut_bottom")
# One that nobody gave a name or a place: its form was never sent again.
UNFINISHED_KEPT = datetime.timedelta(days=1)


@transaction.atomic
def keep(
    file: "ContentFile[bytes]",
    *,
    description: str = "",
    credit: str = "",
    shows_people: bool = True,
    token: str = "",
    at: datetime.datetime,
    by: User | None,
) -> Picture:
    """
    Keep a picture that `vekst.uploads.clean_picture` has written anew, and ask for its sizes.

    `token` is that of the form it came with, so that a form that is sent twice is one picture.
    """
    picture = Picture(
        token=token or new_token(),
        description=description.strip(),
        credit=credit.strip(),
        shows_people=shows_people,
        changed_at=at,
        uploaded_at=at,
        uploaded_by=by,
    )
    picture.file.save(file.name or "bilde.jpg", file, save=False)
    make_jpeg(picture)
    picture.save()
    on_commit_run(MAKE_SIZES, picture.pk)
    return picture


@transaction.atomic
def change(
    *, picture_id: int, fields: Mapping[str, object], at: datetime.datetime, by: User | None
) -> Picture:
    """
    Write what an editor changed; a new crop or focus makes new files. Raises GoneError.

    The same crop once more makes nothing. Posts with the picture that are not out are written in then:
    an approved one is approved anew.
    """
    # The posts first, so that there is one order of locks.
    posts = _unpublished_with(picture_id)
    picture = Picture.objects.select_for_update(of=("self",)).get(pk=picture_id)
    if picture.withdrawn_at is not None:
        raise GoneError
    is_new_crop = any(
        name in fields and getattr(picture, name) != fields[name] for name in CROP_FIELDS
    )
    for name, value in fields.items():
        setattr(picture, name, value)
    if is_new_crop:
        picture.changed_at, picture.attempts = at, 0
        make_jpeg(picture)
        on_commit_run(MAKE_SIZES, picture.pk)
        for post in posts:
            written(post, at=at, by=by)
    picture.save()
    return picture


def _unpublished_with(picture_id: int) -> list[Post]:
    """Lock the posts that show the picture and that readers have not got."""
    there = Photo.objects.filter(picture=picture_id).exclude(item__dropped_at__isnull=False)
    found = Post.objects.filter(pk__in=there.values("post")).exclude(state__in=PUBLIC_STATES)
    return list(found.select_for_update(of=("self",)).order_by("pk"))


@transaction.atomic
def make_again(*, picture_id: int, at: datetime.datetime) -> None:
    """Ask once more for sizes that could not be made. Raises GoneError."""
    picture = Picture.objects.select_for_update(of=("self",)).get(pk=picture_id)
    if picture.withdrawn_at is not None:
        raise GoneError
    picture.attempts, picture.changed_at = 0, at
    picture.save(update_fields=["attempts", "changed_at"])
    on_commit_run(MAKE_SIZES, picture.pk)


def delete(picture: Picture) -> None:
    """Delete a picture that no post uses, with its files. Raises ProtectedError for one that is used."""
    with transaction.atomic():
        picture.delete()
        transaction.on_commit(partial(remove_everything, picture))


def remove_unfinished(*, at: datetime.datetime, dry_run: bool) -> int:
    """Remove pictures whose form was begun more than a day ago and never sent in whole."""
    due = Picture.objects.filter(
        uploaded_at__lt=at - UNFINISHED_KEPT, description="", photos=None, withdrawn_at=None
    )
    if dry_run:
        return due.count()
    found = list(due)
    for picture in found:
        delete(picture)
    return len(found)
