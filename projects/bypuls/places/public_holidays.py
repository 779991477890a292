"""The public holidays of Norway. Sundays are ordinary days here, but for Easter and Whitsun."""

import datetime as dt
from functools import lru_cache

from django.utils import translation
from holidays import country_holidays


@lru_cache(maxsize=32)
def _of_year(year: int, language: str) -> dict[dt.date, str]:
    return dict(country_holidays("NO", years=year, language=language).items())


def holiday_name(day: dt.date) -> str:
    """Return what the public holiday is called in the page's language; empty on other days."""
    english = (translation.get_language() or "nb").startswith("en")
    return _of_year(day.year, "en_US" if english else "no").get(day, "")


def is_holiday(day: dt.date) -> bool:
    """Tell whether the day is a public holiday."""
    return day in _of_year(day.year, "no")
