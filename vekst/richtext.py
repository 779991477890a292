"""HTML that strangers or other systems wrote, cut down to what the portal shows."""

import re
from html import unescape

import nh3

# What is dropped with everything in it; of other tags only the tag goes.
_WHOLE = {
    "script",
    "style",
    "title",
    "xml",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math",
}
# The marks of a text from Word or Outlook.
_WORD = re.compile(r"mso-|class=[\"']?Mso|<o:p|urn:schemas-microsoft-com", re.IGNORECASE)
# None of these looks past the next opening of its kind, so hostile text costs no more than its length.
_COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->|<!\[[^<>]*\]>", re.DOTALL)
# The bullet or number that Word writes before a list item, as text.
_MARKER = re.compile(
    r"<!(?:--)?\[if !supportLists\](?:--)?>((?:(?!<!).)*)<!(?:--)?\[endif\](?:--)?>",
    re.DOTALL | re.IGNORECASE,
)
_LIST_ITEM = re.compile(
    r"<p\b(?=[^<>]*mso-list:)[^<>]*>((?:(?!<p\b).)*?)</p>", re.DOTALL | re.IGNORECASE
)
_NUMBER = re.compile(r"^\(?(?:\d+|[a-zæøå]|[ivxl]+)[.)]$", re.IGNORECASE)
_EMPTY = re.compile(r"<p>(?:\s|&nbsp;|<br\s*/?>)*</p>|<(strong|em)>(?:\s|&nbsp;)*</\1>")

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h2", "h3", "h4", "a", "blockquote"}


def sanitise(html: str) -> str:
    """
    Return `html` with text, lists, headings and safe links only. Never raises on broken HTML.

    What was pasted from Word keeps its paragraphs, lists and emphasis, and loses everything else.
    """
    if _WORD.search(html):
        html = _from_word(html)
    return _EMPTY.sub("", _clean(html)) if "<" in html else _clean(html)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_WHOLE,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
    )


def _from_word(html: str) -> str:
    """Write Word's own marks as the HTML they stand for. What comes out is not yet safe."""
    html = _LIST_ITEM.sub(_list_item, html)
    html = re.sub(r"</ul>\s*<ul>|</ol>\s*<ol>", "", html)
    html = _COMMENT.sub("", html)
    html = re.sub(r"<(/?)b\b[^<>]*>", r"<\1strong>", html, flags=re.IGNORECASE)
    html = re.sub(r"<(/?)i\b[^<>]*>", r"<\1em>", html, flags=re.IGNORECASE)
    html = re.sub(r"<(/?)h1\b[^<>]*>", r"<\1h2>", html, flags=re.IGNORECASE)
    html = re.sub(r"<(/?)div\b[^<>]*>", r"<\1p>", html, flags=re.IGNORECASE)
    return html.replace("&nbsp;", " ").replace("\xa0", " ")


def _list_item(found: re.Match[str]) -> str:
    inner = found.group(1)
    marker = _MARKER.search(inner)
    sign = plain_text(marker.group(1)) if marker else ""
    kind = "ol" if _NUMBER.match(sign) else "ul"
    return f"<{kind}><li>{_MARKER.sub('', inner)}</li></{kind}>"


def plain_text(html: str) -> str:
    """Return the words of `html` on one line, for descriptions, search and feeds."""
    spaced = re.sub(r"</(p|li|h\d|div)>|<br\s*/?>", " ", html)
    return " ".join(unescape(nh3.clean(spaced, tags=set())).split())


def hrefs(html: str) -> list[tuple[str, str]]:
    """Return address and words of each link in sanitised HTML."""
    found = re.findall(r'<a\b[^<>]*?href="([^"]*)"[^<>]*>((?:(?!</a>).)*)</a>', html, re.DOTALL)
    return [(unescape(address), plain_text(words)) for address, words in found]
