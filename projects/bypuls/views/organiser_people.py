"""Min side: sign up a caller, sign somebody off, and take the list of participants out."""

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from members.accounts.access import signed_in
from projects.bypuls.events.availability import describe
from projects.bypuls.events.organisers import log
from projects.bypuls.forms.organiser import CallerForm
from projects.bypuls.models import Event, LogKind, SignUp, SignUpState
from projects.bypuls.signups import check_in, export
from projects.bypuls.signups.errors import SignUpError
from projects.bypuls.signups.signup import Outcome, cancel, sign_up
from projects.bypuls.signups.ticket import ticket_code
from projects.bypuls.views.organiser import crumbs_of, organised, organiser_url
from vekst.http import HtmxHttpRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_caller(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now = timezone.now()
    form = CallerForm(event, data=request.POST or None, at=now)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                outcome = sign_up(
                    event.pk,
                    form.party(translation.get_language() or "nb"),
                    at=now,
                    by_staff=True,
                )
                if outcome.is_new:
                    by = signed_in(request)
                    log(event.pk, LogKind.SIGNED_UP, by=by, at=now, detail=outcome.signup.name)
        except SignUpError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _told(outcome))
            return redirect(organiser_url(event))
    context = {
        "crumbs": crumbs_of(event, _("Meld på noen"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "form": form,
    }
    return render(request, "bypuls/organiser_caller.html", context)


def _told(outcome: Outcome) -> str:
    name = outcome.signup.name
    if not outcome.is_new:
        return _("%(name)s er alt påmeldt, og har fått en e-post om det.") % {"name": name}
    if outcome.state == SignUpState.ATTENDING:
        return _("%(name)s har plass og har fått kvittering.") % {"name": name}
    if outcome.state == SignUpState.INTERESTED:
        return _("%(name)s får vite det når datoen er bestemt.") % {"name": name}
    values = {"name": name, "number": outcome.number}
    return _("%(name)s er nummer %(number)s på ventelisten, og har fått e-post.") % values


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_signup(request: HtmxHttpRequest, event: Event, pk: int) -> HttpResponse:
    now = timezone.now()
    signup = get_object_or_404(event.signups.select_related("company"), pk=pk)
    problem = ""
    if request.method == "POST" and signup.is_active:
        try:
            _sign_off(request, event, signup)
        except SignUpError as error:
            problem = str(error)
        else:
            return redirect(organiser_url(event))
    context = {
        "crumbs": crumbs_of(event, signup.name or _("Uten navn"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "signup": signup,
        "answers": signup.answers.select_related("question").order_by("question__position", "pk"),
        "code": "" if signup.is_walk_in else ticket_code(signup),
        "problem": problem,
        "may_sign_off": signup.is_active and now < event.ends_at,
    }
    return render(request, "bypuls/organiser_signup.html", context)


@transaction.atomic
def _sign_off(request: HtmxHttpRequest, event: Event, signup: SignUp) -> None:
    by, now = signed_in(request), timezone.now()
    if signup.is_walk_in:
        check_in.undo_check_in(signup.pk, at=now, by=by)
    else:
        cancel(signup.pk, at=now)
    name = signup.name or _("Uten navn")
    log(event.pk, LogKind.SIGNED_OFF, by=by, at=now, detail=name)
    messages.success(request, _("%(name)s er meldt av.") % {"name": name})


@never_cache
@require_POST
@organised
def organiser_csv(request: HtmxHttpRequest, event: Event) -> StreamingHttpResponse:
    export.note_export(event, "CSV", by=signed_in(request), at=timezone.now())
    return StreamingHttpResponse(
        export.csv_lines(event),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="deltakere-{event.slug}.csv"'},
    )


@never_cache
@require_POST
@organised
def organiser_xlsx(request: HtmxHttpRequest, event: Event) -> FileResponse:
    export.note_export(event, "Excel", by=signed_in(request), at=timezone.now())
    return FileResponse(
        export.xlsx_file(event),
        as_attachment=True,
        filename=f"deltakere-{event.slug}.xlsx",
        content_type=XLSX,
    )
