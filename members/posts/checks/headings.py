"""Headings: in order, real ones, and each its own."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from members.posts.checks.problems import Finding
from members.posts.models import PostItem
from vekst.richtext import plain_text

# What stands above the first heading of a text. Pages write those of a text one level down: the title of the
# post is level 1 there, the heading of each piece level 2. See also `reading.Piece.html`.
ABOVE = 1
_HEADING = re.compile(r"<h([1-6])\b")
_ALL_BOLD = re.compile(
    r"<p>\s*<strong>((?:(?!</?(?:p|strong)>).)+)</strong>\s*:?\s*</p>", re.DOTALL
)
# A bold sentence is an emphasis; a few bold words without a full stop are meant as a heading.
MOST_WORDS = 8


def heading_findings(items: Sequence[PostItem]) -> Iterator[Finding]:
    """Yield what is wrong with the headings of the pieces and those inside their text."""
    seen: dict[str, str] = {}
    for item in items:
        key = " ".join(item.heading.lower().split())
        if key in seen:
            text = _("Flere biter heter «%(piece)s».") % {"piece": item.heading}
            yield Finding(code="heading-twice", text=text, item_id=item.pk)
        seen[key] = item.heading
        yield from _inside(item)


def _inside(item: PostItem) -> Iterator[Finding]:
    level = ABOVE
    for found in map(int, _HEADING.findall(item.body)):
        if found > level + 1:
            text = _(
                "I «%(piece)s» er en overskrift på nivå %(found)s. Den skulle vært på nivå %(right)s."
            )
            names = {"piece": item.heading, "found": found, "right": level + 1}
            yield Finding(code="heading-order", text=text % names, item_id=item.pk)
        level = found
    for bold in _ALL_BOLD.findall(item.body):
        words = plain_text(bold)
        if words and len(words.split()) <= MOST_WORDS and not words.endswith((".", "!", "?")):
            text = _("I «%(piece)s» er «%(words)s» fet skrift som ser ut som en overskrift.")
            names = {"piece": item.heading, "words": words}
            yield Finding(code="heading-fake", text=text % names, item_id=item.pk)
