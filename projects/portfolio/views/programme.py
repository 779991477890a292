import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.portfolio.activity import activity_of
from projects.portfolio.marks import risk_matrix, sides_of, status_timeline
from projects.portfolio.models import Decision, MainProject, Measure, Phase, Project, StatusReport
from projects.portfolio.overview import main_project_url, programme_overview
from projects.portfolio.reporting import public_changes, then_of
from projects.portfolio.snapshots import funding_of, goals_of, milestones_of
from vekst.languages import foreign_language

TIMELINE_REPORTS = 8


def _crumbs(project: Project) -> list[tuple[str, ...]]:
    return [
        (_("Programmet"), reverse("portfolio:programme")),
        (str(MainProject(project.main_project).label), main_project_url(project.main_project)),
        (project.title, project.get_absolute_url(), foreign_language(project, "title")),
    ]


@login_not_required
@require_safe
def programme(request: HttpRequest) -> HttpResponse:
    context = {
        "overview": programme_overview(at=timezone.now()),
        "crumbs": [(_("Programmet"), reverse("portfolio:programme"))],
    }
    return render(request, "portfolio/programme.html", context)


@login_not_required
@require_safe
def project(request: HttpRequest, main: str, slug: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(Project.objects.public(now), slug=slug, main_project=main)
    reports = list(
        StatusReport.objects.public(now)
        .filter(project=found)
        .order_by("-period_ends_on", "-published_at")[:TIMELINE_REPORTS]
    )
    newest = reports[0] if reports else None
    then = then_of(newest) if newest else None
    funding = funding_of(found)
    phases = list(Phase)
    context = {
        "project": found,
        "main_url": main_project_url(main),
        "crumbs": _crumbs(found),
        "challenges": found.challenges.order_by("number"),
        "phases": [
            (phase.label, "current" if phase == found.phase else "")
            if phases.index(phase) >= phases.index(Phase(found.phase))
            else (phase.label, "past")
            for phase in phases
        ],
        "goals": goals_of(found),
        "milestones": milestones_of(found, on=timezone.localdate(now)),
        "activity": activity_of(found, at=now),
        "funding": funding,
        "funding_total": sum(row.amount_nok for row in funding),
        "newest": newest,
        "sides": sides_of(newest) if newest else [],
        "reports": reports[::-1],
        "timeline": status_timeline(reports[::-1]),
        "risk_matrix": risk_matrix(then.risks) if then else [],
        "risk_count": len(then.risks) if then else 0,
        "measures": Measure.objects.public(now)
        .filter(project=found)
        .select_related("plan")
        .order_by("plan_id", "number"),
        "decisions": Decision.objects.filter(project=found).order_by("-decided_on", "-pk"),
    }
    return render(request, "portfolio/project.html", context)


@login_not_required
@require_safe
def status_report(request: HttpRequest, main: str, slug: str, day: datetime.date) -> HttpResponse:
    report = get_object_or_404(
        StatusReport.objects.public(timezone.now()).select_related("project"),
        project__main_project=main,
        project__slug=slug,
        period_ends_on=day,
    )
    then = then_of(report)
    context = {
        "report": report,
        "project": report.project,
        "crumbs": [
            *_crumbs(report.project),
            (
                _("Statusrapport"),
                reverse("portfolio:status_report", args=[main, slug, day]),
            ),
        ],
        "sides": sides_of(report),
        "then": then,
        "funding_total": sum(row.amount_nok for row in then.funding) if then else 0,
        "risk_matrix": risk_matrix(then.risks) if then else [],
        "changes": public_changes(report),
    }
    return render(request, "portfolio/status_report.html", context)
