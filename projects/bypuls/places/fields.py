"""
What a place's contact may propose to change: each field as JSON, in words, and written to the place.

A proposal keeps what stood there when it was written, so values are compared as they are stored in it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.bypuls.models import (
    ACCESS_FIELDS,
    ExceptionKind,
    HolidayRule,
    OpeningException,
    OpeningHours,
    PriceLevel,
    Venue,
    VenueOffer,
    Weekday,
)
from projects.bypuls.models.opening_hours import read_spans, write_spans
from vekst import formats

# Columns of the place that are written as they are.
PLAIN = (
    *("summary_nb", "description_nb", "website", "phone", "contact_email"),
    *("offers", "price_level", *ACCESS_FIELDS, "accessibility_note"),
    *("holiday_rule", "hours_note"),
)
HOURS, EXCEPTIONS = "hours", "exceptions"
FIELDS = (*PLAIN[:7], HOURS, *PLAIN[7:], EXCEPTIONS)


@dataclass(frozen=True)
class Line:
    """One field of a proposal in words: as it was, as it should be, and as it is now."""

    name: str
    label: str
    before: str
    after: str
    now: str
    is_conflict: bool


def label_of(name: str) -> str:
    """Return what the field is called."""
    special: dict[str, str | Promise] = {
        HOURS: gettext_lazy("faste åpningstider"),
        EXCEPTIONS: gettext_lazy("unntak fra åpningstidene"),
    }
    label = special.get(name) or Venue._meta.get_field(name.removesuffix("_nb")).verbose_name  # type: ignore[union-attr]
    return str(label)


def current_values(venue: Venue, names: Iterable[str], *, at: dt.datetime) -> dict[str, Any]:
    """Return these fields as they stand, as JSON holds them."""
    return {name: _read(venue, name, at) for name in names}


def _read(venue: Venue, name: str, at: dt.datetime) -> Any:
    if name == HOURS:
        return week_of(venue)
    if name == EXCEPTIONS:
        rows = venue.opening_exceptions.filter(last_date__gte=timezone.localdate(at))
        return [as_json(row) for row in rows.order_by("first_date", "last_date", "pk")]
    value = getattr(venue, name)
    return "" if value is None and name.endswith("_nb") else value


def week_of(venue: Venue) -> list[str]:
    """Return the hours of the seven weekdays as texts, Monday first: "10:00-16:00,18:00-01:00"."""
    rows = list(venue.opening_hours.order_by("weekday", "opens", "pk"))
    return [
        write_spans([(row.opens, row.closes) for row in rows if row.weekday == day])
        for day in Weekday.values
    ]


def as_json(row: OpeningException) -> dict[str, str]:
    """Return an exception as a proposal holds it."""
    return {
        "first_date": row.first_date.isoformat(),
        "last_date": row.last_date.isoformat(),
        "kind": row.kind,
        "hours": row.hours,
        "note": row.note,
    }


def difference(
    venue: Venue, wanted: Mapping[str, Any], *, at: dt.datetime
) -> dict[str, dict[str, Any]]:
    """Return {field: {"from", "to"}} for those of the wanted values that are not there already."""
    now = current_values(venue, wanted, at=at)
    return {
        name: {"from": now[name], "to": value}
        for name, value in wanted.items()
        if value != now[name]
    }


def lines_of(venue: Venue, changes: Mapping[str, Any], *, at: dt.datetime) -> list[Line]:
    """Return a proposal's changes in words. In conflict is what has become something else meanwhile."""
    known = [name for name in FIELDS if name in changes]
    now = current_values(venue, known, at=at)
    return [
        Line(
            name=name,
            label=label_of(name),
            before=in_words(name, changes[name]["from"]),
            after=in_words(name, changes[name]["to"]),
            now=in_words(name, now[name]),
            is_conflict=now[name] not in (changes[name]["from"], changes[name]["to"]),
        )
        for name in known
    ]


def in_words(name: str, value: Any) -> str:
    """Return a value as people read it."""
    if name in ACCESS_FIELDS:
        return {True: _("ja"), False: _("nei")}.get(value, _("ikke oppgitt"))
    words: dict[str, Callable[[Any], str]] = {
        HOURS: _week_in_words,
        EXCEPTIONS: lambda rows: "\n".join(map(_exception_in_words, rows)),
        "offers": lambda values: ", ".join(
            str(VenueOffer(one).label) for one in values if one in VenueOffer.values
        ),
        "price_level": lambda value: str(PriceLevel(value).label) if value else "",
        "holiday_rule": lambda value: str(HolidayRule(value).label),
    }
    text = words[name](value) if name in words else str(value or "")
    return text or _("ingenting")


def spans_in_words(stored: str) -> str:
    """Return hours as `write_spans` stores them the way people write them: "10.00–16.00"."""
    return stored.replace(":", ".").replace("-", "–").replace(",", ", ")


def _week_in_words(week: list[str]) -> str:
    return "\n".join(
        f"{Weekday(day).label}: {spans_in_words(text) or _('stengt')}"
        for day, text in enumerate(week)
    )


def _exception_in_words(row: Mapping[str, str]) -> str:
    first, last = (dt.date.fromisoformat(row[name]) for name in ("first_date", "last_date"))
    what = spans_in_words(row["hours"]) or str(ExceptionKind(row["kind"]).label)
    note = f" ({row['note']})" if row["note"] else ""
    return f"{formats.date_range_text(first, last)}: {what}{note}"


def write(venue: Venue, values: Mapping[str, Any], *, at: dt.datetime) -> None:
    """Write the values to the place. The caller holds a lock on its row."""
    plain = [name for name in PLAIN if name in values]
    for name in plain:
        setattr(venue, name, values[name])
    if plain:
        # A translated field and its Bokmål column go together.
        stems = {name.removesuffix("_nb") for name in plain}
        venue.save(update_fields=sorted({*plain, *stems}))
    if HOURS in values:
        _write_week(venue, values[HOURS])
    if EXCEPTIONS in values:
        _write_exceptions(venue, values[EXCEPTIONS], at=at)


def _write_week(venue: Venue, week: list[str]) -> None:
    notes = {(row.weekday, row.opens, row.closes): row.note for row in venue.opening_hours.all()}
    venue.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(
            venue=venue,
            weekday=day,
            opens=opens,
            closes=closes,
            # What kitchen or counter a span is about stays with it.
            note=notes.get((day, opens, closes), ""),
        )
        for day, text in enumerate(week)
        for opens, closes in read_spans(text)
    )


def _write_exceptions(venue: Venue, rows: list[dict[str, str]], *, at: dt.datetime) -> None:
    venue.opening_exceptions.filter(last_date__gte=timezone.localdate(at)).delete()
    OpeningException.objects.bulk_create(OpeningException(venue=venue, **row) for row in rows)
