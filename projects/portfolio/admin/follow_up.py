from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from projects.portfolio.marks import risk_level
from projects.portfolio.models import HIGH_RISK_SCORE, Milestone, Risk
from vekst.history_admin import HistoryAdmin


class ScoreFilter(admin.SimpleListFilter):
    title = _("hvor stor")
    parameter_name = "risiko"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("high", _("Høy (12 og over)")), ("lower", _("Lavere enn 12"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "high":
            return queryset.filter(score__gte=HIGH_RISK_SCORE)
        if self.value() == "lower":
            return queryset.filter(score__lt=HIGH_RISK_SCORE)
        return queryset


@admin.register(Risk)
class RiskAdmin(HistoryAdmin):
    list_display = ["title", "project", "show_before", "show_score", "show_level", "owner", "state"]
    list_filter = ["state", ScoreFilter, "project__main_project"]
    list_select_related = ["project"]
    search_fields = ["title", "action", "owner", "project__title_nb"]
    autocomplete_fields = ["project"]
    ordering = ["-state", "pk"]
    fieldsets = [
        (None, {"fields": ["project", "title", "owner"]}),
        (_("Før tiltak"), {"fields": ["probability_before", "consequence_before"]}),
        (
            _("Tiltak, og det som er igjen"),
            {"fields": ["action", "probability_after", "consequence_after"]},
        ),
        (_("Status"), {"fields": ["state", "closed_on"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Risk]:
        return Risk.objects.with_score()

    @display(description=_("før tiltak"))
    def show_before(self, risk: Risk) -> str:
        score = risk.probability_before * risk.consequence_before
        return f"{risk.probability_before} × {risk.consequence_before} = {score}"

    @display(description=_("nå"), ordering="score")
    def show_score(self, risk: Risk) -> str:
        return f"{risk.probability} × {risk.consequence} = {risk.probability * risk.consequence}"

    @display(
        description=_("nivå"),
        ordering="score",
        label={_("Lav"): "success", _("Middels"): "warning", _("Høy"): "danger"},
    )
    def show_level(self, risk: Risk) -> str:
        words = {"low": gettext("Lav"), "medium": gettext("Middels"), "high": gettext("Høy")}
        return words[risk_level(risk.probability * risk.consequence)]


class OverdueFilter(admin.SimpleListFilter):
    title = _("frist")
    parameter_name = "frist"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("passert", _("Passert"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "passert":
            late = queryset.model.objects.overdue(timezone.localdate())
            return queryset.filter(pk__in=late.values("pk"))
        return queryset


@admin.register(Milestone)
class MilestoneAdmin(HistoryAdmin):
    list_display = ["title", "project", "due_on", "reached_on"]
    list_editable = ["reached_on"]
    list_filter = [OverdueFilter, "project__main_project"]
    list_select_related = ["project"]
    search_fields = ["title", "project__title_nb"]
    autocomplete_fields = ["project"]
    ordering = ["due_on", "pk"]
    date_hierarchy = "due_on"
