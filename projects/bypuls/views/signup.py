from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from projects.bypuls.events.availability import describe
from projects.bypuls.forms.signup import SignUpForm
from projects.bypuls.models import Event, SignUp, SignUpState
from projects.bypuls.rates import too_many
from projects.bypuls.signups.mails import SIGNUP_LINK
from projects.bypuls.signups.queue import queue_number
from projects.bypuls.signups.signup import (
    Outcome,
    SignUpError,
    cancel,
    change_size,
    closed_reason,
    set_reminder,
    sign_up,
)
from vekst.languages import foreign_language
from vekst.links import BadLinkError, read_token

RECEIPT = "bypuls.receipt"


def _crumbs(event: Event, label: str, url: str) -> list[tuple[str, ...]]:
    return [
        (_("Arrangementer"), reverse("bypuls:event_list")),
        (event.title, event.get_absolute_url(), foreign_language(event, "title")),
        (label, url),
    ]


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event_signup(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    event = get_object_or_404(Event.objects.public(now).select_related("venue"), slug=slug)
    form = SignUpForm(event, data=request.POST or None)
    status = 200
    if request.method == "POST" and too_many(request, "bypuls.sign_up"):
        form.add_error(
            None,
            _("Det er sendt mange påmeldinger fra nettet ditt. Vent litt, og prøv igjen."),
        )
        status = 429
    elif request.method == "POST" and form.is_valid():
        try:
            outcome = sign_up(event.pk, form.party(translation.get_language() or "nb"), at=now)
        except SignUpError as error:
            form.add_error(None, str(error))
            event.refresh_from_db()
        else:
            if not outcome.problem:
                return redirect(_receipt_url(event, outcome))
            form.add_error(None, outcome.problem)
    context = {
        "crumbs": _crumbs(event, _("Påmelding"), request.path),
        "event": event,
        "form": form,
        "availability": describe(event, at=now),
        "closed": closed_reason(event, now),
    }
    return render(request, "bypuls/event_signup.html", context, status=status)


def _receipt_url(event: Event, outcome: Outcome) -> str:
    token = signing.dumps([event.pk, str(outcome.state), outcome.number], salt=RECEIPT)
    return reverse("bypuls:event_receipt", args=[event.slug, token])


@login_not_required
@never_cache
@require_safe
def event_receipt(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    now = timezone.now()
    event = get_object_or_404(Event.objects.public(now).select_related("venue"), slug=slug)
    try:
        event_id, state, number = signing.loads(token, salt=RECEIPT)
    except signing.BadSignature as error:
        raise Http404 from error
    if event_id != event.pk:
        raise Http404
    context = {
        "crumbs": _crumbs(event, _("Kvittering"), request.path),
        "event": event,
        "has_seat": state == SignUpState.ATTENDING,
        "number": number,
    }
    return render(request, "bypuls/event_receipt.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_signup(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        pk = read_token(SIGNUP_LINK, token)
    except BadLinkError as error:
        raise Http404 from error
    signup = get_object_or_404(SignUp.objects.select_related("event__venue"), pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            _act(request, signup)
        except SignUpError as error:
            problem = str(error)
        else:
            return redirect("bypuls:my_signup", token=token)
    event = signup.event
    context = {
        "event": event,
        "signup": signup,
        "problem": problem,
        "number": queue_number(signup) if signup.state == SignUpState.WAITING else 0,
        "sizes": range(1, event.max_group_size + 1),
        "may_change": signup.is_active and not closed_reason(event, now),
        "may_cancel": signup.is_active and now < event.ends_at and event.status != "cancelled",
        "availability": describe(event, at=now),
    }
    return render(request, "bypuls/my_signup.html", context)


def _act(request: HttpRequest, signup: SignUp) -> None:
    now = timezone.now()
    action = request.POST.get("action")
    if action == "cancel":
        cancel(signup.pk, at=now)
    elif action == "size":
        size = request.POST.get("size", "")
        if not size.isdecimal() or len(size) > 4:
            raise SignUpError(_("Velg hvor mange som kommer."))
        change_size(signup.pk, int(size), at=now)
    elif action in ("reminder-on", "reminder-off"):
        set_reminder(signup.pk, wanted=action == "reminder-on")
