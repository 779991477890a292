import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from projects.bypuls.calendar.calendar_file import calendar_text
from projects.bypuls.events.availability import describe
from projects.bypuls.forms.signup import DetailsForm
from projects.bypuls.models import SignUp, SignUpState
from projects.bypuls.signups import own_reminder
from projects.bypuls.signups.attendees import shown_attendees
from projects.bypuls.signups.confirming import confirm
from projects.bypuls.signups.details import change_details, why_fixed
from projects.bypuls.signups.errors import SignUpError
from projects.bypuls.signups.interest import answer_interest
from projects.bypuls.signups.moving import move_to_date, other_dates
from projects.bypuls.signups.own_calendar import send_address
from projects.bypuls.signups.queue import accept_offer, decline_offer, queue_number
from projects.bypuls.signups.series_mails import SERIES_SIGNUP_LINK
from projects.bypuls.signups.signup import cancel, change_size, closed_reason
from projects.bypuls.signups.ticket import ticket_code, ticket_svg
from projects.bypuls.views.links import is_live, no_signup, signup_of
from vekst.links import make_token

Action = Callable[[SignUp, QueryDict, dt.datetime], object]


def _number(data: QueryDict, name: str, problem: str) -> int:
    text = data.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise SignUpError(problem)
    return int(text)


def _size(data: QueryDict) -> int:
    return _number(data, "size", _("Velg hvor mange som kommer."))


def _accept(signup: SignUp, data: QueryDict, now: dt.datetime) -> object:
    return accept_offer(signup.pk, at=now, size=_size(data) if "size" in data else None)


def _move(signup: SignUp, data: QueryDict, now: dt.datetime) -> object:
    return move_to_date(signup.pk, _number(data, "date", _("Velg en dato.")), at=now)


# What the buttons of the page do, by the value they send.
ACTIONS: dict[str, Action] = {
    "accept": _accept,
    "decline": lambda signup, data, now: decline_offer(signup.pk, at=now),
    "comes": lambda signup, data, now: answer_interest(signup.pk, comes=True, at=now),
    "comes-not": lambda signup, data, now: answer_interest(signup.pk, comes=False, at=now),
    "size": lambda signup, data, now: change_size(signup.pk, _size(data), at=now),
    "move": _move,
    "reminder": lambda signup, data, now: own_reminder.choose(
        signup.pk, data.get("reminder", ""), at=now
    ),
    "calendar": lambda signup, data, now: send_address(
        signup.email, language=get_language() or "nb", at=now
    ),
    "confirm": lambda signup, data, now: confirm(signup.pk, at=now),
    "cancel": lambda signup, data, now: cancel(signup.pk, at=now),
}


def _done(action: str) -> str:
    """Return what the page says when it comes back after a button."""
    return {
        "size": _("Antallet er endret."),
        "details": _("Endringene er lagret."),
        "move": _("Påmeldingen er flyttet til denne datoen."),
        "confirm": _("Takk, da ses vi!"),
        "calendar": _("Lenken til kalenderen er på vei til e-posten din."),
        "reminder": _("Påminnelsen er lagret. Endringer hører du om uansett."),
    }.get(action, "")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_signup(request: HttpRequest, token: str) -> HttpResponse:
    signup = signup_of(token)
    if not is_live(signup):
        return no_signup(request, signup)
    now = timezone.now()
    problem = ""
    if request.method == "POST":
        action = request.POST.get("action", "")
        try:
            if action not in ACTIONS:
                raise SignUpError(_("Velg en av knappene på siden."))
            ACTIONS[action](signup, request.POST, now)
        except SignUpError as error:
            problem = str(error)
            signup = signup_of(token) or signup
        else:
            return redirect(f"{request.path}?gjort={action}")
    context = _facts(signup, now) | {
        "problem": problem,
        "done": "" if problem else _done(request.GET.get("gjort", "")),
        "token": token,
    }
    return render(request, "bypuls/my_signup.html", context)


def _facts(signup: SignUp, now: dt.datetime) -> dict[str, Any]:
    event = signup.event
    has_seat = signup.state == SignUpState.ATTENDING
    is_ahead = not event.is_date_set or now < event.ends_at
    may_sign_off = signup.is_active and is_ahead and event.status != "cancelled"
    return {
        "event": event,
        "signup": signup,
        "number": queue_number(signup) if signup.state == SignUpState.WAITING else 0,
        "offered_sizes": range(1, (signup.offered_size or 0) + 1),
        "rest": signup.size - (signup.offered_size or signup.size),
        "sizes": range(1, event.max_group_size + 1),
        "may_change": signup.is_active and not closed_reason(event, now),
        "may_change_details": not why_fixed(event, signup, at=now),
        "may_cancel": may_sign_off,
        # Whoever is offered seats for all leaves the queue by saying no.
        "may_leave": signup.state != SignUpState.OFFERED or signup.offered_size != signup.size,
        "is_ahead": is_ahead,
        "availability": describe(event, at=now),
        "ticket": ticket_svg(signup) if has_seat and is_ahead else "",
        "code": ticket_code(signup) if has_seat else "",
        "dates": other_dates(signup, at=now),
        "reminders": own_reminder.choices(event, chosen=signup.own_reminder, at=now),
        "reminder": signup.own_reminder if signup.wants_reminder else own_reminder.NEVER,
        "series_url": _series_url(signup),
        "attendees": shown_attendees(event, for_participant=has_seat),
    }


def _series_url(signup: SignUp) -> str:
    """Return the page with all dates, when the party is signed up for a whole series."""
    if signup.series_signup is None or signup.series_signup.cancelled_at is not None:
        return ""
    return reverse(
        "bypuls:my_series_signup", args=[make_token(SERIES_SIGNUP_LINK, signup.series_signup.pk)]
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_signup_details(request: HttpRequest, token: str) -> HttpResponse:
    signup = signup_of(token)
    if not is_live(signup):
        return no_signup(request, signup)
    now = timezone.now()
    form = DetailsForm(signup, at=now, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_details(signup.pk, form.details(), at=now)
        except SignUpError as error:
            form.add_error(None, str(error))
        else:
            return redirect(reverse("bypuls:my_signup", args=[token]) + "?gjort=details")
    context = {
        "event": signup.event,
        "form": form,
        "back_url": reverse("bypuls:my_signup", args=[token]),
        "fixed": "" if form.is_bound else why_fixed(signup.event, signup, at=now),
    }
    return render(request, "bypuls/my_signup_details.html", context)


@login_not_required
@never_cache
@require_safe
def my_signup_calendar(request: HttpRequest, token: str) -> HttpResponse:
    signup = signup_of(token)
    if not is_live(signup) or not signup.event.is_date_set:
        return no_signup(request, None)
    return HttpResponse(
        calendar_text([signup.event]),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{signup.event.slug}.ics"'},
    )
