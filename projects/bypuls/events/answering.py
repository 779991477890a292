"""When whoever sent something in has an answer: counted in working days, as an office works."""

import datetime as dt

from django.utils import timezone

from vekst.red_days import public_holidays

# Two whole working days after the day it came in, by the end of that day's office hours.
WORKING_DAYS = 2
OFFICE_CLOSES = dt.time(15, 30)


def is_working_day(day: dt.date) -> bool:
    """Tell whether the office works that day: no weekend, no red day, nor the eves before."""
    return day.weekday() < 5 and day not in public_holidays([day.year])


def answer_due(at: dt.datetime) -> dt.datetime:
    """Return by when something that came in at `at` is answered."""
    day, left = timezone.localdate(at), WORKING_DAYS
    while left:
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    return timezone.make_aware(dt.datetime.combine(day, OFFICE_CLOSES))
