"""What a calendar writes, as plain text of ours: without markup, without links to meetings, short enough."""

import html
import re
import unicodedata
from html.parser import HTMLParser
from urllib.parse import urlsplit

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-z]+|#\d+);", re.IGNORECASE)
_BREAKS = {"br", "p", "div", "li", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "table"}
_SILENT = {"script", "style", "head", "title"}
# How Google marks the way in to a video meeting, which is for those invited.
_MEETING = re.compile(r"-::~[:~]+-.*?(?:-::~[:~]+-|\Z)", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


class _Text(HTMLParser):
    """The text of some markup, with line breaks where the page would have them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(self.silent - (tag in _SILENT), 0)
        if tag in _BREAKS - {"br"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def plain(text: str) -> str:
    """Return the text without markup: at most one empty line in a row, no spaces at the ends of lines."""
    text = _MEETING.sub("", text)
    if _MARKUP.search(text):
        reader = _Text()
        reader.feed(text)
        reader.close()
        text = html.unescape("".join(reader.parts))
    lines = [" ".join(line.split()) for line in text.replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str, *, most: int) -> str:
    """Return the text in one line of at most `most` letters, cut between words."""
    text = " ".join(plain(text).split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,.;:–-") + "…"


def shortly(text: str, *, most: int) -> str:
    """Return the first paragraph, or as many of its whole sentences as there is room for."""
    first = " ".join(plain(text).partition("\n\n")[0].split())
    if len(first) <= most:
        return first
    kept = ""
    for sentence in _SENTENCE_END.split(first):
        if len(kept) + len(sentence) + 1 > most:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or one_line(first, most=most)


def web_address(text: str, *, most: int = 200) -> str:
    """Return an address of a page that may stand in a link; empty when it is anything else."""
    text = text.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    is_page = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", text)
    return text if is_page and len(text) <= most else ""


def fold(text: str) -> str:
    """Return the text so that what people read as the same is the same: case, accents, punctuation."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("å", "aa"))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())
