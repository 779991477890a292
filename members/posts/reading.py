"""What a page, a preview and a feed show of a post."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Q
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString

from members.mailings.models import Topic
from members.posts.cards import LiveCard, cards_of
from members.posts.models import CorrectionNote, NoteKind, Photo, Post, PostCard, PostItem
from members.posts.models.post import PostQuerySet

# "//example.no/" is an address elsewhere.
_OF_THE_PORTAL = re.compile(r'href="/(?!/)')
_HEADING = re.compile(r"<(/?)h([234])>")


@dataclass(frozen=True)
class Piece:
    """One piece with its pictures, and its cards once `with_cards` has read them."""

    item: PostItem
    photos: list[Photo]
    cards: Sequence[LiveCard] = ()

    @property
    def html(self) -> SafeString:
        """The text, which was sanitised when it was saved; its headings stand below that of the piece."""
        return SafeString(_HEADING.sub(_one_level_down, self.item.body))


@dataclass(frozen=True)
class Story:
    """A post with its pictures where they belong; those of no piece stand on top."""

    post: Post
    photos: list[Photo]
    pieces: list[Piece]

    @property
    def notes(self) -> list[CorrectionNote]:
        """What readers are told was corrected, the oldest first."""
        return sorted(self.post.notes.all(), key=lambda note: (note.noted_at, note.pk))

    @property
    def cover(self) -> Photo | None:
        """The picture that stands for the post in lists."""
        everything = self.photos + [photo for piece in self.pieces for photo in piece.photos]
        return everything[0] if everything else None

    @property
    def days(self) -> list[tuple[datetime.date | None, list[Piece]]]:
        """The pieces by the day they are about, in the order of the post; those of no day stand last."""
        days: dict[datetime.date | None, list[Piece]] = {}
        for piece in self.pieces:
            days.setdefault(piece.item.day, []).append(piece)
        undated = days.pop(None, [])
        return [*days.items(), *([(None, undated)] if undated else [])]


def _one_level_down(heading: re.Match[str]) -> str:
    return f"<{heading[1]}h{int(heading[2]) + 1}>"


def with_photos(
    posts: Iterable[Post], *, with_unready: bool = False, is_early: bool = False
) -> list[Story]:
    """
    Put the pictures of posts from `PostQuerySet.told()` where they belong. No query.

    A picture that came in after publishing and lacks consent is left out, but for a preview. `is_early`
    is for one who reads a draft by a link: no such picture, yet the others are open.
    """
    stories = []
    for post in posts:
        photos: dict[int | None, list[Photo]] = {}
        for photo in post.photos.all():
            if photo.lacks_consent and not with_unready:
                continue
            # Who reads it early is no reader yet: the addresses carry a key.
            photo.picture.is_preview = with_unready or is_early
            photos.setdefault(photo.item_id, []).append(photo)
        pieces = []
        for item in post.items.all():
            # The reverse side of the prefetch: the item asks its post for the date.
            item.post = post
            pieces.append(Piece(item, photos.get(item.pk, [])))
        stories.append(Story(post, photos.get(None, []), pieces))
    return stories


def with_cards(stories: Iterable[Story], *, at: datetime.datetime) -> list[Story]:
    """
    Read what the cards of all the pieces say at `at`. What stands below several pieces of a post is shown once.

    One query, and one for each kind of card among them.
    """
    stories = list(stories)
    pieces = [piece for story in stories for piece in story.pieces]
    by_item = cards_of([piece.item for piece in pieces], at=at)
    return [replace(story, pieces=_each_once(story.pieces, by_item)) for story in stories]


def pieces_with_cards(pieces: Iterable[Piece], *, at: datetime.datetime) -> list[Piece]:
    """Read what the cards of the pieces say at `at`, as `with_cards` does for a whole post: each is shown once."""
    pieces = list(pieces)
    return _each_once(pieces, cards_of([piece.item for piece in pieces], at=at))


def _each_once(
    pieces: Iterable[Piece], by_item: Mapping[int, list[tuple[PostCard, LiveCard]]]
) -> list[Piece]:
    """Give each piece its cards, but for those that stand below one before it."""
    seen: set[object] = set()
    found = []
    for piece in pieces:
        cards = []
        for card, live in by_item.get(piece.item.pk, []):
            # Two events that were found to be one lead to the same page.
            thing = live.url or (card.kind, card.key)
            if thing not in seen:
                seen.add(thing)
                cards.append(live)
        found.append(replace(piece, cards=cards))
    return found


def pieces_with_photos(items: list[PostItem]) -> list[Piece]:
    """Return single pieces with the pictures that may be shown. One query."""
    photos: dict[int | None, list[Photo]] = {}
    found = Photo.objects.filter(item__in=items).select_related("picture")
    for photo in found.order_by("position", "pk"):
        if not photo.lacks_consent:
            photos.setdefault(photo.item_id, []).append(photo)
    return [Piece(item, photos.get(item.pk, [])) for item in items]


def around(post: Post, public: PostQuerySet) -> tuple[Post | None, Post | None]:
    """Return the post after and the one before. Two queries."""
    later = Q(year__gt=post.year) | Q(year=post.year, week__gt=post.week)
    earlier = Q(year__lt=post.year) | Q(year=post.year, week__lt=post.week)
    newer = public.filter(later).order_by("year", "week", "pk").first()
    older = public.filter(earlier).order_by("-year", "-week", "pk").first()
    return newer, older


def withdrawal_of(year: int, week: int) -> CorrectionNote | None:
    """Return why readers no longer have that week's post; None when they never had one. One query."""
    found = CorrectionNote.objects.filter(
        kind=NoteKind.WITHDRAWN, post__year=year, post__week=week
    ).select_related("post")
    return found.order_by("-noted_at", "-pk").first()


