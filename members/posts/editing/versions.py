"""Versions of a post: made when an editor names one and when the post moves, never by autosave."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.companies.models import Company, Forum
from members.mailings.models import Topic
from members.posts.editing import attached
from members.posts.editing.differences import Difference, of_field
from members.posts.editing.pieces import (
    HEAD_FIELDS,
    PIECE_FIELDS,
    check_public,
    written,
)
from members.posts.models import Post, PostItem, PostVersion, VersionKind, Weekday


@dataclass(frozen=True)
class Names:
    """What the numbers in a version are called now."""

    forums: dict[int, str]
    companies: dict[int, str]
    cards: attached.Live


@dataclass(frozen=True)
class BroughtBack:
    """The version that bringing one back made, and what of it no longer exists, in words for the editor."""

    version: PostVersion
    missing: list[str]


@dataclass(frozen=True)
class PieceDifference:
    """What became of one piece between two versions."""

    heading: str
    what: str
    fields: tuple[Difference, ...]


def content_of(post: Post) -> dict[str, Any]:
    """Return the post as it reads now: its words, pictures and cards, which are named and not copied. Three queries."""
    items = post.items.order_by("position", "pk").values("pk", *PIECE_FIELDS)
    photos, cards = attached.photos_of(post), attached.cards_of(post)
    pieces = [
        {**item, "photos": photos.get(item["pk"], []), "cards": cards.get(item["pk"], [])}
        for item in items
    ]
    head = {name: getattr(post, name) for name in HEAD_FIELDS}
    return {**head, "photos": photos.get(None, []), "pieces": pieces}


@transaction.atomic
def keep(
    *,
    post: Post,
    name: str,
    at: datetime.datetime,
    by: User | None,
    kind: VersionKind = VersionKind.NAMED,
) -> PostVersion:
    """
    Keep the post as it reads now under that name.

    The same name for the same words, as a double click asks for, is the version that is there.
    """
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    name = name.strip()[:100] or _("Uten navn")
    content = content_of(post)
    newest = PostVersion.objects.filter(post=post).order_by("-number").first()
    if newest and (newest.name, newest.kind, newest.content) == (name, kind, content):
        return newest
    number = newest.number + 1 if newest else 1
    return PostVersion.objects.create(
        post=post, number=number, kind=kind, name=name, content=content, made_at=at, by=by
    )


def keep_at_move(*, post: Post, at: datetime.datetime, by: User | None) -> PostVersion:
    """Keep the post as it reads when it moves to a new state, named by that state."""
    name = str(post.get_state_display())
    return keep(post=post, name=name, at=at, by=by, kind=VersionKind.MOVE)


def of_post(post: Post) -> QuerySet[PostVersion]:
    """Return the versions, the newest first, without their content."""
    found = PostVersion.objects.filter(post=post).select_related("by").defer("content")
    return found.order_by("-number")


def compare(
    before: dict[str, Any], after: dict[str, Any], *, at: datetime.datetime
) -> list[PieceDifference]:
    """
    Return what differs, the head first, then the pieces in their new order. Cards are named as at `at`.

    Two queries at most, and one for each kind of card.
    """
    found = _head_differences(before, after)
    names = _names([*before["pieces"], *after["pieces"]], at=at)
    old = {piece["pk"]: piece for piece in before["pieces"]}
    new = {piece["pk"]: piece for piece in after["pieces"]}
    moved = _moved([pk for pk in old if pk in new], [pk for pk in new if pk in old])
    for pk, piece in new.items():
        fields = piece_differences(old.get(pk), piece, names)
        if pk not in old:
            found.append(PieceDifference(piece["heading"], _("Ny"), fields))
        elif fields or pk in moved:
            what = _("Endret og flyttet") if fields and pk in moved else _("Endret")
            found.append(
                PieceDifference(piece["heading"], what if fields else _("Flyttet"), fields)
            )
    for pk, piece in old.items():
        if pk not in new:
            gone = piece_differences(piece, None, names)
            found.append(PieceDifference(piece["heading"], _("Fjernet"), gone))
    return found


def _head_differences(before: dict[str, Any], after: dict[str, Any]) -> list[PieceDifference]:
    labels = {"title": _("Tittel"), "intro": _("Ingress")}
    head = [of_field(label, before[name], after[name]) for name, label in labels.items()]
    words = tuple(difference for difference in head if difference)
    photos = tuple(attached.differences(before, after, {}))
    parts = ((_("Tittel og ingress"), words), (_("Bildene øverst i posten"), photos))
    return [PieceDifference(heading, _("Endret"), fields) for heading, fields in parts if fields]


def piece_differences(
    before: dict[str, Any] | None, after: dict[str, Any] | None, names: Names
) -> tuple[Difference, ...]:
    """Return what differs between two readings of a piece; None reads as nothing."""
    old, new = _words(before, names), _words(after, names)
    found = (of_field(label, old[label], new[label], is_html=label == _("Tekst")) for label in new)
    words = [difference for difference in found if difference]
    return (*words, *attached.differences(before, after, names.cards))


def differences_of_items(
    before: dict[str, Any], after: dict[str, Any], *, at: datetime.datetime
) -> tuple[Difference, ...]:
    """Return what differs between two readings of one piece. Two queries at most."""
    return piece_differences(before, after, _names([before, after], at=at))


def _words(piece: dict[str, Any] | None, names: Names) -> dict[str, str]:
    piece = piece or {}
    weekday, topic = piece.get("weekday"), piece.get("topic")
    return {
        _("Overskrift"): piece.get("heading") or "",
        _("Tekst"): piece.get("body") or "",
        _("Ukedag"): str(Weekday(weekday).label) if weekday else "",
        _("Tema"): str(Topic(topic).label) if topic else "",
        _("Forum"): names.forums.get(piece.get("forum_id") or 0, ""),
        _("Medlem"): names.companies.get(piece.get("company_id") or 0, ""),
        _("Lenketekst"): piece.get("link_label") or "",
        _("Side i portalen"): piece.get("link_path") or "",
    }


def _names(pieces: list[dict[str, Any]], *, at: datetime.datetime) -> Names:
    # Django asks the database nothing for an empty list.
    forums = {piece["forum_id"] for piece in pieces if piece["forum_id"]}
    companies = {piece["company_id"] for piece in pieces if piece["company_id"]}
    return Names(
        forums={row.pk: str(row) for row in Forum.objects.filter(pk__in=forums)},
        companies={row.pk: str(row) for row in Company.objects.filter(pk__in=companies)},
        cards=attached.live_of(pieces, at=at),
    )


def _moved(before: list[int], after: list[int]) -> set[int]:
    """Return the pieces that stand elsewhere among those that both versions have."""
    return {pk for pk, other in zip(after, before, strict=True) if pk != other}


@transaction.atomic
def bring_back(
    *, version: PostVersion, at: datetime.datetime, by: User, was_public: bool = True
) -> BroughtBack:
    """
    Let the post read as it did in `version`, and return the version that this makes.

    What it read until now is kept as a version first, so nothing is lost. Pieces that came later are
    dropped, and can be restored one by one. Pictures and cards come back where what they show still exists.
    Raises PublishedMeanwhileError when readers got the post after the list of versions was opened.
    """
    post = Post.objects.select_for_update(of=("self",)).get(pk=version.post_id)
    check_public(post, was_public=was_public)
    keep(post=post, name=_("Før versjon %(number)s ble hentet") % {"number": version.number},
         kind=VersionKind.BEFORE, at=at, by=by)  # fmt: skip
    _write_head(post, version.content, number=version.number, at=at, by=by)
    pieces = version.content["pieces"]
    # Those that were deleted for good come back as new rows.
    there = {
        item.pk: item
        for item in PostItem.everything.select_for_update(of=("self",)).filter(post=post)
    }
    _drop_others(there, keep={piece["pk"] for piece in pieces}, at=at, by=by)
    forums, companies = _still_there(pieces)
    items = {}
    for position, piece in enumerate(pieces):
        item = there.pop(piece["pk"], None) or PostItem(post=post)
        old = {name: getattr(item, name) for name in (*PIECE_FIELDS, "dropped_at")}
        for name in PIECE_FIELDS:
            setattr(item, name, piece[name])
        item.forum_id = piece["forum_id"] if piece["forum_id"] in forums else None
        item.company_id = piece["company_id"] if piece["company_id"] in companies else None
        item.position, item.dropped_at, item.dropped_by = position, None, None
        if old != {name: getattr(item, name) for name in old}:
            item.version += 1
            item.updated_at, item.updated_by = at, by
        item.save()
        items[piece["pk"]] = item
    missing = attached.bring_back(post=post, content=version.content, items=items, at=at)
    name = _("Versjon %(number)s hentet fram") % {"number": version.number}
    made = keep(post=post, name=name, kind=VersionKind.BROUGHT_BACK, at=at, by=by)
    return BroughtBack(made, missing)


def _drop_others(
    there: dict[int, PostItem], *, keep: set[int], at: datetime.datetime, by: User
) -> None:
    for item in there.values():
        if item.pk not in keep and item.dropped_at is None:
            item.dropped_at, item.dropped_by = at, by
            item.version += 1
            item.save(update_fields=["dropped_at", "dropped_by", "version"])


def _write_head(
    post: Post, content: dict[str, Any], *, number: int, at: datetime.datetime, by: User
) -> None:
    for name in HEAD_FIELDS:
        if getattr(post, name) != content[name]:
            setattr(post, name, content[name])
            post.version += 1
    post._history_user = by
    post._change_reason = f"Versjon {number} hentet fram"
    post.save(update_fields=[*HEAD_FIELDS, "version", "updated_at"])
    written(post, at=at, by=by)


def _still_there(pieces: list[dict[str, Any]]) -> tuple[set[int], set[int]]:
    forums = {piece["forum_id"] for piece in pieces} - {None}
    companies = {piece["company_id"] for piece in pieces} - {None}
    return (
        set(Forum.objects.filter(pk__in=forums).values_list("pk", flat=True)),
        set(Company.objects.filter(pk__in=companies).values_list("pk", flat=True)),
    )
