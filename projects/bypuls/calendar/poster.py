"""The notice for a board on a wall: what happens in the coming days, on one sheet of paper."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from projects.bypuls.calendar.filters import EventFilter, midnight
from projects.bypuls.calendar.listing import chosen_labels
from projects.bypuls.models import Event, Venue
from vekst import formats

# Two weeks, unless days are chosen; and what one sheet has room for.
DAYS = 14
MOST = 11


def make_context(
    chosen: EventFilter, venues: Sequence[Venue], *, at: dt.datetime
) -> dict[str, object]:
    """Return what `event_poster.html` needs. One query."""
    today = timezone.localdate(at)
    events = chosen.apply(Event.objects.public(at).dated().taking_place().not_over(at), at=at)
    if not chosen.has_span:
        events = events.filter(starts_at__lt=midnight(today + dt.timedelta(days=DAYS)))
    found = list(events.for_calendar().order_by("starts_at", "pk")[: MOST + 1])
    shown = found[:MOST]
    address = reverse("bypuls:event_list") + chosen.query()
    url = settings.SITE_URL + address
    return {
        "crumbs": [(_("Arrangementer"), reverse("bypuls:event_list")), (_("Oppslag"), "")],
        "labels": [label for name, label in chosen_labels(chosen, venues) if name != "when"],
        # What has been going on for days stands under today.
        "days": [
            (day, list(group))
            for day, group in groupby(
                shown, key=lambda event: max(timezone.localdate(event.starts_at), today)
            )
        ],
        "has_more": len(found) > MOST,
        "span": _span(chosen, today),
        "list_url": address,
        "short_url": url.partition("://")[2].partition("?")[0],
        "code": _code(url),
    }


def _span(chosen: EventFilter, today: dt.date) -> str:
    first, last = chosen.from_date, chosen.to_date
    if chosen.window == "idag":
        return formats.date_text(today)
    if chosen.window == "helgen":
        return _("I helgen")
    if chosen.window == "uka":
        return formats.date_range_text(today, today + dt.timedelta(days=7))
    if first and last:
        return formats.date_range_text(first, last)
    start = first or today
    return formats.date_range_text(start, last or start + dt.timedelta(days=DAYS - 1))


def _code(url: str) -> SafeString:
    """Return the address as a QR code, drawn in the page."""
    code: qrcode.QRCode[Any] = qrcode.QRCode(
        error_correction=qrcode.ERROR_CORRECT_M, box_size=8, border=0
    )
    code.add_data(url)
    drawn = code.make_image(image_factory=qrcode.image.svg.SvgPathImage)
    # Drawn from numbers alone, so nothing in it comes from outside.
    return SafeString(drawn.to_string(encoding="unicode"))
