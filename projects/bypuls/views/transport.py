from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.bypuls.models import CaseState, CaseUpdate, TransportCase

CLOSED = (CaseState.DONE, CaseState.DROPPED)
# A forum has some dozens of cases in a year; the page shows the newest of them.
MOST_CASES = 100


@login_not_required
@require_safe
def transport_forum(request: HttpRequest) -> HttpResponse:
    updates = Prefetch("updates", CaseUpdate.objects.order_by("-date", "-pk"))
    cases = list(
        TransportCase.objects.public(timezone.now())
        .prefetch_related(updates)
        .order_by("-raised_on", "-pk")[:MOST_CASES]
    )
    context = {
        "crumbs": [
            (_("Samferdsel"), reverse("bypuls:transport_forum").removesuffix("forum/")),
            (_("Samferdselsforum"), reverse("bypuls:transport_forum")),
        ],
        "groups": [
            (_("Åpne saker"), [case for case in cases if case.state not in CLOSED]),
            (_("Avsluttede saker"), [case for case in cases if case.state in CLOSED]),
        ],
    }
    return render(request, "bypuls/transport_forum.html", context)
