"""Events as rows of a table: read line by line, and each bad line told with its number and reason."""

import csv
import datetime as dt
import hashlib
import io

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from projects.bypuls.events.importing import texts
from projects.bypuls.events.importing.entries import A_DAY, AN_HOUR, between
from projects.bypuls.events.importing.found import Found, Reading, Trouble
from projects.bypuls.events.importing.lines import NoCalendarError, as_text, without_mark
from projects.bypuls.models.event import LONGEST

REQUIRED = ("tittel", "starter")
COLUMNS = (
    *("id", "tittel", "starter", "slutter", "sted", "kort", "beskrivelse"),
    *("arrangør", "nettside", "tema", "status"),
)
_FORMATS = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H.%M", "%Y-%m-%d %H.%M", "%d.%m.%Y", "%Y-%m-%d")
MOST_ROWS = 5000


class _BadRowError(Exception):
    """One row cannot be read; the message tells why."""


def read_csv(content: bytes, *, since: dt.datetime, until: dt.datetime) -> Reading:
    """
    Return what the rows tell. Columns are known by their names, in any order, parted by ; or , or tabs.

    Raises NoCalendarError when the file has no table with the columns that are needed.
    """
    text = as_text(without_mark(content))
    first = text.lstrip().partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    reading = Reading()
    try:
        header = [texts.fold(name) for name in next(rows, [])]
        known = {texts.fold(name): name for name in COLUMNS}
        names = [known.get(name, "") for name in header]
        if not set(REQUIRED) <= set(names):
            raise NoCalendarError(
                _("Filen er verken en kalender (.ics) eller en tabell med kolonnene %(names)s.")
                % {"names": ", ".join(REQUIRED)}
            )
        for row in rows:
            if any(cell.strip() for cell in row):
                # A text with line breaks ends further down; the number is that of its last line.
                _read_row(names, row, rows.line_num, reading, since=since, until=until)
            if len(reading.found) > MOST_ROWS:
                raise NoCalendarError(_("Filen har for mange rader."))
    except csv.Error as error:
        reading.troubles.append(Trouble(rows.line_num, str(error)))
        reading.is_whole = False
    return reading


def _read_row(
    names: list[str],
    row: list[str],
    line: int,
    reading: Reading,
    *,
    since: dt.datetime,
    until: dt.datetime,
) -> None:
    cells = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
    try:
        if len(row) > len(names):
            raise _BadRowError(_("Raden har flere felt enn det er kolonner."))
        found = _found(cells, line)
    except _BadRowError as error:
        reading.troubles.append(Trouble(line, str(error), cells.get("id", "")))
        reading.is_whole = reading.is_whole and bool(cells.get("id"))
        return
    if any(found.key == other.key for other in reading.found):
        reading.troubles.append(Trouble(line, _("Det samme står på en linje lenger opp.")))
    elif found.ends_at <= since or found.starts_at >= until:
        reading.left_out += 1
    else:
        reading.found.append(found)


def _found(cells: dict[str, str], line: int) -> Found:
    title = texts.one_line(cells.get("tittel", ""), most=140)
    if not title:
        raise _BadRowError(_("Tittelen mangler."))
    starts_at, is_day = _moment(cells.get("starter", ""), _("Starten"))
    if cells.get("slutter"):
        ends_at, ends_with_day = _moment(cells["slutter"], _("Slutten"))
        if ends_with_day:
            ends_at += dt.timedelta(days=1)
    else:
        ends_at = starts_at.astimezone(dt.UTC) + (A_DAY if is_day else AN_HOUR)
    if between(starts_at, ends_at) <= dt.timedelta(0):
        raise _BadRowError(_("Slutten er før starten."))
    if between(starts_at, ends_at) > LONGEST:
        raise _BadRowError(_("Varer i mer enn 31 dager."))
    description = texts.plain(cells.get("beskrivelse", ""))[:8000]
    return Found(
        uid=cells.get("id", "")[:255] or _made_id(title, starts_at),
        recurrence_id="",
        title=title,
        starts_at=starts_at.astimezone(dt.UTC),
        ends_at=ends_at.astimezone(dt.UTC),
        summary=texts.shortly(cells.get("kort", "") or description, most=300),
        description=description,
        location=texts.one_line(cells.get("sted", ""), most=300),
        organiser=texts.one_line(cells.get("arrangør", ""), most=140),
        website=texts.web_address(cells.get("nettside", "")),
        categories=tuple(filter(None, [cells.get("tema", "")])),
        is_cancelled=texts.fold(cells.get("status", "")) in ("avlyst", "cancelled"),
        line=line,
    )


def _made_id(title: str, starts_at: dt.datetime) -> str:
    text = f"{texts.fold(title)}|{starts_at.isoformat()}"
    return f"rad-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _moment(text: str, what: str) -> tuple[dt.datetime, bool]:
    """Return the moment in local time, and whether it is only a day."""
    if not text:
        raise _BadRowError(_("%(what)s mangler.") % {"what": what})
    moment = _parsed(text)
    if moment is None:
        raise _BadRowError(
            _("%(what)s «%(text)s» er ikke en dato. Skriv for eksempel 21.11.2026 18:00.")
            % {"what": what, "text": text[:40]}
        )
    is_day = moment.time() == dt.time() and ":" not in text and text.count(".") < 3
    if moment.tzinfo is not None:
        return timezone.localtime(moment), False
    placed = timezone.make_aware(moment)
    around = placed.astimezone(dt.UTC).astimezone(placed.tzinfo).replace(tzinfo=None)
    if around != moment or placed.utcoffset() != placed.replace(fold=1).utcoffset():
        raise _BadRowError(
            _(
                "%(what)s: klokka stilles denne natta, så tidspunktet finnes ikke eller finnes to ganger."
            )
            % {"what": what}
        )
    return placed, is_day


def _parsed(text: str) -> dt.datetime | None:
    for pattern in _FORMATS:
        try:
            return dt.datetime.strptime(text, pattern)  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return parse_datetime(text)
    except ValueError:
        return None
