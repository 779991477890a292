from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from projects.bypuls.calendar.listing import make_cards
from projects.bypuls.models import Counter, Event, Venue
from projects.bypuls.places.filters import VenueFilter, count_venues
from projects.bypuls.places.listing import (
    chosen_labels,
    filter_groups,
    map_points,
    venue_cards,
    ways_out,
)
from projects.bypuls.places.open_places import changes_at, is_open_at
from projects.bypuls.places.opening_hours import (
    coming_exceptions,
    coming_week,
    open_now,
    right_until,
    with_hours,
)
from projects.bypuls.places.structured_data import venue_json
from vekst.http import HtmxHttpRequest, hold_until, render_narrowed
from vekst.paging import keyset_page

PAGE_SIZE = 24
UPCOMING, PAST = 6, 3


def _page_url(address: str, chosen: VenueFilter, name: str, cursor: str | None) -> str:
    if not cursor:
        return ""
    query = chosen.query()
    return f"{address}{query}{'&' if query else '?'}{name}={cursor}"


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def venue_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    chosen = VenueFilter.read(request.GET)
    is_open = is_open_at(now)
    public = with_hours(Venue.objects.public(now).defer("description", "accessibility_note"))
    found = chosen.apply(public, is_open)
    page = keyset_page(found, ["name", "id"], request.GET.dict(), size=PAGE_SIZE)
    cards = venue_cards(page.items, at=now)
    counts = count_venues(chosen, is_open, at=now)
    address = reverse("bypuls:venue_list")
    labels = chosen_labels(chosen)
    text_input = {
        "name": "q",
        "label": _("Søk i steder"),
        "type": "search",
        "value": chosen.text,
    }
    context: dict[str, object] = {
        "crumbs": [(_("Steder"), address)],
        "cards": cards,
        "counts": counts,
        "chosen": chosen,
        "address": address,
        "groups": filter_groups(chosen, counts),
        "inputs": [text_input],
        "open_url": address + replace(chosen, open_now=True).query(),
        "active": [
            {"label": label, "url": address + chosen.without(name, value).query()}
            for name, value, label in labels
        ],
        "ways_out": [] if counts.total else ways_out(chosen, labels, address, is_open, at=now),
        "prev_url": _page_url(address, chosen, "for", page.previous_cursor),
        "next_url": _page_url(address, chosen, "etter", page.next_cursor),
        "points": map_points(page.items),
    }
    response = render_narrowed(request, "bypuls/venue_list.html", "venue-results", context)
    # The counts are about places that are not on this page too.
    return hold_until(response, changes_at(now))


@login_not_required
@require_safe
def venue(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(with_hours(Venue.objects.public(now)), slug=slug)
    opening = open_now(found, at=now)
    events = Event.objects.public(now).dated().filter(venue=found).for_list()
    coming = events.not_over(now).order_by("starts_at", "pk")[:UPCOMING]
    past = events.over(now).exclude(status="cancelled").order_by("-starts_at", "-pk")[:PAST]
    context = {
        "crumbs": [
            (_("Steder"), reverse("bypuls:venue_list")),
            (found.name, found.get_absolute_url()),
        ],
        "venue": found,
        "photos": list(found.photos.shown()),
        "rooms": list(found.rooms.order_by("-capacity", "name", "pk")),
        "counters": list(Counter.objects.public(now).filter(venue=found).order_by("name", "pk")),
        "week": coming_week(found, at=now),
        "exceptions": coming_exceptions(found, at=now),
        "opening": opening,
        "today": timezone.localdate(now),
        "cards": make_cards(coming, at=now),
        "past": list(past),
        "points": map_points([found], with_links=False),
        "structured_data": venue_json(found, at=now),
        "feed_url": f"{reverse('bypuls:event_feed')}?sted={found.slug}",
    }
    response = render(request, "bypuls/venue.html", context)
    return hold_until(response, right_until([opening], at=now))
