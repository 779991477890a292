"""
Change a post piece by piece, without anybody losing words.

Every change says which version of the piece it was read at. Who would write over another's words gets a
ConflictError that holds those words; two editors at different pieces never meet. Each function locks the
post first, so there is one order of locks.
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, Max, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts.models import PUBLIC_STATES, Post, PostItem
from vekst.richtext import sanitise

HEAD_FIELDS = ("title", "intro")
PIECE_FIELDS = (
    "weekday",
    "heading",
    "body",
    "topic",
    "forum_id",
    "company_id",
    "link_label",
    "link_path",
)


class EditingError(Exception):
    """The change was not made. The message is for the editor, who keeps what was typed."""


class ConflictError(EditingError):
    """Somebody else changed the same part since it was read; `theirs` is how it reads now."""

    def __init__(self, theirs: Post | PostItem) -> None:
        super().__init__(_("Noen andre har endret den samme teksten mens du skrev."))
        self.theirs = theirs


class DroppedError(EditingError):
    """The piece was dropped since it was read; `item` can be restored."""

    def __init__(self, item: PostItem) -> None:
        super().__init__(_("Biten er fjernet mens du skrev. Legg den tilbake for å lagre."))
        self.item = item


class PublishedMeanwhileError(EditingError):
    """The post reached its readers since the form was opened: a change is a correction now."""

    def __init__(self) -> None:
        super().__init__(
            _("Posten er publisert mens du skrev. Lagrer du nå, retter du det leserne ser.")
        )


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the form was opened on: the version of its part, and whether readers had the post then."""

    version: int
    was_public: bool


def words_mark(post: Post) -> str:
    """Name the words and pictures as they are now, for a form to bring back: what was seen when it was sent."""
    return post.last_written_at.isoformat() if post.last_written_at else ""


@transaction.atomic
def change_head(
    *,
    post: Post,
    fields: Mapping[str, Any],
    seen: Seen,
    at: datetime.datetime,
    by: User,
    reason: str = "",
) -> Post:
    """
    Write title and introduction. Saying the same once more changes nothing.

    Raises ConflictError or PublishedMeanwhileError.
    """
    post = _locked(post.pk)
    if all(getattr(post, name) == fields[name] for name in HEAD_FIELDS):
        return post
    if post.version != seen.version:
        raise ConflictError(post)
    check_public(post, was_public=seen.was_public)
    for name in HEAD_FIELDS:
        setattr(post, name, fields[name])
    post.version += 1
    post._history_user = by
    post._change_reason = reason or _("Tittel og ingress")
    post.save(update_fields=[*HEAD_FIELDS, "version", "updated_at"])
    written(post, at=at, by=by)
    return post


@transaction.atomic
def add(
    *,
    post: Post,
    fields: Mapping[str, Any],
    at: datetime.datetime,
    by: User | None,
    position: int | None = None,
    form_token: uuid.UUID | None = None,
    source: str = "",
    was_public: bool = True,
) -> PostItem:
    """
    Add a piece as number `position` from 0, or last. The same form sent twice adds one piece.

    `source` names the proposal that it builds on. Raises PublishedMeanwhileError when the readers got the
    post after the form was opened, which `was_public` tells.
    """
    post = _locked(post.pk)
    twin = PostItem.everything.filter(post=post, form_token=form_token).order_by("pk").first()
    if form_token is not None and twin is not None:
        return twin
    check_public(post, was_public=was_public)
    last = post.items.aggregate(last=Max("position"))["last"]
    item = PostItem(
        post=post,
        position=0 if last is None else last + 1,
        form_token=form_token,
        source=source,
        updated_at=at,
        updated_by=by,
    )
    _write(item, fields)
    item.save(force_insert=True)
    if position is not None:
        _place(post, item, position)
    written(post, at=at, by=by)
    return item


@transaction.atomic
def change(
    *,
    post: Post,
    item_id: int,
    fields: Mapping[str, Any],
    seen: Seen,
    at: datetime.datetime,
    by: User,
) -> PostItem:
    """
    Write a piece. Saying the same once more, as a double click does, changes nothing.

    Raises ConflictError, DroppedError or PublishedMeanwhileError.
    """
    post = _locked(post.pk)
    item = _item(post, item_id)
    if item.dropped_at is not None:
        raise DroppedError(item)
    if all(getattr(item, name) == value for name, value in _clean(fields).items()):
        return item
    if item.version != seen.version:
        raise ConflictError(item)
    check_public(post, was_public=seen.was_public)
    _write(item, fields)
    _save(item, at=at, by=by)
    written(post, at=at, by=by)
    return item


