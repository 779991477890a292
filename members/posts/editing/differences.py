"""What differs between two texts, word by word, in a form that people can read."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Literal

import nh3
from django.utils.translation import gettext as _

_WORDS = re.compile(r"\s+|[^\s]+")
_LINK = re.compile(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Segment:
    """Some words that both texts have, or that were added or removed."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Difference:
    """How one field reads before and after. Where only the layout differs, `note` says so."""

    label: str
    segments: tuple[Segment, ...]
    note: str = ""


def readable(html: str) -> str:
    """Return rich text as lines of plain words, with list marks and the addresses of links."""
    text = _LINK.sub(r"\2 (\1)", html)
    text = re.sub(r"<li\b[^>]*>\s*(<p>)?", "• ", text)
    text = re.sub(r"</(p|li|h\d|ul|ol|blockquote)>|<br\s*/?>", "\n", text)
    lines = unescape(nh3.clean(text, tags=set())).splitlines()
    return "\n".join(line for raw in lines if (line := " ".join(raw.split())))


def word_by_word(before: str, after: str) -> tuple[Segment, ...]:
    """Return the words of both texts in reading order: kept, removed and added."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Segment] = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(Segment("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Segment("removed", "".join(old[a:b])))
        if d > c:
            found.append(Segment("added", "".join(new[c:d])))
    return tuple(_smooth(found))


def _smooth(segments: Iterable[Segment]) -> list[Segment]:
    """Join changes that only a space parts: a rewritten sentence reads as one, not word for word."""
    found: list[Segment] = []
    removed = added = ""

    def flush() -> None:
        nonlocal removed, added
        changes: list[tuple[Kind, str]] = [("removed", removed), ("added", added)]
        for kind, text in changes:
            if text:
                found.append(Segment(kind if text.strip() else "same", text))
        removed = added = ""

    parts = list(segments)
    for index, part in enumerate(parts):
        inside = 0 < index < len(parts) - 1
        if part.kind == "removed":
            removed += part.text
        elif part.kind == "added":
            added += part.text
        elif inside and part.text == " " and (removed or added):
            removed, added = removed + " ", added + " "
        else:
            flush()
            found.append(part)
    flush()
    return found


def of_field(label: str, before: str, after: str, *, is_html: bool = False) -> Difference | None:
    """Return how a field differs, or None when it does not."""
    if before == after:
        return None
    old, new = (readable(before), readable(after)) if is_html else (before, after)
    note = _("Bare utformingen er endret.") if old == new else ""
    return Difference(label, word_by_word(old, new), note)
