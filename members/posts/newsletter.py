"""Make a newsletter of a post."""

import datetime

from members.accounts.models import User
from members.mailings.models import Newsletter
from members.mailings.newsletter_content import Block, Item, extra_blocks, to_json
from members.mailings.newsletter_pictures import PICTURE_SOURCES, PictureSource
from members.mailings.newsletters import build_newsletter
from members.posts.models import Photo, Post
from members.posts.pictures import addresses
from members.posts.pictures.uses import gone
from vekst.formats import weekday_date_text


def block_from_post(post: Post) -> Block:
    """Return the post's pieces as one part of a newsletter, each with its first picture."""
    photos: dict[int | None, Photo] = {}
    for photo in post.photos.order_by("position", "pk"):
        if not photo.lacks_consent:
            photos.setdefault(photo.item_id, photo)
    items = []
    if (cover := photos.get(None)) is not None:
        items.append(_picture(cover))
    for item in post.items.order_by("position", "pk"):
        items.append(
            Item(
                title=item.heading,
                text=item.plain_body,
                url=item.link_path or f"{post.get_absolute_url()}#bit-{item.pk}",
                meta=weekday_date_text(item.day).capitalize() if item.day else "",
                **_picture_fields(photos.get(item.pk)),
            )
        )
    return Block(
        heading="Denne uka",
        items=tuple(items),
        link_label="Les hele posten",
        link_url=post.get_absolute_url(),
    )


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


def register_pictures() -> None:
    """Tell the newsletter about the pictures that are kept here."""
    PICTURE_SOURCES["posts"] = PictureSource(gone=gone, preview=_preview)


def draft_mail(*, post: Post, at: datetime.datetime) -> Newsletter:
    """Return what the newsletter of the post would be, unsaved, for a look at it."""
    blocks = [block_from_post(post), *extra_blocks(at=at)]
    return Newsletter(title=post.title, intro=post.intro, blocks=to_json(blocks))


def newsletter_from_post(*, post: Post, at: datetime.datetime, by: User) -> Newsletter:
    """Write a draft newsletter from the post and from what others have for every newsletter."""
    return build_newsletter(
        title=post.title,
        intro=post.intro,
        blocks=[block_from_post(post)],
        source_url=post.get_absolute_url(),
        at=at,
        by=by,
    )
