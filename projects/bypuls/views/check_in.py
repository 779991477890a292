"""The check-in page for the phone at the door, with and without script, with and without net."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.accounts.access import lacks_second_factor
from members.accounts.models import User
from projects.bypuls import access
from projects.bypuls.forms.door import PressForm, WalkInForm
from projects.bypuls.models import DoorLink, Event, SignUpState
from projects.bypuls.signups.check_in import Settled, record
from projects.bypuls.signups.door_list import (
    BadBatchError,
    DoorRow,
    answer_to,
    forget_at,
    problem_text,
    read_batch,
    row_of,
    rows_of,
)
from projects.bypuls.signups.figures import figures_of
from projects.bypuls.signups.ticket import signup_for_code
from vekst import formats

DOORS = "bypuls.doors"
# Without script the page shows so many at a time; the search finds the rest.
ROWS_SHOWN = 100
# What the page needs besides itself, kept by the phone so that it opens without net.
FILES = (
    *("build/designsystemet.css", "build/theme.css", "css/site.css", "css/organiser.css"),
    *("build/designsystemet.js", "js/site.js", "js/checkin.js", "build/icons.svg"),
    *("build/inter-variable.woff2", "images/favicon.svg"),
)

Params = ParamSpec("Params")
DoorView = Callable[Concatenate[HttpRequest, Event, DoorLink | None, Params], HttpResponse]
AddressView = Callable[Concatenate[HttpRequest, str, Params], HttpResponse]


def at_the_door(view: "DoorView[Params]") -> "AddressView[Params]":
    """Give the view the event, and the door link when that is what lets one in. No account is needed."""

    @wraps(view)
    def inner(
        request: HttpRequest, slug: str, *args: Params.args, **kwargs: Params.kwargs
    ) -> HttpResponse:
        user = request.user
        door = request.session.get(DOORS, {}).get(slug)
        if not isinstance(user, User) and door is None:
            return redirect_to_login(request.get_full_path())
        if lacks_second_factor(user):
            return redirect("mfa_activate_totp")
        event, link = access.event_at_the_door(user, door, slug, at=timezone.now())
        return view(request, event, link, *args, **kwargs)

    return login_not_required(cast("AddressView[Params]", inner))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_the_door
def check_in(request: HttpRequest, event: Event, door: DoorLink | None) -> HttpResponse:
    walk_in = WalkInForm(request.POST if "walk-in" in request.POST else None)
    if request.method == "POST":
        form: PressForm | WalkInForm = walk_in if walk_in.is_bound else PressForm(request.POST)
        if form.is_valid():
            user = request.user if isinstance(request.user, User) else None
            now = timezone.now()
            (settled,) = record(event.pk, [form.as_press(at=now)], at=now, by=user, door=door)
            _tell(request, settled)
            return redirect(request.get_full_path())
        if not walk_in.is_bound:
            messages.error(request, _("Velg hvem som kom, på nytt."))
            return redirect(request.get_full_path())
    return _allow_camera(render(request, "bypuls/check_in.html", _context(request, event, walk_in)))


def _tell(request: HttpRequest, settled: Settled) -> None:
    problem = problem_text(settled)
    if problem:
        messages.error(request, problem)
    elif settled.signup is not None:
        signup = settled.signup
        name, came = signup.name or _("Uten navn"), signup.checked_in_size
        if came is None:
            messages.info(request, _("%(name)s er ikke sjekket inn lenger.") % {"name": name})
        else:
            text = _("%(name)s er sjekket inn (%(came)s av %(size)s).")
            messages.success(request, text % {"name": name, "came": came, "size": signup.size})


def _allow_camera(response: HttpResponse) -> HttpResponse:
    """Let this page, and no other, ask for the camera, to read tickets."""
    response.headers["Permissions-Policy"] = "camera=(self), microphone=()"
    return response


def _context(request: HttpRequest, event: Event, walk_in: WalkInForm) -> dict[str, object]:
    now = timezone.now()
    text, code = request.GET.get("q", "").strip()[:100], request.GET.get("kode", "")
    found, problem = _found(event, code or text)
    only_missing = "mangler" in request.GET
    rows = [] if found else _matching(rows_of(event), text, only_missing=only_missing)
    return {
        **_frame(event),
        "figures": figures_of(event, at=now),
        "rows": [found] if found else rows[:ROWS_SHOWN],
        "found": found,
        "code_problem": problem if code else "",
        "hidden": max(len(rows) - ROWS_SHOWN, 0),
        "text": text,
        "only_missing": only_missing,
        "walk_in": walk_in,
        "is_shell": False,
        "may_run": access.organised_events(request.user, at=now).filter(pk=event.pk).exists(),
    }


def _frame(event: Event) -> dict[str, object]:
    """What the page needs whether or not it holds the list."""
    address = reverse("bypuls:check_in", args=[event.slug])
    return {
        "event": event,
        "address": address,
        "forget_at": int(forget_at(event).timestamp() * 1000),
        "texts": {
            "all": _("Alle {size} kom"),
            "one": _("Kom"),
            "fewer": _("Færre"),
            "came": _("{came} av {size} kom {time}"),
            "cameOne": _("Kom {time}"),
            "undo": _("Angre"),
            "waits": _("venter på nett"),
            "waiting": _("{count} venter på nett"),
            "offline": _("Ingen nett. Sjekk inn som vanlig; det sendes når nettet er tilbake."),
            "sent": _("Alt er sendt."),
            "signedOut": _(
                "Du er logget ut, så listen er tatt bort fra telefonen. "
                "Logg inn igjen for å sende det som venter."
            ),
            "checkedIn": _("{name} er sjekket inn"),
            "takenBack": _("{name} er ikke sjekket inn lenger"),
            "counter": _("{came} av {expected} kom"),
            "walkIns": _("{count} uten påmelding"),
            "noName": _("Uten navn"),
            "walkIn": _("uten påmelding"),
            "nobody": _("Ingen passer med søket."),
            "more": _("{count} til. Søk for å finne dem."),
            "noTicket": _("Koden står ikke på listen. Søk på navnet i stedet."),
            "noCamera": _("Får ikke åpnet kameraet. Skriv koden i søkefeltet i stedet."),
        },
    }


def _found(event: Event, code: str) -> tuple[DoorRow | None, str]:
    """Return the party whose ticket has this code, or what is wrong with the ticket."""
    signup = signup_for_code(code) if code else None
    if signup is None:
        return None, _("Koden er ikke fra en billett. Søk på navnet i stedet.")
    if signup.event_id != event.pk:
        values = {
            "title": signup.event.title,
            "when": formats.moment_text(signup.event.starts_at),
        }
        return None, _("Billetten gjelder et annet arrangement: %(title)s, %(when)s.") % values
    if signup.state != SignUpState.ATTENDING:
        state = str(signup.get_state_display()).lower()
        values = {"name": signup.name or _("Uten navn"), "state": state}
        return None, _("%(name)s har ikke plass (%(state)s).") % values
    return row_of(signup), ""


def _matching(rows: list[DoorRow], text: str, *, only_missing: bool) -> list[DoorRow]:
    words = text.casefold().split()

    def is_wanted(row: DoorRow) -> bool:
        if only_missing and (row.came or not row.has_seat):
            return False
        held = f"{row.name} {row.companions} {row.company}".casefold()
        return all(word in held for word in words)

    return [row for row in rows if is_wanted(row)]


@never_cache
@require_safe
@at_the_door
def check_in_list(request: HttpRequest, event: Event, door: DoorLink | None) -> JsonResponse:
    return JsonResponse(
        {
            "rows": [row.as_json() for row in rows_of(event)],
            "forget_at": int(forget_at(event).timestamp() * 1000),
            "csrf": get_token(request),
        }
    )


@never_cache
@require_POST
@at_the_door
def check_in_settle(request: HttpRequest, event: Event, door: DoorLink | None) -> JsonResponse:
    now = timezone.now()
    try:
        presses, unreadable = read_batch(json.loads(request.body), at=now)
    except (BadBatchError, ValueError, RecursionError):
        return JsonResponse({"problem": _("Telefonen sendte noe vi ikke forstår.")}, status=400)
    user = request.user if isinstance(request.user, User) else None
    settled = record(event.pk, presses, at=now, by=user, door=door)
    return JsonResponse({"results": answer_to(settled, unreadable)})


@never_cache
@require_safe
@at_the_door
def check_in_shell(request: HttpRequest, event: Event, door: DoorLink | None) -> HttpResponse:
    context = {
        **_frame(event),
        "figures": None,
        "rows": [],
        "found": None,
        "code_problem": "",
        "hidden": 0,
        "text": "",
        "only_missing": False,
        "walk_in": WalkInForm(),
        "is_shell": True,
        "may_run": False,
    }
    return _allow_camera(render(request, "bypuls/check_in.html", context))


@never_cache
@require_safe
@at_the_door
def check_in_worker(request: HttpRequest, event: Event, door: DoorLink | None) -> HttpResponse:
    address = reverse("bypuls:check_in", args=[event.slug])
    files = [static(name) for name in (*FILES, "django_htmx/htmx-2.min.js")]
    config = {
        "page": address,
        "shell": reverse("bypuls:check_in_shell", args=[event.slug]),
        "files": files,
    }
    script = json.dumps(static("js/checkin-worker.js"))
    return HttpResponse(
        f"self.CHECK_IN = {json.dumps(config)};\nimportScripts({script});\n",
        content_type="text/javascript; charset=utf-8",
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    link = access.door_by_token(token, slug, at=timezone.now())
    if request.method == "POST":
        request.session[DOORS] = {**request.session.get(DOORS, {}), slug: link.pk}
        return redirect("bypuls:check_in", slug=slug)
    context = {"event": link.event, "until": link.event.ends_at + access.DOOR_OPEN_AFTER}
    return render(request, "bypuls/door.html", context)


@login_not_required
@never_cache
@require_POST
def door_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """End a helper's access on this phone, and what the phone holds."""
    doors = request.session.get(DOORS, {})
    if slug in doors:
        request.session[DOORS] = {name: pk for name, pk in doors.items() if name != slug}
    response = render(request, "bypuls/door_left.html")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response
