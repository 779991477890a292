"""
Study programmes from a CSV file in the portal's own format: semicolons, UTF-8, one programme a line.

Columns: kode;navn;navn_en;institusjon;studiested;nivaa;grad;studiepoeng;varighet_semestre;studieform;
undervisningssprak;oppstart;soknadsfrist;opptak_via;opptakskrav;fagomraade;url;aktiv
"""

import csv
import datetime
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from projects.kompetanse.models import (
    Field,
    Level,
    Provider,
    StudyForm,
    StudyProgramme,
    TeachingLanguage,
)

COLUMNS = [
    "kode",
    "navn",
    "navn_en",
    "institusjon",
    "studiested",
    "nivaa",
    "grad",
    "studiepoeng",
    "varighet_semestre",
    "studieform",
    "undervisningssprak",
    "oppstart",
    "soknadsfrist",
    "opptak_via",
    "opptakskrav",
    "fagomraade",
    "url",
    "aktiv",
]
REQUIRED = ("kode", "navn", "institusjon", "grad", "url")
# A file that names fewer than this share of what it named before is taken for a broken one.
SMALLEST_SHARE = 0.5

_LEVELS = {**{value: value for value in Level.values}, "fagskolegrad": Level.VOCATIONAL}
_FORMS = {
    **{value: value for value in StudyForm.values},
    "nettbasert med samlinger": StudyForm.GATHERINGS,
    "nettbasert": StudyForm.ONLINE,
    "kombinert jobb og studie": StudyForm.WORK,
}


class NotACsvError(Exception):
    """The file cannot be read at all; the message can be shown."""


@dataclass(frozen=True)
class LineError:
    """What is wrong in one line of the file; the first line with a programme is line 2."""

    line: int
    column: str
    message: str


