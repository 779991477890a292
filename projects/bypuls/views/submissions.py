from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from projects.bypuls.events.answering import answer_due
from projects.bypuls.events.moderation import (
    SUBMISSION_LINK,
    SubmissionError,
    public_look_alike,
    resubmit,
    submit,
    why_unchangeable,
    withdraw,
)
from projects.bypuls.events.organisers import has_other_organisers
from projects.bypuls.forms.submission import EventChangeForm, EventSubmissionForm
from projects.bypuls.models import Event, SubmissionNote
from projects.bypuls.rates import too_many
from projects.bypuls.views.files import picture_response
from vekst.links import BadLinkError, read_token


def _crumbs(label: str, url: str) -> list[tuple[str, str]]:
    return [(_("Arrangementer"), reverse("bypuls:event_list")), (label, url)]


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event_new(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = EventSubmissionForm(request.POST or None, request.FILES or None, at=now)
    status = 200
    if request.method == "POST" and too_many(request, "bypuls.submit"):
        form.add_error(None, _("Det er sendt mye fra nettet ditt. Vent litt, og prøv igjen."))
        status = 429
    elif request.method == "POST" and form.is_valid():
        submit(form.save(commit=False), at=now)
        return redirect("bypuls:event_sent")
    context = {
        "crumbs": _crumbs(_("Tips oss om et arrangement"), request.path),
        "form": form,
        "answer_due": answer_due(now),
    }
    return render(request, "bypuls/event_new.html", context, status=status)


@login_not_required
@never_cache
@require_safe
def event_sent(request: HttpRequest) -> HttpResponse:
    context = {"answer_due": answer_due(timezone.now())}
    return render(request, "bypuls/event_sent.html", context)


def _sent_in(token: str) -> Event:
    """Return the event that the mailed link is about. Raises Http404."""
    try:
        pk = read_token(SUBMISSION_LINK, token)
    except BadLinkError as error:
        raise Http404 from error
    return get_object_or_404(Event, pk=pk)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event_change(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    event = _sent_in(token)
    pk = event.pk
    locked = why_unchangeable(event)
    form = EventChangeForm(
        request.POST if "save" in request.POST else None,
        request.FILES or None,
        instance=event,
        at=now,
        picture_address=reverse("bypuls:event_change_picture", args=[token]),
    )
    problem = ""
    if request.method == "POST":
        try:
            if "withdraw" in request.POST and locked and has_other_organisers(event):
                raise SubmissionError(locked)
            if "withdraw" in request.POST:
                withdraw(pk, at=now)
                return redirect("bypuls:event_change", token=token)
            if form.is_valid():
                message = form.cleaned_data["message"]
                resubmit(form.save(commit=False), at=now, message=message)
                return redirect("bypuls:event_sent")
        except SubmissionError as error:
            problem = str(error)
    stored = Event.objects.get(pk=pk)
    context = {
        "crumbs": _crumbs(_("Endre arrangementet"), request.path),
        "form": form,
        "event": stored,
        "notes": SubmissionNote.objects.filter(event=stored).order_by("created_at", "pk"),
        "alike": public_look_alike(stored, at=now),
        "locked": locked,
        "problem": problem,
    }
    return render(request, "bypuls/event_change.html", context)


@login_not_required
@cache_control(no_cache=True, private=True)
@require_safe
def event_change_picture(request: HttpRequest, token: str) -> HttpResponse:
    return picture_response(_sent_in(token).picture)
