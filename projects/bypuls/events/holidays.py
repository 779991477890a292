"""Days on which schools are closed, and a series may stand over."""

import datetime as dt

from projects.bypuls.models import SchoolHoliday


def school_holidays(first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Return the days of school holidays from `first` to `last`, both included. One query."""
    found: dict[dt.date, str] = {}
    rows = SchoolHoliday.objects.filter(first_date__lte=last, last_date__gte=first)
    for row in rows.order_by("first_date", "pk"):
        day = max(row.first_date, first)
        while day <= min(row.last_date, last):
            found.setdefault(day, row.name)
            day += dt.timedelta(days=1)
    return found
