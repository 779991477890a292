"""What an event of ours gets from what a source tells: its fields, and how they are remembered."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from projects.bypuls.events.importing.found import Found
from projects.bypuls.events.importing.texts import fold
from projects.bypuls.models import Event, ImportSource, Topic, Venue

# Changed together, by moving the event: whoever is signed up is told.
WHEN_AND_WHERE = ("starts_at", "ends_at", "venue_id", "place")
TEXTS = ("title", "summary", "description", "organiser", "website")
# Written in Bokmål whatever language the reader has.
TRANSLATED = ("title", "summary", "description")


class NoPlaceError(Exception):
    """Neither the calendar nor the source says where it is."""


class Places:
    """The places of ours by name, to know again in what a calendar writes."""

    def __init__(self, venues: list[Venue]) -> None:
        self.by_name = {fold(venue.name): venue for venue in venues}

    def find(self, location: str) -> tuple[Venue | None, str]:
        """Return the place that the text names, and what is left of the text: a room, or all of it."""
        parts = [part.strip() for part in re.split(r"[,;\n]| [–-] ", location) if part.strip()]
        for number, part in enumerate(parts):
            venue = self.by_name.get(fold(part))
            if venue is None:
                continue
            room = [*parts[:number], *_without_address(parts[number + 1 :], venue)]
            return venue, ", ".join(room)[:160]
        return None, location[:160]


def _without_address(parts: list[str], venue: Venue) -> list[str]:
    """Leave out the street and the town that stand behind a name we know."""
    known = {fold(venue.address), fold(venue.postal_place), "kongsberg", "norge", "norway"}
    kept = []
    for part in parts:
        is_postal = re.match(r"\d{4}\b", part)
        if fold(part) not in known and not is_postal:
            kept.append(part)
    return kept


def facts_of(found: Found, source: ImportSource, places: Places) -> dict[str, Any]:
    """Return the fields that follow the source. Raises NoPlaceError."""
    venue, place = places.find(found.location)
    if not found.location:
        venue, place = source.venue, source.place
    if venue is None and not place:
        raise NoPlaceError(_("Stedet mangler (LOCATION), og kilden har ikke noe fast sted."))
    organiser = source.organiser or found.organiser or source.name
    return {
        "title": found.title,
        "summary": found.summary or _("Les mer hos %(organiser)s.") % {"organiser": organiser},
        "description": found.description,
        "organiser": organiser[:140],
        "website": found.website,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "venue_id": venue.pk if venue else None,
        "place": place,
    }


def topic_of(found: Found, source: ImportSource) -> str:
    """Return the topic that one of the categories names; else that of the source."""
    by_name = {
        fold(name): topic.value for topic in Topic for name in (topic.value, str(topic.label))
    }
    named = (by_name.get(fold(category)) for category in found.categories)
    return next(filter(None, named), source.topic)


def as_told(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts as they are remembered, for `differs`."""
    return {name: _plain(value) for name, value in facts.items()}


def now_in(event: Event) -> dict[str, Any]:
    """Return what the event says now of the fields that follow a source."""
    return {name: _plain(getattr(event, name)) for name in (*TEXTS, *WHEN_AND_WHERE)}


def _plain(value: Any) -> Any:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value
