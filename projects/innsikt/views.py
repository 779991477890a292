from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.mailings.anonymity import fewest_shown
from members.mailings.reach import reach
from projects.innsikt import open_data, presentation, rankings, readers
from projects.innsikt.models import Annotation, Indicator, NeedsSurvey, Ranking
from vekst.languages import foreign_language


def _public_indicator(slug: str) -> Indicator:
    found = Indicator.objects.public(at=timezone.now()).select_related("project")
    return get_object_or_404(found, slug=slug)


def _crumbs(label: str, url: str, language: str = "") -> list[tuple[str, ...]]:
    return [(_("Innsikt"), reverse("innsikt:indicator_list")), (label, url, language)]


def _annotations(indicator: Indicator) -> list[Annotation]:
    return list(Annotation.objects.filter(indicator=indicator).order_by("date", "pk"))


@login_not_required
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    indicators = (
        Indicator.objects.public(at=now)
        .annotate(series_count=Count("series"))
        .order_by("position", "pk")
        .prefetch_related(presentation.main_series_prefetch())
    )
    context = {
        "cards": presentation.cards(indicators),
        "groups": rankings.grouped(Ranking.objects.newest_first()[:60]),
        "surveys": NeedsSurvey.objects.public(at=now).order_by("-asked_to", "pk")[:20],
    }
    return render(request, "innsikt/indicator_list.html", context)


@login_not_required
@require_safe
def indicator_detail(request: HttpRequest, slug: str) -> HttpResponse:
    indicator = _public_indicator(slug)
    shown = presentation.load_series(indicator)
    recent = presentation.zoomed(indicator, shown)
    listed = presentation.marks(shown, _annotations(indicator))
    goal = presentation.target(indicator, recent)
    newest = presentation.newest_period(shown)
    drawing = presentation.draw(indicator, recent, listed, goal)
    context = {
        "indicator": indicator,
        "shown": shown,
        "conclusion": indicator.conclusion or presentation.fallback_conclusion(indicator, shown),
        "is_outdated": bool(newest and indicator.concluded_period not in ("", newest[1])),
        "drawing": drawing,
        "whole": presentation.draw(indicator, shown, listed, None, key="whole")
        if presentation.goes_further_back(indicator, shown)
        else None,
        "older_marks": [mark for mark in listed if mark not in drawing.marks],
        "target_texts": presentation.target_texts(goal, shown, decimals=indicator.decimals),
        "table": presentation.table(indicator, shown),
        "crumbs": _crumbs(
            indicator.title,
            indicator.get_absolute_url(),
            foreign_language(indicator, "title"),
        ),
        "has_corrected": presentation.has_corrected(shown),
    }
    return render(request, "innsikt/indicator_detail.html", context)


@login_not_required
@require_safe
def indicator_csv(request: HttpRequest, slug: str) -> HttpResponse:
    indicator = _public_indicator(slug)
    content = open_data.as_csv(indicator, presentation.load_series(indicator))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="{indicator.slug}.csv"'
    return response


@login_not_required
@require_safe
def indicator_json(request: HttpRequest, slug: str) -> JsonResponse:
    indicator = _public_indicator(slug)
    body = open_data.as_json(
        indicator,
        presentation.load_series(indicator),
        _annotations(indicator),
        url=settings.SITE_URL + indicator.get_absolute_url(),
    )
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_safe
def ranking_list(request: HttpRequest) -> HttpResponse:
    groups = rankings.grouped(Ranking.objects.newest_first()[:200])
    crumbs = _crumbs(_("Rangeringer"), reverse("innsikt:ranking_list"))
    return render(request, "innsikt/ranking_list.html", {"groups": groups, "crumbs": crumbs})


@login_not_required
@require_safe
def newsletter_readers(request: HttpRequest) -> HttpResponse:
    found = reach(fewest=fewest_shown())
    name = _("Hvem nyhetsbrevene når")
    context: dict[str, object] = {
        "found": found,
        "crumbs": _crumbs(name, reverse("innsikt:newsletter_readers")),
    }
    if found is not None:
        context |= {
            "conclusion": readers.conclusion(found),
            "now": readers.now_table(found),
            "sections": readers.sections(found),
        }
    return render(request, "innsikt/newsletter_readers.html", context)


@login_not_required
@require_safe
def newsletter_readers_csv(request: HttpRequest) -> HttpResponse:
    found = reach(fewest=fewest_shown())
    content = readers.as_csv(found) if found else ""
    response = HttpResponse(content, content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = 'attachment; filename="nyhetsbrev.csv"'
    return response