def absolute_links(html: str) -> str:
    """Return rich text whose links to the portal work outside it, in a feed reader or a mail."""
    return _OF_THE_PORTAL.sub(f'href="{settings.SITE_URL}/', html)


def structured_data(story: Story) -> dict[str, object]:
    """Return the post as a schema.org NewsArticle. Source: https://schema.org/NewsArticle"""
    site, post = settings.SITE_URL, story.post
    share_url = site + reverse("posts:share_picture", args=[post.year, post.week])
    sender = {
        "@type": "Organization",
        "name": settings.BUSINESS_ASSOCIATION,
        "url": site,
        "logo": {"@type": "ImageObject", "url": site + static("images/touch-icon.png")},
    }
    words = " ".join([post.intro, *(piece.item.plain_body for piece in story.pieces)])
    topics = {piece.item.topic for piece in story.pieces}
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": post.title,
        "description": post.intro,
        "inLanguage": settings.LANGUAGE_CODE,
        "isAccessibleForFree": True,
        "mainEntityOfPage": site + post.get_absolute_url(),
        "temporalCoverage": f"{post.monday}/{post.sunday}",
        "wordCount": len(words.split()),
        "dateModified": max(post.updated_at, post.published_at or post.updated_at).isoformat(),
        "publisher": sender,
        "author": sender,
    }
    if post.published_at:
        data["datePublished"] = post.published_at.isoformat()
    if sections := [str(topic.label) for topic in Topic if topic in topics]:
        data["articleSection"] = sections
    pictures = story.photos + [photo for piece in story.pieces for photo in piece.photos]
    data["image"] = [share_url, *(site + photo.image.url for photo in pictures)]
    notes = [note for note in post.notes.all() if note.kind == NoteKind.CORRECTED]
    if notes:
        data["correction"] = [
            {
                "@type": "CorrectionComment",
                "text": note.text,
                "datePublished": note.noted_at.isoformat(),
            }
            for note in sorted(notes, key=lambda note: note.noted_at)
        ]
    return data
