from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects.bypuls.events.availability import describe
from projects.bypuls.models import SignUp, SignUpState
from projects.bypuls.signups.mails import SIGNUP_LINK
from projects.bypuls.signups.queue import queue_number
from projects.bypuls.signups.signup import (
    SignUpError,
    cancel,
    change_size,
    closed_reason,
    set_reminder,
)
from vekst.links import BadLinkError, read_token


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
