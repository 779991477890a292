from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from members.accounts.models import User
from members.companies.access import companies_of
from projects.bypuls.events.availability import describe
from projects.bypuls.forms.signup import SignUpForm
from projects.bypuls.models import Event, Invitation, SeriesSignUpMode, SignUpState
from projects.bypuls.rates import too_many
from projects.bypuls.signups.entrance import entrance_to
from projects.bypuls.signups.seats import full_text, held_seats, is_refused_at_a_glance
from projects.bypuls.signups.signup import (
    Party,
    SignUpError,
    full_at_a_glance,
    full_for_everybody,
    is_signed_up,
    prepare,
    sign_up,
)
from projects.bypuls.views.seat_holding import Holding, held_for, hold_for
from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.languages import foreign_language

RECEIPT = "bypuls.receipt"
# What others may have changed while the form was on its way.
VOLATILE = [
    *("capacity", "seats_taken", "waiting_list_capacity", "waiting_taken"),
    *("publication", "status", "starts_at", "ends_at", "signup_opens_at", "signup_closes_at"),
]


def crumbs(event: Event, label: str, url: str) -> list[tuple[str, ...]]:
    """Return the way to a page below an event; one that is unlisted has no page of its own."""
    way: list[tuple[str, ...]] = [(_("Arrangementer"), reverse("bypuls:event_list"))]
    if not event.is_unlisted:
        way.append((event.title, event.get_absolute_url(), foreign_language(event, "title")))
    return [*way, (label, url)]


@login_not_required
@never_cache
@vary_on_headers("HX-Request", "HX-Boosted")
@require_http_methods(["GET", "HEAD", "POST"])
def event_signup(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    events = Event.objects.public(now)
    if request.method != "POST":
        # Whoever sends the form in seldom sees the page again, and three tables more cost a millisecond.
        events = events.select_related("venue", "forum", "series")
    event = get_object_or_404(events.defer("search"), slug=slug)
    if event.series is not None and event.series.signup_mode == SeriesSignUpMode.WHOLE:
        return redirect("bypuls:series_signup", slug=event.series.slug)
    return sign_up_page(request, event)


def sign_up_page(
    request: HtmxHttpRequest, event: Event, *, invitation: Invitation | None = None
) -> HttpResponse:
    """Show the form, hold seats for it, or take it in. `event` comes with `venue`, `forum` and `series`."""
    if request.method != "POST":
        form = SignUpForm(
            event, at=timezone.now(), invitation=invitation, initial=_known(request, invitation)
        )
        return _page(request, event, form, Holding(), invitation)
    action = request.POST.get("action")
    if action == "hold":
        return _hold(request, event, invitation)
    if action == "edit":
        now = timezone.now()
        form = SignUpForm.as_typed(event, request.POST, at=now, invitation=invitation)
        return _page(request, event, form, held_for(event, request.POST, at=now), invitation)
    return _take_in(request, event, invitation)


def _known(request: HttpRequest, invitation: Invitation | None) -> dict[str, Any]:
    """Return what need not be typed by somebody who is signed in."""
    user = request.user
    if invitation is not None or not isinstance(user, User):
        return {}
    company = companies_of(user, at=timezone.now()).order_by("pk").first()
    return {"name": user.get_full_name(), "email": user.email, "company": company or ""}


def _hold(request: HtmxHttpRequest, event: Event, invitation: Invitation | None) -> HttpResponse:
    now = timezone.now()
    if too_many(request, "bypuls.hold"):
        holding = Holding(
            problem=_("Vi får ikke holdt av plasser akkurat nå. Fyll ut og send inn.")
        )
    else:
        holding = hold_for(event, request.POST, at=now)
    form = SignUpForm.as_typed(event, request.POST, at=now, invitation=invitation)
    return _page(request, event, form, holding, invitation)


def _take_in(request: HtmxHttpRequest, event: Event, invitation: Invitation | None) -> HttpResponse:
    now = timezone.now()
    is_too_many = too_many(request, "bypuls.sign_up")
    full_for_all = ""
    if not is_too_many and invitation is None and not request.POST.get("hold"):
        full_for_all = full_for_everybody(event, at=now)
    # Whoever is signed up gets a mail that tells so, and the same page as a stranger.
    if full_for_all and not is_signed_up(event, request.POST.get("email", "")):
        return _full_page(request, event, full_for_all)
    form = SignUpForm(event, at=now, invitation=invitation, data=request.POST)
    if is_too_many:
        form.add_error(
            None,
            _("Det er sendt mange påmeldinger fra nettet ditt. Vent litt, og prøv igjen."),
        )
    elif form.is_valid():
        party = form.party(translation.get_language() or "nb")
        try:
            full = ""
            if invitation is None and form.hold_key is None:
                full = full_at_a_glance(event, party, user=request.user, at=now)
            if full:
                form.add_error(None, full)
            else:
                return redirect(_receive(request, event, form, party, invitation))
        except SignUpError as error:
            form.add_error(None, str(error))
            event.refresh_from_db(fields=VOLATILE)
    holding = held_for(event, request.POST, at=now)
    if full_for_all or _leaves_nothing_to_change(event, form, holding, invitation):
        return _full_page(request, event, full_for_all or full_text(event))
    status = 429 if is_too_many else 200
    return _page(request, event, form, holding, invitation, status=status)


def _leaves_nothing_to_change(
    event: Event, form: SignUpForm, holding: Holding, invitation: Invitation | None
) -> bool:
    """Tell whether no other words in the form would get the party in: house and queue are full."""
    if holding.hold is not None or invitation is not None or not is_refused_at_a_glance(event, 1):
        return False
    return form.errors == {NON_FIELD_ERRORS: [full_text(event)]}


def _full_page(request: HtmxHttpRequest, event: Event, text: str) -> HttpResponse:
    """
    Say that it is full. What was typed goes along unseen: to be tried again, or shown and changed.

    When many come at once nearly everybody gets this page, and drawing the form takes most of the time
    of an answer.
    """
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "hold", "action")
        for value in values
    ]
    context = {
        "crumbs": crumbs(event, _("Påmelding"), request.path),
        "event": event,
        "typed": typed,
        "text": text,
        "availability": describe(event, at=timezone.now()),
    }
    return render(request, "bypuls/event_full.html", context)


