"""
Live cards: what stands below a piece of a post and is read anew each time.

`CARD_KINDS` names those who know the objects; `vekst` fills it, since this app knows no events and no
homes. Each kind costs one query, whatever the number of cards and posts.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.accounts.models import User
from members.posts.editing.pieces import written
from members.posts.models import CardKind, Post, PostCard, PostItem


@dataclass(frozen=True)
class LiveCard:
    """
    What a card says at one moment. Without an address it shows that the thing is gone, and nothing of it.

    `tone` is a colour of a tag; the words say the same. `language` is that of the title where it is not
    the page's own.
    """

    title: str
    url: str = ""
    lines: tuple[str, ...] = ()
    state_label: str = ""
    tone: str = "neutral"
    language: str = ""
    kind_label: str = ""
    # No longer for strangers to see: an editor may want to take the card away.
    is_gone: bool = False


@dataclass(frozen=True)
class Found:
    """Something that a card can show, in a list to choose from."""

    key: int
    title: str
    note: str = ""


@dataclass(frozen=True)
class CardSource:
    """Who reads one kind. Both show only what strangers may see at that moment."""

    read: Callable[[Collection[int], datetime.datetime], Mapping[int, LiveCard]]
    search: Callable[[str, datetime.datetime], Sequence[Found]]


# Filled by `vekst.home.cards`, which may know what the programme's apps hold.
CARD_KINDS: dict[str, CardSource] = {}
GONE = {
    CardKind.EVENT: gettext_lazy("Arrangementet vises ikke lenger i portalen."),
    CardKind.PROJECT: gettext_lazy("Prosjektet vises ikke lenger i portalen."),
    CardKind.MEASURE: gettext_lazy("Tiltaket vises ikke lenger i portalen."),
    CardKind.COMPANY: gettext_lazy("Bedriften er ikke lenger medlem."),
    CardKind.HOME: gettext_lazy("Boligen er ikke lenger ledig."),
    CardKind.JOB: gettext_lazy("Stillingen er ikke lenger ledig."),
}


class UnknownThingError(Exception):
    """There is nothing of that kind and number that strangers may see. The message is for the editor."""

    def __init__(self) -> None:
        super().__init__(_("Det finnes ingenting å vise for leserne der. Søk og velg på nytt."))


def live_cards(
    wanted: Iterable[tuple[str, int]], *, at: datetime.datetime
) -> dict[tuple[str, int], LiveCard]:
    """Return what each (kind, key) says at `at`. One query for each kind that is among them."""
    keys: dict[str, set[int]] = defaultdict(set)
    for kind, key in wanted:
        keys[kind].add(key)
    found = {}
    for kind, of_kind in keys.items():
        source = CARD_KINDS.get(kind)
        there = source.read(of_kind, at) if source else {}
        label = str(CardKind(kind).label)
        for key in of_kind:
            card = there.get(key) or LiveCard(str(GONE[CardKind(kind)]), is_gone=True)
            found[kind, key] = replace(card, kind_label=label)
    return found


def cards_of(
    items: Iterable[PostItem], *, at: datetime.datetime
) -> dict[int, list[tuple[PostCard, LiveCard]]]:
    """
    Return the cards of pieces by piece, in their order, with what they say.

    One query for the cards, and one for each kind of card among them.
    """
    items = list(items)
    prefetch_related_objects(items, "cards")
    rows = [card for item in items for card in item.cards.all()]
    live = live_cards(((card.kind, card.key) for card in rows), at=at)
    by_item: dict[int, list[tuple[PostCard, LiveCard]]] = defaultdict(list)
    for card in sorted(rows, key=lambda card: (card.position, card.pk)):
        by_item[card.item_id].append((card, live[card.kind, card.key]))
    return by_item


def search(kind: str, text: str, *, at: datetime.datetime) -> list[Found]:
    """Return what a card of that kind could show, the likeliest first; the newest when nothing is asked."""
    source = CARD_KINDS.get(kind)
    return list(source.search(text.strip(), at)) if source else []


@transaction.atomic
def add(*, item: PostItem, kind: str, key: int, at: datetime.datetime, by: User | None) -> PostCard:
    """
    Put a card last below the piece. The same card twice is one.

    The post is written in then, as by `move` and `remove`: an approved one is approved anew.

    Raises UnknownThingError when strangers may not see what it would show.
    """
    _lock(item.post_id)
    if kind not in CARD_KINDS or live_cards([(kind, key)], at=at)[kind, key].is_gone:
        raise UnknownThingError
    there = PostCard.objects.filter(item=item)
    twin = there.filter(kind=kind, key=key).first()
    if twin is not None:
        return twin
    made = PostCard.objects.create(item=item, kind=kind, key=key, position=there.count())
    written(item.post, at=at, by=by)
    return made


@transaction.atomic
def move(*, card: PostCard, position: int, at: datetime.datetime, by: User | None) -> None:
    """Put the card as number `position` from 0 among those of its piece. Where it stands already is no change."""
    _lock(card.item.post_id)
    before = list(PostCard.objects.filter(item=card.item_id).order_by("position", "pk"))
    order = [other for other in before if other.pk != card.pk]
    order.insert(max(0, min(position, len(order))), card)
    if order == before:
        return
    for number, other in enumerate(order):
        other.position = number
    PostCard.objects.bulk_update(order, ["position"])
    written(card.item.post, at=at, by=by)


@transaction.atomic
def remove(*, card: PostCard, at: datetime.datetime, by: User | None) -> None:
    """Take the card away. What it showed is not touched, and one that is gone already is no change."""
    _lock(card.item.post_id)
    gone, _by_model = PostCard.objects.filter(pk=card.pk).delete()
    if gone:
        written(card.item.post, at=at, by=by)


def _lock(post_id: int) -> None:
    """Lock the post, as every change to a piece does."""
    Post.objects.select_for_update(of=("self",)).get(pk=post_id)
