"""
What a newsletter is made of, and how that becomes a mail.

Who composes one hands over plain blocks; this module knows no posts and no events. `EXTRA_BLOCKS` names
those who have something for every newsletter; `vekst` fills it.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from members.mailings.message import merge_fields

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


def to_json(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return the blocks as `Newsletter.blocks` keeps them."""
    return [asdict(block) for block in blocks if block.items]


def from_json(rows: Sequence[dict[str, Any]]) -> list[Block]:
    """Return what `to_json` wrote. Fields of a later version are left out."""
    blocks = []
    for row in rows:
        known = {name: str(row.get(name, "")) for name in ("heading", "link_label", "link_url")}
        items = tuple(
            Item(**{name: str(raw.get(name, "")) for name in Item.__dataclass_fields__})
            for raw in row.get("items", [])
        )
        blocks.append(Block(items=items, **known))
    return blocks


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


def render(
    *, title: str, intro: str, blocks: Sequence[Block], topic_label: str, topic: str
) -> Rendered:
    """
    Return the newsletter as plain text and HTML, with its headers.

    What people wrote never becomes a merge field. Raises UnknownFieldError when a template does.
    """
    context: dict[str, object] = {
        "title": _no_fields(title),
        "intro": [_no_fields(piece) for piece in intro.split("\n\n") if piece.strip()],
        "blocks": [_block_without_fields(block) for block in blocks if block.items],
        "topic_label": topic_label,
        "programme_name": settings.PROGRAMME_NAME,
        "business_association": settings.BUSINESS_ASSOCIATION,
        "contact_email": settings.CONTACT_EMAIL,
        "site_url": settings.SITE_URL,
        "language": "nb",
        "unsubscribe_url": mark_safe(_link("mailings:unsubscribe", UNSUBSCRIBE)),  # noqa: S308
        "preferences_url": mark_safe(_link("mailings:preferences", PREFERENCES)),  # noqa: S308
    }
    rendered = Rendered(
        title=title,
        text=render_to_string("mailings/mail/newsletter_body.txt", context),
        html=render_to_string("mailings/mail/newsletter_body.html", context),
        headers=list_headers(topic),
    )
    unknown = merge_fields(rendered.text, rendered.html, *rendered.headers.values()) - FIELDS
    if unknown:
        raise UnknownFieldError(", ".join(sorted(unknown)))
    return rendered


def list_headers(topic: str) -> dict[str, str]:
    """Return the headers by which mail programs offer to unsubscribe. Source: RFC 8058, RFC 2919."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return {
        "List-Id": f"{settings.PROGRAMME_NAME} <{topic}.nyhetsbrev.{host}>",
        "List-Unsubscribe": f"<{_link('mailings:unsubscribe', UNSUBSCRIBE)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": f"<{settings.SITE_URL}{reverse('mailings:archive')}>",
        "Precedence": "bulk",
    }


def _link(name: str, merge_field: str) -> str:
    return settings.SITE_URL + reverse(name, args=["TOKEN"]).replace(
        "TOKEN", "{{" + merge_field + "}}"
    )


def _no_fields(text: str) -> str:
    # A space without width: what an editor wrote looks the same and asks for nobody's merge field.
    return text.replace("{{", "{\u200b{")


def _block_without_fields(block: Block) -> Block:
    items = tuple(
        Item(**{name: _no_fields(value) for name, value in asdict(item).items()})
        for item in block.items
    )
    return Block(
        heading=_no_fields(block.heading),
        items=items,
        link_label=_no_fields(block.link_label),
        link_url=block.link_url,
    )
