"""What the pages with events show: the list, and a week or a month as a table of days."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.calendar import listing
from projects.bypuls.calendar.companies import company_group
from projects.bypuls.calendar.counts import Counts, count_events
from projects.bypuls.calendar.filters import MONTH, WEEK, EventFilter
from projects.bypuls.calendar.grid import make_weeks
from projects.bypuls.events.structured_data import item_list_json
from projects.bypuls.models import Event, Venue
from vekst import formats
from vekst.paging import keyset_page

PAGE_SIZE = 20
# Events without a date stand below the first page of the list.
MOST_UNDATED = 6
_EARLIEST, _LATEST = dt.date(1971, 1, 1), dt.date(2199, 1, 1)


def make_context(
    chosen: EventFilter,
    venues: Sequence[Venue],
    params: Mapping[str, str],
    *,
    at: dt.datetime,
) -> dict[str, object]:
    """Return what `event_list.html` needs, whichever of its views is asked for."""
    counts = count_events(chosen, (venue.pk for venue in venues), at=at)
    address = reverse("bypuls:event_list")
    labels = listing.chosen_labels(chosen, venues)
    companies = company_group(chosen, horizon=counts.horizon, at=at)
    every = chosen.at_view("", timezone.localdate(at)) if chosen.view else chosen
    return {
        "crumbs": [(_("Arrangementer"), address)],
        "counts": counts,
        "chosen": chosen,
        "address": address,
        "groups": [
            *listing.filter_groups(chosen, counts, venues),
            *([companies] if companies else []),
        ],
        "inputs": listing.inputs(chosen),
        "keep": _kept(chosen),
        "active": [
            {"label": label, "url": address + chosen.without(name).query()}
            for name, label in labels
        ],
        "reset_url": address + chosen.cleared().query(),
        "views": _views(chosen, address, at=at),
        "points": listing.points(chosen, counts, venues, address),
        "subscribe_url": reverse("bypuls:event_subscribe") + every.query(),
        "poster_url": reverse("bypuls:event_poster") + every.query(),
        "table_url": reverse("bypuls:event_table") + every.query(),
        **(
            _calendar(chosen, address, at=at)
            if chosen.view
            else _list(chosen, counts, labels, address, params, at=at)
        ),
    }


def _kept(chosen: EventFilter) -> list[tuple[str, str]]:
    """Return the parameters that say which view it is, for the form to carry along."""
    if not chosen.view:
        return []
    names = ("visning", "maned", "fra")
    return [(name, value) for name, value in chosen.params().items() if name in names]


def _views(chosen: EventFilter, address: str, *, at: dt.datetime) -> list[dict[str, Any]]:
    day = _day_in_view(chosen, at=at)
    views = (
        ("", _("Liste"), "BulletList"),
        (WEEK, _("Uke"), "Calendar"),
        (MONTH, _("Måned"), "MenuGrid"),
    )
    return [
        {
            "label": label,
            "icon": icon,
            "url": address + (chosen if view == chosen.view else chosen.at_view(view, day)).query(),
            "is_current": view == chosen.view,
        }
        for view, label, icon in views
    ]


def _day_in_view(chosen: EventFilter, *, at: dt.datetime) -> dt.date:
    """Return a day that another view should hold: today if this one does, else its first."""
    today = timezone.localdate(at)
    first, last = chosen.from_date, chosen.to_date
    if first is None or (first <= today and (last is None or today <= last)):
        return today
    return first


# --- The list ------------------------------------------------------------------------------------


def _list(
    chosen: EventFilter,
    counts: Counts,
    labels: Sequence[tuple[str, str]],
    address: str,
    params: Mapping[str, str],
    *,
    at: dt.datetime,
) -> dict[str, object]:
    events = chosen.apply(Event.objects.public(at).dated().not_over(at), at=at).for_list()
    page = keyset_page(events, ["starts_at", "id"], params, size=PAGE_SIZE)
    is_first = page.previous_cursor is None
    return {
        "structured_data": item_list_json(page.items),
        "months": listing.by_month(listing.make_cards(page.items, at=at)),
        "undated": _undated(chosen, at=at) if is_first and not chosen.has_span else [],
        "spans": listing.quick_spans(chosen, counts, address),
        "ways_out": listing.ways_out(chosen, counts, labels, address),
        "prev_url": _page_url(address, chosen, "for", page.previous_cursor),
        "next_url": _page_url(address, chosen, "etter", page.next_cursor),
    }


def _undated(chosen: EventFilter, *, at: dt.datetime) -> list[listing.Card]:
    """Return events whose day is not set; people can say that they are interested."""
    events = chosen.with_text(Event.objects.public(at).filter(is_date_set=False, **chosen.columns))
    found = events.taking_place().for_list().order_by("-published_at", "pk")
    return listing.make_cards(found[:MOST_UNDATED], at=at)


def _page_url(address: str, chosen: EventFilter, name: str, cursor: str | None) -> str:
    if not cursor:
        return ""
    query = chosen.query()
    return f"{address}{query}{'&' if query else '?'}{name}={cursor}"


# --- A week or a month ---------------------------------------------------------------------------


def _calendar(chosen: EventFilter, address: str, *, at: dt.datetime) -> dict[str, object]:
    first, last = chosen.days
    before, after = first - dt.timedelta(days=1), last + dt.timedelta(days=1)
    now = chosen.at_view(chosen.view, timezone.localdate(at))
    weeks = make_weeks(chosen, address, at=at)
    return {
        "span_title": _title(chosen),
        "weeks": weeks,
        "show_place": chosen.view == WEEK,
        "is_empty": not any(day.total for week in weeks for day in week.days),
        "weekdays": [formats.weekday_name(day.date) for day in weeks[0].days],
        "earlier_url": _turn(chosen, before, address),
        "later_url": _turn(chosen, after, address),
        "now_url": "" if now == chosen else address + now.query(),
    }


def _turn(chosen: EventFilter, day: dt.date, address: str) -> str:
    if not _EARLIEST <= day <= _LATEST:
        return ""
    return address + chosen.at_view(chosen.view, day).query()


def _title(chosen: EventFilter) -> str:
    """Return "desember 2026", or "uke 49: 30. november – 6. desember 2026"."""
    first, last = chosen.days
    if chosen.view == MONTH:
        return f"{formats.month_name(first.month)} {first.year}"
    return _("uke %(number)s: %(days)s") % {
        "number": first.isocalendar().week,
        "days": formats.date_range_text(first, last),
    }
