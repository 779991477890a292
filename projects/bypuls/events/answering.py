"""When whoever sent something in has an answer: counted in working days, as an office works."""

import datetime as dt
from functools import cache

import holidays
from django.utils import timezone

# Two whole working days after the day it came in, by the end of that day's office hours.
WORKING_DAYS = 2
OFFICE_CLOSES = dt.time(15, 30)


@cache
def _public_holidays(year: int) -> "holidays.HolidayBase":
    return holidays.country_holidays("NO", years=year)


def is_working_day(day: dt.date) -> bool:
    """Tell whether the office works that day: no weekend, no public holiday, nor Christmas Eve."""
    is_eve = (day.month, day.day) in ((12, 24), (12, 31))
    return day.weekday() < 5 and not is_eve and day not in _public_holidays(day.year)


def answer_due(at: dt.datetime) -> dt.datetime:
    """Return by when something that came in at `at` is answered."""
    day, left = timezone.localdate(at), WORKING_DAYS
    while left:
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    return timezone.make_aware(dt.datetime.combine(day, OFFICE_CLOSES))
