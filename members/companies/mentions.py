"""
Where else the portal tells of a company or a forum.

This app knows no posts; `MENTIONS` names those who know, and `vekst.home.mentions` fills it.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from members.companies.models import Company, Forum


@dataclass(frozen=True)
class Mention:
    """One place that tells of it: the words, when that was, and where to read on."""

    title: str
    url: str
    day: datetime.date
    # The language of the title where it is not the page's own; else "".
    language: str = ""


@dataclass(frozen=True)
class Mentions:
    """The latest of one kind under a heading, with the way to all of them."""

    heading: str
    items: list[Mention]
    more_label: str
    more_url: str


FindMentions = Callable[[Company | Forum, datetime.datetime], Mentions | None]
MENTIONS: dict[str, FindMentions] = {}


def mentions_of(thing: Company | Forum, *, at: datetime.datetime) -> list[Mentions]:
    """Return where strangers can read more of it at `at`. One query for each kind."""
    found = [find(thing, at) for find in MENTIONS.values()]
    return [mentions for mentions in found if mentions is not None]
