"""Min side: who runs the event, and links for helpers at the door."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.accounts.access import signed_in
from projects.bypuls import access
from projects.bypuls.events import doors, organisers
from projects.bypuls.events.availability import describe
from projects.bypuls.forms.organiser import ColleagueForm, DoorForm
from projects.bypuls.models import Event
from projects.bypuls.views.organiser import crumbs_of, organised
from vekst.http import HtmxHttpRequest


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_team(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now = timezone.now()
    action = request.POST.get("action", "")
    add = ColleagueForm(request.POST if action == "add" else None)
    hand = ColleagueForm(request.POST if action == "hand-over" else None, auto_id="id_hand_%s")
    if request.method == "POST" and _change_team(request, event, action, add, hand):
        # Whoever handed the event over may not see it any more.
        still = access.organised_events(request.user, at=now).filter(pk=event.pk).exists()
        return redirect(request.path) if still else redirect("bypuls:organiser_list")
    context = {
        "crumbs": crumbs_of(event, _("Arrangører"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "organisers": event.organisers.order_by("added_at", "pk"),
        "add": add,
        "hand": hand,
        "my_address": signed_in(request).email.lower(),
    }
    return render(request, "bypuls/organiser_team.html", context)


def _change_team(
    request: HtmxHttpRequest, event: Event, action: str, add: ColleagueForm, hand: ColleagueForm
) -> bool:
    by, now = signed_in(request), timezone.now()
    form = add if add.is_bound else hand
    try:
        if action == "remove":
            pk = _number(request.POST.get("organiser", ""))
            organisers.remove_organiser(event.pk, pk, by=by, at=now)
            messages.success(request, _("Personen er ikke arrangør lenger."))
            return True
        if not form.is_bound or not form.is_valid():
            return False
        change = organisers.add_organiser if action == "add" else organisers.hand_over
        organiser = change(event.pk, **form.cleaned_data, by=by, at=now)
    except organisers.OrganiserError as error:
        if form.is_bound:
            form.add_error("email", str(error))
        else:
            messages.error(request, str(error))
            return True
        return False
    text = _("%(name)s er arrangør og har fått e-post om det.")
    messages.success(request, text % {"name": organiser})
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_door(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now = timezone.now()
    form = DoorForm(request.POST if request.POST.get("action") == "make" else None)
    if request.POST.get("action") == "withdraw":
        pk = _number(request.POST.get("link", ""))
        doors.withdraw_door(event, pk, by=signed_in(request), at=now)
        messages.success(request, _("Lenken virker ikke lenger."))
        return redirect(request.path)
    if form.is_bound and form.is_valid():
        doors.make_door(event, **form.cleaned_data, by=signed_in(request), at=now)
        messages.success(request, _("Lenken er klar. Send den til hjelperen."))
        return redirect(request.path)
    links = event.door_links.select_related("event", "made_by").order_by("-made_at", "-pk")
    context = {
        "crumbs": crumbs_of(event, _("Ved døra"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "form": form,
        "links": [
            {
                "link": link,
                "url": doors.door_url(link),
                "is_open": access.is_door_open(link, at=now),
            }
            for link in links
        ],
        "until": event.ends_at + access.DOOR_OPEN_AFTER,
    }
    return render(request, "bypuls/organiser_door.html", context)
