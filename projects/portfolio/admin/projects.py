from typing import Any

from django.contrib import admin, messages
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from unfold.admin import TabularInline
from unfold.decorators import action, display

from projects.portfolio import access
from projects.portfolio.models import (
    SIDES,
    Funding,
    Milestone,
    Project,
    ProjectGoal,
    Risk,
    StatusReport,
    Value,
)
from projects.portfolio.overview import overdue_reports
from projects.portfolio.reporting import (
    STALE_AFTER_DAYS,
    days_without_report,
    staleness_text,
    start_status_report,
)
from vekst.history_admin import HistoryAdmin

VALUE_LABELS = {
    Value.ON_TRACK.label: "success",
    Value.ATTENTION.label: "warning",
    Value.CRITICAL.label: "danger",
}


class GoalInline(TabularInline):
    model = ProjectGoal
    extra = 0
    tab = True
    fields = ["text", "target", "reached", "unit", "measured_on"]


class FundingInline(TabularInline):
    model = Funding
    extra = 0
    tab = True
    fields = ["funder", "kind", "amount_nok", "hours", "state", "reference"]


class MilestoneInline(TabularInline):
    model = Milestone
    extra = 0
    tab = True
    fields = ["title", "due_on", "reached_on"]
    ordering = ["due_on", "pk"]


class RiskInline(TabularInline):
    model = Risk
    extra = 0
    tab = True
    show_change_link = True
    fields = [
        "title",
        "probability_before",
        "consequence_before",
        "action",
        "probability_after",
        "consequence_after",
        "owner",
        "state",
        "closed_on",
    ]
    ordering = ["state", "pk"]


class ReportInline(TabularInline):
    model = StatusReport
    extra = 0
    tab = True
    show_change_link = True
    fields = ["period_ends_on", *SIDES, "published_at"]
    readonly_fields = fields
    ordering = ["-period_ends_on", "-pk"]

    def has_add_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatusReport]:
        found: QuerySet[StatusReport] = super().get_queryset(request).defer("snapshot")
        return found


class ReportAgeFilter(admin.SimpleListFilter):
    title = _("statusrapport")
    parameter_name = "rapport"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mangler", _("Skulle vært skrevet")),
            ("utkast", _("Har utkast")),
            ("aldri", _("Aldri rapportert")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "mangler":
            overdue = overdue_reports(at=timezone.now())
            return queryset.filter(pk__in=[row.project.pk for row in overdue])
        if self.value() == "utkast":
            return queryset.filter(status_reports__published_at=None, status_reports__isnull=False)
        if self.value() == "aldri":
            return queryset.filter(last_report_on=None)
        return queryset


@admin.register(Project)
class ProjectAdmin(HistoryAdmin, TranslationAdmin):  # type: ignore[type-arg]
    list_display = [
        "title",
        "main_project",
        "show_phase",
        "show_worst",
        "show_last_report",
        "responsible",
        "is_public",
    ]
    list_filter = ["main_project", "phase", ReportAgeFilter, "challenges", "responsible"]
    list_select_related = ["responsible"]
    search_fields = ["title_nb", "title_en", "summary_nb", "owner", "partners"]
    autocomplete_fields = ["responsible", "challenges"]
    prepopulated_fields = {"slug": ["title"]}
    ordering = ["main_project", "title_nb", "pk"]
    inlines = [GoalInline, MilestoneInline, RiskInline, FundingInline, ReportInline]
    actions = ["publish", "withdraw"]
    actions_detail = ["new_report"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "main_project", "summary", "body"]}),
        (_("Ansvar"), {"fields": ["owner", "partners", "responsible"]}),
        (_("Framdrift"), {"fields": ["phase", "starts_on", "ends_on", "budget_nok"]}),
        (_("Sammenheng"), {"fields": ["challenges"]}),
        (_("Publisering"), {"fields": ["published_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        newest = (
            StatusReport.objects.published()
            .filter(project=OuterRef("pk"))
            .order_by("-period_ends_on", "-published_at")
        )
        found: QuerySet[Project] = super().get_queryset(request)
        return found.annotate(
            last_report_on=Subquery(newest.values("period_ends_on")[:1]),
            last_values=Subquery(
                newest.annotate(all=JSONObject(**{side: F(side) for side in SIDES})).values("all")[
                    :1
                ]
            ),
        )

    @display(description=_("fase"), ordering="phase", label=True)
    def show_phase(self, project: Project) -> str:
        return project.get_phase_display()

    @display(description=_("status"), label=VALUE_LABELS)
    def show_worst(self, project: Any) -> str:
        if not project.last_values:
            return "–"
        values = [Value(value) for value in project.last_values.values()]
        return str(max(values, key=lambda value: value.gravity).label)

    @display(description=_("siste rapport"), ordering="last_report_on")
    def show_last_report(self, project: Any) -> str:
        today = timezone.localdate()
        if project.last_report_on is None:
            return gettext("Ingen ennå")
        days = days_without_report(
            project=project, last_period_end=project.last_report_on, on=today
        )
        late = f" – {gettext('for gammel')}" if days > STALE_AFTER_DAYS else ""
        return f"{project.last_report_on:%d.%m.%Y} ({staleness_text(days)}){late}"

    @display(description=_("på nett"), boolean=True, ordering="published_at")
    def is_public(self, project: Project) -> bool:
        return project.published_at is not None and project.published_at <= timezone.now()

    @admin.action(description=_("Publiser på nettsidene"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Project]) -> None:
        self._set_published(request, queryset.filter(published_at=None), timezone.now())

    @admin.action(description=_("Trekk fra nettsidene"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Project]) -> None:
        self._set_published(request, queryset.exclude(published_at=None), None)

    def _set_published(
        self, request: HttpRequest, queryset: QuerySet[Project], published_at: Any
    ) -> None:
        projects = list(queryset)
        for project in projects:
            project.published_at = published_at
            project.save(update_fields=["published_at"])
        messages.success(
            request, gettext("Endret: %(count)s prosjekter.") % {"count": len(projects)}
        )

    def has_report_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        project = Project.objects.filter(Q(pk=object_id)).first() if object_id else None
        return project is not None and access.may_report(request.user, project)

    @action(
        description=_("Ny statusrapport fra forrige"),
        url_path="ny-statusrapport",
        permissions=["report"],
        icon="note_add",
    )
    def new_report(self, request: HttpRequest, object_id: str) -> HttpResponse:
        project = get_object_or_404(Project, pk=object_id)
        if request.method == "POST":
            report = start_status_report(
                project=project,
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
            return redirect("admin:portfolio_statusreport_change", report.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": gettext("Ny statusrapport"),
            "heading": project.title,
            "text": gettext(
                "Utkastet begynner der forrige rapport sluttet, med samme vurderinger og kommentarer."
            ),
            "submit": gettext("Lag utkast"),
            "back_url": reverse("admin:portfolio_project_change", args=[project.pk]),
        }
        return render(request, "portfolio/admin/confirm.html", context)