def _receive(
    request: HttpRequest,
    event: Event,
    form: SignUpForm,
    party: Party,
    invitation: Invitation | None,
) -> str:
    """Sign the party up, and return the address of the receipt."""
    now = timezone.now()
    outcome = sign_up(
        event.pk,
        party,
        at=now,
        hold_key=form.hold_key,
        invitation=invitation,
        user=request.user,
        prepared=prepare(event, party),
    )
    if outcome.problem:
        raise SignUpError(outcome.problem)
    return _receipt_url(event, str(outcome.state), outcome.number)


def _page(
    request: HtmxHttpRequest,
    event: Event,
    form: SignUpForm,
    holding: Holding,
    invitation: Invitation | None,
    *,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    label = _("Invitasjon") if invitation else _("Påmelding")
    entrance = entrance_to(
        event, at=now, user=request.user, invitation=invitation, hold=holding.hold
    )
    held = held_seats(event, at=now) if event.seats_left else 0
    context: dict[str, object] = {
        "crumbs": crumbs(event, label, request.path),
        "event": event,
        "invitation": invitation,
        "form": form,
        # Whoever has filled it in keeps it, whatever has happened meanwhile.
        "shows_form": request.method == "POST" or not entrance.is_shut,
        "holding": holding,
        "availability": describe(event, at=now, held=held),
        "entrance": entrance,
    }
    response = render_narrowed(request, "bypuls/event_signup.html", "seat-hold", context)
    response.status_code = status
    return response


def _receipt_url(event: Event, state: str, number: int = 0) -> str:
    token = signing.dumps([event.pk, state, number], salt=RECEIPT)
    return reverse("bypuls:event_receipt", args=[event.slug, token])


@login_not_required
@never_cache
@require_safe
def event_receipt(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.published().select_related("venue"), slug=slug)
    try:
        event_id, state, number = signing.loads(token, salt=RECEIPT)
    except signing.BadSignature as error:
        raise Http404 from error
    if event_id != event.pk:
        raise Http404
    context = {
        "crumbs": crumbs(event, _("Kvittering"), request.path),
        "event": event,
        "state": state,
        "has_seat": state == SignUpState.ATTENDING,
        "number": number,
    }
    return render(request, "bypuls/event_receipt.html", context)
