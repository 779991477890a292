from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from projects.bypuls.models import SignUp, SignUpState
from projects.bypuls.signups import confirming, own_reminder
from projects.bypuls.signups.mails import my_signup_url
from projects.bypuls.signups.reminder_mails import CONFIRM_LINK, REMINDER_LINK
from projects.bypuls.signups.signup import SignUpError
from projects.bypuls.views.links import is_live, no_signup
from vekst.links import BadLinkError, read_token


def _signup(purpose: str, token: str) -> SignUp | None:
    try:
        pk = read_token(purpose, token)
    except BadLinkError:
        return None
    return SignUp.objects.select_related("event__venue").filter(pk=pk).first()


# Mail programs post `List-Unsubscribe=One-Click` here by themselves, without cookies (RFC 8058): the
# signature in the address is the permission. Link scanners only GET, and a GET changes nothing.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_stop(request: HttpRequest, token: str) -> HttpResponse:
    signup = _signup(REMINDER_LINK, token)
    if not is_live(signup):
        return no_signup(request, signup)
    if request.method == "POST":
        signup.wants_reminder = request.POST.get("action") == "start"
        own_reminder.set_wanted(signup.pk, wanted=signup.wants_reminder, at=timezone.now())
    context = {"signup": signup, "event": signup.event, "my_url": my_signup_url(signup)}
    return render(request, "bypuls/reminders_stop.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signup_confirm(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    signup = _signup(CONFIRM_LINK, token)
    if not is_live(signup):
        return no_signup(request, signup)
    problem = ""
    steps = {"confirm": confirming.confirm, "free": confirming.free}
    step = steps.get(request.POST.get("action", "")) if request.method == "POST" else None
    if step is not None:
        try:
            step(signup.pk, at=now)
        except SignUpError as error:
            problem = str(error)
            signup.refresh_from_db()
        else:
            return redirect("bypuls:signup_confirm", token=token)
    event = signup.event
    has_seat = signup.state == SignUpState.ATTENDING
    context = {
        "signup": signup,
        "event": event,
        "problem": problem,
        "has_seat": has_seat,
        "may_answer": has_seat and event.is_taking_place and now < event.starts_at,
        "my_url": my_signup_url(signup),
    }
    return render(request, "bypuls/signup_confirm.html", context)
