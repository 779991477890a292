"""Which events a visitor asked for: read from the address, applied to events, written back."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery
from django.utils import timezone

from projects.bypuls.models import Audience, EventLanguage, Topic, Venue
from projects.bypuls.models.event import EventQuerySet

# The columns with a count beside each value; `EventCount` has the same.
FACETS = ("topic", "audience", "language", "is_free", "has_room", "venue_id")
WINDOWS = ("idag", "helgen", "uka")
# facet -> its name in the address
PARAMS = {
    "topic": "tema",
    "audience": "for-hvem",
    "language": "sprak",
    "is_free": "gratis",
    "has_room": "ledig",
    "venue_id": "sted",
}
_CHOICES: dict[str, Sequence[str]] = {
    "topic": Topic.values,
    "audience": Audience.values,
    "language": EventLanguage.values,
}
_WEEKEND_STARTS = dt.time(16)
MAX_WORDS = 8


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def windows(at: dt.datetime) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """
    Return the spans that a visitor can ask for by name, from and up to but not including.

    The weekend is Friday from 16.00 to Sunday night; on a weekend it is the one that goes on.
    """
    now = timezone.localtime(at)
    today = now.date()
    friday = today + dt.timedelta(days=4 - today.weekday())
    weekend = timezone.make_aware(dt.datetime.combine(friday, _WEEKEND_STARTS))
    return {
        "idag": (at, _midnight(today + dt.timedelta(days=1))),
        "helgen": (max(weekend, at), _midnight(friday + dt.timedelta(days=3))),
        "uka": (at, _midnight(today + dt.timedelta(days=8))),
    }


def _date(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    # Beyond these years moments in UTC cannot be written.
    return day if 1970 <= day.year <= 2200 else None


@dataclass(frozen=True)
class EventFilter:
    """What the address asks for. Values that are not ours are left out, so an old link still works."""

    values: dict[str, Any] = field(default_factory=dict)
    window: str = ""
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    text: str = ""
    venue_slug: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str], venues: Sequence[Venue]) -> "EventFilter":
        """Read the filter from the address."""
        values: dict[str, Any] = {}
        for facet, choices in _CHOICES.items():
            if params.get(PARAMS[facet]) in choices:
                values[facet] = params[PARAMS[facet]]
        for facet in ("is_free", "has_room"):
            if params.get(PARAMS[facet]) == "ja":
                values[facet] = True
        slug = params.get(PARAMS["venue_id"], "")
        venue = next((venue for venue in venues if venue.slug == slug), None)
        if venue is not None:
            values["venue_id"] = venue.pk
        window = params.get("nar", "")
        text = " ".join(params.get("q", "").replace("\x00", "").split())[:200]
        return cls(
            values=values,
            window=window if window in WINDOWS else "",
            from_date=_date(params.get("fra", "")),
            to_date=_date(params.get("til", "")),
            text=text if re.search(r"\w", text) else "",
            venue_slug=slug if venue is not None else "",
        )

    @property
    def has_span(self) -> bool:
        return bool(self.window or self.from_date or self.to_date)

    @property
    def is_backwards(self) -> bool:
        """Tell whether the last day comes before the first, so that no event can fit."""
        return bool(self.from_date and self.to_date and self.to_date < self.from_date)

    @property
    def text_query(self) -> str:
        """The words as PostgreSQL reads them; each may be the beginning of a word."""
        return " & ".join(f"{word}:*" for word in re.findall(r"\w+", self.text)[:MAX_WORDS])

    @property
    def is_empty(self) -> bool:
        return not (self.values or self.has_span or self.text)

    def span(self, at: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Return when the chosen span begins and ends. A window wins over dates."""
        if self.window:
            return windows(at)[self.window]
        start = _midnight(self.from_date) if self.from_date else None
        end = _midnight(self.to_date + dt.timedelta(days=1)) if self.to_date else None
        return start, end

    def apply(self, events: EventQuerySet, *, at: dt.datetime) -> EventQuerySet:
        """Keep those of the filter that are not over at `at`."""
        found = events.filter(**self.values)
        start, end = self.span(at)
        if start is not None:
            found = found.filter(ends_at__gt=start)
        if end is not None:
            found = found.filter(starts_at__lt=end)
        if self.text:
            query = SearchQuery(self.text_query, config="norwegian", search_type="raw")
            found = found.filter(search=query)
        return found

    def params(self) -> dict[str, str]:
        """Return the filter as parameters of an address."""
        pairs = {
            "nar": self.window,
            "fra": self.from_date.isoformat() if self.from_date else "",
            "til": self.to_date.isoformat() if self.to_date else "",
            "q": self.text,
        }
        for facet, name in PARAMS.items():
            value = self.values.get(facet)
            if facet == "venue_id":
                value = self.venue_slug
            pairs[name] = "ja" if value is True else (value or "")
        return {name: value for name, value in pairs.items() if value}

    def query(self) -> str:
        """Return the filter as the end of an address: "?tema=kultur", or nothing."""
        pairs = self.params()
        return f"?{urlencode(pairs)}" if pairs else ""

    def without(self, name: str) -> "EventFilter":
        """Return the filter without one facet, `when` or `text`."""
        if name == "when":
            return replace(self, window="", from_date=None, to_date=None)
        if name == "text":
            return replace(self, text="")
        values = {facet: value for facet, value in self.values.items() if facet != name}
        return replace(
            self, values=values, venue_slug="" if name == "venue_id" else self.venue_slug
        )

    def with_window(self, window: str) -> "EventFilter":
        """Return the filter for another span of days."""
        return replace(self, window=window, from_date=None, to_date=None)
