"""What the pages with places show: cards with opening and next event, filters with counts, ways out."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from projects.bypuls.models import Event, Venue, VenueKind, VenueOffer
from projects.bypuls.places.filters import (
    ACCESS_PARAMS,
    VenueCounts,
    VenueFilter,
    count_without,
)
from projects.bypuls.places.opening_hours import OpenNow, open_now


@dataclass(frozen=True)
class VenueCard:
    """One place of a list."""

    venue: Venue
    opening: OpenNow | None
    next_event: Event | None


def venue_cards(venues: Sequence[Venue], *, at: dt.datetime) -> list[VenueCard]:
    """Return the places with whether they are open and what happens there next. One query."""
    coming = Event.objects.public(at).dated().not_over(at).taking_place()
    # The first of each place by the index; all of them together grow with the years.
    first = coming.filter(venue=OuterRef("pk")).order_by("starts_at", "pk").values("pk")[:1]
    shown = Venue.objects.filter(pk__in=[venue.pk for venue in venues])
    next_events = Event.objects.filter(pk__in=shown.values_list(Subquery(first))).defer(
        "description", "search", "moderation_note"
    )
    by_venue = {event.venue_id: event for event in next_events}
    return [VenueCard(venue, open_now(venue, at=at), by_venue.get(venue.pk)) for venue in venues]


def access_label(name: str) -> str:
    """Return what a filter on accessibility is called: "trinnfri inngang"."""
    label = str(Venue._meta.get_field(ACCESS_PARAMS[name]).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def filter_groups(chosen: VenueFilter, counts: VenueCounts) -> list[dict[str, Any]]:
    """Return the groups of `_filter_panel.html`. What nobody has is not offered, unless it is chosen."""

    def option(value: str, label: str, count: int, checked: bool) -> dict[str, Any]:
        return {"value": value, "label": label, "count": count, "checked": checked}

    groups: list[dict[str, Any]] = [
        {
            "name": "apent",
            "label": _("Åpningstider"),
            "options": [option("ja", _("Åpent nå"), counts.open_now, chosen.open_now)],
        },
        {
            "name": "type",
            "label": _("Slags sted"),
            "single": True,
            "options": [
                option("", _("Alle"), counts.every_kind, not chosen.kind),
                *(
                    option(value, str(label), counts.kinds[value], value == chosen.kind)
                    for value, label in VenueKind.choices
                    if counts.kinds[value] or value == chosen.kind
                ),
            ],
        },
        {
            "name": "tilbud",
            "label": _("Tilbud"),
            "options": [
                option(value, str(label), counts.offers[value], value in chosen.offers)
                for value, label in VenueOffer.choices
                if counts.offers[value] or value in chosen.offers
            ],
        },
        {
            "name": "tilgjengelig",
            "label": _("Tilgjengelighet"),
            "options": [
                option(name, access_label(name), counts.access[name], name in chosen.access)
                for name in ACCESS_PARAMS
                if counts.access[name] or name in chosen.access
            ],
        },
    ]
    return [group for group in groups if group["options"]]


def chosen_labels(chosen: VenueFilter) -> list[tuple[str, str, str]]:
    """Return (name and value in the address, label) of everything that is chosen."""
    found = []
    if chosen.open_now:
        found.append(("apent", "ja", _("Åpent nå")))
    if chosen.kind:
        found.append(("type", chosen.kind, str(VenueKind(chosen.kind).label)))
    found += [("tilbud", value, str(VenueOffer(value).label)) for value in chosen.offers]
    found += [("tilgjengelig", name, access_label(name)) for name in chosen.access]
    if chosen.text:
        found.append(("q", chosen.text, f"«{chosen.text}»"))
    return found


def ways_out(
    chosen: VenueFilter,
    labels: Sequence[tuple[str, str, str]],
    address: str,
    is_open: Q,
    *,
    at: dt.datetime,
) -> list[dict[str, Any]]:
    """Return the filters whose removal would bring places back, the best first."""
    counts = count_without(
        chosen, [(name, value) for name, value, _label in labels], is_open, at=at
    )
    ways = [
        {
            "label": label,
            "url": address + chosen.without(name, value).query(),
            "count": count,
        }
        for (name, value, label), count in zip(labels, counts, strict=True)
        if count
    ]
    return sorted(ways, key=lambda way: -int(str(way["count"])))


def map_points(venues: Iterable[Venue], *, with_links: bool = True) -> list[dict[str, Any]]:
    """Return the places that have a position, for `_map.html`."""
    return [
        {
            "lat": float(venue.latitude),
            "lon": float(venue.longitude),
            "label": venue.name,
            "url": venue.get_absolute_url() if with_links else "",
        }
        for venue in venues
        if venue.latitude is not None and venue.longitude is not None
    ]
