"""The page on who the newsletters reach: charts and tables of what `members.mailings.reach` lets be seen."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from members.mailings.anonymity import Cell, Held
from members.mailings.models import Audience, Topic
from members.mailings.reach import AUDIENCES, EVERYBODY, TOPICS, Group, Month, Reach
from projects.innsikt import charts, summary
from projects.innsikt.figures import Point
from projects.innsikt.models import ObservationStatus
from projects.innsikt.periods import period_text
from projects.innsikt.presentation import MAX_LINES, Drawing, Table, TableCell, TableRow
from vekst.formats import NBSP, date_text, number_text

MEASURES = ("readers", "joined", "left")


@dataclass(frozen=True)
class Section:
    """One way to divide the readers: its chart, and a table for each of what is counted."""

    key: str
    title: str
    drawing: Drawing
    tables: list[tuple[str, Table]]


def sections(found: Reach) -> list[Section]:
    """Return the parts of the page: everybody, topics and audiences over time."""
    return [
        _section("alle", _("Alle lesere"), [EVERYBODY], found),
        _section("temaer", _("Etter tema"), TOPICS, found),
        _section("malgrupper", _("Etter målgruppe"), AUDIENCES, found),
    ]


def now_table(found: Reach) -> Table:
    """Return the newest month: topics down, everybody and each audience across."""
    rows = [
        TableRow(
            _name(topic),
            tuple(_table_cell(found.newest.readers[topic[0], a], found.fewest) for a in _across()),
        )
        for topic in (EVERYBODY, *TOPICS)
    ]
    return Table(
        _("Tema"), (_("Alle"), *(str(audience.label) for audience in Audience)), tuple(rows)
    )


def conclusion(found: Reach) -> str:
    """Say in a sentence or two how many there are, and how that has changed in a year."""
    number = found.newest.readers[EVERYBODY].number
    if number is None:
        return _("Nyhetsbrevene har færre enn %(n)s lesere.") % {"n": found.fewest}
    text = _("Rundt %(number)s får nyhetsbrevene.") % {"number": number_text(Decimal(number))}
    before = found.months[-13].readers[EVERYBODY].number if len(found.months) > 12 else None
    if before is None:
        return text
    change = number - before
    if change == 0:
        return text + " " + _("Det er omtrent like mange som for et år siden.")
    words = (
        _("Det er rundt %(n)s flere enn for et år siden.")
        if change > 0
        else _("Det er rundt %(n)s færre enn for et år siden.")
    )
    return text + " " + words % {"n": number_text(Decimal(abs(change)))}


def as_csv(found: Reach) -> str:
    """Return the same numbers as comma-separated text, a line for each; `status` says why one is missing."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(["month", "counted_until", "topic", "audience", "measure", "value", "status"])
    for month in found.months:
        for measure in MEASURES:
            for (topic, audience), cell in getattr(month, measure).items():
                writer.writerow(
                    [
                        f"{month.first_day:%Y-%m}",
                        month.until or "",
                        topic,
                        audience,
                        measure,
                        "" if cell.number is None else cell.number,
                        _status(cell),
                    ]
                )
    return output.getvalue()


def _section(key: str, title: str, groups: Sequence[Group], found: Reach) -> Section:
    labels = {"readers": _("Lesere"), "joined": _("Kommet til"), "left": _("Falt fra")}
    return Section(
        key,
        title,
        _draw(key, title, groups, found),
        [(labels[name], _over_time(groups, found, name)) for name in MEASURES],
    )


def _draw(key: str, title: str, groups: Sequence[Group], found: Reach) -> Drawing:
    lines = [
        charts.Line(_name(group), tuple(_point(month, group) for month in found.months))
        for group in _largest(groups, found)
    ]
    told = [
        summary.series_text(line.label, line.points, unit=_("lesere"), decimals=0) for line in lines
    ]
    return Drawing(
        wide=charts.line_chart(lines, width=charts.WIDE, decimals=0),
        narrow=charts.line_chart(lines, width=charts.NARROW, decimals=0),
        key=key,
        title=_("Linjediagram: %(title)s") % {"title": title},
        description=" ".join(told),
        period_text="",
        has_gaps=any(point.value is None for line in lines for point in line.points),
        marks=(),
    )


def _largest(groups: Sequence[Group], found: Reach) -> list[Group]:
    """Return as many groups as a chart can hold, those with the most readers now, in their usual order."""
    by_size = sorted(groups, key=lambda group: -(found.newest.readers[group].number or 0))
    chosen = set(by_size[:MAX_LINES])
    return [group for group in groups if group in chosen]


def _point(month: Month, group: Group) -> Point:
    number = month.readers[group].number
    return Point(_period(month), month.first_day, None if number is None else Decimal(number))


def _period(month: Month) -> str:
    return f"{month.first_day:%YM%m}"


def _over_time(groups: Sequence[Group], found: Reach, measure: str) -> Table:
    rows = [
        TableRow(
            _month_name(month),
            tuple(_table_cell(getattr(month, measure)[group], found.fewest) for group in groups),
        )
        for month in reversed(found.months)
    ]
    return Table(_("Måned"), tuple(_name(group) for group in groups), tuple(rows))


def _month_name(month: Month) -> str:
    name = period_text(_period(month))
    if month.until is None:
        return name
    return _("%(month)s, til og med %(day)s") % {"month": name, "day": date_text(month.until)}


def _table_cell(cell: Cell, fewest: int) -> TableCell:
    if cell.number is not None:
        return TableCell(number_text(Decimal(cell.number)), "", "", is_break=False)
    if cell.held is Held.FEW:
        few = _("færre enn %(n)s") % {"n": fewest}
        return TableCell(few.replace(" ", NBSP), "", "", is_break=False)
    if cell.held is Held.BACK:
        text = _("Vises ikke, for da kunne en regne ut hvor få de andre er.")
        return TableCell(ObservationStatus.CONFIDENTIAL, text, "", is_break=False)
    if cell.held is Held.MOVES:
        text = _("Færre enn %(n)s kom til eller falt fra, eller var lesere.") % {"n": fewest}
        return TableCell(ObservationStatus.CONFIDENTIAL, text, "", is_break=False)
    return TableCell(ObservationStatus.MISSING, _("Ikke talt"), "", is_break=False)


def _status(cell: Cell) -> str:
    if cell.number is not None:
        return ""
    is_missing = cell.held is Held.NOT_COUNTED
    return str((ObservationStatus.MISSING if is_missing else ObservationStatus.CONFIDENTIAL).value)


def _across() -> list[str]:
    return ["", *Audience.values]


def _name(group: Group) -> str:
    topic, audience = group
    if topic:
        return str(Topic(topic).label)
    return str(Audience(audience).label) if audience else _("Alle lesere")
