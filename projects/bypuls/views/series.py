import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.bypuls.calendar.calendar_file import calendar_text
from projects.bypuls.calendar.feed import calendar_response
from projects.bypuls.events import series_page
from projects.bypuls.models import EventSeries, EventStatus
from vekst.languages import foreign_language

# A subscription keeps what was held lately, so that it does not vanish from calendars the same evening.
LOOK_BACK = dt.timedelta(days=30)
FEED_SIZE = 500


@login_not_required
@require_safe
def series(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(EventSeries, slug=slug)
    public = series_page.public_dates(found, at=now).select_related("venue")
    events = list(public.not_over(now).order_by("starts_at", "pk"))
    # What the page says of the series itself stands on its dates; without any ahead, on the latest.
    pattern = events[0] if events else public.order_by("-starts_at", "-pk").first()
    if pattern is None:
        raise Http404
    going_on = series_page.current(found)
    months = series_page.by_month(series_page.series_dates(going_on, events, at=now))
    shown = series_page.months_to_show(months)
    context = {
        "crumbs": [
            (_("Arrangementer"), reverse("bypuls:event_list")),
            (found.title, found.get_absolute_url(), foreign_language(found, "title")),
        ],
        "series": going_on,
        "event": pattern,
        "words": series_page.words(going_on),
        "place": series_page.usual_place(events) or pattern.place_text,
        "months": months[:shown],
        "later": months[shown:],
        "number": sum(event.is_taking_place for event in events),
        "is_ended": not events,
        "structured_data": series_page.series_json(found, events),
    }
    return render(request, "bypuls/series.html", context)


@login_not_required
@require_safe
def series_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(EventSeries, slug=slug)
    public = series_page.public_dates(found, at=now)
    if not public.exists():
        raise Http404
    # A date that is called off disappears from the calendars of those who subscribe.
    events = public.filter(ends_at__gte=now - LOOK_BACK).exclude(status=EventStatus.CANCELLED)
    dates = events.select_related("venue").order_by("starts_at", "pk")[:FEED_SIZE]
    return calendar_response(request, calendar_text(dates, name=found.title), f"{found.slug}.ics")
