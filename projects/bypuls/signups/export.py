"""The list of participants as a file: CSV that Excel opens in Norwegian, and XLSX. Built row by row."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from members.accounts.models import User
from projects.bypuls.events.organisers import log
from projects.bypuls.models import Event, LogKind, Question, SignUp
from vekst import formats

Value = str | int | dt.datetime | None
# A spreadsheet reads what begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {0: 16, 1: 26, 2: 30, 3: 8, 4: 26, 5: 26}


def note_export(event: Event, kind: str, *, by: User, at: dt.datetime) -> None:
    """Note who took the list out of the portal, before the first row leaves."""
    with transaction.atomic():
        log(event.pk, LogKind.EXPORTED, by=by, at=at, detail=kind)


def _questions(event: Event) -> list[Question]:
    return list(Question.objects.filter(event=event).order_by("position", "pk"))


def _head(questions: list[Question]) -> list[str]:
    return [
        _("Tilstand"),
        _("Navn"),
        _("E-post"),
        _("Antall"),
        _("Følge"),
        _("Bedrift"),
        *(question.text for question in questions),
        _("Allergier"),
        _("Beskjed"),
        _("Meldt på"),
        _("Bekreftet"),
        _("Antall som kom"),
    ]


def rows_of(event: Event) -> Iterator[list[Value]]:
    """Give everybody who wants to come and those who came without signing up, a batch at a time."""
    questions = _questions(event)
    found = event.signups.active().select_related("company").prefetch_related("answers")
    for batch in found.in_batches():
        for signup in batch:
            yield _row(signup, questions)


def _row(signup: SignUp, questions: list[Question]) -> list[Value]:
    answers = {answer.question_id: answer.text for answer in signup.answers.all()}
    return [
        _("Kom uten påmelding") if signup.is_walk_in else str(signup.get_state_display()),
        signup.name,
        signup.email,
        signup.size,
        signup.companions,
        signup.company.name if signup.company else "",
        *(answers.get(question.pk, "") for question in questions),
        signup.diet,
        signup.note,
        signup.created_at,
        signup.confirmed_at,
        signup.checked_in_size,
    ]


def _plain(value: Value) -> str:
    """Write a value for CSV, where nothing tells text from a formula but how it begins."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return formats.moment_text(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(event: Event) -> Iterator[str]:
    """Give the file line by line. The mark at its start makes Excel read æ, ø and å right."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow([_plain(text) for text in _head(_questions(event))])
    for row in rows_of(event):
        yield writer.writerow([_plain(value) for value in row])


def xlsx_file(event: Event) -> IO[bytes]:
    """Return the workbook, built row by row. Texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Deltakere"))
    sheet.freeze_panes = "C2"
    for number, width in _WIDTHS.items():
        sheet.column_dimensions["ABCDEFGHIJ"[number]].width = width
    head = [_cell(sheet, text) for text in _head(_questions(event))]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows_of(event):
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _cell(sheet: Any, value: Value) -> Any:
    if isinstance(value, dt.datetime):
        cell = WriteOnlyCell(sheet, timezone.localtime(value).replace(tzinfo=None, microsecond=0))
        cell.number_format = "dd.mm.yyyy hh:mm"
        return cell
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
