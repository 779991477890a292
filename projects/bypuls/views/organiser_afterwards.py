"""Min side: what is put out after the event, what people thought of it, and who came."""

import datetime as dt
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.accounts.access import lacks_second_factor, signed_in
from projects.bypuls import access
from projects.bypuls.events import afterwards, changes
from projects.bypuls.events.availability import describe
from projects.bypuls.events.survey import survey_results
from projects.bypuls.forms.organiser_content import AttendanceForm, MaterialForm, PhotoForm
from projects.bypuls.models import Event
from projects.bypuls.signups import check_in
from projects.bypuls.signups.turnout import turnout_by_company
from projects.bypuls.views.organiser import crumbs_of, organised
from projects.bypuls.views.organiser_content import key_of
from vekst.http import HtmxHttpRequest

EXPECTED = (afterwards.AfterwardsError, changes.ChangeError)
UPLOADS = {"material": "file", "photo": "picture"}
NO_SHOWS_SHOWN = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_afterwards(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now, action = timezone.now(), request.POST.get("action", "")
    posted, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    is_file, is_photo = action == "material", action == "photo"
    material = MaterialForm(
        posted if is_file else None, files if is_file else None, auto_id="id_file_%s"
    )
    photo = PhotoForm(
        posted if is_photo else None, files if is_photo else None, auto_id="id_photo_%s"
    )
    held = AttendanceForm(
        request.POST if action == "held" else None, initial={"attendance": event.attendance}
    )
    if request.method == "POST" and _change(request, event, action, material, photo, held):
        return redirect(request.path)
    attendance = check_in.attendance_of(event)
    context = {
        "crumbs": crumbs_of(event, _("Etterpå"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "has_begun": now >= event.starts_at,
        "material": material,
        "photo": photo,
        "held": held,
        "materials": event.materials.select_related("event").order_by("kind", "pk"),
        "photos": event.photos.order_by("pk"),
        "results": survey_results(event),
        "attendance": attendance,
        "no_shows": check_in.no_shows(event).order_by("name", "pk")[:NO_SHOWS_SHOWN],
    }
    return render(request, "bypuls/organiser_afterwards.html", context)


def _change(
    request: HtmxHttpRequest,
    event: Event,
    action: str,
    material: MaterialForm,
    photo: PhotoForm,
    held: AttendanceForm,
) -> bool:
    """Do what was asked for; tell whether the page is to be shown anew."""
    by, now = signed_in(request), timezone.now()
    if action == "remove-material":
        row = get_object_or_404(event.materials, pk=key_of(request.POST.get("material", "")))
        afterwards.remove_material(row.pk, by=by)
        messages.success(request, _("Fjernet."))
        return True
    if action == "withdraw-photo":
        picture = get_object_or_404(event.photos, pk=key_of(request.POST.get("photo", "")))
        uses = afterwards.withdraw_consent(picture.pk, by=by, at=now)
        places = ", ".join(use.title for use in uses)
        messages.success(request, _("Bildet er skjult. Det var brukt her: %s") % places)
        return True
    steps: dict[str, tuple[forms.Form, Callable[[], object]]] = {
        "material": (
            material,
            lambda: afterwards.publish_material(event.pk, **material.cleaned_data, by=by, at=now),
        ),
        "photo": (
            photo,
            lambda: afterwards.add_photo(event.pk, **photo.cleaned_data, by=by, at=now),
        ),
        "held": (held, lambda: changes.mark_held(event.pk, **held.cleaned_data, at=now)),
    }
    form, step = steps.get(action, (None, None))
    if form is None or step is None or not form.is_valid():
        return False
    try:
        step()
    except ValidationError as error:
        # What was sent is not what it says it is.
        form.add_error(UPLOADS.get(action), error.messages)
        return False
    except EXPECTED as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Lagret."))
    return True


@never_cache
@require_safe
def organiser_turnout(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    if lacks_second_factor(user):
        return redirect("mfa_activate_totp")
    if not access.may_see_all_figures(user):
        raise Http404
    context = {
        "crumbs": [
            (_("Min side"), reverse("companies:my_page")),
            (_("Arrangementene dine"), reverse("bypuls:organiser_list")),
            (_("Oppmøte per bedrift"), request.path),
        ],
        "rows": turnout_by_company(since=now - dt.timedelta(days=365), until=now),
    }
    return render(request, "bypuls/organiser_turnout.html", context)
