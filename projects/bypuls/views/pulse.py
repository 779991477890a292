import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.bypuls.models import Counter, Weekday
from projects.bypuls.places.listing import map_points
from projects.bypuls.pulse import open_data, presentation

# More than a town has; the page stays readable and its cost bounded.
MOST_COUNTERS = 30


@login_not_required
@require_safe
def pulse(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    public = Counter.objects.public(now).select_related("venue").order_by("name", "pk")
    counters = list(public[:MOST_COUNTERS])
    context = {
        "crumbs": [(_("Byens puls"), request.path)],
        "pulses": presentation.pulses(counters, at=now) if counters else [],
        "today": timezone.localdate(now),
    }
    return render(request, "bypuls/pulse.html", context)


@login_not_required
@require_safe
def counter(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(Counter.objects.public(now).select_related("venue"), slug=slug)
    context = {
        "crumbs": [
            (_("Byens puls"), reverse("bypuls:pulse")),
            (found.name, found.get_absolute_url()),
        ],
        "counter": found,
        "pulse": presentation.pulses([found], at=now)[0],
        "today": timezone.localdate(now),
        "week": presentation.week_table(found, at=now),
        "weekdays": [(str(day.label)[:3], str(day.label)) for day in Weekday],
        "points": map_points([found.venue], with_links=False) if found.venue else [],
    }
    return render(request, "bypuls/counter.html", context)


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


@login_not_required
@require_safe
def counter_csv(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(Counter.objects.public(now), slug=slug)
    first, last = open_data.span_of(
        _day(request.GET.get("fra", "")), _day(request.GET.get("til", "")), at=now
    )
    return HttpResponse(
        open_data.as_csv(found, first, last, at=now),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{found.slug}.csv"'},
    )
