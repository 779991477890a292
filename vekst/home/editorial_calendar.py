"""What the editors' calendar shows of the programme's apps: events, and the days when schools are closed."""

import datetime
from typing import Any

from django.db.models import Count, DateField, F, Window
from django.db.models.functions import RowNumber, TruncWeek
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from members.posts.calendar import SOURCES, Entry, Listing, Source
from members.posts.weeks import DAYS_OFF
from projects.bypuls.events.holidays import school_holidays
from projects.bypuls.models import Event


def events(first: datetime.date, last: datetime.date, most: int) -> dict[datetime.date, Listing]:
    """Return the first events of each week, and how many there are. One query."""
    start = timezone.make_aware(datetime.datetime.combine(first, datetime.time()))
    end = timezone.make_aware(datetime.datetime.combine(last, datetime.time.max))
    week = TruncWeek("starts_at", tzinfo=timezone.get_current_timezone(), output_field=DateField())
    # Any: the annotations are no fields of an event.
    rows: Any = (
        Event.objects.public(timezone.now())
        .dated()
        .filter(starts_at__range=(start, end))
        .annotate(monday=week)
        .annotate(
            place_in_week=Window(
                RowNumber(), partition_by=F("monday"), order_by=["starts_at", "pk"]
            ),
            in_week=Window(Count("pk"), partition_by=F("monday")),
        )
        .filter(place_in_week__lte=most)
        .order_by("starts_at", "pk")
    )
    found: dict[datetime.date, Listing] = {}
    for event in rows:
        monday = event.monday
        days = {"fra": monday, "til": monday + datetime.timedelta(days=6)}
        listing = found.setdefault(
            monday, Listing([], event.in_week, f"/arrangementer/?{urlencode(days)}")
        )
        listing.entries.append(
            Entry(timezone.localdate(event.starts_at), event.title, event.get_absolute_url())
        )
    return found


def register() -> None:
    """Tell the calendar what there is."""
    SOURCES["events"] = Source(_("Arrangementer"), events)
    DAYS_OFF["schools"] = school_holidays