@transaction.atomic
def move(*, post: Post, item_id: int, position: int, at: datetime.datetime) -> None:
    """
    Put a piece as number `position` from 0. Words are untouched, so their version stays.

    The place is said in full, not "one up": the same click twice moves it once.
    """
    post = _locked(post.pk)
    item = _item(post, item_id)
    if item.dropped_at is not None:
        raise DroppedError(item)
    if _place(post, item, position):
        _touch(post, at=at)


@transaction.atomic
def drop(*, post: Post, item_id: int, seen: Seen, at: datetime.datetime, by: User) -> PostItem:
    """
    Take a piece out of the post; `restore` brings it back with words and pictures. Twice is once.

    Raises ConflictError when somebody has changed it since it was read, or PublishedMeanwhileError.
    """
    post = _locked(post.pk)
    item = _item(post, item_id)
    if item.dropped_at is not None:
        return item
    if item.version != seen.version:
        raise ConflictError(item)
    check_public(post, was_public=seen.was_public)
    item.dropped_at, item.dropped_by = at, by
    _save(item, at=at, by=by)
    written(post, at=at, by=by)
    return item


@transaction.atomic
def restore(
    *, post: Post, item_id: int, at: datetime.datetime, by: User | None, was_public: bool = True
) -> PostItem:
    """
    Bring a dropped piece back to where it stood. Raises EditingError when its proposal was taken again,
    and PublishedMeanwhileError as `add` does.
    """
    post = _locked(post.pk)
    item = _item(post, item_id)
    if item.dropped_at is None:
        return item
    if item.source and post.items.filter(source=item.source).exists():
        raise EditingError(_("Forslaget biten bygger på, er tatt med på nytt i en annen bit."))
    check_public(post, was_public=was_public)
    item.dropped_at = item.dropped_by = None
    _save(item, at=at, by=by)
    written(post, at=at, by=by)
    return item


def written(post: Post, *, at: datetime.datetime, by: User | None) -> None:
    """
    Note who changed words or pictures of the post last, under its lock; the place of a piece is neither.

    The change is later than an approval that it waited for, though it read the clock before.
    """
    after_approval = F("approved_at") + datetime.timedelta.resolution
    # PostgreSQL's GREATEST passes over what is null.
    last_written_at = Greatest(Value(at), after_approval, output_field=DateTimeField())
    Post.objects.filter(pk=post.pk).update(
        updated_at=at, last_written_at=last_written_at, last_written_by=by
    )


def dropped(post: Post) -> list[PostItem]:
    """Return the pieces that can be restored, the newest first."""
    found = PostItem.everything.filter(post=post, dropped_at__isnull=False)
    return list(found.select_related("dropped_by").order_by("-dropped_at", "-pk"))


def _locked(pk: int) -> Post:
    return Post.objects.select_for_update(of=("self",)).get(pk=pk)


def _item(post: Post, item_id: int) -> PostItem:
    found = PostItem.everything.select_related("updated_by", "dropped_by")
    return found.select_for_update(of=("self",)).get(post=post, pk=item_id)


def check_public(post: Post, *, was_public: bool) -> None:
    """Raise PublishedMeanwhileError when the locked post has reached its readers since it was looked at."""
    if post.state in PUBLIC_STATES and not was_public:
        raise PublishedMeanwhileError


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: fields[name] for name in PIECE_FIELDS if name in fields}
    if "body" in found:
        found["body"] = sanitise(found["body"])
    return found


def _write(item: PostItem, fields: Mapping[str, Any]) -> None:
    for name, value in _clean(fields).items():
        setattr(item, name, value)


def _save(item: PostItem, *, at: datetime.datetime, by: User | None) -> None:
    item.version += 1
    item.updated_at, item.updated_by = at, by
    item.save()


def _place(post: Post, item: PostItem, position: int) -> bool:
    """Number the pieces from 0 with `item` at `position`. Returns whether anything moved."""
    order = [other for other in post.items.order_by("position", "pk") if other.pk != item.pk]
    order.insert(max(0, min(position, len(order))), item)
    moved = []
    for number, other in enumerate(order):
        if other.position != number:
            other.position = number
            moved.append(other)
    PostItem.objects.bulk_update(moved, ["position"])
    return bool(moved)


def _touch(post: Post, *, at: datetime.datetime) -> None:
    Post.objects.filter(pk=post.pk).update(updated_at=at)
