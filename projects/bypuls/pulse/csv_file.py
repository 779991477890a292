"""
Read what a counter counted from a CSV file: a column with the hour and one with the number.

Times without an offset are the town's. One that summer time skips is refused; of one that comes twice the
first row is the first hour, and the second row must say which it is with an offset.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.pulse.readings import (
    Written,
    problem_with_hour,
    problem_with_number,
    write_readings,
)

MAX_BYTES = 5 * 1024 * 1024
_TIME_NAMES = {"tid", "tidspunkt", "time", "timestamp", "hour", "start", "dato og tid", "fra"}
_DATE_NAMES = {"dato", "date", "dag"}
_CLOCK_NAMES = {"klokkeslett", "klokke", "kl", "kl.", "klokken"}
_NUMBER_NAMES = {"antall", "number", "count", "verdi", "value", "telling", "sum"}
# "21.11.2026 13:00", "2026-11-21T13:00", with or without seconds and offset.
_NORWEGIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\s*(?:kl\.?)?\s*(\d{1,2})(?:[.:](\d{2}))?")
_EMPTY = {"", "-", "–", "na", "n/a", "null", "none", "mangler"}


class BadFileError(Exception):
    """The file as a whole cannot be read; the message can be shown to whoever sent it."""


class NothingImportedError(Exception):
    """The person chose all or nothing, and some lines are wrong. `report` tells which."""

    def __init__(self, report: "Report") -> None:
        super().__init__(_("Ingenting er importert, fordi noen linjer har feil."))
        self.report = report


@dataclass(frozen=True)
class BadLine:
    """One line that was not understood, by its number in the file."""

    line: int
    text: str
    reason: str


@dataclass
class Report:
    """What is in a file, and what importing it led to (`written`, None before that)."""

    numbers: dict[dt.datetime, int] = field(default_factory=dict)
    gaps: int = 0
    repeated: int = 0
    bad: list[BadLine] = field(default_factory=list)
    written: Written | None = None


class _LineError(Exception):
    """What is wrong with one line."""


def read(content: bytes, *, at: dt.datetime) -> Report:
    """Return what the file says, line by line. Raises BadFileError."""
    rows = _rows(_decoded(content))
    header = next(rows, None)
    if header is None:
        raise BadFileError(_("Filen er tom."))
    columns = _columns([name.strip().strip('"').lower() for name in header[1]])
    report = Report()
    lines: dict[dt.datetime, int] = {}
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            _take(report, lines, line, _Row(cells, columns), at)
        except _LineError as error:
            report.bad.append(BadLine(line, ";".join(cells)[:80], str(error)))
    if not (report.numbers or report.gaps or report.bad):
        raise BadFileError(_("Filen har ingen linjer med tall."))
    return report


def import_csv(
    counter_id: int, content: bytes, *, keep_good_lines: bool, at: dt.datetime
) -> Report:
    """
    Keep what the file says. Raises BadFileError, and NothingImportedError with wrong lines in it.

    With `keep_good_lines` the wrong ones are left out and reported instead.
    """
    report = read(content, at=at)
    if report.bad and not keep_good_lines:
        raise NothingImportedError(report)
    report.written = write_readings(counter_id, report.numbers, at=at)
    return report


@dataclass(frozen=True)
class _Row:
    cells: list[str]
    columns: dict[str, int]

    def cell(self, name: str) -> str:
        position = self.columns[name]
        return self.cells[position].strip() if position < len(self.cells) else ""

    @property
    def moment(self) -> str:
        if "time" in self.columns:
            return self.cell("time")
        return f"{self.cell('date')} {self.cell('clock')}"


def _take(
    report: Report, lines: dict[dt.datetime, int], line: int, row: _Row, at: dt.datetime
) -> None:
    number = _number(row.cell("number"))
    hour = _hour(row.moment, lines)
    problem = problem_with_hour(hour, at=at)
    if problem:
        raise _LineError(problem)
    if number is None:
        report.gaps += 1
    elif report.numbers.get(hour, number) != number:
        raise _LineError(
            _("Timen står alt på linje %(line)s, med et annet tall.") % {"line": lines[hour]}
        )
    else:
        report.repeated += hour in report.numbers
        report.numbers[hour] = number
    lines.setdefault(hour, line)


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise BadFileError(_("Filen er større enn 5 MB."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadFileError(_("Filen er ikke tekst vi kan lese. Lagre den som CSV med UTF-8."))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadFileError(
            _("Filen kan ikke leses fra linje %(line)s.") % {"line": reader.line_num + 1}
        ) from error


def _columns(header: list[str]) -> dict[str, int]:
    wanted = {"number": _NUMBER_NAMES, "date": _DATE_NAMES, "clock": _CLOCK_NAMES}
    found = {
        name: next(i for i, label in enumerate(header) if label in names)
        for name, names in wanted.items()
        if any(label in names for label in header)
    }
    times = [i for i, label in enumerate(header) if label in _TIME_NAMES]
    # "dato;time;antall": the hour beside a date is a time of day.
    if times and "date" in found and "clock" not in found:
        found["clock"] = times[0]
    elif times and "date" not in found:
        found["time"] = times[0]
    if "number" not in found or not ("time" in found or {"date", "clock"} <= set(found)):
        raise BadFileError(
            _(
                "Første linje må ha kolonnene «tid» og «antall», eller «dato», «klokkeslett» og «antall»."
            )
        )
    return found


def _number(text: str) -> int | None:
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    if plain.lower() in _EMPTY:
        return None
    found = re.fullmatch(r"(-?\d+)(?:[.,](\d+))?", plain)
    if found is None:
        raise _LineError(_("«%(text)s» er ikke et tall.") % {"text": text[:30]})
    if found[2] and found[2].strip("0"):
        raise _LineError(_("«%(text)s» er ikke et helt tall.") % {"text": text[:30]})
    number = int(found[1]) if len(found[1]) < 12 else 10**12
    problem = problem_with_number(number)
    if problem:
        raise _LineError(problem)
    return number


def _hour(text: str, seen: Container[dt.datetime]) -> dt.datetime:
    moment = _moment(text.strip())
    if moment.tzinfo is not None:
        return moment.astimezone(dt.UTC)
    zone = timezone.get_default_timezone()
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != moment:
        raise _LineError(
            _("Klokka stilles fram denne natta, så «%(text)s» finnes ikke.") % {"text": text[:30]}
        )
    if first != second and first in seen:
        raise _LineError(
            _(
                "Klokka stilles tilbake denne natta, så «%(text)s» kommer to ganger. Skriv "
                "tidssonen, for eksempel %(example)s, på den andre."
            )
            % {"text": text[:30], "example": second.astimezone(zone).isoformat(timespec="minutes")}
        )
    return first


def _moment(text: str) -> dt.datetime:
    try:
        norwegian = _NORWEGIAN.fullmatch(text)
        if norwegian is not None:
            day, month, year, hour, minute = (int(part or 0) for part in norwegian.groups())
            return dt.datetime(year, month, day, hour, minute)  # noqa: DTZ001
        # An hour alone behind the date: "2026-11-21 13".
        return dt.datetime.fromisoformat(re.sub(r"\s+", " ", text).replace(" kl. ", " "))
    except ValueError as error:
        raise _LineError(_("«%(text)s» er ikke et tidspunkt.") % {"text": text[:30]}) from error
