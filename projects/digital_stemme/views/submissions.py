"""The forms with which people without an account send in, change and withdraw what they offer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from projects.digital_stemme import moderation, sender_mail
from projects.digital_stemme.forms import HomeForm, ListingForm, VacancyForm
from projects.digital_stemme.models import Home, Vacancy
from projects.digital_stemme.models.choices import SubmittedLanguage, VacancySource
from vekst.http import HtmxHttpRequest
from vekst.moderation import LEGAL_MOVES, ModerationState

RATE = "10/h"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home_new(request: HtmxHttpRequest) -> HttpResponse:
    return _new(request, HomeForm, Home(submitted_language=_language()), "home")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vacancy_new(request: HtmxHttpRequest) -> HttpResponse:
    return _new(request, VacancyForm, Vacancy(submitted_language=_language()), "vacancy")


@login_not_required
@require_safe
def home_received(request: HtmxHttpRequest) -> HttpResponse:
    return render(request, "digital_stemme/received.html", {"crumbs": _crumbs("home")})


@login_not_required
@require_safe
def vacancy_received(request: HtmxHttpRequest) -> HttpResponse:
    return render(request, "digital_stemme/received.html", {"crumbs": _crumbs("vacancy")})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home_edit(request: HtmxHttpRequest, token: str) -> HttpResponse:
    return _edit(request, HomeForm, _home(token), token, "home")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vacancy_edit(request: HtmxHttpRequest, token: str) -> HttpResponse:
    return _edit(request, VacancyForm, _vacancy(token), token, "vacancy")


@login_not_required
@never_cache
@require_POST
def home_withdraw(request: HtmxHttpRequest, token: str) -> HttpResponse:
    return _withdraw(request, _home(token), token, "home")


@login_not_required
@never_cache
@require_POST
def vacancy_withdraw(request: HtmxHttpRequest, token: str) -> HttpResponse:
    return _withdraw(request, _vacancy(token), token, "vacancy")


# --- What both kinds share --------------------------------------------------------------------------
def _language() -> str:
    english = (get_language() or "").startswith("en")
    return SubmittedLanguage.ENGLISH if english else SubmittedLanguage.BOKMAL


def _crumbs(name: str) -> list[tuple[str, str]]:
    if name == "home":
        first = (_("Bolig"), reverse("digital_stemme:home_list"))
        return [first, (_("Legg ut en bolig"), reverse("digital_stemme:home_new"))]
    first = (_("Jobb"), reverse("digital_stemme:vacancy_list"))
    return [first, (_("Legg ut en stilling"), reverse("digital_stemme:vacancy_new"))]


def _home(token: str) -> Home | None:
    try:
        pk = sender_mail.listing_of(Home, token)
    except sender_mail.BadLinkError:
        return None
    return Home.objects.defer("search").filter(pk=pk).first()


def _vacancy(token: str) -> Vacancy | None:
    try:
        pk = sender_mail.listing_of(Vacancy, token)
    except sender_mail.BadLinkError:
        return None
    own = Vacancy.objects.exclude(source=VacancySource.NAV)
    return own.defer("search", "raw").filter(pk=pk).first()


def _is_limited(request: HtmxHttpRequest, group: str) -> bool:
    return bool(
        is_ratelimited(request, group=group, key="ip", rate=RATE, method="POST", increment=True)
    )


def _new(
    request: HtmxHttpRequest, form_class: type[ListingForm], listing: Home | Vacancy, name: str
) -> HttpResponse:
    now = timezone.now()
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_class(data, files, instance=listing, today=timezone.localdate(now))
    if request.method == "POST":
        if _is_limited(request, f"{name}-new"):
            return render(request, "429.html", status=429)
        if form.is_robot:
            return redirect(f"digital_stemme:{name}_received")
        if form.is_valid():
            moderation.submit(form.instance, at=now)
            return redirect(f"digital_stemme:{name}_received")
    context = {"form": form, "name": name, "crumbs": _crumbs(name)}
    return render(request, "digital_stemme/listing_new.html", context)


def _edit(
    request: HtmxHttpRequest,
    form_class: type[ListingForm],
    listing: Home | Vacancy | None,
    token: str,
    name: str,
) -> HttpResponse:
    if listing is None:
        return _bad_link(request, name)
    now = timezone.now()
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    # What the page says of the listing is what is stored, not what was just typed.
    stored: dict[str, Any] = {"title": listing.title, "state": ModerationState(listing.state)}
    stored["note"] = listing.moderation_note
    form = form_class(data, files, instance=listing, today=timezone.localdate(now))
    if request.method == "POST":
        if _is_limited(request, f"{name}-edit"):
            return render(request, "429.html", status=429)
        if form.is_valid():
            moderation.change(form.instance, at=now)
            messages.success(request, _("Endringene er sendt inn. Vi ser på dem før de vises."))
            return redirect(f"digital_stemme:{name}_edit", token)
    context = {
        "form": form,
        "name": name,
        "stored": stored,
        "is_public": stored["state"] == ModerationState.PUBLISHED,
        "public_url": listing.get_absolute_url(),
        "may_withdraw": ModerationState.WITHDRAWN in LEGAL_MOVES[stored["state"]],
        "withdraw_url": reverse(f"digital_stemme:{name}_withdraw", args=[token]),
        "crumbs": _crumbs(name)[:1] + [(stored["title"], request.path)],
    }
    response = render(request, "digital_stemme/listing_edit.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _withdraw(
    request: HtmxHttpRequest, listing: Home | Vacancy | None, token: str, name: str
) -> HttpResponse:
    if listing is None:
        return _bad_link(request, name)
    try:
        moderation.withdraw(listing, by=None, at=timezone.now())
        messages.success(request, _("Annonsen er trukket."))
    except moderation.IllegalMoveError:
        messages.info(request, _("Annonsen var alt avsluttet."))
    return redirect(f"digital_stemme:{name}_edit", token)


def _bad_link(request: HtmxHttpRequest, name: str) -> HttpResponse:
    context = {"crumbs": _crumbs(name)[:1], "list_url": _crumbs(name)[0][1]}
    return render(request, "digital_stemme/bad_link.html", context, status=404)
