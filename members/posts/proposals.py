"""
Pieces that the portal proposes for a week's post, for an editor to take, change and order.

`PROPOSERS` names those who know what happened; `vekst` fills it, since this app knows no events and no
measures. Each tells only what strangers may see, in Bokmål, in a fixed number of queries.
"""

import datetime
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from members.accounts.models import User
from members.posts import cards
from members.posts.editing import pieces
from members.posts.models import Post, PostItem

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# A week with more of one kind than this is told by picking, not by listing.
MOST = 40


@dataclass(frozen=True)
class Week:
    """One ISO week here, from Monday at midnight to the next, whatever the clock does in between."""

    monday: datetime.date

    @property
    def sunday(self) -> datetime.date:
        return self.monday + datetime.timedelta(days=6)

    @property
    def starts_at(self) -> datetime.datetime:
        return self.midnight(0)

    @property
    def ends_at(self) -> datetime.datetime:
        """The first moment after the week."""
        return self.midnight(7)

    def midnight(self, days: int) -> datetime.datetime:
        """Return the midnight that begins the day so many days after Monday."""
        day = self.monday + datetime.timedelta(days=days)
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))

    def weekday_of(self, when: datetime.date | datetime.datetime) -> int | None:
        """Return the ISO weekday of a day or moment of this week; None for any other."""
        day = timezone.localdate(when) if isinstance(when, datetime.datetime) else when
        return day.isoweekday() if self.monday <= day <= self.sunday else None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """
    One piece as it could be. `source` is its name for ever, such as "event-held:12"; `text` is HTML.

    `note` tells the editor what it builds on, and is no part of the piece.
    """

    source: str
    heading: str
    text: str
    note: str = ""
    link_path: str = ""
    link_label: str = ""
    weekday: int | None = None
    topic: str = ""
    forum_id: int | None = None
    company_id: int | None = None
    cards: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Proposer:
    """Who proposes one kind of piece, under a heading for the editor. At most `MOST` of them."""

    label: "_StrPromise"
    propose: Callable[[Week, datetime.datetime], list[Proposal]]


# Filled by `vekst.home.proposals`. The panel shows the kinds in this order.
PROPOSERS: dict[str, Proposer] = {}


@dataclass(frozen=True)
class Offer:
    """A proposal, and the piece that was made of it in this post, if any."""

    proposal: Proposal
    item: PostItem | None

    @property
    def is_taken(self) -> bool:
        return self.item is not None and self.item.dropped_at is None

    @property
    def is_dropped(self) -> bool:
        return self.item is not None and self.item.dropped_at is not None


@dataclass(frozen=True)
class OfferGroup:
    """The proposals of one kind."""

    label: str
    offers: list[Offer]

    @property
    def left(self) -> int:
        """How many nobody has decided on."""
        return sum(offer.item is None for offer in self.offers)

    @property
    def is_cut(self) -> bool:
        """Tell whether there may be more than those shown."""
        return len(self.offers) >= MOST


def offers_for(post: Post, *, at: datetime.datetime) -> list[OfferGroup]:
    """Return what is proposed for the post's week at `at`, by kind; kinds without any are left out."""
    made = _made_of_proposals(post)
    groups = []
    for proposer, found in _propose(post, at=at):
        offers = [Offer(proposal, made.get(proposal.source)) for proposal in found]
        if offers:
            groups.append(OfferGroup(str(proposer.label), offers))
    return groups


@transaction.atomic
def take(
    *,
    post: Post,
    sources: Collection[str],
    at: datetime.datetime,
    by: User | None,
    was_public: bool = True,
) -> list[PostItem]:
    """
    Make pieces of the proposals with these names, and return those that were not in the post before.

    One that is taken already changes nothing, so pressing twice makes one piece; one that was dropped
    comes back with the words it had. A name that nobody proposes any more is passed over. Raises
    PublishedMeanwhileError when readers got the post after the panel was opened.
    """
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    pieces.check_public(post, was_public=was_public)
    made = _made_of_proposals(post)
    taken = []
    for _proposer, found in _propose(post, at=at):
        for proposal in found:
            if proposal.source not in sources:
                continue
            item = made.get(proposal.source)
            if item is None:
                taken.append(_make(post, proposal, at=at, by=by))
            elif item.dropped_at is not None:
                taken.append(pieces.restore(post=post, item_id=item.pk, at=at, by=by))
    return taken


def _propose(post: Post, *, at: datetime.datetime) -> Iterator[tuple[Proposer, list[Proposal]]]:
    week = Week(post.monday)
    for proposer in PROPOSERS.values():
        # The post is in Bokmål, whatever language its editor uses the admin in.
        with translation.override(settings.LANGUAGE_CODE):
            found = proposer.propose(week, at)
        yield proposer, found


def _made_of_proposals(post: Post) -> dict[str, PostItem]:
    """Return the pieces made of proposals by the proposal's name; one in the post hides a dropped one."""
    found = PostItem.everything.filter(post=post).exclude(source="").select_related("dropped_by")
    # Later rows win: those in the post come last.
    return {
        item.source: item for item in found.order_by(F("dropped_at").asc(nulls_last=True), "pk")
    }


def _make(post: Post, proposal: Proposal, *, at: datetime.datetime, by: User | None) -> PostItem:
    item = pieces.add(
        post=post,
        fields={
            "heading": _short(proposal.heading, 150),
            "body": proposal.text,
            "weekday": proposal.weekday,
            "topic": proposal.topic,
            "forum_id": proposal.forum_id,
            "company_id": proposal.company_id,
            "link_label": proposal.link_label,
            "link_path": proposal.link_path,
        },
        position=_place(post, proposal.weekday),
        source=proposal.source,
        at=at,
        by=by,
    )
    for kind, key in proposal.cards:
        cards.add(item=item, kind=kind, key=key, at=at, by=by)
    return item


def _short(text: str, length: int) -> str:
    """Return the text, cut at a space when it is longer than a field takes."""
    if len(text) <= length:
        return text
    words, _space, _rest = text[: length - 1].rpartition(" ")
    return f"{(words or text[: length - 1]).rstrip(' .,:;–-')}…"


def _place(post: Post, weekday: int | None) -> int | None:
    """Return where a piece about that day belongs: after those of the same day or an earlier one."""
    days = list(post.items.order_by("position", "pk").values_list("weekday", flat=True))
    if weekday is None:
        return None
    before = [number for number, day in enumerate(days) if day is not None and day <= weekday]
    after = [number for number, day in enumerate(days) if day is not None and day > weekday]
    if before:
        return before[-1] + 1
    return after[0] if after else None
