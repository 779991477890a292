"""An event as search engines read it. Source: https://schema.org/Event and developers.google.com/search, 2025."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString

from projects.bypuls.models import Event, EventLanguage, EventStatus
from vekst.structured_data import json_ld

_STATUS = {
    EventStatus.PLANNED: "EventScheduled",
    EventStatus.MOVED: "EventRescheduled",
    EventStatus.POSTPONED: "EventPostponed",
    EventStatus.CANCELLED: "EventCancelled",
    EventStatus.HELD: "EventScheduled",
}
_LANGUAGES = {
    EventLanguage.NORWEGIAN: ["nb"],
    EventLanguage.ENGLISH: ["en"],
    EventLanguage.BOTH: ["nb", "en"],
}


def _place(event: Event) -> dict[str, Any]:
    venue = event.venue
    place: dict[str, Any] = {"@type": "Place", "name": event.place_text}
    address = {"@type": "PostalAddress", "addressCountry": "NO"}
    if venue is not None:
        address |= {
            key: value
            for key, value in (
                ("streetAddress", venue.address),
                ("postalCode", venue.postal_code),
                ("addressLocality", venue.postal_place),
            )
            if value
        }
        if venue.latitude is not None and venue.longitude is not None:
            place["geo"] = {
                "@type": "GeoCoordinates",
                "latitude": float(venue.latitude),
                "longitude": float(venue.longitude),
            }
    address.setdefault("addressLocality", settings.MUNICIPALITY_NAME)
    return place | {"address": address}


def event_json(event: Event, *, at: dt.datetime) -> SafeString | None:
    """
    Return the event as JSON-LD, safe inside a script element; it needs `series` and `company`.

    None when nobody can come to it any more, or its day is not set: search engines want events ahead.
    """
    if event.ends_at <= at or not event.is_date_set:
        return None
    data = {"@context": "https://schema.org", **event_data(event)}
    if event.series is not None:
        data["superEvent"] = {
            "@type": "EventSeries",
            "name": event.series.title,
            "url": settings.SITE_URL + event.series.get_absolute_url(),
        }
    return json_ld(data)


def item_list_json(events: Sequence[Event]) -> SafeString | None:
    """
    Return the events of a list in their order as JSON-LD; None when there are none.

    Each is told by its address, where the page of the event says the rest. Source:
    https://developers.google.com/search/docs/appearance/structured-data/carousel, 2025.
    """
    if not events:
        return None
    return json_ld(
        {
            "@context": "https://schema.org",
            "@type": "ItemList",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "url": settings.SITE_URL + event.get_absolute_url(),
                }
                for position, event in enumerate(events, start=1)
            ],
        }
    )


def event_data(event: Event) -> dict[str, Any]:
    """Return what search engines want to know of one event; it needs `venue`."""
    url = settings.SITE_URL + event.get_absolute_url()
    data: dict[str, Any] = {
        "@type": "Event",
        "name": event.title,
        "description": event.summary,
        "url": url,
        "startDate": timezone.localtime(event.starts_at).isoformat(),
        "endDate": timezone.localtime(event.ends_at).isoformat(),
        "eventStatus": f"https://schema.org/{_STATUS[EventStatus(event.status)]}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "inLanguage": _LANGUAGES[EventLanguage(event.language)],
        "isAccessibleForFree": event.is_free,
        "location": _place(event),
        "organizer": _organizer(event),
        "offers": _offer(event, url),
    }
    if event.old_starts_at is not None:
        data["previousStartDate"] = timezone.localtime(event.old_starts_at).isoformat()
    if event.capacity is not None:
        data["maximumAttendeeCapacity"] = event.capacity
        data["remainingAttendeeCapacity"] = event.seats_left
    if event.picture:
        data["image"] = [settings.SITE_URL + event.picture.url]
    return data


def _organizer(event: Event) -> dict[str, Any]:
    organizer = {"@type": "Organization", "name": event.organiser}
    # A query for each date of a series would be too dear; the page of one event has the company.
    if "company" in event._state.fields_cache and event.company is not None:
        organizer["url"] = settings.SITE_URL + event.company.get_absolute_url()
    elif event.website:
        organizer["url"] = event.website
    return organizer


def _offer(event: Event, url: str) -> dict[str, Any]:
    """Return the seats on offer, and the first price that is told in numbers."""
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": url,
        "availability": "https://schema.org/" + ("InStock" if event.has_room else "SoldOut"),
    }
    price = re.search(r"\d[\d\s]*(?:,\d+)?", event.price)
    if event.is_free or price:
        amount = "0" if event.is_free or not price else re.sub(r"\s", "", price[0])
        offer |= {"price": float(amount.replace(",", ".")), "priceCurrency": "NOK"}
    opens = event.signup_opens_at or event.published_at
    if opens is not None:
        offer["validFrom"] = timezone.localtime(opens).isoformat()
    return offer
