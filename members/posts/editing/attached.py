"""The pictures and cards that a version of a post holds beside its words: read, told of and brought back."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from members.posts.cards import GONE, LiveCard, live_cards
from members.posts.editing.differences import Difference, of_field
from members.posts.editing.photos import TOLD_FIELDS
from members.posts.models import CardKind, Photo, Picture, Post, PostCard, PostItem, PostVersion

Live = Mapping[tuple[str, int], LiveCard]
# What stands in place of the words about a picture that was withdrawn: they say who was in it.
WITHDRAWN_ALT = "Bilde som er tatt bort"


def photos_of(post: Post) -> dict[int | None, list[dict[str, Any]]]:
    """Return what is told of each picture by piece, in order; those of no piece stand under None. One query."""
    rows = Photo.objects.filter(post=post).exclude(item__dropped_at__isnull=False)
    found: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.order_by("position", "pk").values("item_id", "picture_id", *TOLD_FIELDS):
        told = {name: row[name] for name in TOLD_FIELDS}
        found[row["item_id"]].append({"picture": row["picture_id"], **told})
    return found


def cards_of(post: Post) -> dict[int, list[dict[str, Any]]]:
    """Return what each card shows by piece, in order. One query."""
    rows = PostCard.objects.filter(item__post=post, item__dropped_at=None)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.order_by("position", "pk"):
        found[row.item_id].append({"kind": row.kind, "key": row.key})
    return found


def live_of(pieces: Iterable[Mapping[str, Any]], *, at: datetime.datetime) -> Live:
    """Return what the cards of these pieces say at `at`. One query for each kind among them."""
    wanted = {(card["kind"], card["key"]) for piece in pieces for card in piece.get("cards", [])}
    return live_cards(wanted, at=at)


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, live: Live
) -> list[Difference]:
    """
    Return how pictures and cards of a piece differ; None reads as nothing.

    Versions of before this was kept say nothing of it, and differ in nothing.
    """
    found = []
    if (both := _both("photos", before, after)) is not None:
        old, new = (_photos_text(photos) for photos in both)
        found.append(of_field(_("Bilder"), old, new))
    if (both := _both("cards", before, after)) is not None:
        old, new = ("\n".join(_card_text(card, live) for card in cards) for cards in both)
        found.append(of_field(_("Kort"), old, new))
    return [difference for difference in found if difference]


def _both(
    name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    old, new = ([] if piece is None else piece.get(name) for piece in (before, after))
    return None if old is None or new is None else (old, new)


def _photos_text(photos: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(_photo_text(photo) for photo in photos)


def _photo_text(photo: Mapping[str, Any]) -> str:
    """Return the picture in one line; its number tells two with the same words apart."""
    text = _("Bilde %(number)s: %(alt)s") % {"number": photo["picture"], "alt": photo["alt"]}
    if photo["caption"]:
        text += " – " + _("bildetekst: %(caption)s") % {"caption": photo["caption"]}
    if photo["credit"]:
        text += " – " + _("foto: %(credit)s") % {"credit": photo["credit"]}
    return text


def _card_text(card: Mapping[str, Any], live: Live) -> str:
    kind, key = CardKind(card["kind"]), card["key"]
    found = live.get((kind, key))
    if found is None or found.is_gone:
        return f"{kind.label} {key}: {GONE[kind]}"
    return f"{kind.label}: " + " – ".join([found.title, *found.lines[:1]])


def bring_back(
    *, post: Post, content: Mapping[str, Any], items: Mapping[int, PostItem], at: datetime.datetime
) -> list[str]:
    """
    Let a locked post have the pictures and cards of `content` again; `items` are its pieces as they were named then.

    Returns what could not come back, in words for the editor. Pictures and cards that came later go; a
    version of before this was kept leaves all as it is.
    """
    missing = []
    if "photos" in content:
        missing += _bring_photos(post, content, items)
    of_item = {
        items[piece["pk"]]: piece["cards"] for piece in content["pieces"] if "cards" in piece
    }
    return missing + _bring_cards(of_item, at=at)


def _bring_photos(
    post: Post, content: Mapping[str, Any], items: Mapping[int, PostItem]
) -> list[str]:
    of_item: list[tuple[PostItem | None, list[dict[str, Any]]]] = [(None, content["photos"])]
    of_item += [(items[piece["pk"]], piece["photos"]) for piece in content["pieces"]]
    wanted = {photo["picture"] for _item, photos in of_item for photo in photos}
    # Locked before their photos are written, as a withdrawal does.
    pictures = Picture.objects.select_for_update(of=("self",), no_key=True)
    there = {picture.pk: picture for picture in pictures.filter(pk__in=wanted).order_by("pk")}
    rows: dict[int, list[Photo]] = defaultdict(list)
    kept = Photo.objects.filter(post=post).exclude(item__dropped_at__isnull=False)
    for row in kept.order_by("position", "pk"):
        rows[row.picture_id].append(row)
    missing = []
    for item, photos in of_item:
        for position, told in enumerate(photos):
            picture, of_picture = there.get(told["picture"]), rows[told["picture"]]
            if picture is None:
                missing.append(_("Bildet «%(alt)s» finnes ikke lenger.") % told)
                continue
            if picture.withdrawn_at is not None and not of_picture:
                missing.append(_("Et bilde er trukket, og kan ikke hentes fram."))
                continue
            photo = of_picture.pop(0) if of_picture else Photo(post=post, picture=picture)
            photo.item, photo.position = item, position
            for name in TOLD_FIELDS:
                setattr(photo, name, told[name])
            photo.save()
    later = [photo.pk for of_picture in rows.values() for photo in of_picture]
    Photo.objects.filter(pk__in=later).delete()
    return missing


def _bring_cards(
    of_item: Mapping[PostItem, list[dict[str, Any]]], *, at: datetime.datetime
) -> list[str]:
    there = PostCard.objects.filter(item__in=of_item)
    rows = {(row.item_id, row.kind, row.key): row for row in there}
    lost = {
        (card["kind"], card["key"])
        for item, cards in of_item.items()
        for card in cards
        if (item.pk, card["kind"], card["key"]) not in rows
    }
    live = live_cards(lost, at=at)
    missing: list[str] = []
    for item, cards in of_item.items():
        for position, card in enumerate(cards):
            kind, key = card["kind"], card["key"]
            place = (item.pk, kind, key)
            if place not in rows and live[kind, key].is_gone:
                words = {"heading": item.heading, "what": GONE[CardKind(kind)]}
                missing.append(_("Et kort under «%(heading)s» kom ikke tilbake: %(what)s") % words)
                continue
            row = rows.pop(place, PostCard(item=item, kind=kind, key=key))
            row.position = position
            row.save()
    PostCard.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    return missing


def forget_words(picture_id: int) -> None:
    """Let no version tell any longer what a picture that was withdrawn showed, and who."""
    told = [{"picture": picture_id}]
    holding = PostVersion.objects.filter(
        Q(content__photos__contains=told) | Q(content__pieces__contains=[{"photos": told}])
    )
    for version in holding.select_for_update(of=("self",)).order_by("pk"):
        for part in (version.content, *version.content["pieces"]):
            for photo in part.get("photos", []):
                if photo["picture"] == picture_id:
                    photo.update(alt=WITHDRAWN_ALT, caption="")
        version.save(update_fields=["content"])
