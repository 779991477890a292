"""The subscription that anybody can add to a calendar of their own: each filter has one."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from projects.bypuls.calendar.calendar_file import calendar_text
from projects.bypuls.calendar.filters import EventFilter
from projects.bypuls.calendar.listing import chosen_labels
from projects.bypuls.models import Event, EventStatus, Venue

# A subscription shows what is ahead and a little of what was.
SIZE = 500
LOOK_BACK = dt.timedelta(days=14)


def feed_text(chosen: EventFilter, venues: Sequence[Venue], *, at: dt.datetime) -> str:
    """
    Return the calendar of the filter's events. One query.

    A cancelled event is left out, so that it disappears from the calendars of those who subscribe; a
    moved one stands there once, at its new time. What has no day yet stands in no calendar.
    """
    since = at if chosen.has_span else at - LOOK_BACK
    events = (
        chosen.apply(Event.objects.public(at).dated().not_over(since), at=at)
        .exclude(status=EventStatus.CANCELLED)
        .select_related("venue")
        .order_by("starts_at", "pk")[:SIZE]
    )
    return calendar_text(events, name=_name(chosen, venues))


def _name(chosen: EventFilter, venues: Sequence[Venue]) -> str:
    labels = [label for _facet, label in chosen_labels(chosen, venues)]
    return ", ".join(
        [_("Arrangementer i %(place)s") % {"place": settings.MUNICIPALITY_NAME}, *labels]
    )


def calendar_response(request: HttpRequest, text: str, name: str) -> HttpResponse:
    """Return the file, or 304 to a program that has it already."""
    etag = f'W/"{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"'
    response = HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "ETag": etag},
    )
    return get_conditional_response(request, etag=etag, response=response) or response


@dataclass(frozen=True)
class Subscription:
    """The addresses by which calendars subscribe: as it is, for a click, and at Google and Outlook."""

    url: str
    webcal_url: str
    google_url: str
    outlook_url: str
    outlook_work_url: str


def subscription(chosen: EventFilter, venues: Sequence[Venue]) -> Subscription:
    """Return the addresses of the filter's subscription."""
    url = settings.SITE_URL + reverse("bypuls:event_feed") + chosen.query()
    return subscription_to(url, _name(chosen, venues))


def subscription_to(url: str, name: str) -> Subscription:
    """Return the addresses of one subscription. Nothing is asked of Google or Outlook before a click."""
    webcal = "webcal://" + url.partition("://")[2]
    outlook = urlencode({"url": url, "name": name}, quote_via=quote)
    return Subscription(
        url=url,
        webcal_url=webcal,
        google_url="https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        outlook_url=f"https://outlook.live.com/calendar/0/addfromweb?{outlook}",
        outlook_work_url=f"https://outlook.office.com/calendar/0/addfromweb?{outlook}",
    )
