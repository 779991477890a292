"""
Read a list of people with their consents from a CSV file, line by line.

Nothing is believed of a line that is wrong in any part: a consent without date, source or words is none.
"""

import csv
import datetime
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from members.mailings.models import MailLanguage, Topic

MAX_BYTES = 5 * 1024 * 1024
MAX_LINES = 50_000
# Column in the file -> what it may be called.
COLUMNS = {
    "email": ("e-post", "epost", "e-postadresse", "adresse", "email", "e-mail"),
    "topics": ("temaer", "tema", "topics", "topic"),
    "date": ("dato", "samtykkedato", "date"),
    "source": ("kilde", "source"),
    "text": ("samtykketekst", "samtykke", "tekst", "consent", "text"),
    "language": ("språk", "sprak", "language"),
    # An export marks whom others shall leave alone too.
    "blocked": ("sperret", "blocked"),
}
REQUIRED = ("email", "topics", "date", "source", "text")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_OLDEST = datetime.date(2000, 1, 1)
_NORWEGIAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# UTF-8 that was once read as Windows-1252 and saved again: "Ã¸" for "ø".
_TWICE_ENCODED = re.compile("\u00c3[\u00a6\u00b8\u00a5\u2020\u02dc\u2026]|\ufffd")


class BadFileError(Exception):
    """The file as a whole cannot be read; the message can be shown to whoever sent it."""


class _LineError(Exception):
    """What is wrong with one line."""


@dataclass(frozen=True)
class Line:
    """One person's yes to some topics, and the proof of it."""

    number: int
    email: str
    topics: tuple[str, ...]
    given_on: datetime.date
    source: str
    text: str
    language: str


@dataclass(frozen=True)
class BadLine:
    """One line that says too little, by its number in the file."""

    number: int
    text: str
    reason: str


@dataclass
class Report:
    """What is in a file."""

    encoding: str
    lines: list[Line] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)


def read(content: bytes, *, today: datetime.date) -> Report:
    """Return what the file says, the good lines and the bad ones. Raises BadFileError."""
    text, encoding = _decoded(content)
    rows = _rows(text)
    header = next(rows, None)
    if header is None:
        raise BadFileError(_("Filen er tom."))
    columns = _columns(header[1])
    report = Report(encoding)
    seen: dict[tuple[str, str], int] = {}
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(report.lines) + len(report.bad) >= MAX_LINES:
            raise BadFileError(_("Filen har mer enn %(n)s linjer. Del den opp.") % {"n": MAX_LINES})
        try:
            line = _line(number, cells, columns, width=len(header[1]), today=today)
            _check_new(line, seen)
        except _LineError as error:
            report.bad.append(BadLine(number, _shown(cells), str(error)))
        else:
            report.lines.append(line)
    if not (report.lines or report.bad):
        raise BadFileError(_("Filen har ingen linjer under overskriften."))
    return report


