"""Which events a visitor asked for: read from the address, applied to events, written back."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery
from django.utils import timezone

from members.companies.models import Company
from projects.bypuls.models import Audience, EventLanguage, Topic, Venue
from projects.bypuls.models.event import EventQuerySet
from projects.portfolio.models import MainProject

# The columns with a count beside each value, in the order of a cell of `EventTally`.
FACETS = ("topic", "audience", "language", "is_free", "has_room", "venue_id", "main_project")
WINDOWS = ("idag", "helgen", "uka")
# facet -> its name in the address
PARAMS = {
    "topic": "tema",
    "audience": "for-hvem",
    "language": "sprak",
    "is_free": "gratis",
    "has_room": "ledig",
    "venue_id": "sted",
    "main_project": "hovedprosjekt",
}
# The name in the address of the company that holds the events; it is counted apart, in `companies.py`.
COMPANY = "bedrift"
CHOICES: dict[str, Sequence[str]] = {
    "topic": Topic.values,
    "audience": Audience.values,
    "language": EventLanguage.values,
    "main_project": MainProject.values,
}
WEEK, MONTH = "uke", "maned"
_WEEKEND_STARTS = dt.time(16)
MAX_WORDS = 8


def midnight(day: dt.date) -> dt.datetime:
    """Return when the day begins in the time zone of the portal."""
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
        "idag": (at, midnight(today + dt.timedelta(days=1))),
        "helgen": (max(weekend, at), midnight(friday + dt.timedelta(days=3))),
        "uka": (at, midnight(today + dt.timedelta(days=8))),
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
    """
    What the address asks for. Values that are not ours are left out, so an old link still works.

    `view` is empty for the list; a week and a month have a first and a last day, and show what is over too.
    """

    values: dict[str, Any] = field(default_factory=dict)
    window: str = ""
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    text: str = ""
    venue_slug: str = ""
    view: str = ""
    company: Company | None = None

    @classmethod
    def read(
        cls,
        params: Mapping[str, str],
        venues: Sequence[Venue],
        *,
        today: dt.date | None = None,
        company: Company | None = None,
    ) -> "EventFilter":
        """Read the filter from the address; `today` lies in the week or month where none is named."""
        values: dict[str, Any] = {}
        for facet, choices in CHOICES.items():
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
        chosen = cls(
            values=values,
            window=window if window in WINDOWS else "",
            from_date=_date(params.get("fra", "")),
            to_date=_date(params.get("til", "")),
            text=text if re.search(r"\w", text) else "",
            venue_slug=slug if venue is not None else "",
            company=company,
        )
        view = params.get("visning", "")
        if today is None or view not in (WEEK, MONTH):
            return chosen
        month = _date(f"{params.get('maned', '')}-01")
        return chosen.at_view(view, (month if view == MONTH else chosen.from_date) or today)

    @property
    def columns(self) -> dict[str, Any]:
        """What columns of the event must hold: the values, and the company."""
        return self.values | ({"company_id": self.company.pk} if self.company else {})

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
        return not (self.columns or self.text or (self.has_span and not self.view))

    def span(self, at: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Return when the chosen span begins and ends. A window wins over dates."""
        if self.window:
            return windows(at)[self.window]
        start = midnight(self.from_date) if self.from_date else None
        end = midnight(self.to_date + dt.timedelta(days=1)) if self.to_date else None
        return start, end

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of a week or a month."""
        if self.from_date is None or self.to_date is None:
            raise ValueError("a list has no first and last day")
        return self.from_date, self.to_date

    def since(self, at: dt.datetime) -> dt.datetime:
        """Return the moment that an event must not be over at: now, or the first day of a calendar."""
        if self.view and self.from_date:
            return midnight(self.from_date)
        return at

    def apply(self, events: EventQuerySet, *, at: dt.datetime) -> EventQuerySet:
        """Keep those of the filter that are not over at `at`."""
        found = events.filter(**self.columns)
        start, end = self.span(at)
        if start is not None:
            found = found.filter(ends_at__gt=start)
        if end is not None:
            found = found.filter(starts_at__lt=end)
        return self.with_text(found)

    def with_text(self, events: EventQuerySet) -> EventQuerySet:
        """Keep those that hold the words, if there are any."""
        if not self.text:
            return events
        query = SearchQuery(self.text_query, config="norwegian", search_type="raw")
        return events.filter(search=query)

    def params(self) -> dict[str, str]:
        """Return the filter as parameters of an address."""
        pairs = {
            "visning": self.view,
            "maned": f"{self.from_date:%Y-%m}" if self.view == MONTH and self.from_date else "",
            "nar": self.window,
            "fra": self.from_date.isoformat() if self.from_date and self.view != MONTH else "",
            "til": self.to_date.isoformat() if self.to_date and not self.view else "",
            "q": self.text,
            COMPANY: self.company.slug if self.company else "",
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
        """Return the filter without one facet, `company`, `when` or `text`."""
        if name == "when":
            return replace(self, window="", from_date=None, to_date=None, view="")
        if name == "text":
            return replace(self, text="")
        if name == "company":
            return replace(self, company=None)
        values = {facet: value for facet, value in self.values.items() if facet != name}
        return replace(
            self, values=values, venue_slug="" if name == "venue_id" else self.venue_slug
        )

    def cleared(self) -> "EventFilter":
        """Return the same view of the same days with nothing filtered."""
        if not self.view:
            return EventFilter()
        return replace(self, values={}, text="", venue_slug="", company=None)

    def with_window(self, window: str) -> "EventFilter":
        """Return the filter for another span of days."""
        return replace(self, window=window, from_date=None, to_date=None, view="")

    def at_venue(self, venue: Venue) -> "EventFilter":
        """Return the filter for that place."""
        return replace(self, values={**self.values, "venue_id": venue.pk}, venue_slug=venue.slug)

    def on_day(self, day: dt.date) -> "EventFilter":
        """Return the list of that one day with the same filters."""
        return replace(self, window="", from_date=day, to_date=day, view="")

    def at_view(self, view: str, day: dt.date) -> "EventFilter":
        """Return the list, or the week or the month that holds the day, with the same filters."""
        if not view:
            return replace(self, view="", window="", from_date=None, to_date=None)
        if view == MONTH:
            first = day.replace(day=1)
            last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        else:
            first = day - dt.timedelta(days=day.weekday())
            last = first + dt.timedelta(days=6)
        return replace(self, view=view, window="", from_date=first, to_date=last)
