from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from projects.bypuls.calendar.calendar_file import calendar_text
from projects.bypuls.calendar.counts import count_events
from projects.bypuls.calendar.filters import EventFilter
from projects.bypuls.calendar.listing import (
    by_month,
    chosen_labels,
    filter_groups,
    make_cards,
    ways_out,
)
from projects.bypuls.events.availability import describe
from projects.bypuls.events.series_page import other_dates
from projects.bypuls.events.structured_data import event_json
from projects.bypuls.models import Event, Venue
from projects.bypuls.signups.seats import held_seats
from projects.bypuls.views.addresses import leads_on
from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.languages import foreign_language
from vekst.paging import keyset_page

PAGE_SIZE = 20
SIMILAR = 3
# A subscription shows what is ahead and a little of what was.
FEED_SIZE = 500


def _page_url(address: str, chosen: EventFilter, name: str, cursor: str | None) -> str:
    if not cursor:
        return ""
    query = chosen.query()
    return f"{address}{query}{'&' if query else '?'}{name}={cursor}"


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def event_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    venues = list(Venue.objects.public(now).only("id", "slug", "name"))
    chosen = EventFilter.read(request.GET.dict(), venues)
    events = chosen.apply(Event.objects.public(now).dated().not_over(now), at=now).for_list()
    page = keyset_page(events, ["starts_at", "id"], request.GET.dict(), size=PAGE_SIZE)
    counts = count_events(chosen, (venue.pk for venue in venues), at=now)
    address = reverse("bypuls:event_list")
    labels = chosen_labels(chosen, venues)
    context: dict[str, object] = {
        "crumbs": [(_("Arrangementer"), address)],
        "months": by_month(make_cards(page.items, at=now)),
        "counts": counts,
        "chosen": chosen,
        "address": address,
        "groups": filter_groups(chosen, counts, venues),
        "inputs": [
            {
                "name": "q",
                "label": _("Søk i arrangementer"),
                "type": "search",
                "value": chosen.text,
            },
            {
                "name": "fra",
                "label": _("Fra dato"),
                "type": "date",
                "value": chosen.from_date.isoformat() if chosen.from_date else "",
            },
            {
                "name": "til",
                "label": _("Til dato"),
                "type": "date",
                "value": chosen.to_date.isoformat() if chosen.to_date else "",
            },
        ],
        "active": [
            {"label": label, "url": address + chosen.without(name).query()}
            for name, label in labels
        ],
        "ways_out": ways_out(chosen, counts, labels, address),
        "feed_url": reverse("bypuls:event_feed") + chosen.query(),
        "prev_url": _page_url(address, chosen, "for", page.previous_cursor),
        "next_url": _page_url(address, chosen, "etter", page.next_cursor),
    }
    return render_narrowed(request, "bypuls/event_list.html", "event-results", context)


@login_not_required
@require_safe
@leads_on
def event(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(
        Event.objects.public(now).select_related("venue", "project", "company", "series"),
        slug=slug,
    )
    similar = (
        Event.objects.public(now)
        .not_over(now)
        .taking_place()
        .filter(topic=found.topic)
        .exclude(pk=found.pk)
        .for_list()
        .order_by("starts_at", "pk")
    )
    if found.series_id is not None:
        # The other dates have a place of their own.
        similar = similar.filter(Q(series=None) | ~Q(series=found.series_id))
    context = {
        "crumbs": [
            (_("Arrangementer"), reverse("bypuls:event_list")),
            (found.title, found.get_absolute_url(), foreign_language(found, "title")),
        ],
        "event": found,
        "availability": describe(found, at=now, held=held_seats(found, at=now)),
        "is_over": found.ends_at <= now,
        "similar": make_cards(similar[:SIMILAR], at=now),
        "other_dates": other_dates(found, at=now),
        "structured_data": event_json(found),
    }
    return render(request, "bypuls/event.html", context)


@login_not_required
@require_safe
@leads_on
def event_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Event.objects.public(timezone.now()).select_related("venue"), slug=slug
    )
    return _calendar(calendar_text([found]), f"{found.slug}.ics")


@login_not_required
@require_safe
def event_feed(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    venues = list(Venue.objects.public(now).only("id", "slug", "name"))
    chosen = EventFilter.read(request.GET.dict(), venues)
    events = (
        chosen.apply(Event.objects.public(now).dated().not_over(now), at=now)
        .select_related("venue")
        .order_by("starts_at", "pk")[:FEED_SIZE]
    )
    name = ", ".join([_("Arrangementer"), *(label for _n, label in chosen_labels(chosen, venues))])
    return _calendar(calendar_text(events, name=name), "arrangementer.ics")


def _calendar(text: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
