"""How a proposal is put: paragraphs that are safe to store, dates as they are said."""

import datetime
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.text import Truncator

from vekst import formats

LONGEST_TEXT = 70


def paragraphs(*texts: str) -> str:
    """Return the texts that say something as paragraphs of HTML, each cut after some seventy words."""
    found = (Truncator(" ".join(text.split())).words(LONGEST_TEXT) for text in texts)
    return "".join(f"<p>{escape(text)}</p>" for text in found if text)


def bullets(texts: Iterable[str]) -> str:
    """Return the texts as a list of HTML; nothing when there are none."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts if text)
    return f"<ul>{items}</ul>" if items else ""


def day(when: datetime.date) -> str:
    """Return "torsdag 19. november" for the day here."""
    return formats.weekday_date_text(when)


def start(when: datetime.datetime, end: datetime.datetime | None = None) -> str:
    """Return "torsdag 19. november kl. 18.00"; without the clock for what lasts whole days."""
    if formats.is_whole_days(when, end):
        return day(when)
    return f"{day(when)} {formats.time_text(when)}"


def link_name(words: str, thing: str) -> str:
    """
    Return the words of a link that says where it goes: two links of the same name confuse those who
    hear the links of a page one by one. Cut to what the field takes.
    """
    return Truncator(f"{words} {thing}").chars(100)


def sentence(text: str) -> str:
    """Return the text with a capital first and an end."""
    text = text.strip()
    return (
        f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?', '…')) else '.'}"
        if text
        else ""
    )
