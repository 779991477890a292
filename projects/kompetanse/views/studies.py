from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from projects.kompetanse.models import StudyProgramme
from projects.kompetanse.structured_data import programme_data
from projects.kompetanse.studies import Question, facets, matching
from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.languages import foreign_language
from vekst.paging import keyset_page

PAGE_SIZE = 20


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def programme_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    question = Question.read(request.GET)
    found = facets(question, at=now)
    programmes = matching(question, at=now).select_related("provider")
    page = keyset_page(programmes, ["sort_title", "pk"], request.GET.dict(), size=PAGE_SIZE)
    context: dict[str, object] = {
        "programmes": page.items,
        "total": found.total,
        "groups": found.groups,
        "inputs": [
            {"name": "q", "label": _("Søk i studier"), "type": "search", "value": question.text}
        ],
        "active": found.active(question),
        "action": reverse("kompetanse:programme_list"),
        "next_url": question.query(etter=page.next_cursor) if page.next_cursor else "",
        "prev_url": question.query(**{"for": page.previous_cursor}) if page.previous_cursor else "",
        "today": timezone.localdate(now),
        "crumbs": [(_("Studier"), request.path)],
    }
    return render_narrowed(request, "kompetanse/programme_list.html", "programme-list", context)


@login_not_required
@require_safe
def programme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    programmes = StudyProgramme.objects.public(at=now).select_related("provider")
    programme = get_object_or_404(programmes, slug=slug)
    today = timezone.localdate(now)
    similar = programmes.filter(field=programme.field).exclude(pk=programme.pk)
    context = {
        "programme": programme,
        "runs": programme.runs.filter(starts_on__gte=today).order_by("starts_on", "pk"),
        "similar": similar.order_by("sort_title", "pk")[:3],
        "today": today,
        "structured_data": programme_data(programme),
        "crumbs": [
            (_("Studier"), reverse("kompetanse:programme_list")),
            (programme.title, request.path, foreign_language(programme, "title")),
        ],
    }
    return render(request, "kompetanse/programme_detail.html", context)
