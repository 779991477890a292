from typing import Any, TypeVar

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from projects.portfolio import access
from projects.portfolio.admin.projects import VALUE_LABELS
from projects.portfolio.models import SIDES, AnnualReport, StatusReport
from projects.portfolio.reporting import (
    StatusReportError,
    changes_since_last,
    publish_annual_report,
    publish_status_report,
    then_of,
)
from vekst.history_admin import HistoryAdmin

ReportT = TypeVar("ReportT", StatusReport, AnnualReport)


class PublishedFilter(admin.SimpleListFilter):
    title = _("publisert")
    parameter_name = "publisert"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("nei", _("Utkast")), ("ja", _("Publisert"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("ja", "nei"):
            return queryset.filter(published_at__isnull=self.value() == "nei")
        return queryset


class FrozenAdmin(HistoryAdmin):
    # A published report can be read here and nothing else; the database would refuse anyway.
    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        is_frozen = getattr(obj, "published_at", None) is not None
        return not is_frozen and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        is_frozen = getattr(obj, "published_at", None) is not None
        return not is_frozen and bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(StatusReport)
class StatusReportAdmin(FrozenAdmin):
    list_display = [
        "project",
        "period_ends_on",
        *[f"show_{side}" for side in SIDES],
        "published_at",
    ]
    list_filter = [PublishedFilter, "project__main_project", "period_ends_on"]
    list_select_related = ["project"]
    search_fields = ["project__title_nb", "summary"]
    autocomplete_fields = ["project"]
    ordering = ["-period_ends_on", "-pk"]
    readonly_fields = ["show_changes", "show_then", "published_at", "published_by"]
    actions_detail = ["publish"]
    fieldsets = [
        (None, {"fields": ["project", ("period_starts_on", "period_ends_on"), "summary"]}),
        (_("Vurdering"), {"fields": [(side, f"{side}_comment") for side in SIDES]}),
        (_("Nytt siden forrige rapport"), {"fields": ["show_changes"]}),
        (_("Frosset"), {"fields": ["published_at", "published_by", "show_then"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatusReport]:
        found: QuerySet[StatusReport] = super().get_queryset(request)
        return found.defer("snapshot")

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name.endswith("_comment"):
            field.widget.attrs["rows"] = 3
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        today = timezone.localdate()
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return {
            "period_starts_on": today.replace(month=1, day=1),
            "period_ends_on": today,
        } | initial

    @display(description=_("tid"), label=VALUE_LABELS)
    def show_time(self, report: StatusReport) -> str:
        return report.get_time_display()

    @display(description=_("økonomi"), label=VALUE_LABELS)
    def show_money(self, report: StatusReport) -> str:
        return report.get_money_display()

    @display(description=_("kvalitet"), label=VALUE_LABELS)
    def show_quality(self, report: StatusReport) -> str:
        return report.get_quality_display()

    @display(description=_("risiko"), label=VALUE_LABELS)
    def show_risk(self, report: StatusReport) -> str:
        return report.get_risk_display()

    @display(description=_("nytte"), label=VALUE_LABELS)
    def show_benefit(self, report: StatusReport) -> str:
        return report.get_benefit_display()

    @display(description=_("endringer"))
    def show_changes(self, report: StatusReport) -> str:
        if report._state.adding:
            return "–"
        changes = changes_since_last(report, at=timezone.now())
        return render_to_string("portfolio/admin/changes.html", {"changes": changes})

    @display(description=_("slik det var"))
    def show_then(self, report: StatusReport) -> str:
        then = then_of(report)
        return render_to_string("portfolio/admin/then.html", {"then": then}) if then else "–"

    def has_publish_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        report = StatusReport.objects.filter(pk=object_id).first() if object_id else None
        return report is not None and access.may_publish_status_report(request.user, report)

    @action(
        description=_("Publiser og frys"),
        url_path="publiser",
        permissions=["publish"],
        icon="lock",
    )
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        report = get_object_or_404(StatusReport.objects.select_related("project"), pk=object_id)
        back = reverse("admin:portfolio_statusreport_change", args=[report.pk])
        if request.method == "POST":
            try:
                publish_status_report(
                    report=report,
                    by=request.user,  # type: ignore[arg-type]
                    at=timezone.now(),
                )
            except StatusReportError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, gettext("Rapporten er publisert og frosset."))
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": gettext("Publiser statusrapport"),
            "heading": str(report),
            "text": gettext(
                "Rapporten blir synlig for alle og kan ikke endres siden. Risikoer, milepæler, penger "
                "og mål fryses slik de er nå. Risikotekstene vises ikke, bare antallet."
            ),
            "changes": changes_since_last(report, at=timezone.now()),
            "submit": gettext("Publiser og frys"),
            "back_url": back,
        }
        return render(request, "portfolio/admin/confirm.html", context)


@admin.register(AnnualReport)
class AnnualReportAdmin(FrozenAdmin):
    list_display = ["plan", "year", "presented_to", "presented_on", "published_at"]
    list_filter = [PublishedFilter, "plan"]
    list_select_related = ["plan"]
    search_fields = ["plan__title_nb", "summary", "case_reference"]
    autocomplete_fields = ["plan"]
    ordering = ["-year", "pk"]
    readonly_fields = ["published_at", "published_by"]
    actions_detail = ["publish"]
    fieldsets = [
        (None, {"fields": ["plan", "year", "summary"]}),
        (
            _("Til politisk behandling"),
            {"fields": ["presented_to", "presented_on", "case_reference"]},
        ),
        (_("Frosset"), {"fields": ["published_at", "published_by"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AnnualReport]:
        found: QuerySet[AnnualReport] = super().get_queryset(request)
        return found.defer("snapshot")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"year": timezone.localdate().year - 1} | initial

    def has_publish_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        report = AnnualReport.objects.filter(pk=object_id).first() if object_id else None
        return report is not None and access.may_publish_annual_report(request.user, report)

    @action(
        description=_("Publiser og frys"),
        url_path="publiser",
        permissions=["publish"],
        icon="lock",
    )
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        report = get_object_or_404(AnnualReport.objects.select_related("plan"), pk=object_id)
        back = reverse("admin:portfolio_annualreport_change", args=[report.pk])
        if request.method == "POST":
            try:
                publish_annual_report(
                    report=report,
                    by=request.user,  # type: ignore[arg-type]
                    at=timezone.now(),
                )
            except StatusReportError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, gettext("Årsrapporten er publisert og frosset."))
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": gettext("Publiser årsrapport"),
            "heading": str(report),
            "text": gettext(
                "Rapporten blir synlig for alle og kan ikke endres siden. Alle tiltakene i planen fryses "
                "slik de er nå."
            ),
            "submit": gettext("Publiser og frys"),
            "back_url": back,
        }
        return render(request, "portfolio/admin/confirm.html", context)
