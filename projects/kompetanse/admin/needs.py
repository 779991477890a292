from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from projects.kompetanse.models import CompetenceNeed, SurveyRound


@admin.register(SurveyRound)
class SurveyRoundAdmin(ModelAdmin):
    list_display = [
        "title",
        "opens_on",
        "closes_on",
        "show_companies",
        "show_heads",
        "published_at",
    ]
    search_fields = ["title"]
    ordering = ["-closes_on", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SurveyRound]:
        found: QuerySet[SurveyRound] = super().get_queryset(request)
        return found.annotate(
            company_number=Count("needs__company", distinct=True), heads=Sum("needs__headcount")
        )

    @display(description=_("bedrifter"), ordering="company_number")
    def show_companies(self, survey_round: Any) -> int:
        return int(survey_round.company_number)

    @display(description=_("personer"), ordering="heads")
    def show_heads(self, survey_round: Any) -> int:
        return int(survey_round.heads or 0)


@admin.register(CompetenceNeed)
class CompetenceNeedAdmin(ModelAdmin):
    list_display = [
        "company",
        "field",
        "skill",
        "level",
        "headcount",
        "needed_by_year",
        "certainty",
    ]
    list_filter = ["survey_round", "field", "level", "certainty"]
    list_select_related = ["company"]
    search_fields = ["company__name", "skill"]
    autocomplete_fields = ["company", "survey_round", "reported_by"]
    ordering = ["-reported_at", "-pk"]
