"""Make a newsletter of a post."""

import datetime

from members.accounts.models import User
from members.mailings.models import Newsletter
from members.mailings.newsletter_content import Block, Item, extra_blocks, to_json
from members.mailings.newsletters import build_newsletter
from members.posts.models import Photo, Post
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
        picture = photos.get(item.pk)
        items.append(
            Item(
                title=item.heading,
                text=item.plain_body,
                url=item.link_path or f"{post.get_absolute_url()}#bit-{item.pk}",
                meta=weekday_date_text(item.day).capitalize() if item.day else "",
                picture_url=picture.image.url if picture else "",
                picture_alt=picture.alt if picture else "",
                picture_caption=picture.caption if picture else "",
                picture_width=_size(picture)[0],
                picture_height=_size(picture)[1],
            )
        )
    return Block(
        heading="Denne uka",
        items=tuple(items),
        link_label="Les hele posten",
        link_url=post.get_absolute_url(),
    )


def _picture(photo: Photo) -> Item:
    return Item(
        title="",
        picture_url=photo.image.url,
        picture_alt=photo.alt,
        picture_caption=photo.caption,
        picture_width=_size(photo)[0],
        picture_height=_size(photo)[1],
    )


def _size(photo: Photo | None) -> tuple[str, str]:
    """Return width and height of the file; nothing when it has gone or is no picture any more."""
    try:
        return (str(photo.image.width), str(photo.image.height)) if photo else ("", "")
    except (OSError, TypeError):
        return "", ""


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
