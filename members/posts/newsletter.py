"""Make a newsletter of a post."""

import datetime
from collections.abc import Collection

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings.models import Newsletter
from members.mailings.newsletter_content import Block, Item, extra_blocks, to_json
from members.mailings.newsletter_lint import PAGES
from members.mailings.newsletter_pictures import PICTURE_SOURCES, PictureSource
from members.mailings.newsletters import build_newsletter
from members.posts.cards import LiveCard, cards_of, live_cards
from members.posts.models import LIVE_STATES, Photo, Post
from members.posts.pictures import addresses
from members.posts.pictures.uses import gone
from members.posts.related import page_at
from vekst.formats import weekday_date_text

# What the names of live entries begin with.
CARD = "card"


def block_from_post(post: Post, *, at: datetime.datetime) -> Block:
    """Return the post's pieces as one part of a newsletter, each with its first picture and its cards."""
    photos: dict[int | None, Photo] = {}
    for photo in post.photos.order_by("position", "pk"):
        if not photo.lacks_consent:
            photos.setdefault(photo.item_id, photo)
    items = []
    if (cover := photos.get(None)) is not None:
        items.append(_picture(cover))
    pieces = list(post.items.order_by("position", "pk"))
    with translation.override(settings.LANGUAGE_CODE):
        cards = cards_of(pieces, at=at)
    for item in pieces:
        items.append(
            Item(
                title=item.heading,
                text=item.plain_body,
                url=item.link_path or f"{post.get_absolute_url()}#bit-{item.pk}",
                meta=capfirst(weekday_date_text(item.day)) if item.day else "",
                **_picture_fields(photos.get(item.pk)),
            )
        )
        items += [
            _card(f"{CARD}:{card.kind}:{card.key}", live)
            for card, live in cards.get(item.pk, [])
            if not live.is_gone
        ]
    return Block(
        heading="Denne uka",
        items=tuple(items),
        link_label="Les hele posten",
        link_url=post.get_absolute_url(),
    )


def _card(name: str, live: LiveCard) -> Item:
    return Item(
        title=live.title,
        text=" · ".join(live.lines),
        url=live.url,
        meta=" · ".join(filter(None, [live.kind_label, live.state_label])),
        live=name,
    )


def card_entries(names: Collection[str], at: datetime.datetime) -> dict[str, Item]:
    """Return the cards with these names ("card:event:12") as entries; those of things that are gone are left out."""
    wanted = {}
    for name in names:
        _prefix, kind, key = name.split(":")
        wanted[kind, int(key)] = name
    with translation.override(settings.LANGUAGE_CODE):
        found = live_cards(wanted, at=at)
    return {
        name: _card(name, found[wanted_one])
        for wanted_one, name in wanted.items()
        if not found[wanted_one].is_gone
    }


def _picture(photo: Photo) -> Item:
    return Item(title="", **_picture_fields(photo))


def _picture_fields(photo: Photo | None) -> dict[str, str]:
    if photo is None:
        return {}
    return {
        "picture_url": photo.picture.url,
        "picture_alt": photo.alt,
        "picture_caption": photo.caption,
        "picture_width": str(photo.picture.shown_width),
        "picture_height": str(photo.picture.shown_height),
    }


def _preview(url: str) -> str:
    return addresses.preview_url(url) if addresses.tokens_in(url) else url


def why_not_mail(address: str) -> str:
    """
    Say why nothing made of the post at this address may be sent now: readers have it not, or not any longer.

    One that waits for its time may: a newsletter is set to the same moment. One query for a post.
    """
    page = page_at(address)
    if page is None or page.view_name != "posts:post_detail":
        return ""
    states = set(Post.objects.filter(**page.kwargs).values_list("state", flat=True))
    if not states or states & set(LIVE_STATES):
        return ""
    return _(
        "Ukeposten som brevet er laget av, er ikke publisert. Publiser eller planlegg den først."
    )


def register() -> None:
    """Tell the newsletter about the pictures that are kept here, and about the posts."""
    PICTURE_SOURCES["posts"] = PictureSource(gone=gone, preview=_preview)
    PAGES["posts"] = why_not_mail


def draft_mail(*, post: Post, at: datetime.datetime) -> Newsletter:
    """Return what the newsletter of the post would be, unsaved, for a look at it."""
    with translation.override(settings.LANGUAGE_CODE):
        blocks = [block_from_post(post, at=at), *extra_blocks(at=at)]
    return Newsletter(title=post.title, intro=post.intro, blocks=to_json(blocks))


def newsletter_from_post(*, post: Post, at: datetime.datetime, by: User) -> Newsletter:
    """Write a draft newsletter, in Bokmål, from the post and from what others have for every newsletter."""
    with translation.override(settings.LANGUAGE_CODE):
        return build_newsletter(
            title=post.title,
            intro=post.intro,
            blocks=[block_from_post(post, at=at)],
            source_url=post.get_absolute_url(),
            at=at,
            by=by,
        )
