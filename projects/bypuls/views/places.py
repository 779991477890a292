from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.bypuls.calendar.listing import make_cards
from projects.bypuls.models import Event, Venue, VenueKind
from projects.bypuls.places.opening_hours import (
    coming_exceptions,
    coming_week,
    open_now,
    right_until,
    with_hours,
)
from vekst.http import hold_until

UPCOMING = 10


@login_not_required
@require_safe
def venue_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    kind = request.GET.get("type", "")
    everything = list(with_hours(Venue.objects.public(now)).order_by("name", "pk"))
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
    shown = [
        (venue, open_now(venue, at=now))
        for venue in everything
        if kind not in VenueKind.values or venue.kind == kind
    ]
    context = {
        "crumbs": [(_("Steder"), address)],
        "venues": shown,
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
    response = render(request, "bypuls/venue_list.html", context)
    return hold_until(response, right_until([found for _venue, found in shown], at=now))


@login_not_required
@require_safe
def venue(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(with_hours(Venue.objects.public(now)), slug=slug)
    opening = open_now(found, at=now)
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
        "week": coming_week(found, at=now),
        "exceptions": coming_exceptions(found, at=now),
        "opening": opening,
        "today": timezone.localdate(now),
        "cards": make_cards(events, at=now),
        "points": points,
    }
    response = render(request, "bypuls/venue.html", context)
    return hold_until(response, right_until([opening], at=now))
