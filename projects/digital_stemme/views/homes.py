from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from projects.digital_stemme import structured_data
from projects.digital_stemme.filters import HOME_LIST
from projects.digital_stemme.models import Home
from projects.digital_stemme.narrowing import ListQuery
from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.moderation import ModerationState
from vekst.structured_data import json_ld

SIMILAR = 3


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def home_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    path = reverse("digital_stemme:home_list")
    query: ListQuery[Home] = ListQuery.read(HOME_LIST, request.GET, path, at=now)
    counts = query.count()
    page = query.page(
        Home.objects.public(now), Home.objects.public(now).for_list(), counts, request.GET
    )
    context = {
        "query": query,
        "counts": counts,
        "page": page,
        "panel": query.panel(counts, target="home-results"),
        "pager": query.pager(page),
        "suggestions": [] if page.items else query.suggestions(counts),
        "crumbs": [(_("Bolig"), path)],
    }
    return render_narrowed(request, "digital_stemme/home_list.html", "home-results", context)


@login_not_required
@require_safe
def home_detail(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    home = get_object_or_404(Home.objects.select_related("company").defer("search"), slug=slug)
    list_url = reverse("digital_stemme:home_list")
    crumbs = [(_("Bolig"), list_url), (home.title, home.get_absolute_url(), home.other_language)]
    if home.state in (ModerationState.SUBMITTED, ModerationState.CHANGES_ASKED):
        raise Http404
    similar = list(
        Home.objects.public(now)
        .for_list()
        .filter(kind=home.kind)
        .exclude(pk=home.pk)
        .order_by("-published_at", "-pk")[:SIMILAR]
    )
    context: dict[str, object] = {"home": home, "similar": similar, "crumbs": crumbs}
    if home.state != ModerationState.PUBLISHED or home.expires_on < timezone.localdate(now):
        return render(request, "digital_stemme/home_gone.html", context, status=410)
    context["data"] = json_ld(structured_data.of_home(home))
    return render(request, "digital_stemme/home_detail.html", context)
