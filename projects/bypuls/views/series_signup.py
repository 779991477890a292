from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from projects.bypuls.events.availability import describe
from projects.bypuls.events.series_page import current
from projects.bypuls.forms.signup import SignUpForm
from projects.bypuls.models import Event, EventSeries, SeriesSignUpMode
from projects.bypuls.rates import too_many
from projects.bypuls.signups.errors import SignUpError
from projects.bypuls.signups.series_signup import sign_up_for_series, upcoming
from vekst.languages import foreign_language


def _series(slug: str) -> tuple[EventSeries, list[Event]]:
    """Return a series that one signs up for as a whole, and its public dates ahead."""
    asked = get_object_or_404(EventSeries, slug=slug, signup_mode=SeriesSignUpMode.WHOLE)
    # The part that goes on takes the sign-up, so that its new dates do too.
    found = current(asked)
    dates = [date for date in upcoming(series=found, at=timezone.now()) if not date.is_unlisted]
    return found, dates


def _crumbs(series: EventSeries, label: str, url: str) -> list[tuple[str, ...]]:
    return [
        (_("Arrangementer"), reverse("bypuls:event_list")),
        (series.title, series.get_absolute_url(), foreign_language(series, "title")),
        (label, url),
    ]


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def series_signup(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    series, dates = _series(slug)
    if not dates:
        return redirect(series.get_absolute_url())
    form = SignUpForm(dates[0], at=now, for_all_dates=True, data=request.POST or None)
    status = 200
    if request.method == "POST" and too_many(request, "bypuls.sign_up"):
        message = _("Det er sendt mange påmeldinger fra nettet ditt. Vent litt, og prøv igjen.")
        form.add_error(None, message)
        status = 429
    elif request.method == "POST" and form.is_valid():
        party = form.party_for_all(dates, translation.get_language() or "nb")
        try:
            sign_up_for_series(series.pk, party, at=now)
        except SignUpError as error:
            form.add_error(None, str(error))
        else:
            return redirect("bypuls:series_receipt", slug=series.slug)
    context = {
        "crumbs": _crumbs(series, _("Påmelding"), request.path),
        "series": series,
        "event": dates[0],
        "rows": [(date, describe(date, at=now)) for date in dates],
        "form": form,
    }
    return render(request, "bypuls/series_signup.html", context, status=status)


@login_not_required
@never_cache
@require_safe
def series_receipt(request: HttpRequest, slug: str) -> HttpResponse:
    # Says nothing of who is signed up: the same page whoever opens it. The mail tells the rest.
    series, dates = _series(slug)
    if not dates:
        raise Http404
    context = {
        "crumbs": _crumbs(series, _("Takk"), request.path),
        "series": series,
        "dates": dates,
    }
    return render(request, "bypuls/series_receipt.html", context)
