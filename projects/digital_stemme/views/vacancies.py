from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from projects.digital_stemme import structured_data
from projects.digital_stemme.filters import VACANCY_LIST
from projects.digital_stemme.models import Vacancy
from projects.digital_stemme.narrowing import ListQuery
from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.moderation import ModerationState
from vekst.structured_data import json_ld

SIMILAR = 3


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def vacancy_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    path = reverse("digital_stemme:vacancy_list")
    query: ListQuery[Vacancy] = ListQuery.read(VACANCY_LIST, request.GET, path, at=now)
    counts = query.count()
    page = query.page(
        Vacancy.objects.public(now), Vacancy.objects.public(now).for_list(), counts, request.GET
    )
    context = {
        "query": query,
        "counts": counts,
        "page": page,
        "panel": query.panel(counts, target="vacancy-results"),
        "pager": query.pager(page),
        "suggestions": [] if page.items else query.suggestions(counts),
        "crumbs": [(_("Jobb"), path)],
    }
    return render_narrowed(request, "digital_stemme/vacancy_list.html", "vacancy-results", context)


@login_not_required
@require_safe
def vacancy_detail(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    vacancy = get_object_or_404(
        Vacancy.objects.select_related("company").defer("search", "raw"), slug=slug
    )
    list_url = reverse("digital_stemme:vacancy_list")
    crumbs = [
        (_("Jobb"), list_url),
        (vacancy.title, vacancy.get_absolute_url(), vacancy.other_language),
    ]
    if vacancy.state in (ModerationState.SUBMITTED, ModerationState.CHANGES_ASKED):
        raise Http404
    similar = list(
        Vacancy.objects.public(now)
        .for_list()
        .filter(occupation=vacancy.occupation)
        .exclude(pk=vacancy.pk)
        .order_by("-published_at", "-pk")[:SIMILAR]
    )
    context: dict[str, object] = {"vacancy": vacancy, "similar": similar, "crumbs": crumbs}
    if vacancy.state != ModerationState.PUBLISHED or vacancy.expires_at <= now:
        return render(request, "digital_stemme/vacancy_gone.html", context, status=410)
    context["host"] = urlsplit(vacancy.application_url).hostname or ""
    context["data"] = json_ld(structured_data.of_vacancy(vacancy))
    return render(request, "digital_stemme/vacancy_detail.html", context)
