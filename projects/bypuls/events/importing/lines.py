"""A calendar file as numbered lines and the parts they stand in, however carelessly it was written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

KEPT = ("VEVENT", "VTIMEZONE")
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
# Control characters that no text of a page may hold; tabs and line breaks are not among them.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


class NoCalendarError(Exception):
    """The file is no calendar at all; the message can be shown to staff."""


@dataclass(frozen=True)
class Line:
    """One content line put together from its folded parts; `number` is that of the first in the file."""

    number: int
    text: str

    @property
    def name(self) -> str:
        found = _NAME.match(self.text)
        return found.group().upper() if found else ""

    @property
    def value(self) -> str:
        return self.text.partition(":")[2].strip()


@dataclass
class Block:
    """One event or time zone of the file: its lines, where it begins, and whether it has an end."""

    name: str
    number: int
    method: str = ""
    lines: list[Line] = field(default_factory=list)
    is_closed: bool = False

    def first(self, name: str) -> str:
        """Return the value of the first line of that name; empty when there is none."""
        return next((line.value for line in self.lines if line.name == name), "")

    @property
    def text(self) -> str:
        """The block as a library reads it."""
        inner = "\r\n".join(line.text for line in self.lines)
        return f"BEGIN:{self.name}\r\n{inner}\r\nEND:{self.name}\r\n"


@dataclass
class Parts:
    """What a file is made of. `is_whole` when it ends as a calendar ends, and was not cut off."""

    blocks: list[Block] = field(default_factory=list)
    is_whole: bool = False


def unfold(content: bytes) -> list[Line]:
    """
    Return the content lines of a file in UTF-8, UTF-16 or, as old programs write, Windows-1252.

    Lines are put together before they are read as text: folding may cut a letter in two.
    """
    content = without_mark(content)
    raw: list[tuple[int, bytearray]] = []
    for number, part in enumerate(re.split(rb"\r\n|\n|\r", content), start=1):
        if part[:1] in (b" ", b"\t") and raw:
            raw[-1][1].extend(part[1:])
        elif part.strip():
            raw.append((number, bytearray(part)))
    return [Line(number, as_text(bytes(part))) for number, part in raw]


def without_mark(content: bytes) -> bytes:
    """Return the bytes without the mark that some programs begin a file with; UTF-16 as UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    return content.removeprefix(b"\xef\xbb\xbf")


def as_text(part: bytes) -> str:
    """Return the bytes as text, in UTF-8 or as old programs write, without control characters."""
    for charset in ("utf-8", "cp1252"):
        try:
            return part.decode(charset).translate(_CONTROL)
        except UnicodeDecodeError:
            continue
    return part.decode("latin-1").translate(_CONTROL)


def split(lines: list[Line]) -> Parts:
    """
    Return the events and time zones among the lines. Raises NoCalendarError.

    An event that has no end of its own ends where the next thing begins, and is not closed. Alarms and
    other things inside an event are left out.
    """
    if not any(_is(line, "BEGIN", "VCALENDAR") for line in lines[:20]):
        raise NoCalendarError(_("Dette er ikke en kalenderfil (.ics)."))
    parts = Parts()
    for block in _blocks(lines):
        parts.blocks.append(block)
    parts.is_whole = _is(lines[-1], "END", "VCALENDAR")
    return parts


def _is(line: Line, name: str, value: str) -> bool:
    return line.name == name and line.value.upper() == value


def _blocks(lines: list[Line]) -> Iterator[Block]:
    block: Block | None = None
    # What has begun inside the block, such as an alarm or the summer half of a time zone.
    inner: list[str] = []
    method = ""
    for line in lines:
        value = line.value.upper()
        begins, ends = line.name == "BEGIN", line.name == "END"
        if begins and (value in KEPT or value == "VCALENDAR"):
            if block is not None:
                yield block
            block = Block(value, line.number, method) if value in KEPT else None
            method = method if value in KEPT else ""
            inner = []
        elif block is None:
            if line.name == "METHOD" and not inner:
                method = value
            inner = _nesting(inner, line)
        elif ends and value == block.name:
            block.is_closed = True
            yield block
            block, inner = None, []
        else:
            kept = block.name == "VTIMEZONE" or not (inner or begins)
            inner = _nesting(inner, line)
            if kept:
                _keep(block, line)
    if block is not None:
        yield block


def _nesting(inner: list[str], line: Line) -> list[str]:
    value = line.value.upper()
    if line.name == "BEGIN":
        return [*inner, value]
    if line.name == "END" and value in inner:
        return inner[: len(inner) - 1 - inner[::-1].index(value)]
    return inner


def _keep(block: Block, line: Line) -> None:
    """Add the line. One that is no property is text whose line break somebody forgot to escape."""
    if line.name or not block.lines:
        block.lines.append(line)
        return
    before = block.lines[-1]
    block.lines[-1] = Line(before.number, f"{before.text}\\n{line.text}")
