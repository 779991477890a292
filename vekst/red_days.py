"""Days on which nearly everybody in Norway is off, by the library `holidays`."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

import holidays
from django.utils import translation
from django.utils.translation import gettext as _


def public_holidays(years: Iterable[int]) -> dict[dt.date, str]:
    """Return the red days of these years, and the two eves on which nearly everybody is off, by name."""
    language = "en_US" if (translation.get_language() or "nb").startswith("en") else "no"
    found: dict[dt.date, str] = {}
    for year in years:
        found |= _of_year(year, language)
        # No red days, but nobody holds a meeting or a course on them.
        found.setdefault(dt.date(year, 12, 24), _("Julaften"))
        found.setdefault(dt.date(year, 12, 31), _("Nyttårsaften"))
    return found


@lru_cache(maxsize=64)
def _of_year(year: int, language: str) -> dict[dt.date, str]:
    # Two that fall on one day have their names in one, with a semicolon between.
    named = holidays.country_holidays("NO", years=year, language=language)
    return {day: name.replace(";", ",") for day, name in named.items()}
