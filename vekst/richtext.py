"""HTML that strangers or other systems wrote, cut down to what the portal shows."""

import re
from html import unescape

import nh3

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h2", "h3", "h4", "a", "blockquote"}


def sanitise(html: str) -> str:
    """Return `html` with text, lists, headings and safe links only. Never raises on broken HTML."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
    )


def plain_text(html: str) -> str:
    """Return the words of `html` on one line, for descriptions, search and feeds."""
    spaced = re.sub(r"</(p|li|h\d|div)>|<br\s*/?>", " ", html)
    return " ".join(unescape(nh3.clean(spaced, tags=set())).split())
