"""What the page with the event list shows: cards by month, filters with counts, a way out of an empty list."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.calendar.counts import Counts
from projects.bypuls.calendar.filters import PARAMS, EventFilter
from projects.bypuls.events.availability import Availability, describe
from projects.bypuls.models import Audience, Event, EventLanguage, Topic, Venue
from projects.portfolio.models import MainProject
from vekst import formats

# The filter offers the places with most events, and always the chosen one.
MOST_VENUES = 12


@dataclass(frozen=True)
class Card:
    """One event of a list; `reason` says why it is shown where that is not plain."""

    event: Event
    availability: Availability
    reason: str = ""


def make_cards(events: Iterable[Event], *, at: dt.datetime) -> list[Card]:
    """Return the events with words about room."""
    return [Card(event, describe(event, at=at)) for event in events]


def by_month(cards: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """Group cards, which stand in order of time, under "november 2026"."""

    def month(card: Card) -> str:
        start = timezone.localtime(card.event.starts_at)
        return f"{formats.month_name(start.month)} {start.year}"

    return [(name, list(group)) for name, group in groupby(cards, key=month)]


def _group(
    facet: str,
    labels: tuple[str, str],
    names: Sequence[tuple[Any, Any, str]],
    chosen: EventFilter,
    counts: Counts,
) -> dict[str, Any]:
    """One choice of one: "all" first, then (value, value in the address, label) with counts."""
    label, everything = labels
    numbers = counts.by_value[facet]
    current = chosen.values.get(facet)
    options: list[dict[str, Any]] = [
        {"value": "", "label": everything, "count": None, "checked": current is None}
    ]
    for value, in_address, name in names:
        number = None if counts.is_bounded else numbers.get(value, 0)
        if number != 0 or current == value:
            options.append(
                {"value": in_address, "label": name, "count": number, "checked": current == value}
            )
    return {"name": PARAMS[facet], "label": label, "single": True, "options": options}


def _switch(
    facet: str, label: str, option: str, chosen: EventFilter, counts: Counts
) -> dict[str, Any]:
    """One box to tick."""
    number = None if counts.is_bounded else counts.by_value[facet].get(True, 0)
    options = [{"value": "ja", "label": option, "count": number, "checked": facet in chosen.values}]
    return {"name": PARAMS[facet], "label": label, "options": options}


def window_labels() -> dict[str, str]:
    """Return the spans of days by their name in the address."""
    return {
        "": _("Når som helst"),
        "idag": _("I dag"),
        "helgen": _("I helgen"),
        "uka": _("Neste 7 dager"),
    }


def filter_groups(
    chosen: EventFilter, counts: Counts, venues: Sequence[Venue]
) -> list[dict[str, Any]]:
    """Return the groups of `_filter_panel.html`."""
    when = [
        {
            "value": name,
            "label": label,
            "count": counts.by_window.get(name, 0),
            "checked": chosen.window == name and (name or not chosen.has_span),
        }
        for name, label in window_labels().items()
    ]
    numbers = counts.by_value["venue_id"]
    busiest = sorted(venues, key=lambda venue: (-numbers.get(venue.pk, 0), venue.name))
    shown = [
        venue
        for position, venue in enumerate(busiest)
        if position < MOST_VENUES or venue.pk == chosen.values.get("venue_id")
    ]
    choices = [
        ("topic", (_("Tema"), _("Alle temaer")), Topic),
        ("audience", (_("For hvem"), _("Alle målgrupper")), Audience),
        ("language", (_("Språk"), _("Alle språk")), EventLanguage),
        ("main_project", (_("Hovedprosjekt"), _("Alle hovedprosjekter")), MainProject),
    ]
    topic, audience, language, main_project = (
        _group(
            facet,
            labels,
            [(value, value, str(name)) for value, name in names.choices],
            chosen,
            counts,
        )
        for facet, labels, names in choices
    )
    spans = (
        [] if chosen.view else [{"name": "nar", "label": _("Når"), "single": True, "options": when}]
    )
    return [
        *spans,
        topic,
        audience,
        _switch("is_free", _("Pris"), _("Bare gratis"), chosen, counts),
        _switch("has_room", _("Plass"), _("Bare med ledig plass"), chosen, counts),
        _group(
            "venue_id",
            (_("Sted"), _("Alle steder")),
            [(venue.pk, venue.slug, venue.name) for venue in shown],
            chosen,
            counts,
        ),
        language,
        main_project,
    ]


def inputs(chosen: EventFilter) -> list[dict[str, str]]:
    """Return the fields of `_filter_panel.html`; a week and a month are chosen otherwise."""
    words = {"name": "q", "label": _("Søk i arrangementer"), "type": "search", "value": chosen.text}
    if chosen.view:
        return [words]
    first, last = chosen.from_date, chosen.to_date
    return [
        words,
        {
            "name": "fra",
            "label": _("Fra dato"),
            "type": "date",
            "value": first.isoformat() if first else "",
        },
        {
            "name": "til",
            "label": _("Til dato"),
            "type": "date",
            "value": last.isoformat() if last else "",
        },
    ]


def quick_spans(chosen: EventFilter, counts: Counts, address: str) -> list[dict[str, Any]]:
    """Return the spans that have a name as links, with the number of events."""
    return [
        {
            "label": label,
            "count": counts.by_window.get(name, 0),
            "url": address + chosen.with_window("" if chosen.window == name else name).query(),
            "is_current": chosen.window == name,
        }
        for name, label in window_labels().items()
        if name
    ]


def points(
    chosen: EventFilter, counts: Counts, venues: Sequence[Venue], address: str
) -> list[dict[str, Any]]:
    """Return the places with a position and the number of events there, for `_map.html` and its list."""
    numbers = counts.by_value["venue_id"]
    return [
        {
            "lat": float(venue.latitude),
            "lon": float(venue.longitude),
            "label": f"{venue.name} ({numbers[venue.pk]})",
            "url": address + chosen.at_venue(venue).query(),
        }
        for venue in sorted(venues, key=lambda venue: -numbers.get(venue.pk, 0))
        if numbers.get(venue.pk) and venue.latitude is not None and venue.longitude is not None
    ]


def _span_label(chosen: EventFilter) -> str:
    if chosen.window:
        return window_labels()[chosen.window]
    first, last = chosen.from_date, chosen.to_date
    if first and last:
        return formats.date_range_text(first, last)
    if first:
        return _("Fra %(date)s") % {"date": formats.date_text(first)}
    return _("Til %(date)s") % {"date": formats.date_text(last)} if last else ""


def chosen_labels(chosen: EventFilter, venues: Sequence[Venue]) -> list[tuple[str, str]]:
    """Return (name for `EventFilter.without`, label) of everything that is chosen."""
    found = [] if chosen.view else [("when", _span_label(chosen))]
    choices = (
        ("topic", Topic),
        ("audience", Audience),
        ("language", EventLanguage),
        ("main_project", MainProject),
    )
    for facet, names in choices:
        if facet in chosen.values:
            found.append((facet, str(names(chosen.values[facet]).label)))
    for facet, label in (("is_free", _("Gratis")), ("has_room", _("Ledig plass"))):
        if facet in chosen.values:
            found.append((facet, label))
    chosen_venue = chosen.values.get("venue_id")
    found += [("venue_id", venue.name) for venue in venues if venue.pk == chosen_venue]
    found.append(("company", chosen.company.name if chosen.company else ""))
    found.append(("text", f"«{chosen.text}»" if chosen.text else ""))
    return [(name, label) for name, label in found if label]


@dataclass(frozen=True)
class WayOut:
    """A filter to drop, and how many events there are without it; None when nobody has counted."""

    label: str
    url: str
    count: int | None


def ways_out(
    chosen: EventFilter, counts: Counts, labels: Sequence[tuple[str, str]], address: str
) -> list[WayOut]:
    """Return the filters whose removal would bring events back, the best first."""
    found = [
        WayOut(label, address + chosen.without(name).query(), counts.without.get(name))
        for name, label in labels
    ]
    return sorted(
        (way for way in found if way.count is None or way.count > 0),
        key=lambda way: -(way.count or 0),
    )
