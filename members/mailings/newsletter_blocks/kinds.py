"""
What each kind of part shows.

`BLOCK_KINDS` names those who know the objects; `vekst` fills it, since this package knows no events and
no vacancies. Each gives its block in a fixed number of queries.
"""

import datetime
from collections.abc import Callable
from dataclasses import replace

from members.mailings.models import BlockKind, Newsletter, NewsletterBlock
from members.mailings.models.newsletter import FROZEN_STATES
from members.mailings.newsletter_content import Block, Item, from_json, read_anew
from members.mailings.newsletter_pictures import without_gone

MakeBlock = Callable[[NewsletterBlock, datetime.datetime], Block]


def own_text(part: NewsletterBlock, at: datetime.datetime) -> Block:
    """Return what the editor wrote."""
    return Block("", [Item("", html=part.text)] if part.text.strip() else [])


BLOCK_KINDS: dict[str, MakeBlock] = {BlockKind.TEXT: own_text}


def block_of(part: NewsletterBlock, *, at: datetime.datetime) -> Block:
    """Return what the part shows at `at`, under its own heading when it has one."""
    make = BLOCK_KINDS.get(part.kind)
    block = make(part, at) if make else Block("")
    return replace(block, heading=part.title or block.heading)


def content_of(newsletter: Newsletter, *, at: datetime.datetime) -> list[Block]:
    """
    Return all that the newsletter holds: its fixed entries first, then its parts in their order.

    What is live among the fixed entries is read anew. From the moment it is sent the fixed entries are
    everything there was.
    """
    blocks = without_gone(from_json(newsletter.blocks))
    if not newsletter.pk or newsletter.state in FROZEN_STATES:
        return blocks
    parts = newsletter.parts.order_by("position", "pk")
    return read_anew(blocks, at=at) + [block_of(part, at=at) for part in parts]
