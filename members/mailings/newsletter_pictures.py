"""
Pictures in newsletters that somebody else keeps: which may no longer be shown, and how editors see them early.

`PICTURE_SOURCES` names those who keep pictures; this package knows none of them.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape

from django.conf import settings

from members.mailings.newsletter_content import Block, Item

_SRC = re.compile(r'(<img\b[^>]*?\bsrc=")([^"]*)(")')


@dataclass(frozen=True)
class PictureSource:
    """
    Somebody who keeps pictures.

    `gone` returns those of some addresses that must not be shown any more; `preview` an address that opens
    a picture for editors before readers may see it.
    """

    gone: Callable[[Collection[str]], set[str]]
    preview: Callable[[str], str]


PICTURE_SOURCES: dict[str, PictureSource] = {}


def without_gone(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without the pictures that may no longer be shown; their text stays."""
    urls = {item.picture_url for block in blocks for item in block.items if item.picture_url}
    gone = {url for source in PICTURE_SOURCES.values() for url in source.gone(urls)}
    if not gone:
        return list(blocks)
    return [replace(block, items=_without(block, gone)) for block in blocks]


def _without(block: Block, gone: set[str]) -> tuple[Item, ...]:
    bare = {"picture_url": "", "picture_alt": "", "picture_caption": ""}
    found = (replace(item, **bare) if item.picture_url in gone else item for item in block.items)
    return tuple(item for item in found if item.title or item.text or item.html or item.picture_url)


def for_preview(html: str) -> str:
    """Return the mail with picture addresses that open for an editor who looks at it early."""

    def opened(found: re.Match[str]) -> str:
        address = unescape(found[2])
        path = address.removeprefix(settings.SITE_URL)
        for source in PICTURE_SOURCES.values():
            path = source.preview(path)
        host = settings.SITE_URL if address.startswith(settings.SITE_URL) else ""
        return found[1] + escape(host + path) + found[3]

    return _SRC.sub(opened, html)