@dataclass
class ImportResult:
    """What an import did, or would do."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    taken_out: list[str] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    is_braked: bool = False


class _BadValueError(ValueError):
    pass


def _choice(mapping: dict[str, Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return mapping[text.casefold()]
        except KeyError:
            known = ", ".join(sorted(mapping))
            raise _BadValueError(_("Ukjent verdi. Bruk en av: %s") % known) from None

    return read


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        raise _BadValueError(_("Skriv datoen slik: 2026-08-15")) from None


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", ".")) if text else None
    except InvalidOperation:
        raise _BadValueError(_("Skriv et tall.")) from None
    if value is not None and not (value.is_finite() and 0 < value < 1000):
        raise _BadValueError(_("Tallet må være mellom 0 og 1000."))
    return value


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise _BadValueError(_("Skriv et helt tall."))
    return int(text)


def _web_address(text: str) -> str:
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise _BadValueError(_("Skriv en hel nettadresse med https://")) from None
    return text


def _yes(text: str) -> bool:
    return bool(_choice({"ja": True, "nei": False, "": True})(text))


def _short(length: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > length:
            raise _BadValueError(_("Teksten er for lang, høyst %d tegn.") % length)
        return text

    return read


# Column -> field of StudyProgramme and how its text is read. `institusjon` is read by itself.
_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "kode": ("code", _short(40)),
    "navn": ("title_nb", _short(160)),
    "navn_en": ("title_en", _short(160)),
    "studiested": ("place", _short(80)),
    "nivaa": ("nkr_level", lambda text: _short(10)(text.removeprefix("NKR").strip())),
    "grad": ("level", _choice(_LEVELS)),
    "studiepoeng": ("credits", _decimal),
    "varighet_semestre": ("semesters", _whole),
    "studieform": ("form", _choice({**_FORMS, "": StudyForm.CAMPUS})),
    "undervisningssprak": (
        "language",
        _choice({**{value: value for value in TeachingLanguage.values}, "": "nb"}),
    ),
    "oppstart": ("starts_on", _date),
    "soknadsfrist": ("deadline_on", _date),
    "opptak_via": ("admission", _short(120)),
    "opptakskrav": ("requirements", _short(300)),
    "fagomraade": ("field", _choice({**{v: v for v in Field.values}, "": Field.OTHER})),
    "url": ("url", _web_address),
    "aktiv": ("is_active", _yes),
}


@dataclass(frozen=True)
class _Row:
    line: int
    provider: str
    values: dict[str, Any]


def _decoded(raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotACsvError(_("Filen er ikke lagret som UTF-8.")) from None
    if "\x00" in text:
        raise NotACsvError(_("Filen er ikke en tekstfil."))
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";", restval="")
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise NotACsvError(_("Filen mangler kolonnene: %s") % ", ".join(missing))
    try:
        for row in reader:
            cells = {name: " ".join((row[name] or "").split()) for name in COLUMNS}
            if any(cells.values()):
                yield reader.line_num, cells
    except csv.Error as error:
        raise NotACsvError(_("Filen kan ikke leses: %s") % error) from None


def _read(raw: bytes) -> tuple[list[_Row], list[LineError], set[str]]:
    """Return the good rows, what is wrong with the others, and every code the file names."""
    rows: list[_Row] = []
    errors: list[LineError] = []
    named: set[str] = set()
    for line, cells in _decoded(raw):
        found: list[LineError] = [
            LineError(line, name, _("Må fylles ut.")) for name in REQUIRED if not cells[name]
        ]
        values: dict[str, Any] = {}
        for column, (name, read) in _READERS.items():
            try:
                values[name] = read(cells[column])
            except _BadValueError as error:
                if not (column in REQUIRED and not cells[column]):
                    found.append(LineError(line, column, str(error)))
        if cells["kode"] and cells["kode"] in named:
            found.append(LineError(line, "kode", _("Koden står på en linje lenger oppe også.")))
        if cells["kode"]:
            named.add(cells["kode"])
        if found:
            errors += found
        else:
            rows.append(_Row(line, _short_provider(cells["institusjon"]), values))
    return rows, errors, named


def _short_provider(name: str) -> str:
    return name[:120]


def import_programmes(
    raw: bytes,
    *,
    source: str,
    at: datetime.datetime,
    dry_run: bool = False,
    only_if_flawless: bool = False,
) -> ImportResult:
    """
    Bring the programmes of `source` in line with the file, in one transaction; a second run changes nothing.

    Bad lines are reported and left out; with `only_if_flawless` one bad line stops everything. What
    the file no longer names is taken out, never deleted, and not when the file is empty or names fewer
    than half of what is known (`is_braked`). Raises NotACsvError.
    """
    rows, errors, named = _read(raw)
    result = ImportResult(errors=errors)
    if errors and only_if_flawless:
        return result
    with transaction.atomic():
        known = {
            programme.code: programme
            for programme in StudyProgramme.objects.select_for_update(of=("self",))
            .filter(code__in=named)
            .select_related("provider")
        }
        for row in rows:
            _store(row, known.get(row.values["code"]), result, source=source, at=at)
        _take_out_missing(named, result, source=source)
        if dry_run:
            transaction.set_rollback(True)
    return result


def _store(
    row: _Row,
    programme: StudyProgramme | None,
    result: ImportResult,
    *,
    source: str,
    at: datetime.datetime,
) -> None:
    slug = slugify(row.provider)[:80] or "tilbyder"
    provider, _created = Provider.objects.get_or_create(
        name=row.provider, defaults={"slug": _free_slug(Provider, slug, 80)}
    )
    values = {**row.values, "provider": provider, "source": source}
    if programme is None:
        slug = _free_slug(StudyProgramme, slugify(row.values["title_nb"])[:110] or "program", 120)
        StudyProgramme.objects.create(slug=slug, published_at=at, last_seen_at=at, **values)
        result.created.append(row.values["title_nb"])
        return
    changed = [name for name, value in values.items() if getattr(programme, name) != value]
    for name in changed:
        setattr(programme, name, values[name])
    if "title_nb" in changed:
        programme.title = row.values["title_nb"]
        changed.append("title")
    programme.last_seen_at = at
    programme.save(update_fields=[*changed, "last_seen_at"])
    if changed:
        result.updated.append(row.values["title_nb"])
    else:
        result.unchanged += 1


def _free_slug(model: type[Provider | StudyProgramme], wish: str, length: int) -> str:
    slug, number = wish, 2
    while model._default_manager.filter(slug=slug).exists():
        ending = f"-{number}"
        slug, number = wish[: length - len(ending)] + ending, number + 1
    return slug


def _take_out_missing(named: set[str], result: ImportResult, *, source: str) -> None:
    before = StudyProgramme.objects.filter(source=source, is_active=True).exclude(code="")
    missing = before.exclude(code__in=named)
    titles = [programme.title for programme in missing.order_by("sort_title", "pk")]
    if not titles:
        return
    if not named or len(titles) > SMALLEST_SHARE * before.count():
        result.is_braked = True
        return
    missing.update(is_active=False)
    result.taken_out = titles