def _decoded(content: bytes) -> tuple[str, str]:
    if len(content) > MAX_BYTES:
        raise BadFileError(_("Filen er større enn 5 MB. Del den opp."))
    for encoding, name in (("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, name
    raise BadFileError(_("Filen er ikke tekst vi kan lese. Lagre den som CSV med UTF-8."))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the number of the line it begins on."""
    first = text.partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        raise BadFileError(
            _(
                "Filen kan ikke leses fra linje %(line)s. Se etter et anførselstegn for mye eller for lite."
            )
            % {"line": number}
        ) from error


def _columns(header: list[str]) -> dict[str, int]:
    labels = [name.strip().strip('"').lower() for name in header]
    found: dict[str, int] = {}
    for name, names in COLUMNS.items():
        places = [place for place, label in enumerate(labels) if label in names]
        if len(places) > 1:
            raise BadFileError(_("Kolonnen «%(name)s» står to ganger.") % {"name": names[0]})
        if places:
            found[name] = places[0]
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in found]
    if missing:
        raise BadFileError(
            _("Første linje mangler kolonnene: %(names)s.") % {"names": ", ".join(missing)}
        )
    return found


def _line(
    number: int,
    cells: list[str],
    columns: dict[str, int],
    *,
    width: int,
    today: datetime.date,
) -> Line:
    if len(cells) != width:
        raise _LineError(
            _("Linjen har %(n)s felt; overskriften har %(width)s.")
            % {"n": len(cells), "width": width}
        )
    values = {name: cells[place].strip() for name, place in columns.items()}
    if any(_TWICE_ENCODED.search(value) for value in values.values()):
        raise _LineError(_("Tegnene æ, ø og å er ødelagt. Lagre filen på nytt som UTF-8."))
    if values.get("blocked"):
        raise _LineError(_("Adressen er sperret der listen kommer fra."))
    return Line(
        number=number,
        email=_email(values["email"]),
        topics=_topics(values["topics"]),
        given_on=_date(values["date"], today=today),
        source=_words(values["source"], _("kilde"), at_most=150),
        text=_words(values["text"], _("samtykketekst"), at_most=2000),
        language=_language(values.get("language", "")),
    )


def _check_new(line: Line, seen: dict[tuple[str, str], int]) -> None:
    keys = [(line.email, topic) for topic in line.topics]
    repeated = next((seen[key] for key in keys if key in seen), None)
    if repeated is not None:
        raise _LineError(
            _("Adressen står alt på linje %(line)s med samme tema.") % {"line": repeated}
        )
    seen.update(dict.fromkeys(keys, line.number))


def _email(text: str) -> str:
    # The mark that an export of ours puts before what a spreadsheet would take for a formula.
    address = text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
    if _CONTROL.search(address):
        raise _LineError(_("Adressen har linjeskift eller tegn som ikke hører til der."))
    try:
        validate_email(address)
    except ValidationError as error:
        raise _LineError(
            _("«%(text)s» er ikke en e-postadresse.") % {"text": address[:60]}
        ) from error
    if len(address) > 254:
        raise _LineError(_("Adressen er for lang."))
    return address.lower()


def _topics(text: str) -> tuple[str, ...]:
    known = {str(label).lower(): value for value, label in Topic.choices}
    known |= {value: value for value in Topic.values}
    names = [name.strip() for name in re.split(r"[,;|/]", text) if name.strip()]
    if not names:
        raise _LineError(_("Tema mangler."))
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        raise _LineError(_("«%(name)s» er ikke et tema hos oss.") % {"name": unknown[0][:40]})
    return tuple(sorted({known[name.lower()] for name in names}))


def _date(text: str, *, today: datetime.date) -> datetime.date:
    if not text:
        raise _LineError(_("Dato for samtykket mangler."))
    try:
        norwegian = _NORWEGIAN_DATE.fullmatch(text)
        if norwegian:
            day, month, year = (int(part) for part in norwegian.groups())
            found = datetime.date(year, month, day)
        else:
            found = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise _LineError(
            _("«%(text)s» er ikke en dato. Skriv 2026-03-13 eller 13.03.2026.")
            % {"text": text[:30]}
        ) from error
    if found > today:
        raise _LineError(_("Datoen for samtykket har ikke vært ennå."))
    if found < _OLDEST:
        raise _LineError(_("Datoen for samtykket kan ikke stemme."))
    return found


def _words(text: str, name: str, *, at_most: int) -> str:
    words = " ".join(text.split())
    if not words:
        raise _LineError(_("Feltet «%(name)s» mangler.") % {"name": name})
    if _CONTROL.search(words):
        raise _LineError(_("Feltet «%(name)s» har tegn som ikke hører til der.") % {"name": name})
    if len(words) > at_most:
        raise _LineError(
            _("Feltet «%(name)s» er lengre enn %(n)s tegn.") % {"name": name, "n": at_most}
        )
    return words


def _language(text: str) -> str:
    known = {"": MailLanguage.BOKMAL, "no": MailLanguage.BOKMAL}
    known |= {value: MailLanguage(value) for value in MailLanguage.values}
    known |= {str(choice.label).lower(): choice for choice in MailLanguage}
    known |= {"norsk": MailLanguage.BOKMAL, "engelsk": MailLanguage.ENGLISH}
    if text.lower() not in known:
        raise _LineError(_("«%(text)s» er ikke et språk vi skriver på.") % {"text": text[:20]})
    return known[text.lower()].value


def _shown(cells: list[str]) -> str:
    return _CONTROL.sub(" ", ";".join(cells))[:100]
