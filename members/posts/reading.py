"""What a page, a preview and a feed show of a post."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Q

from members.posts.cards import LiveCard, cards_of
from members.posts.models import Photo, Post, PostItem
from members.posts.models.post import PostQuerySet


@dataclass(frozen=True)
class Piece:
    """One piece with its pictures, and its cards once `with_cards` has read them."""

    item: PostItem
    photos: list[Photo]
    cards: Sequence[LiveCard] = ()


@dataclass(frozen=True)
class Story:
    """A post with its pictures where they belong; those of no piece stand on top."""

    post: Post
    photos: list[Photo]
    pieces: list[Piece]

    @property
    def cover(self) -> Photo | None:
        """The picture that stands for the post in lists."""
        everything = self.photos + [photo for piece in self.pieces for photo in piece.photos]
        return everything[0] if everything else None


def with_photos(posts: Iterable[Post], *, with_unready: bool = False) -> list[Story]:
    """
    Put the pictures of posts from `PostQuerySet.whole()` where they belong. No query.

    A picture that came in after publishing and lacks consent is left out, but for a preview.
    """
    stories = []
    for post in posts:
        photos: dict[int | None, list[Photo]] = {}
        for photo in post.photos.all():
            if photo.lacks_consent and not with_unready:
                continue
            # Who reads it early is no reader yet: the addresses carry a key.
            photo.picture.is_preview = with_unready
            photos.setdefault(photo.item_id, []).append(photo)
        pieces = []
        for item in post.items.all():
            # The reverse side of the prefetch: the item asks its post for the date.
            item.post = post
            pieces.append(Piece(item, photos.get(item.pk, [])))
        stories.append(Story(post, photos.get(None, []), pieces))
    return stories


def with_cards(stories: Iterable[Story], *, at: datetime.datetime) -> list[Story]:
    """Read what the cards of all the pieces say at `at`. One query, and one for each kind of card among them."""
    stories = list(stories)
    items = [piece.item for story in stories for piece in story.pieces]
    by_item = cards_of(items, at=at)
    return [
        replace(
            story,
            pieces=[
                replace(piece, cards=[live for _card, live in by_item.get(piece.item.pk, [])])
                for piece in story.pieces
            ],
        )
        for story in stories
    ]


def around(post: Post, public: PostQuerySet) -> tuple[Post | None, Post | None]:
    """Return the post after and the one before. Two queries."""
    later = Q(year__gt=post.year) | Q(year=post.year, week__gt=post.week)
    earlier = Q(year__lt=post.year) | Q(year=post.year, week__lt=post.week)
    newer = public.filter(later).order_by("year", "week", "pk").first()
    older = public.filter(earlier).order_by("-year", "-week", "pk").first()
    return newer, older


def absolute_links(html: str) -> str:
    """Return rich text whose links to the portal work outside it, in a feed reader or a mail."""
    return html.replace('href="/', f'href="{settings.SITE_URL}/')


def structured_data(post: Post) -> dict[str, object]:
    """Return the post as a schema.org Article. Source: https://schema.org/Article"""
    site = settings.SITE_URL
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": post.title,
        "description": post.intro,
        "inLanguage": "nb",
        "mainEntityOfPage": site + post.get_absolute_url(),
        "dateModified": post.updated_at.isoformat(),
        "publisher": {"@type": "Organization", "name": settings.BUSINESS_ASSOCIATION},
        "author": {"@type": "Organization", "name": settings.BUSINESS_ASSOCIATION},
    }
    if post.published_at:
        data["datePublished"] = post.published_at.isoformat()
    images = [site + photo.image.url for photo in post.photos.all() if not photo.lacks_consent]
    if images:
        data["image"] = images
    return data
