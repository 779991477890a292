"""
The feeds, Atom and JSON, with the whole text: one of the posts, and one of the pieces on each topic.

Source: RFC 4287, https://www.jsonfeed.org/version/1.1/
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from members.mailings.models import Topic
from members.posts.archives import topic_url
from members.posts.models import Photo, Post
from members.posts.reading import Piece, Story, absolute_links

# What the posts are written in, whatever the language of the page that leads to them.
WRITTEN_IN = settings.LANGUAGE_CODE
# XML 1.0 has no way to write these; a soft line break from Word is one of them.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One post, or one piece of it, as a feed reader shows it."""

    # Never changes, whatever becomes of the portal's addresses.
    id: str
    url: str
    title: str
    summary: str
    html: str
    published_at: datetime.datetime
    updated_at: datetime.datetime
    tags: list[str]
    picture_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A list of entries with where it stands, newest first."""

    title: str
    home_url: str
    atom_url: str
    json_url: str
    id: str
    language: str
    entries: list[Entry]

    @property
    def updated_at(self) -> datetime.datetime:
        """When something in it last changed. An empty one says the same at each reading."""
        moments = [entry.updated_at for entry in self.entries]
        return max(moments, default=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))


def of_posts(stories: Iterable[Story], *, language: str) -> Feed:
    """Return the feed of these posts, each with all its pieces."""
    site = settings.SITE_URL
    return Feed(
        title=_("Uka oppsummert – %(programme)s") % {"programme": settings.PROGRAMME_NAME},
        home_url=site + reverse("posts:post_list"),
        atom_url=site + reverse("posts:feed"),
        json_url=site + reverse("posts:json_feed"),
        id=f"{site}/uka-oppsummert/",
        language=language,
        entries=[_entry_of_post(story) for story in stories],
    )


def of_topic(topic: Topic, pieces: Iterable[Piece], *, language: str) -> Feed:
    """Return the feed of these pieces, which are on this topic."""
    site = settings.SITE_URL
    names = {"topic": topic.label, "programme": settings.PROGRAMME_NAME}
    return Feed(
        title=_("%(topic)s i Uka oppsummert – %(programme)s") % names,
        home_url=site + topic_url(topic),
        atom_url=site + reverse("posts:topic_feed", args=[topic]),
        json_url=site + reverse("posts:topic_json_feed", args=[topic]),
        id=f"{site}/uka-oppsummert/tema/{topic}/",
        language=language,
        entries=[_entry_of_piece(piece) for piece in pieces],
    )


def _entry_of_post(story: Story) -> Entry:
    post = story.post
    html = render_to_string("posts/feed_entry.html", {"story": story})
    topics = {piece.item.topic for piece in story.pieces}
    return _entry(
        post,
        anchor="",
        title=post.title,
        summary=post.intro,
        html=html,
        updated_at=post.updated_at,
        tags=[str(topic.label) for topic in Topic if topic in topics],
        cover=story.cover,
    )


def _entry_of_piece(piece: Piece) -> Entry:
    item = piece.item
    html = render_to_string("posts/_feed_piece.html", {"piece": piece})
    return _entry(
        item.post,
        anchor=f"#bit-{item.pk}",
        title=item.heading,
        summary=item.plain_body[:300],
        html=html,
        updated_at=item.updated_at or item.post.updated_at,
        tags=[str(Topic(item.topic).label)] if item.topic else [],
        cover=piece.photos[0] if piece.photos else None,
    )


def _entry(
    post: Post,
    *,
    anchor: str,
    title: str,
    summary: str,
    html: str,
    updated_at: datetime.datetime,
    tags: list[str],
    cover: Photo | None,
) -> Entry:
    site = settings.SITE_URL
    published_at = post.published_at or post.updated_at
    return Entry(
        # The address of the week never changes; the id is the Bokmål one in every language.
        id=f"{site}/uka-oppsummert/{post.year}/{post.week}/{anchor}",
        url=site + post.get_absolute_url() + anchor,
        title=_writable(title),
        summary=_writable(summary),
        html=absolute_links(_writable(html)),
        published_at=published_at,
        updated_at=max(updated_at, published_at),
        tags=tags,
        picture_url=site + cover.image.url if cover else "",
    )


def _writable(text: str) -> str:
    """Return the text without what no feed can hold."""
    return _NOT_IN_XML.sub(" ", text)


class FullTextAtomFeed(Atom1Feed):
    """Atom with the whole text and its language, which Django's own leaves out."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": WRITTEN_IN}

    def latest_post_date(self) -> datetime.datetime:
        updated_at: datetime.datetime = self.feed["updated_at"]
        return updated_at

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


def as_atom(feed: Feed) -> bytes:
    """Return the feed as an Atom document."""
    document = FullTextAtomFeed(
        title=feed.title,
        link=feed.home_url,
        description="",
        feed_url=feed.atom_url,
        feed_guid=feed.id,
        language=feed.language,
        author_name=settings.BUSINESS_ASSOCIATION,
        updated_at=feed.updated_at,
    )
    for entry in feed.entries:
        document.add_item(
            title=entry.title,
            link=entry.url,
            # Read as HTML, which it is not.
            description=escape(entry.summary),
            content=entry.html,
            unique_id=entry.id,
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
            author_name=settings.BUSINESS_ASSOCIATION,
            categories=entry.tags,
        )
    return document.writeString("utf-8").encode()


def as_json(feed: Feed) -> dict[str, Any]:
    """Return the feed as what a JSON Feed holds."""
    site = settings.SITE_URL
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.json_url,
        "icon": site + static("images/touch-icon.png"),
        "authors": [{"name": settings.BUSINESS_ASSOCIATION, "url": site}],
        "language": feed.language,
        "items": [_json_item(entry) for entry in feed.entries],
    }


def _json_item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": entry.published_at.isoformat(),
        "date_modified": entry.updated_at.isoformat(),
        "language": WRITTEN_IN,
    }
    if entry.summary:
        item["summary"] = entry.summary
    if entry.picture_url:
        item["image"] = entry.picture_url
    if entry.tags:
        item["tags"] = entry.tags
    return item
