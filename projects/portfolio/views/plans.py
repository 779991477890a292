from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from projects.portfolio.measure_list import measure_list
from projects.portfolio.models import AnnualReport, Plan
from projects.portfolio.overview import programme_plans
from projects.portfolio.progress import plan_progress
from projects.portfolio.reporting import beside_last_year, measures_of
from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.languages import foreign_language


@login_not_required
@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    context = {
        "plans": programme_plans(at=timezone.now()),
        "crumbs": [(_("Planer"), reverse("portfolio:plan_list"))],
    }
    return render(request, "portfolio/plan_list.html", context)


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def plan(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(Plan.objects.public(now), slug=slug)
    measures = measure_list(found, request.GET, at=now)
    context = {
        "plan": found,
        "crumbs": [
            (_("Planer"), reverse("portfolio:plan_list")),
            (found.title, found.get_absolute_url(), foreign_language(found, "title")),
        ],
        "list": measures,
        "progress": plan_progress(measures.all),
        "annual_reports": AnnualReport.objects.public(now)
        .filter(plan=found)
        .order_by("-year")
        .defer("snapshot"),
    }
    return render_narrowed(request, "portfolio/plan.html", "measure-list", context)


@login_not_required
@require_safe
def annual_report(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    now = timezone.now()
    report = get_object_or_404(
        AnnualReport.objects.public(now).select_related("plan"), plan__slug=slug, year=year
    )
    before = (
        AnnualReport.objects.public(now)
        .filter(plan=report.plan_id, year__lt=year)
        .order_by("-year")
        .first()
    )
    measures = measures_of(report)
    context = {
        "report": report,
        "plan": report.plan,
        "before": before,
        "rows": beside_last_year(measures, before),
        "progress": plan_progress(measures),
        "crumbs": [
            (_("Planer"), reverse("portfolio:plan_list")),
            (
                report.plan.title,
                report.plan.get_absolute_url(),
                foreign_language(report.plan, "title"),
            ),
            (str(year), report.get_absolute_url()),
        ],
    }
    return render(request, "portfolio/annual_report.html", context)
