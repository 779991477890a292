"""Period codes as Statistics Norway writes them: "2023", "2023K4" (quarter), "2023M05" (month)."""

import datetime as dt
import re

from django.utils.translation import gettext as _

from vekst.formats import month_name

_CODE = re.compile(r"(?P<year>\d{4})(?:K(?P<quarter>[1-4])|M(?P<month>0[1-9]|1[0-2]))?")


class BadPeriodError(ValueError):
    """The code names no year, quarter or month."""


def _parts(code: str) -> tuple[int, int | None, int | None]:
    match = _CODE.fullmatch(code)
    if match is None or match["year"] == "0000":
        raise BadPeriodError(code)
    quarter, month = match["quarter"], match["month"]
    return int(match["year"]), int(quarter) if quarter else None, int(month) if month else None


def period_start(code: str) -> dt.date:
    """Return the first day of the period, local time. Raises BadPeriodError."""
    year, quarter, month = _parts(code)
    return dt.date(year, month or ((quarter or 1) - 1) * 3 + 1, 1)


def period_text(code: str) -> str:
    """Write the period in the page's language: "2023", "4. kvartal 2023", "mai 2023"."""
    year, quarter, month = _parts(code)
    if quarter:
        return _("%(quarter)s. kvartal %(year)s") % {"quarter": quarter, "year": year}
    if month:
        return f"{month_name(month)} {year}"
    return str(year)


def previous_year(code: str) -> str:
    """Return the same period one year earlier."""
    year, _quarter, _month = _parts(code)
    return f"{year - 1:04d}{code[4:]}"
