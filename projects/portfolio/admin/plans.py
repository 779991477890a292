from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import CSV, XLSX
from modeltranslation.admin import TranslationAdmin
from unfold.admin import TabularInline
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.decorators import display

from projects.portfolio.admin.follow_up import OverdueFilter
from projects.portfolio.admin.measure_file import MeasureResource
from projects.portfolio.models import (
    Challenge,
    Decision,
    Measure,
    MeasureState,
    MeasureUpdate,
    Plan,
)
from vekst.history_admin import HistoryAdmin


@admin.register(Challenge)
class ChallengeAdmin(HistoryAdmin, TranslationAdmin):  # type: ignore[type-arg]
    list_display = ["number", "title", "slug"]
    list_display_links = ["title"]
    search_fields = ["title_nb", "title_en"]
    prepopulated_fields = {"slug": ["title"]}
    ordering = ["number"]


@admin.register(Decision)
class DecisionAdmin(HistoryAdmin):
    list_display = ["title", "body", "decided_on", "case_number", "project"]
    list_filter = ["body"]
    list_select_related = ["project"]
    search_fields = ["title", "body", "case_number", "text"]
    autocomplete_fields = ["project"]
    date_hierarchy = "decided_on"
    ordering = ["-decided_on", "-pk"]


@admin.register(Plan)
class PlanAdmin(HistoryAdmin, TranslationAdmin):  # type: ignore[type-arg]
    list_display = ["title", "kind", "period", "adopted_on", "show_measures", "published_at"]
    list_filter = ["kind"]
    search_fields = ["title_nb", "title_en", "case_reference"]
    prepopulated_fields = {"slug": ["title"]}
    ordering = ["-adopted_on", "pk"]
    readonly_fields = ["show_measures"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "kind", "summary", "period_from", "period_to"]}),
        (_("Vedtak"), {"fields": ["adopted_on", "adopted_by", "case_reference"]}),
        (_("Publisering"), {"fields": ["published_at", "show_measures"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        found: QuerySet[Plan] = super().get_queryset(request)
        return found.annotate(
            measure_count=Count("measures"),
            done_count=Count("measures", filter=Q(measures__state=MeasureState.DONE)),
        )

    @display(description=_("periode"), ordering="period_from")
    def period(self, plan: Plan) -> str:
        return f"{plan.period_from}–{plan.period_to}"

    @display(description=_("tiltak, gjennomført"))
    def show_measures(self, plan: Any) -> SafeString | str:
        if plan.pk is None:
            return "–"
        url = reverse("admin:portfolio_measure_changelist")
        return format_html(
            '<a href="{}?plan__id__exact={}">{}, {}</a>',
            url,
            plan.pk,
            plan.measure_count,
            plan.done_count,
        )


class UpdateInline(TabularInline):
    model = MeasureUpdate
    extra = 1
    fields = ["happened_on", "text", "written_by"]
    readonly_fields = ["written_by"]
    ordering = ["-happened_on", "-pk"]


@admin.register(Measure)
class MeasureAdmin(ImportExportModelAdmin, HistoryAdmin, TranslationAdmin):  # type: ignore[type-arg]
    resource_classes = [MeasureResource]
    import_form_class = ImportForm
    export_form_class = ExportForm
    formats = [CSV, XLSX]
    list_display = [
        "number",
        "title",
        "plan",
        "show_responsible",
        "show_deadline",
        "state",
        "progress",
        "show_last_update",
    ]
    list_display_links = ["title"]
    list_editable = ["state", "progress"]
    list_filter = ["plan", "state", OverdueFilter, "forum", "challenges", "project__main_project"]
    list_select_related = ["plan", "forum", "company"]
    search_fields = ["title_nb", "title_en", "text", "organisation", "forum__name", "company__name"]
    autocomplete_fields = [
        "plan",
        "project",
        "decision",
        "carried_from",
        "challenges",
        "forum",
        "company",
    ]
    ordering = ["plan", "number"]
    inlines = [UpdateInline]
    fieldsets = [
        (None, {"fields": ["plan", "number", "theme", "title", "text"]}),
        (_("Ansvarlig"), {"fields": ["forum", "company", "organisation"]}),
        (_("Framdrift"), {"fields": ["state", "progress", "deadline", "weight"]}),
        (
            _("Sammenheng"),
            {"fields": ["project", "challenges", "decision", "carried_from"]},
        ),
    ]

    def has_import_permission(self, request: HttpRequest) -> bool:
        # The setting asks for the right to change; a file adds rows too.
        return bool(super().has_import_permission(request)) and self.has_add_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measure]:
        found: QuerySet[Measure] = super().get_queryset(request)
        return found.annotate(last_update_on=Max("updates__happened_on"))

    @display(description=_("ansvarlig"))
    def show_responsible(self, measure: Measure) -> str:
        return ", ".join(measure.responsible_names)

    @display(description=_("frist"), ordering="deadline")
    def show_deadline(self, measure: Measure) -> str:
        return f"{measure.deadline:%d.%m.%y}" if measure.deadline else "–"

    @display(description=_("sist meldt"), ordering="last_update_on")
    def show_last_update(self, measure: Any) -> str:
        return f"{measure.last_update_on:%d.%m.%y}" if measure.last_update_on else "–"

    def save_formset(
        self, request: HttpRequest, form: "forms.ModelForm[Measure]", formset: Any, change: bool
    ) -> None:
        for update in formset.save(commit=False):
            if update.pk is None:
                update.written_by = request.user
            update.save()
        for gone in formset.deleted_objects:
            gone.delete()
        formset.save_m2m()
