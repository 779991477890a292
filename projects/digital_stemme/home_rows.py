"""
What a file of homes says, row by row. Pure functions over bytes: no database.

The format is our own: UTF-8 with or without a byte order mark, semicolons, one header line with the
names in COLUMNS in any order, dates as 2026-02-01. An empty cell is "not stated".
"""

import csv
import datetime
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from projects.digital_stemme.models.choices import (
    UNSTATED,
    DwellingType,
    EnergyGrade,
    Furnished,
    HomeKind,
    Neighbourhood,
    OfferedBy,
    Ownership,
    PetsAllowed,
    StepFree,
)
from projects.digital_stemme.models.home import RENTED_KINDS

REQUIRED = ("ekstern_id", "type", "tittel", "beskrivelse")
LONGEST_SHOWN = datetime.timedelta(days=180)
MOST_BYTES = 2 * 1024 * 1024


class BadFileError(Exception):
    """The file as a whole cannot be read; the message is for the person who chose it."""


class BadCellError(Exception):
    """One cell cannot be understood; the message names the column."""


@dataclass(frozen=True)
class HomeRow:
    """One good row: its own number at the source, and columns of `Home`."""

    line: int
    ref: str
    fields: dict[str, Any]
    published_on: datetime.date | None


@dataclass(frozen=True)
class RefusedRow:
    """One row that we could not use, and why. `ref` is "" when even that is missing."""

    line: int
    ref: str
    reason: str


def _whole(value: str, most: int) -> int | None:
    digits = re.sub(r"[\s\u00a0]", "", value)
    if not digits:
        return None
    if not re.fullmatch(r"\d+", digits) or int(digits) > most:
        raise ValueError
    return int(digits)


def _number(most: int) -> Callable[[str], int | None]:
    return lambda value: _whole(value, most)


def _degrees(value: str) -> float | None:
    number = float(value.replace(",", ".")) if value else None
    if number is not None and not -180 <= number <= 180:
        raise ValueError
    return number


def _date(value: str) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


def _choice(choices: type[models.TextChoices]) -> Callable[[str], str]:
    def read(value: str) -> str:
        wanted = value.lower() or UNSTATED
        by_lower = {known.lower(): known for known in choices.values}
        if wanted not in by_lower:
            raise ValueError
        return by_lower[wanted]

    return read


def _area(value: str) -> str:
    if not value:
        return Neighbourhood.UNSTATED
    by_name = {str(label).lower(): key for key, label in Neighbourhood.choices}
    return by_name.get(value.lower(), Neighbourhood.OTHER)


