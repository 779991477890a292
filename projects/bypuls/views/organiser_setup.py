"""Min side: room for how many, who sees the participants; and moved, put off or called off."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.accounts.access import signed_in
from projects.bypuls.events import changes
from projects.bypuls.events.availability import describe
from projects.bypuls.events.organisers import log
from projects.bypuls.forms.organiser import (
    AttendeeListForm,
    CallOffForm,
    CapacityForm,
    MoveForm,
    ReasonForm,
    SetDateForm,
)
from projects.bypuls.models import Event, EventStatus, LogKind
from projects.bypuls.signups import interest
from projects.bypuls.signups.errors import SignUpError
from projects.bypuls.signups.queue import change_capacity
from projects.bypuls.views.organiser import crumbs_of, organised
from vekst.http import HtmxHttpRequest

# Changes the event with what the form holds, and returns how many were told.
Step = Callable[..., int]
MOVABLE = (EventStatus.PLANNED, EventStatus.MOVED, EventStatus.POSTPONED)


def posted(request: HtmxHttpRequest, action: str) -> "dict[str, object] | None":
    """Return what was sent to this one of the page's forms, or None."""
    return request.POST if request.POST.get("action") == action else None  # type: ignore[return-value]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_setup(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    room = CapacityForm(
        posted(request, "capacity"),
        initial={
            "capacity": event.capacity,
            "waiting_list_capacity": event.waiting_list_capacity,
        },
    )
    shown = AttendeeListForm(posted(request, "attendee-list"), instance=event)
    if room.is_bound and room.is_valid() and _change_room(request, event, room):
        return redirect(request.path)
    if shown.is_bound and shown.is_valid():
        with transaction.atomic():
            Event.objects.select_for_update().get(pk=event.pk)
            event.save(update_fields=["attendee_list"])
            detail = f"{_('Deltakerlisten')}: {event.get_attendee_list_display()}"
            log(
                event.pk,
                LogKind.SETTINGS,
                by=signed_in(request),
                at=timezone.now(),
                detail=detail,
            )
        messages.success(request, _("Lagret."))
        return redirect(request.path)
    event.refresh_from_db()
    context = {
        "crumbs": crumbs_of(event, _("Oppsett"), request.path),
        "event": event,
        "availability": describe(event, at=timezone.now()),
        "room": room,
        "shown": shown,
    }
    return render(request, "bypuls/organiser_setup.html", context)


def _change_room(request: HtmxHttpRequest, event: Event, form: CapacityForm) -> bool:
    now, data = timezone.now(), form.cleaned_data
    try:
        with transaction.atomic():
            offered = change_capacity(event.pk, **data, at=now)
            most = _("ubegrenset") if data["capacity"] is None else data["capacity"]
            detail = f"{most} + {data['waiting_list_capacity']}"
            log(event.pk, LogKind.CAPACITY, by=signed_in(request), at=now, detail=detail)
    except SignUpError as error:
        form.add_error("capacity", str(error))
        return False
    text = ngettext(
        "Lagret. %(n)s på ventelisten har fått tilbud om plass.",
        "Lagret. %(n)s på ventelisten har fått tilbud om plass.",
        len(offered),
    )
    messages.success(request, text % {"n": len(offered)} if offered else _("Lagret."))
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_change(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    # Which version the form is about: another tab or colleague may come first.
    seen = {"seen": event.sequence}
    now = {name: getattr(event, name) for name in ("starts_at", "ends_at", "venue", "place")}
    at = timezone.now()
    move = MoveForm(posted(request, "move"), initial=now | seen, at=at)
    set_date = SetDateForm(posted(request, "set-date"), initial=seen, at=at)
    put_off = ReasonForm(posted(request, "postpone"), initial=seen, auto_id="id_postpone_%s")
    call_off = CallOffForm(posted(request, "cancel"), initial=seen, auto_id="id_cancel_%s")
    steps: list[tuple[ReasonForm, LogKind, Step]] = [
        (move, LogKind.MOVED, changes.move_event),
        (put_off, LogKind.POSTPONED, changes.postpone),
        (call_off, LogKind.CANCELLED, changes.cancel_event),
        (set_date, LogKind.MOVED, _set_date),
    ]
    for form, kind, step in steps:
        if form.is_bound and form.is_valid() and _do(request, event, form, kind, step):
            return redirect(request.path)
    context = {
        "crumbs": crumbs_of(event, _("Endre eller avlys"), request.path),
        "event": event,
        "availability": describe(event, at=timezone.now()),
        "move": move,
        "set_date": set_date,
        "put_off": put_off,
        "call_off": call_off,
        "may_move": event.status in MOVABLE and event.is_date_set,
        "may_set_date": event.status in MOVABLE and not event.is_date_set,
        "may_put_off": event.is_taking_place,
        "may_call_off": event.status not in (EventStatus.CANCELLED, EventStatus.HELD),
    }
    return render(request, "bypuls/organiser_change.html", context)


def _set_date(event_id: int, *, reason: str, seen: int | None, **when: Any) -> int:
    return interest.set_date(event_id, **when)


def _do(
    request: HtmxHttpRequest, event: Event, form: ReasonForm, kind: LogKind, step: Step
) -> bool:
    now = timezone.now()
    given = {name: value for name, value in form.cleaned_data.items() if name != "is_sure"}
    try:
        with transaction.atomic():
            told = step(event.pk, **given, at=now)
            detail = form.cleaned_data["reason"]
            log(event.pk, kind, by=signed_in(request), at=now, detail=detail)
    except (changes.ChangeError, SignUpError) as error:
        form.add_error(None, str(error))
        # Told how it stands now, they may go on with what they wrote.
        form.data = {**request.POST.dict(), "seen": str(event.sequence)}
        return False
    text = ngettext(
        "Det er gjort. %(n)s påmelding har fått beskjed.",
        "Det er gjort. %(n)s påmeldinger har fått beskjed.",
        told,
    )
    messages.success(request, text % {"n": told})
    return True
