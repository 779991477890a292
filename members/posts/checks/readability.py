"""How hard a text is to read, by numbers: LIX and the sentences that are too long."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

import nh3
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.posts.checks.problems import Finding
from members.posts.models import Post, PostItem

# Our own choice: a sentence of more words is marked for the editor.
LONG_SENTENCE = 30
# From here a text reads as an official report does.
HARD = 50
# Fewer words make a number that means nothing.
FEWEST_WORDS = 40
_BLOCK_ENDS = re.compile(r"</(?:p|li|h\d|blockquote)>|<br\s*/?>")
_WORD = re.compile(r"[^\W_]+(?:[-–'’.,/][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?:…]+[\"»”)\]]*(?=\s+[\"«“(\[]?[A-ZÆØÅÄÖ0-9])")
# What ends with a full stop and ends no sentence.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«])(?:(?i:kl|nr|ca|bl\.a|f\.eks|dvs|jf|pr|tlf|evt|inkl|st)|[A-ZÆØÅ])\.$"
)
# Below which value a text is what. Source: the scale of lix.se, read 2026-11-25.
_SCALE: tuple[tuple[int, str | Promise], ...] = (
    (30, gettext_lazy("svært lett")),
    (40, gettext_lazy("lett")),
    (50, gettext_lazy("middels")),
    (60, gettext_lazy("vanskelig")),
)


@dataclass(frozen=True)
class Readability:
    """The numbers of a text. `lix` is None for one that is too short to measure."""

    words: int
    sentences: int
    lix: int | None
    long_sentences: tuple[str, ...]

    @property
    def label(self) -> str:
        """How hard it is, in words."""
        if self.lix is None:
            return str(_("for kort til å måles"))
        return next((str(name) for limit, name in _SCALE if self.lix < limit), _("svært vanskelig"))


def lix(*, words: int, sentences: int, long_words: int) -> float:
    """
    Return the readability index: words per sentence, and words of more than six letters in percent.

    Source: C. H. Björnsson, Läsbarhet, Liber, Stockholm 1968; the formula as on
    https://en.wikipedia.org/wiki/Lix_(readability_test), read 2026-11-25. A sentence ends at a full
    stop, a question or exclamation mark, or a colon before a capital; so does a paragraph or list item.
    """
    return words / sentences + 100 * long_words / words if words and sentences else 0.0


def blocks_of(html: str) -> list[str]:
    """Return the words of each paragraph, list item and heading of sanitised HTML."""
    parts = (unescape(nh3.clean(part, tags=set())) for part in _BLOCK_ENDS.split(html))
    return [line for part in parts if (line := " ".join(part.split()))]


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence of a paragraph begins and ends."""
    start = 0
    for found in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text, max(start, found.end() - 8), found.end()):
            continue
        yield start, found.end()
        start = found.end()
        while start < len(text) and text[start].isspace():
            start += 1
    if text[start:].strip():
        yield start, len(text.rstrip())


def count_words(text: str) -> int:
    """Return the number of words; "14.30" and "nord-sør" are one each."""
    return len(_WORD.findall(text))


def measure(blocks: Sequence[str]) -> Readability:
    """Return the numbers of these paragraphs together."""
    sentences = [text[a:b] for text in blocks for a, b in sentence_spans(text)]
    words = [word for text in blocks for word in _WORD.findall(text)]
    long_words = sum(sum(map(str.isalpha, word)) > 6 for word in words)
    counted = [sentence for sentence in sentences if count_words(sentence)]
    value = lix(words=len(words), sentences=len(counted), long_words=long_words)
    return Readability(
        words=len(words),
        sentences=len(counted),
        lix=round(value) if len(words) >= FEWEST_WORDS else None,
        long_sentences=tuple(s for s in counted if count_words(s) > LONG_SENTENCE),
    )


def of_item(item: PostItem) -> Readability:
    """Return the numbers of one piece."""
    return measure(blocks_of(item.body))


def of_post(post: Post, items: Sequence[PostItem]) -> Readability:
    """Return the numbers of the introduction and all pieces together."""
    intro = [" ".join(line.split()) for line in post.intro.splitlines() if line.strip()]
    return measure([*intro, *(block for item in items for block in blocks_of(item.body))])


def reading_findings(post: Post, items: Sequence[PostItem]) -> Iterator[Finding]:
    """Yield that the post or one of its pieces is hard to read, and each sentence that is too long."""
    whole = of_post(post, items)
    if whole.lix is not None and whole.lix >= HARD:
        text = _("Posten har lesbarhet (LIX) %(lix)s: %(label)s. Under %(hard)s leses lettere.")
        names = {"lix": whole.lix, "label": whole.label, "hard": HARD}
        yield Finding(code="lix", text=text % names)
    for item in items:
        found = of_item(item)
        if found.lix is not None and found.lix >= HARD:
            text = _("«%(piece)s» har lesbarhet (LIX) %(lix)s: %(label)s.")
            names = {"piece": item.heading, "lix": found.lix, "label": found.label}
            yield Finding(code="lix", text=text % names, item_id=item.pk)
        for sentence in found.long_sentences:
            text = _("I «%(piece)s» er en setning på %(words)s ord: «%(start)s …»")
            names = {
                "piece": item.heading,
                "words": count_words(sentence),
                "start": " ".join(sentence.split()[:6]),
            }
            yield Finding(code="long-sentence", text=text % names, item_id=item.pk)
