"""Min side: the events that one runs, and the page of one of them with its sign-ups."""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from members.accounts.access import lacks_second_factor, signed_in
from members.accounts.models import User
from projects.bypuls import access
from projects.bypuls.events.availability import describe
from projects.bypuls.models import Event, SignUpState
from projects.bypuls.signups.figures import figures_of
from projects.bypuls.signups.roster import LONGEST_SEARCH, RosterFilter
from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.languages import foreign_language
from vekst.paging import keyset_page

PAGE_SIZE = 50
EVENTS_AT_A_TIME = 30
LOG_LINES = 8

Params = ParamSpec("Params")
OrganiserView = Callable[Concatenate[HtmxHttpRequest, Event, Params], HttpResponseBase]
AddressView = Callable[Concatenate[HtmxHttpRequest, str, Params], HttpResponseBase]


def organised(view: "OrganiserView[Params]") -> "AddressView[Params]":
    """
    Give the view the event of the address, if the visitor runs it.

    Staff need their second factor here as in the admin: names, answers and allergies are the same.
    """

    @wraps(view)
    def inner(
        request: HtmxHttpRequest, slug: str, *args: Params.args, **kwargs: Params.kwargs
    ) -> HttpResponseBase:
        user = signed_in(request)
        if lacks_second_factor(user):
            return redirect("mfa_activate_totp")
        event = access.event_for_organiser(user, slug, at=timezone.now())
        return view(request, event, *args, **kwargs)

    return cast("AddressView[Params]", inner)


def crumbs_of(event: Event, label: str = "", url: str = "") -> list[tuple[str, ...]]:
    """Return the way from Min side to the event, and on to one of its pages."""
    found: list[tuple[str, ...]] = [
        (_("Min side"), reverse("companies:my_page")),
        (_("Arrangementene dine"), reverse("bypuls:organiser_list")),
        (event.title, organiser_url(event), foreign_language(event, "title")),
    ]
    return [*found, (label, url)] if label else found


def organiser_url(event: Event) -> str:
    """Return the address of the event's own page on Min side."""
    return reverse("bypuls:organiser_event", args=[event.slug])


@never_cache
@require_safe
def organiser_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    user = signed_in(request)
    mine = access.own_events(user, at=now).for_list()
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    context = {
        "crumbs": [(_("Min side"), reverse("companies:my_page")), (_("Arrangementene dine"), "")],
        "ahead": _cards(
            mine.filter(ends_at__gte=now).order_by("starts_at", "pk")[:EVENTS_AT_A_TIME], now
        ),
        "over": _cards(
            mine.filter(ends_at__lt=now).order_by("-starts_at", "-pk")[:EVENTS_AT_A_TIME], now
        ),
        "sees_all": access.may_see_all_figures(user),
        "text": text,
        "found": _cards(_others(user, text, now), now) if text else [],
    }
    return render(request, "bypuls/organiser_list.html", context)


def _others(user: User, text: str, now: dt.datetime) -> Iterable[Event]:
    """Find events of anybody that the person may run, the latest first."""
    if not access.may_see_all_figures(user) or lacks_second_factor(user):
        return []
    found = access.organised_events(user, at=now).filter(title__icontains=text).for_list()
    return found.order_by("-starts_at", "-pk")[:EVENTS_AT_A_TIME]


def _cards(events: Iterable[Event], now: dt.datetime) -> list[dict[str, object]]:
    return [{"event": event, "availability": describe(event, at=now)} for event in events]


@never_cache
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
@organised
def organiser_event(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now = timezone.now()
    chosen = RosterFilter.read(request.GET.dict())
    rows = chosen.apply(event).select_related("company").prefetch_related("answers__question")
    page = keyset_page(rows, ["-created_at", "-pk"], request.GET.dict(), size=PAGE_SIZE)
    address = organiser_url(event)
    query = chosen.query()
    joined = f"{address}{query}{'&' if query else '?'}"
    context: dict[str, object] = {
        "crumbs": crumbs_of(event),
        "event": event,
        "figures": figures_of(event, at=now),
        "availability": describe(event, at=now),
        "is_over": event.ends_at <= now,
        "signups": page.items,
        "chosen": chosen,
        "states": SignUpState.choices,
        "address": address,
        "live_url": address + query,
        "is_live": "stopp" not in request.GET and not ({"etter", "for"} & request.GET.keys()),
        "stop_url": f"{joined}stopp=1",
        "prev_url": f"{joined}for={page.previous_cursor}" if page.previous_cursor else "",
        "next_url": f"{joined}etter={page.next_cursor}" if page.next_cursor else "",
        "now": now,
        "log": event.log.select_related("by").order_by("-at", "-pk")[:LOG_LINES],
    }
    return render_narrowed(request, "bypuls/organiser_event.html", "signup-table", context)
