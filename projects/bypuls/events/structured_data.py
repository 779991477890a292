"""An event as search engines read it. Source: https://schema.org/Event and developers.google.com/search, 2025."""

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


def event_json(event: Event) -> SafeString:
    """Return the event as JSON-LD, safe inside a script element; it needs `series`."""
    data = {"@context": "https://schema.org", **event_data(event)}
    if event.series is not None:
        data["superEvent"] = {
            "@type": "EventSeries",
            "name": event.series.title,
            "url": settings.SITE_URL + event.series.get_absolute_url(),
        }
    return json_ld(data)


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
        "organizer": {"@type": "Organization", "name": event.organiser},
    }
    if event.old_starts_at is not None:
        data["previousStartDate"] = timezone.localtime(event.old_starts_at).isoformat()
    if event.capacity is not None:
        data["maximumAttendeeCapacity"] = event.capacity
        data["remainingAttendeeCapacity"] = event.seats_left
    if event.picture:
        data["image"] = [settings.SITE_URL + event.picture.url]
    if event.is_free:
        data["offers"] = {
            "@type": "Offer",
            "price": 0,
            "priceCurrency": "NOK",
            "url": url,
            "availability": "https://schema.org/" + ("InStock" if event.has_room else "SoldOut"),
        }
    return data
