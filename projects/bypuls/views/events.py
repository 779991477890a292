from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.bypuls.calendar.add_links import add_links
from projects.bypuls.calendar.calendar_file import calendar_text
from projects.bypuls.calendar.feed import calendar_response
from projects.bypuls.calendar.listing import Card
from projects.bypuls.calendar.similar import similar_events
from projects.bypuls.events.afterwards import afterwards_of
from projects.bypuls.events.availability import describe
from projects.bypuls.events.series_page import other_dates
from projects.bypuls.events.structured_data import event_json
from projects.bypuls.models import Event
from projects.bypuls.signups.attendees import shown_attendees
from projects.bypuls.signups.seats import held_seats
from projects.bypuls.views.addresses import leads_on
from vekst.languages import foreign_language


@login_not_required
@require_safe
@leads_on
def event(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(
        Event.objects.public(now).select_related("venue", "project", "company", "series"),
        slug=slug,
    )
    context = {
        "crumbs": [
            (_("Arrangementer"), reverse("bypuls:event_list")),
            (found.title, found.get_absolute_url(), foreign_language(found, "title")),
        ],
        "event": found,
        "availability": describe(found, at=now, held=held_seats(found, at=now)),
        "attendees": shown_attendees(found, for_participant=False),
        "is_over": found.is_date_set and found.ends_at <= now,
        "similar": [
            Card(other, describe(other, at=now), reason)
            for other, reason in similar_events(found, at=now)
        ],
        "add": add_links(found),
        "other_dates": other_dates(found, at=now),
        "structured_data": event_json(found, at=now),
        "afterwards": afterwards_of(found, at=now),
    }
    return render(request, "bypuls/event.html", context)


@login_not_required
@require_safe
@leads_on
def event_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Event.objects.public(timezone.now()).select_related("venue"), slug=slug
    )
    return calendar_response(request, calendar_text([found]), f"{found.slug}.ics")
