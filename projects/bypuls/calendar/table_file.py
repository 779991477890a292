"""The events of a filter as a table that a spreadsheet opens, with the columns that an import reads."""

import csv
import datetime as dt
import io

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.calendar.filters import EventFilter
from projects.bypuls.events.importing.csv_rows import COLUMNS
from projects.bypuls.models import Event

# A town's whole year; a spreadsheet with more is no help to anybody.
MOST_ROWS = 5000
# A spreadsheet reads what begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table_text(chosen: EventFilter, *, at: dt.datetime) -> str:
    """Return the filter's public events in order of their start, as CSV. One query."""
    events = (
        chosen.apply(Event.objects.public(at).not_over(at), at=at)
        .select_related("venue")
        .defer("search", "venue__description")
        .order_by("starts_at", "pk")[:MOST_ROWS]
    )
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([*COLUMNS, _("ledige plasser"), _("adresse")])
    for event in events:
        writer.writerow([_safe(value) for value in _row(event)])
    return out.getvalue()


def _row(event: Event) -> list[str]:
    left = event.seats_left if event.takes_signups else None
    return [
        event.uid,
        event.title,
        _moment(event.starts_at) if event.is_date_set else event.date_note,
        _moment(event.ends_at) if event.is_date_set else "",
        event.place_text,
        event.summary,
        event.description,
        event.organiser,
        event.website,
        str(event.get_topic_display()),
        str(event.get_status_display()),
        "" if left is None else str(left),
        settings.SITE_URL + event.get_absolute_url(),
    ]


def _moment(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
