"""The archives of the weekly post: by year, and piece by piece on one topic, of one company or forum."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from members.companies.models import Company
from members.mailings.models import Topic
from members.posts.models import Post, PostItem
from members.posts.models.post import PostQuerySet
from vekst import formats
from vekst.paging import Page, keyset_page

# Posts on a page of pieces; each shows only those that belong there.
WEEKS_ON_A_PAGE = 12


@dataclass(frozen=True)
class Way:
    """A way into an archive, and how much lies behind it."""

    key: str
    label: str
    url: str
    number: int


def year_ways(*, at: datetime.datetime) -> list[Way]:
    """Return the years that have posts, the newest first, with how many. One query."""
    rows = Post.objects.public(at=at).order_by("-year").values_list("year")
    return [
        Way(str(year), str(year), reverse("posts:year_archive", args=[year]), number)
        for year, number in rows.annotate(Count("pk"))
    ]


def topic_ways(*, at: datetime.datetime) -> list[Way]:
    """Return the topics that have pieces, in the order of the topics, with how many. One query."""
    rows = public_pieces(at=at).exclude(topic="").order_by().values_list("topic")
    numbers = dict(rows.annotate(Count("pk")))
    return [
        Way(topic.value, str(topic.label), topic_url(topic.value), numbers[topic.value])
        for topic in Topic
        if topic.value in numbers
    ]


def topic_url(topic: str) -> str:
    """Return the address of everything told on a topic."""
    return reverse("posts:topic_archive", args=[topic])


def public_pieces(*, at: datetime.datetime) -> QuerySet[PostItem]:
    """Return the pieces of posts that strangers may read at `at`."""
    return PostItem.objects.filter(post__in=Post.objects.public(at=at))


def posts_of_year(year: int, *, at: datetime.datetime) -> list[tuple[str, list[Post]]]:
    """Return a year's posts under the month that their week begins in, the newest first. One query."""
    found = Post.objects.public(at=at).filter(year=year).order_by("-week", "-pk")

    def month(post: Post) -> tuple[int, int]:
        return post.monday.year, post.monday.month

    return [
        (f"{formats.month_name(number)} {its_year}", list(posts))
        for (its_year, number), posts in groupby(found, key=month)
    ]


def weeks_with(which: Q, params: Mapping[str, str], *, at: datetime.datetime) -> Page[Post]:
    """
    Return a page of posts with pieces like this, the newest first. Two queries.

    Their `items.all()` are those pieces only, in the order of the post.
    """
    pieces = PostItem.objects.filter(which)
    matching = pieces.select_related("forum", "company").order_by("position", "pk")
    posts: PostQuerySet = (
        Post.objects.public(at=at)
        .filter(Exists(pieces.filter(post=OuterRef("pk"))))
        .prefetch_related(Prefetch("items", queryset=matching))
    )
    return keyset_page(posts, ["-year", "-week", "-pk"], params, size=WEEKS_ON_A_PAGE)


def newest_pieces(which: Q, *, at: datetime.datetime, most: int) -> list[PostItem]:
    """Return the latest pieces like this, with their posts; within a post in its order. One query."""
    found = public_pieces(at=at).filter(which).select_related("post")
    return list(found.order_by("-post__year", "-post__week", "position", "pk")[:most])


def with_open_pages(pieces: Sequence[PostItem], *, at: datetime.datetime) -> set[int]:
    """Return which companies of these pieces have a page: those that are members now. One query."""
    named = {piece.company_id for piece in pieces if piece.company_id is not None}
    if not named:
        return set()
    return set(Company.objects.public(at=at).filter(pk__in=named).values_list("pk", flat=True))
