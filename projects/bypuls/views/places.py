from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.bypuls.calendar.listing import make_cards
from projects.bypuls.models import Event, OpeningHours, Venue, VenueKind
from projects.bypuls.places.opening_hours import is_open, week_table

UPCOMING = 10


@login_not_required
@require_safe
def venue_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    kind = request.GET.get("type", "")
    hours = Prefetch("opening_hours", OpeningHours.objects.order_by("weekday", "opens", "pk"))
    everything = list(Venue.objects.public(now).prefetch_related(hours).order_by("name", "pk"))
    kinds = [
        {
            "value": value,
            "label": label,
            "count": sum(venue.kind == value for venue in everything),
            "is_current": value == kind,
        }
        for value, label in VenueKind.choices
    ]
    address = reverse("bypuls:venue_list")
    context = {
        "crumbs": [(_("Steder"), address)],
        "venues": [
            (venue, is_open(venue.opening_hours.all(), at=now))
            for venue in everything
            if kind not in VenueKind.values or venue.kind == kind
        ],
        "kinds": [kind for kind in kinds if kind["count"]],
        "is_filtered": kind in VenueKind.values,
        "total": len(everything),
        "address": address,
        "points": [
            {
                "lat": float(venue.latitude),
                "lon": float(venue.longitude),
                "label": venue.name,
                "url": venue.get_absolute_url(),
            }
            for venue in everything
            if venue.latitude is not None and venue.longitude is not None
        ],
    }
    return render(request, "bypuls/venue_list.html", context)


@login_not_required
@require_safe
def venue(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(Venue.objects.public(now), slug=slug)
    hours = list(found.opening_hours.order_by("weekday", "opens", "pk"))
    events = (
        Event.objects.public(now)
        .not_over(now)
        .filter(venue=found)
        .for_list()
        .order_by("starts_at", "pk")[:UPCOMING]
    )
    points = []
    if found.latitude is not None and found.longitude is not None:
        points = [
            {
                "lat": float(found.latitude),
                "lon": float(found.longitude),
                "label": found.name,
                "url": "",
            }
        ]
    context = {
        "crumbs": [
            (_("Steder"), reverse("bypuls:venue_list")),
            (found.name, found.get_absolute_url()),
        ],
        "venue": found,
        "week": week_table(hours),
        "open": is_open(hours, at=now),
        "today": timezone.localtime(now).weekday(),
        "cards": make_cards(events, at=now),
        "points": points,
    }
    return render(request, "bypuls/venue.html", context)
