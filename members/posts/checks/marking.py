"""The text of a piece with its long sentences marked, for the editor."""

import re
from html import escape, unescape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from members.posts.checks.readability import LONG_SENTENCE, count_words, sentence_spans
from vekst.richtext import sanitise

_TOKEN = re.compile(r"<[^>]*>|[^<]+")
_ENDS_BLOCK = re.compile(r"</?(?:p|li|h\d|blockquote|ul|ol)\b|<br")


def mark_long_sentences(html: str) -> SafeString:
    """
    Return rich text in which each sentence that is too long stands in `<mark>`.

    A sentence that runs through a link or an emphasis is marked in parts, so the tags stay nested.
    """
    out: list[str] = []
    block: list[str] = []
    for token in _TOKEN.findall(sanitise(html)):
        if _ENDS_BLOCK.match(token):
            out += _marked(block)
            block = []
            out.append(token)
        else:
            block.append(token)
    out += _marked(block)
    return mark_safe("".join(out))  # noqa: S308 — sanitised, and every text is escaped again.


def _marked(tokens: list[str]) -> list[str]:
    """Return the tokens of one paragraph with marks around what belongs to a long sentence."""
    texts = [None if token.startswith("<") else unescape(token) for token in tokens]
    whole = "".join(text or "" for text in texts)
    long = [
        (start, end, count)
        for start, end in sentence_spans(whole)
        if (count := count_words(whole[start:end])) > LONG_SENTENCE
    ]
    if not long:
        return tokens
    found, at = [], 0
    for token, text in zip(tokens, texts, strict=True):
        if text is None:
            found.append(token)
            continue
        found.append(_mark_text(text, at, long))
        at += len(text)
    return found


def _mark_text(text: str, at: int, long: list[tuple[int, int, int]]) -> str:
    found, done = [], 0
    for start, end, count in long:
        a, b = max(start - at, done), min(end - at, len(text))
        if a >= b:
            continue
        title = escape(_("Lang setning: %(count)s ord") % {"count": count})
        inside = escape(text[a:b], quote=False)
        found.append(escape(text[done:a], quote=False))
        found.append(f'<mark title="{title}">{inside}</mark>')
        done = b
    found.append(escape(text[done:], quote=False))
    return "".join(found)
