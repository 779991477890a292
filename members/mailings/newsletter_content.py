"""
What a newsletter is made of; `newsletter_mail` makes the mail of it.

Who composes one hands over plain blocks; this module knows no posts and no events. `EXTRA_BLOCKS` names
those who have something for every newsletter; `vekst` fills it.
"""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from vekst.richtext import sanitise

UNSUBSCRIBE, PREFERENCES = "unsubscribe", "preferences"
FIELDS = frozenset({UNSUBSCRIBE, PREFERENCES})


class UnknownFieldError(Exception):
    """A template asks for a merge field that no reader has."""


@dataclass(frozen=True)
class Item:
    """One entry: a piece of the post, an event, a vacancy."""

    title: str
    text: str = ""
    url: str = ""
    # A line above the title: the day, or place and time.
    meta: str = ""
    picture_url: str = ""
    picture_alt: str = ""
    picture_caption: str = ""
    # Of the picture file in pixels, as digits; empty when nobody knows.
    picture_width: str = ""
    picture_height: str = ""
    # Formatted text instead of `text`; sanitised again when it is shown.
    html: str = ""
    # The name of what it was read from, such as "card:event:12": until it is sent it is read anew.
    live: str = ""


@dataclass(frozen=True)
class Block:
    """A part of the newsletter with a heading of its own. Without items it is left out."""

    heading: str
    items: Sequence[Item] = field(default_factory=tuple)
    # The way to more of the same.
    link_label: str = ""
    link_url: str = ""


ExtraBlocks = Callable[[datetime.datetime], list[Block]]
# Filled by `vekst.home.newsletter`, which may know what the programme's apps hold.
EXTRA_BLOCKS: dict[str, ExtraBlocks] = {}
ReadAnew = Callable[[Collection[str], datetime.datetime], Mapping[str, Item]]
# Who reads the entries whose `live` begins so. Filled by `vekst.home`.
READ_ANEW: dict[str, ReadAnew] = {}


@dataclass(frozen=True)
class Rendered:
    """A finished mail with merge fields for what is each reader's own."""

    title: str
    text: str
    html: str
    headers: dict[str, str]


def extra_blocks(*, at: datetime.datetime) -> list[Block]:
    """Return what others have for a newsletter that is made at `at`, such as the coming events."""
    return [block for make in EXTRA_BLOCKS.values() for block in make(at) if block.items]


def read_anew(blocks: Sequence[Block], *, at: datetime.datetime) -> list[Block]:
    """Return the blocks with their live entries as they are at `at`; what is gone goes too."""
    names = {item.live for block in blocks for item in block.items if item.live}
    found: dict[str, Item] = {}
    for kind, read in READ_ANEW.items():
        if of_kind := {name for name in names if name.startswith(f"{kind}:")}:
            found |= read(of_kind, at)
    fresh = []
    for block in blocks:
        kept = (item for item in block.items if not item.live or item.live in found)
        items = tuple(found.get(item.live, item) for item in kept)
        if items:
            fresh.append(replace(block, items=items))
    return fresh


def to_json(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return the blocks as `Newsletter.blocks` keeps them."""
    return [asdict(block) for block in blocks if block.items]


def from_json(rows: Sequence[dict[str, Any]]) -> list[Block]:
    """Return what `to_json` wrote. Fields of a later version are left out."""
    blocks = []
    for row in rows:
        known = {name: str(row.get(name, "")) for name in ("heading", "link_label", "link_url")}
        items = tuple(
            _item({name: str(raw.get(name, "")) for name in Item.__dataclass_fields__})
            for raw in row.get("items", [])
        )
        blocks.append(Block(items=items, **known))
    return blocks


def _item(values: dict[str, str]) -> Item:
    return Item(**{**values, "html": sanitise(values["html"])})


def list_items(rows: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return a key and a name for each entry, for an editor to choose among."""
    return [
        (
            f"{i}.{j}",
            f"{row.get('heading', '')}: {item.get('title') or item.get('picture_alt', '')}",
        )
        for i, row in enumerate(rows)
        for j, item in enumerate(row.get("items", []))
    ]


def keep_items(rows: Sequence[dict[str, Any]], kept: set[str]) -> list[dict[str, Any]]:
    """Return the blocks with these entries only; a block without any is left out."""
    result = []
    for i, row in enumerate(rows):
        items = [item for j, item in enumerate(row.get("items", [])) if f"{i}.{j}" in kept]
        if items:
            result.append({**row, "items": items})
    return result
