"""
The pictures of a post: put in, told of, moved and taken out.

Each is a change to the post as its words are: an approved post is approved anew. Each function locks the
post first, as those of `members.posts.editing.pieces` do.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from members.accounts.models import User
from members.posts.editing.pieces import written
from members.posts.models import Photo, Picture, Post, PostItem

# What an editor says of a picture in one post; the place in it is `item_id` and the order.
TOLD_FIELDS = ("alt", "caption", "credit")


@transaction.atomic
def put_in(
    *,
    post: Post,
    picture: Picture,
    item: PostItem | None,
    caption: str = "",
    at: datetime.datetime,
    by: User,
) -> Photo:
    """Put the picture last among those of the piece, told of as it was told of first."""
    _lock(post.pk)
    photo = Photo.objects.create(
        post=post,
        item=item,
        picture=picture,
        position=_next_position(post.pk, item.pk if item else None),
        alt=picture.description or str(picture),
        caption=caption,
        credit=picture.credit,
    )
    written(post, at=at, by=by)
    return photo


@transaction.atomic
def change(
    *, post: Post, photo_id: int, fields: Mapping[str, Any], at: datetime.datetime, by: User
) -> Photo:
    """
    Write what is told of a picture, and the piece it belongs to, where it then stands last.

    Saying the same once more changes nothing. Raises Photo.DoesNotExist when it was taken out meanwhile.
    """
    _lock(post.pk)
    photo = Photo.objects.get(post=post, pk=photo_id)
    fields = {name: fields[name] for name in (*TOLD_FIELDS, "item_id")}
    if all(getattr(photo, name) == value for name, value in fields.items()):
        return photo
    if photo.item_id != fields["item_id"]:
        photo.position = _next_position(post.pk, fields["item_id"])
    for name, value in fields.items():
        setattr(photo, name, value)
    photo.save(update_fields=[*TOLD_FIELDS, "item", "position"])
    written(post, at=at, by=by)
    return photo


@transaction.atomic
def move(*, post: Post, photo_id: int, step: int, at: datetime.datetime, by: User) -> Photo:
    """
    Let the picture change places with the one `step` after it (or before) in the same piece.

    The first does not move up, nor the last down. Raises Photo.DoesNotExist.
    """
    _lock(post.pk)
    photo = Photo.objects.get(post=post, pk=photo_id)
    row = list(Photo.objects.filter(post=post, item=photo.item_id).order_by("position", "pk"))
    here = row.index(photo)
    there = here + step
    if not 0 <= there < len(row):
        return photo
    row[here], row[there] = row[there], row[here]
    for position, each in enumerate(row):
        each.position = position
    Photo.objects.bulk_update(row, ["position"])
    written(post, at=at, by=by)
    return photo


@transaction.atomic
def drop(*, post: Post, photo_id: int, at: datetime.datetime, by: User) -> Photo | None:
    """Take the picture out of the post; it stays in the library. None when it was out already."""
    _lock(post.pk)
    photo = Photo.objects.filter(post=post, pk=photo_id).first()
    if photo is None:
        return None
    Photo.objects.filter(pk=photo.pk).delete()
    written(post, at=at, by=by)
    return photo


def _lock(post_id: int) -> None:
    Post.objects.select_for_update(of=("self",)).get(pk=post_id)


def _next_position(post_id: int, item_id: int | None) -> int:
    there = Photo.objects.filter(post=post_id, item=item_id)
    last = there.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1