def _text(limit: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        if len(value) > limit:
            raise ValueError
        return value

    return read


def _address(value: str) -> str:
    if value and (not re.match(r"https?://[^\s]+$", value) or len(value) > 500):
        raise ValueError
    return value


def _email(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError
    return value.lower()


# column of the file -> (column of Home, reader)
COLUMNS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "type": ("kind", _choice(HomeKind)),
    "tittel": ("title_nb", _text(120)),
    "beskrivelse": ("description_nb", _text(8000)),
    "adresse": ("address", _text(200)),
    "postnummer": ("postal_code", _text(4)),
    "poststed": ("city", _text(60)),
    "omraade": ("neighbourhood", _area),
    "lat": ("lat", _degrees),
    "lon": ("lon", _degrees),
    "boligtype": ("dwelling", _choice(DwellingType)),
    "eierform": ("ownership", _choice(Ownership)),
    "areal_bra_i": ("area_m2", _number(5000)),
    "soverom": ("bedrooms", _number(30)),
    "etasje": ("floor", _number(60)),
    "pris_nok": ("price_nok", _number(500_000_000)),
    "felleskost_mnd": ("monthly_costs_nok", _number(1_000_000)),
    "fellesgjeld": ("shared_debt_nok", _number(500_000_000)),
    "depositum": ("deposit_nok", _number(10_000_000)),
    "leie_mnd": ("rent_nok", _number(1_000_000)),
    "moblert": ("furnished", _choice(Furnished)),
    "ledig_fra": ("available_from", _date),
    "byggear": ("built_year", _number(2100)),
    "energimerke": ("energy_grade", _choice(EnergyGrade)),
    "universell_utforming": ("step_free", _choice(StepFree)),
    "husdyr": ("pets", _choice(PetsAllowed)),
    "utleier_type": ("offered_by", _choice(OfferedBy)),
    "kontakt_navn": ("contact_name", _text(120)),
    "kontakt_epost": ("contact_email", _email),
    "ekstern_url": ("external_url", _address),
    "utloper": ("expires_on", _date),
}
# Known and left aside: pictures are sent in by form, where they are checked.
LEFT_ASIDE = ("ekstern_id", "publisert", "bilde_url", "bilde_alt")


def parse(content: bytes, *, today: datetime.date) -> tuple[list[HomeRow], list[RefusedRow]]:
    """Return the good rows and the refused ones, in the order of the file. Raises BadFileError."""
    if len(content) > MOST_BYTES:
        raise BadFileError(_("Filen er større enn 2 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFileError(_("Filen er ikke lagret som UTF-8.")) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    good: list[HomeRow] = []
    refused: list[RefusedRow] = []
    seen: dict[str, int] = {}
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header)
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = _read_row(header, cells, line, seen, today)
                good.append(row) if isinstance(row, HomeRow) else refused.append(row)
            line = reader.line_num + 1
    except csv.Error as error:
        problem = _("Linje %(line)s kan ikke leses: et anførselstegn mangler sin make.")
        raise BadFileError(problem % {"line": reader.line_num}) from error
    return good, refused


def _check_header(header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        problem = _("Første linje mangler kolonnene %(names)s. Er filen delt med semikolon?")
        raise BadFileError(problem % {"names": ", ".join(missing)})
    unknown = [name for name in header if name not in COLUMNS and name not in LEFT_ASIDE]
    if unknown:
        raise BadFileError(_("Ukjente kolonner: %(names)s.") % {"names": ", ".join(unknown)})


def _read_row(
    header: list[str], cells: list[str], line: int, seen: dict[str, int], today: datetime.date
) -> HomeRow | RefusedRow:
    values = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    ref = values.get("ekstern_id", "")[:100]
    try:
        if len(cells) != len(header):
            counts = {"found": len(cells), "wanted": len(header)}
            raise BadCellError(_("Raden har %(found)s felt, men skal ha %(wanted)s.") % counts)
        for name in REQUIRED:
            if not values[name]:
                raise BadCellError(_("%(name)s mangler.") % {"name": name})
        if ref in seen:
            raise BadCellError(_("Samme ekstern_id som på linje %(line)s.") % {"line": seen[ref]})
        seen[ref] = line
        fields = {column: _cell(name, values) for name, (column, _read) in COLUMNS.items()}
        published = _plain_date("publisert", values)
        _check_together(fields, today)
    except BadCellError as error:
        return RefusedRow(line, ref, str(error))
    return HomeRow(line, ref, fields, published)


def _cell(name: str, values: dict[str, str]) -> Any:
    value = values.get(name, "")
    if "\x00" in value:
        raise BadCellError(_("%(name)s har et ugyldig tegn.") % {"name": name})
    try:
        return COLUMNS[name][1](value)
    except ValueError as error:
        problem = _("%(name)s kan ikke være «%(value)s».")
        raise BadCellError(problem % {"name": name, "value": value[:60]}) from error


def _plain_date(name: str, values: dict[str, str]) -> datetime.date | None:
    try:
        return _date(values.get(name, ""))
    except ValueError as error:
        problem = _("%(name)s kan ikke være «%(value)s».")
        raise BadCellError(problem % {"name": name, "value": values[name][:60]}) from error


def _check_together(fields: dict[str, Any], today: datetime.date) -> None:
    """What the columns may not say together; the database holds the same rules."""
    rents = fields["kind"] in RENTED_KINDS
    if rents and fields["price_nok"]:
        raise BadCellError(_("En bolig til leie har leie_mnd, ikke pris_nok."))
    if not rents and fields["rent_nok"]:
        raise BadCellError(_("En bolig til salgs har pris_nok, ikke leie_mnd."))
    fields["price_nok" if rents else "rent_nok"] = None
    rent, deposit = fields["rent_nok"], fields["deposit_nok"]
    if rent and deposit and deposit > 6 * rent:
        raise BadCellError(_("Depositumet er høyere enn seks måneders husleie."))
    if (fields["lat"] is None) != (fields["lon"] is None):
        raise BadCellError(_("Oppgi både lat og lon, eller ingen."))
    if fields["lat"] is not None and abs(fields["lat"]) > 90:
        raise BadCellError(_("lat går fra -90 til 90."))
    expires_on = fields["expires_on"]
    if expires_on is not None and expires_on < today:
        raise BadCellError(_("Annonsen er utløpt."))
    if expires_on is not None and expires_on > today + 2 * LONGEST_SHOWN:
        raise BadCellError(_("utloper er mer enn et år fram."))
