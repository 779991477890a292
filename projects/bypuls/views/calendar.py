import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from projects.bypuls.calendar import feed, poster, table_file
from projects.bypuls.calendar.companies import chosen_company
from projects.bypuls.calendar.filters import EventFilter
from projects.bypuls.calendar.listing import chosen_labels
from projects.bypuls.calendar.page import make_context
from projects.bypuls.models import Venue
from vekst.http import HtmxHttpRequest, render_narrowed


def _read(
    request: HttpRequest, *, at: dt.datetime, today: dt.date | None = None
) -> tuple[EventFilter, list[Venue]]:
    """Return what the address asks for, and the places it can ask for."""
    params = request.GET.dict()
    shown = ("id", "slug", "name", "latitude", "longitude")
    venues = list(Venue.objects.public(at).only(*shown))
    company = chosen_company(params, at=at)
    return EventFilter.read(params, venues, today=today, company=company), venues


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def event_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    chosen, venues = _read(request, at=now, today=timezone.localdate(now))
    context = make_context(chosen, venues, request.GET.dict(), at=now)
    return render_narrowed(request, "bypuls/event_list.html", "event-results", context)


@login_not_required
@require_safe
def event_feed(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    chosen, venues = _read(request, at=now)
    text = feed.feed_text(chosen, venues, at=now)
    return feed.calendar_response(request, text, "arrangementer.ics")


@login_not_required
@require_safe
def event_subscribe(request: HttpRequest) -> HttpResponse:
    chosen, venues = _read(request, at=timezone.now())
    address = reverse("bypuls:event_list")
    context = {
        "crumbs": [(_("Arrangementer"), address), (_("Abonner"), request.path)],
        "labels": [label for _name, label in chosen_labels(chosen, venues)],
        "list_url": address + chosen.query(),
        "subscription": feed.subscription(chosen, venues),
    }
    return render(request, "bypuls/event_subscribe.html", context)


@login_not_required
@require_safe
def event_poster(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    chosen, venues = _read(request, at=now)
    return render(request, "bypuls/event_poster.html", poster.make_context(chosen, venues, at=now))


@login_not_required
@require_safe
def event_table(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    chosen, _venues = _read(request, at=now)
    return HttpResponse(
        # The mark tells spreadsheets that the text is UTF-8.
        "\ufeff" + table_file.table_text(chosen, at=now),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="arrangementer.csv"'},
    )
