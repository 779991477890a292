"""Read HTML of our own as plain text that is pleasant to read in a mail."""

from html.parser import HTMLParser

_PARAGRAPHS = {"p", "h2", "h3", "h4", "ul", "ol", "blockquote"}


class _Reader(HTMLParser):
    """Collects lines; a link is followed by its address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._href = ""
        self._link_start = 0
        # The number of the next entry of each open list; None in one with bullets.
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PARAGRAPHS:
            self.text = self.text.rstrip() + "\n\n"
        if tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self.text = self.text.rstrip() + "\n" + self._marker()
        elif tag == "br":
            self.text += "\n"
        elif tag == "a":
            self._href, self._link_start = dict(attrs).get("href") or "", len(self.text)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag in _PARAGRAPHS:
            self.text = self.text.rstrip() + "\n\n"
        elif tag == "a" and self._href:
            if self.text[self._link_start :].strip() != self._href:
                self.text += f" ({self._href})"
            self._href = ""

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if data[:1].isspace() and self.text and not self.text[-1].isspace():
            words = " " + words.lstrip()
        self.text += words + (" " if words.strip() and data[-1:].isspace() else "")

    def _marker(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "


def text_of(html: str) -> str:
    """Return the words of sanitised HTML with its paragraphs and lists, and links as addresses."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.rstrip() for line in reader.text.strip().splitlines()]
    return "\n".join(lines)
