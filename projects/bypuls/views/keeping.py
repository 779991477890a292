"""Min side: the places one keeps. And the form with which anyone says that something is wrong."""

import json
import zlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.accounts.access import signed_in
from projects.bypuls.forms.keeping import (
    ExceptionForm,
    HandOverForm,
    PhotoForm,
    TipForm,
    VenueKeepForm,
)
from projects.bypuls.models import OpeningException, Venue, VenueContact, VenueProposal
from projects.bypuls.places import access, contacts, fields, keeping
from projects.bypuls.places.opening_hours import coming_week, open_now, with_hours
from projects.bypuls.rates import too_many

ANSWERED = 5
PAGE = ["GET", "HEAD", "POST"]


def _crumbs(venue: Venue, label: str = "") -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [
        (_("Min side"), reverse("companies:my_page")),
        (_("Stedene dine"), reverse("bypuls:kept_venues")),
        (venue.name, reverse("bypuls:kept_venue", args=[venue.slug])),
    ]
    return [*found, (label, "")] if label else found


@never_cache
@require_safe
def kept_venues(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    venues = with_hours(access.kept_venues(signed_in(request))).order_by("name", "pk")
    waiting = VenueProposal.objects.open().filter(sender_email=signed_in(request).email.lower())
    context = {
        "crumbs": [(_("Min side"), reverse("companies:my_page")), (_("Stedene dine"), "")],
        "venues": [(venue, open_now(venue, at=now)) for venue in venues],
        "waiting": set(waiting.values_list("venue", flat=True)),
    }
    return render(request, "bypuls/kept_venues.html", context)


@never_cache
@require_http_methods(PAGE)
def kept_venue(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    contact = access.contact_for(signed_in(request), slug)
    if request.method == "POST":
        if "withdraw" in request.POST:
            keeping.withdraw(contact, at=now)
            messages.success(request, _("Forslaget er trukket."))
        return redirect("bypuls:kept_venue", slug=slug)
    venue = with_hours(Venue.objects.filter(pk=contact.venue_id)).get()
    proposal = keeping.open_proposal(contact)
    mine = venue.proposals.filter(sender_email=contact.email).exclude(decided_at=None)
    context = {
        "crumbs": _crumbs(venue),
        "venue": venue,
        "contact": contact,
        "opening": open_now(venue, at=now),
        "week": coming_week(venue, at=now),
        "today": timezone.localdate(now),
        "proposal": proposal,
        "lines": fields.lines_of(venue, proposal.changes, at=now) if proposal else [],
        "exceptions": _coming(venue),
        "photos": list(venue.photos.order_by("position", "pk")),
        "answered": list(mine.exclude(state="changes-asked").order_by("-decided_at")[:ANSWERED]),
        "is_public": venue.published_at is not None and venue.published_at <= now,
    }
    return render(request, "bypuls/kept_venue.html", context)


def _coming(venue: Venue) -> list[OpeningException]:
    rows = venue.opening_exceptions.filter(last_date__gte=timezone.localdate())
    return list(rows.order_by("first_date", "last_date", "pk"))


@never_cache
@require_http_methods(PAGE)
def kept_venue_change(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    contact = access.contact_for(signed_in(request), slug)
    names = (*fields.PLAIN, fields.HOURS)
    values: dict[str, Any] = fields.current_values(contact.venue, names, at=now)
    waiting = keeping.open_proposal(contact)
    if waiting:
        values |= {name: change["to"] for name, change in waiting.changes.items() if name in names}
        values["message"] = waiting.message
    form = VenueKeepForm(request.POST or None, initial=VenueKeepForm.begin(values))
    if request.method == "POST" and form.is_valid():
        try:
            keeping.propose(contact, form.wanted(), message=form.cleaned_data["message"], at=now)
        except keeping.ProposalError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Takk! Vi ser på endringene og skriver til deg."))
            return redirect("bypuls:kept_venue", slug=slug)
    context = {
        "crumbs": _crumbs(contact.venue, _("Foreslå endringer")),
        "venue": contact.venue,
        "form": form,
        "waiting": waiting,
    }
    return render(request, "bypuls/kept_venue_change.html", context)


@never_cache
@require_http_methods(PAGE)
def kept_venue_exceptions(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    contact = access.contact_for(signed_in(request), slug)
    rows = _exceptions_of(contact)
    form = ExceptionForm(
        request.POST if "add" in request.POST else None, today=timezone.localdate(now)
    )
    wanted: list[dict[str, str]] | None = None
    if request.method == "POST" and "remove" in request.POST:
        wanted = [row for row in rows if _key(row) != request.POST["remove"]]
    elif request.method == "POST" and form.is_valid():
        wanted = [*rows, fields.as_json(form.save(commit=False))]
    if wanted is not None and wanted != rows:
        return _keep_exceptions(request, contact, wanted)
    context = {
        "crumbs": _crumbs(contact.venue, _("Unntak fra åpningstidene")),
        "venue": contact.venue,
        "contact": contact,
        "rows": [(_key(row), fields.in_words(fields.EXCEPTIONS, [row])) for row in rows],
        "form": form,
    }
    return render(request, "bypuls/kept_venue_exceptions.html", context)


def _key(row: dict[str, str]) -> str:
    """Return what a row is known by, so that a button on an old page never takes away another."""
    return f"{zlib.crc32(json.dumps(row, sort_keys=True).encode()):08x}"


def _exceptions_of(contact: VenueContact) -> list[dict[str, str]]:
    """What the contact sees: what holds, or what they have asked for and is not answered yet."""
    waiting = keeping.open_proposal(contact)
    if waiting and fields.EXCEPTIONS in waiting.changes and not contact.is_trusted:
        return list(waiting.changes[fields.EXCEPTIONS]["to"])
    now = timezone.now()
    found = fields.current_values(contact.venue, [fields.EXCEPTIONS], at=now)
    return list(found[fields.EXCEPTIONS])


def _keep_exceptions(
    request: HttpRequest, contact: VenueContact, wanted: list[dict[str, str]]
) -> HttpResponse:
    wanted.sort(key=lambda row: (row["first_date"], row["last_date"]))
    try:
        proposal = keeping.set_exceptions(contact, wanted, at=timezone.now())
    except keeping.ProposalError as error:
        messages.info(request, str(error))
    else:
        text = _("Takk! Vi ser på det før det vises.") if proposal else _("Unntakene er lagret.")
        messages.success(request, text)
    return redirect("bypuls:kept_venue_exceptions", slug=contact.venue.slug)


@never_cache
@require_http_methods(PAGE)
def kept_venue_photo(request: HttpRequest, slug: str) -> HttpResponse:
    contact = access.contact_for(signed_in(request), slug)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            contacts.send_photo(
                contact,
                data["picture"],
                alt=data["alt"],
                credit=data["credit"],
                at=timezone.now(),
            )
        except keeping.ProposalError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Takk for bildet! Vi ser på det før det vises."))
            return redirect("bypuls:kept_venue", slug=slug)
    context = {
        "crumbs": _crumbs(contact.venue, _("Send et bilde")),
        "venue": contact.venue,
        "form": form,
    }
    return render(request, "bypuls/kept_venue_photo.html", context)


@never_cache
@require_http_methods(PAGE)
def kept_venue_hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    user = signed_in(request)
    contact = access.contact_for(user, slug)
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            contacts.hand_over(
                contact,
                email=data["email"],
                name=data["name"],
                stays=data["stays"],
                by=user,
                at=timezone.now(),
            )
        except keeping.ProposalError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Kollegaen din har fått en e-post om det."))
            if data["stays"]:
                return redirect("bypuls:kept_venue", slug=slug)
            return redirect("bypuls:kept_venues")
    context = {
        "crumbs": _crumbs(contact.venue, _("Del med en kollega")),
        "venue": contact.venue,
        "form": form,
    }
    return render(request, "bypuls/kept_venue_hand_over.html", context)


@login_not_required
@never_cache
@require_http_methods(PAGE)
def venue_tip_new(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    venue = get_object_or_404(Venue.objects.public(now), slug=slug)
    form = TipForm(request.POST or None)
    status = 200
    if request.method == "POST" and too_many(request, "bypuls.venue_tip"):
        form.add_error(None, _("Det er sendt mye fra nettet ditt. Vent litt, og prøv igjen."))
        status = 429
    elif request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not form.is_from_a_robot:
            keeping.tip(
                venue,
                message=data["message"],
                name=data["sender_name"],
                email=data["sender_email"],
                at=now,
            )
        return redirect("bypuls:venue_tip_sent", slug=slug)
    context = {
        "crumbs": [
            (_("Steder"), reverse("bypuls:venue_list")),
            (venue.name, venue.get_absolute_url()),
            (_("Si ifra om feil"), request.path),
        ],
        "venue": venue,
        "form": form,
    }
    return render(request, "bypuls/venue_tip_new.html", context, status=status)


@login_not_required
@require_safe
def venue_tip_sent(request: HttpRequest, slug: str) -> HttpResponse:
    venue = get_object_or_404(Venue.objects.public(timezone.now()), slug=slug)
    return render(request, "bypuls/venue_tip_sent.html", {"venue": venue})
