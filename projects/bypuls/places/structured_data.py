"""A place as search engines read it. Source: https://schema.org/LocalBusiness and developers.google.com/search, 2025."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString

from projects.bypuls.models import ExceptionKind, Venue, VenueKind, VenueOffer
from projects.bypuls.models.opening_hours import Span
from projects.bypuls.places.opening_hours import coming_week
from vekst.structured_data import json_ld

# What is no business is a Place or one of its kinds, or search engines would show a shop.
_TYPES = {
    VenueKind.SERVING: "Restaurant",
    VenueKind.MEETING: "LocalBusiness",
    VenueKind.CULTURE: "PerformingArtsTheater",
    VenueKind.SPORT: "SportsActivityLocation",
    VenueKind.LEARNING: "Library",
    VenueKind.WORK: "LocalBusiness",
}
_WITHOUT_PRICE = {VenueKind.SPORT, VenueKind.LEARNING, VenueKind.CULTURE}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ACCESS = {
    "has_step_free_entrance": "Step-free entrance",
    "has_lift": "Lift",
    "has_accessible_toilet": "Accessible toilet",
    "has_accessible_parking": "Accessible parking",
    "has_hearing_loop": "Hearing loop",
}


def _hours(span: Span) -> dict[str, str]:
    return {"opens": f"{span[0]:%H:%M}", "closes": f"{span[1]:%H:%M}"}


def _specification(venue: Venue) -> list[dict[str, Any]]:
    """The weekly hours: one entry for each pair of times, with its days."""
    spans: dict[Span, list[int]] = {}
    for row in venue.opening_hours.all():
        spans.setdefault((row.opens, row.closes), []).append(row.weekday)
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": [f"https://schema.org/{_DAYS[day]}" for day in sorted(set(days))],
            **_hours(span),
        }
        for span, days in sorted(spans.items(), key=lambda pair: min(pair[1]))
    ]


def _special(venue: Venue, *, at: dt.datetime) -> list[dict[str, Any]]:
    """The exceptions, and the holidays of the coming week. Opening and closing at midnight means closed."""
    closed = {"opens": "00:00", "closes": "00:00"}
    found: list[dict[str, Any]] = []
    for row in venue.opening_exceptions.all():
        if row.last_date < timezone.localdate(at):
            continue
        days = {"validFrom": row.first_date.isoformat(), "validThrough": row.last_date.isoformat()}
        spans = (
            [_hours(span) for span in row.spans] if row.kind == ExceptionKind.HOURS else [closed]
        )
        found += [{"@type": "OpeningHoursSpecification", **days, **span} for span in spans]
    covered = [
        row for row in venue.opening_exceptions.all() if row.last_date >= timezone.localdate(at)
    ]
    for day in coming_week(venue, at=at):
        if not day.is_exception or any(row.covers(day.date) for row in covered):
            continue
        # A holiday of which nobody has said anything is left out, not called closed.
        if day.state == "unknown":
            continue
        date = {"validFrom": day.date.isoformat(), "validThrough": day.date.isoformat()}
        spans = [_hours(span) for span, _note in day.spans] or [closed]
        found += [{"@type": "OpeningHoursSpecification", **date, **span} for span in spans]
    return found


def venue_json(venue: Venue, *, at: dt.datetime) -> SafeString:
    """Return the place as JSON-LD, safe inside a script element. Needs what `with_hours` fetches."""
    kind = VenueKind(venue.kind)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES[kind],
        "name": venue.name,
        "url": settings.SITE_URL + venue.get_absolute_url(),
        "address": _address(venue),
    }
    optional: dict[str, Any] = {
        "description": venue.summary,
        "sameAs": venue.website,
        "telephone": venue.phone,
        "email": venue.contact_email,
        "openingHoursSpecification": _specification(venue),
        "specialOpeningHoursSpecification": _special(venue, at=at),
        "amenityFeature": [
            {
                "@type": "LocationFeatureSpecification",
                "name": name,
                "value": getattr(venue, column),
            }
            for column, name in _ACCESS.items()
            if getattr(venue, column) is not None
        ],
    }
    if kind not in _WITHOUT_PRICE and venue.price_level:
        optional["priceRange"] = "$" * venue.price_level
    if kind == VenueKind.SERVING:
        optional["servesCuisine"] = (
            ["Vegetarian", "Vegan"] if VenueOffer.VEGETARIAN in venue.offers else []
        )
    if venue.picture:
        optional["image"] = [settings.SITE_URL + venue.picture.url]
    if venue.latitude is not None and venue.longitude is not None:
        optional["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(venue.latitude),
            "longitude": float(venue.longitude),
        }
    return json_ld(data | {name: value for name, value in optional.items() if value})


def _address(venue: Venue) -> dict[str, str]:
    parts = {
        "@type": "PostalAddress",
        "streetAddress": venue.address,
        "postalCode": venue.postal_code,
        "addressLocality": venue.postal_place or settings.MUNICIPALITY_NAME,
        "addressCountry": "NO",
    }
    return {name: value for name, value in parts.items() if value}
