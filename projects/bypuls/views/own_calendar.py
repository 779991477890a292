import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.accounts.access import signed_in
from projects.bypuls.calendar.feed import calendar_response, subscription_to
from projects.bypuls.models import OwnCalendar
from projects.bypuls.rates import too_many
from projects.bypuls.signups import own_calendar as calendars
from projects.bypuls.views.links import GONE, link_problem

PAGE = ["GET", "HEAD", "POST"]


@login_not_required
# About one person: no cache on the way may hold it, and the program asks each time whether it has changed.
@cache_control(private=True, no_cache=True)
@require_safe
def own_calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    calendar = calendars.find(token)
    if calendar is None:
        return _called_back(request)
    text = calendars.own_calendar_text(calendar, at=timezone.now())
    return calendar_response(request, text, "pameldinger.ics")


@login_not_required
@never_cache
@require_http_methods(PAGE)
def own_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mailed link. A new address goes by mail only: this one may have been passed on."""
    now = timezone.now()
    calendar = calendars.find(token)
    if calendar is None:
        return _called_back(request)
    problem, done = "", ""
    action = request.POST.get("action") if request.method == "POST" else ""
    if action and too_many(request, "bypuls.own_calendar"):
        problem = _("Det er bedt om mye fra nettet ditt. Vent litt, og prøv igjen.")
    elif action == "close":
        calendars.close(calendar.email)
        done = _("Kalenderen er tatt bort. Påmeldingene dine står som før.")
    elif action == "renew":
        language = translation.get_language() or "nb"
        calendars.send_address(calendar.email, language=language, is_new=True, at=now)
        done = _("Adressen er byttet. Den nye er på vei til e-posten din.")
    context = {"problem": problem, "done": done} | _context(None if done else calendar, now)
    return render(request, "bypuls/own_calendar.html", context)


@never_cache
@require_http_methods(PAGE)
def own_calendar_mine(request: HttpRequest) -> HttpResponse:
    """The same on Min side, where one has shown who one is."""
    now, email = timezone.now(), signed_in(request).email.lower()
    if request.method == "POST":
        _change(request, email, now)
        return redirect(request.path)
    calendar = OwnCalendar.objects.filter(email=email).first()
    context = {
        "crumbs": [
            (_("Min side"), reverse("companies:my_page")),
            (_("Kalenderen din"), request.path),
        ],
        "is_mine": True,
    }
    return render(request, "bypuls/own_calendar.html", context | _context(calendar, now))


def _change(request: HttpRequest, email: str, at: dt.datetime) -> None:
    action = request.POST.get("action")
    if action == "open":
        calendars.open_for(email, at=at)
        messages.success(request, _("Kalenderen er klar."))
    elif action == "renew":
        calendars.renew(email, at=at)
        messages.success(request, _("Adressen er byttet. Den gamle virker ikke lenger."))
    elif action == "close":
        calendars.close(email)
        messages.success(request, _("Kalenderen er tatt bort."))


def _context(calendar: OwnCalendar | None, at: dt.datetime) -> dict[str, Any]:
    if calendar is None:
        return {}
    name = _("Påmeldingene mine")
    return {
        "calendar": calendar,
        "subscription": subscription_to(calendars.address_of(calendar, "own_calendar_file"), name),
        "coming": [one for one in calendars.signups_in(calendar, at=at) if one.event.ends_at > at],
    }


def _called_back(request: HttpRequest) -> HttpResponse:
    return link_problem(
        request,
        _("Denne kalenderen finnes ikke lenger"),
        _(
            "Adressen er byttet eller tatt bort. En ny får du på Min side, eller fra siden for en av "
            "påmeldingene dine."
        ),
        status=GONE,
    )
