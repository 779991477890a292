"""
What else the portal holds about what a post tells of.

This app knows no events and no projects; `RELATED` names those who know, and `vekst.home.related` fills it.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from members.posts.models import Post
from vekst.richtext import hrefs

_SOURCE = re.compile(r"([a-z-]+):(\d+)")


@dataclass(frozen=True)
class RelatedThing:
    """One thing with a page of its own."""

    title: str
    url: str
    # Where, or what kind it is.
    about: str = ""
    when: str = ""
    day: datetime.date | None = None
    # The language of the title where it is not the page's own; else "".
    language: str = ""


@dataclass(frozen=True)
class RelatedGroup:
    """Things of one kind, with the way to all of them."""

    heading: str
    items: list[RelatedThing] = field(default_factory=list)
    more_label: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class PointsAt:
    """What the pieces of a post show and name: cards, pages they link to, and things they were proposed from."""

    pages: list[ResolverMatch]
    # The kind of proposal and the key of the thing, such as ("event-held", 12).
    sources: list[tuple[str, int]]
    # Kind and key of what stands as cards below the pieces, such as ("event", 12).
    cards: list[tuple[str, int]]

    def slugs(self, view_name: str) -> list[str]:
        """Return the slugs of the pages of this kind."""
        return [page.kwargs["slug"] for page in self.pages if page.view_name == view_name]

    def carded(self, kind: str) -> list[int]:
        """Return the keys of the cards of this kind."""
        return [key for its_kind, key in self.cards if its_kind == kind]


FindRelated = Callable[[Post, PointsAt, datetime.datetime], RelatedGroup]
RELATED: dict[str, FindRelated] = {}


def related_to(post: Post, *, at: datetime.datetime) -> list[RelatedGroup]:
    """Return what strangers may read on with at `at`. `post` comes from `PostQuerySet.told()`."""
    points_at = what_it_names(post)
    found = [find(post, points_at, at) for find in RELATED.values()]
    return [group for group in found if group.items]


def what_it_names(post: Post) -> PointsAt:
    """Return what the pieces show and name, in their order. One query, or none where `with_cards` was asked."""
    paths: list[str] = []
    sources: list[tuple[str, int]] = []
    items = list(post.items.all())
    prefetch_related_objects(items, "cards")
    for item in items:
        paths += [item.link_path, *(address for address, _words in hrefs(item.body))]
        source = _SOURCE.fullmatch(item.source)
        if source:
            sources.append((source[1], int(source[2])))
    pages = (page_at(path) for path in dict.fromkeys(paths) if path.startswith("/"))
    return PointsAt(
        pages=[page for page in pages if page is not None],
        sources=sources,
        cards=[(card.kind, card.key) for item in items for card in item.cards.all()],
    )


def page_at(path: str) -> ResolverMatch | None:
    """Return what stands at an address here, in whatever language it is; None when it is none of ours."""
    address = path.partition("#")[0].partition("?")[0]
    # An address is understood in its own language only.
    with translation.override("en" if address.startswith("/en/") else settings.LANGUAGE_CODE):
        try:
            return resolve(address)
        except Resolver404:
            return None
