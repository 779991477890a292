"""Links that put one event into a calendar on the web. Plain links: nothing is sent before a click."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings

from projects.bypuls.calendar.calendar_file import location_text
from projects.bypuls.models import Event


@dataclass(frozen=True)
class AddLinks:
    """Where to put the event into a calendar at Google and at Outlook."""

    google_url: str
    outlook_url: str


def add_links(event: Event) -> AddLinks:
    """
    Return the links for the event; it needs `venue`.

    Source: the parameters that both services read, as in github.com/InteractionDesignFoundation/add-event-to-calendar-docs, 2025.
    """
    text = f"{event.summary}\n\n{settings.SITE_URL}{event.get_absolute_url()}"
    start, end = (moment.astimezone(dt.UTC) for moment in (event.starts_at, event.ends_at))
    google = {
        "action": "TEMPLATE",
        "text": event.title,
        "dates": f"{start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}",
        "details": text,
        "location": location_text(event),
        "ctz": settings.TIME_ZONE,
    }
    outlook = {
        "rru": "addevent",
        "path": "/calendar/action/compose",
        "subject": event.title,
        "startdt": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "body": text,
        "location": location_text(event),
    }
    return AddLinks(
        google_url="https://calendar.google.com/calendar/render?" + urlencode(google),
        outlook_url="https://outlook.live.com/calendar/0/deeplink/compose?"
        + urlencode(outlook, quote_via=quote),
    )
