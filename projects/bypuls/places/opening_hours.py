"""When places are open."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from projects.bypuls.models import OpeningHours
from projects.bypuls.models.venue import Weekday
from vekst import formats


def is_open(hours: Iterable[OpeningHours], *, at: dt.datetime) -> bool | None:
    """Tell whether a place with these hours is open at `at`; None when it has told no hours."""
    rows = list(hours)
    return any(row.includes(at) for row in rows) if rows else None


def week_table(hours: Sequence[OpeningHours]) -> list[tuple[int, str, str]]:
    """Return (number, weekday, "10.00–16.00") for all seven days; empty when nothing is known."""
    if not hours:
        return []
    table = []
    for number, name in Weekday.choices:
        spans = [
            f"{formats.time_text(row.opens)}–{formats.time_text(row.closes).removeprefix('kl. ')}"
            + (f" ({row.note})" if row.note else "")
            for row in hours
            if row.weekday == number
        ]
        table.append((number, str(name), ", ".join(spans) or _("Stengt")))
    return table
