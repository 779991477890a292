from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TabbedTranslationAdmin, TranslationTabularInline
from unfold.admin import ModelAdmin, TabularInline

from projects.innsikt import tasks
from projects.innsikt.models import (
    Annotation,
    Fetch,
    Indicator,
    NeedsSurvey,
    Observation,
    Ranking,
    Series,
)
from vekst.background import on_commit_run
from vekst.history_admin import HistoryAdmin
from vekst.readonly_admin import ReadOnlyAdmin


class SeriesInline(TabularInline, TranslationTabularInline[Series, Indicator]):
    model = Series
    extra = 0
    fields = ["key", "label", "kind", "is_main", "position"]
    tab = True


class AnnotationInline(TabularInline, TranslationTabularInline[Annotation, Indicator]):
    model = Annotation
    extra = 0
    fields = ["date", "text", "kind"]
    tab = True


@admin.register(Indicator)
class IndicatorAdmin(HistoryAdmin, TabbedTranslationAdmin[Indicator]):
    list_display = ["title", "table_id", "fetched_at", "is_example", "published_at", "position"]
    list_filter = ["is_example", "chart_kind", "project"]
    list_select_related = ["project"]
    search_fields = ["title", "question", "table_id"]
    ordering = ["position", "pk"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [SeriesInline, AnnotationInline]
    actions = ["fetch_now"]
    readonly_fields = ["table_updated_at", "fetched_at", "failed_at", "fetched_url"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "question", "published_at", "position", "project"]}),
        (
            _("Hva tallene forteller"),
            {"fields": ["conclusion", "concluded_period", "method", "is_example"]},
        ),
        (
            _("Visning"),
            {
                "fields": [
                    "unit",
                    "is_percent",
                    "decimals",
                    "chart_kind",
                    "keeps_order",
                    "show_from",
                ]
            },
        ),
        (_("Mål"), {"fields": ["target_value", "target_growth_percent", "target_from"]}),
        (
            _("Kilde"),
            {
                "fields": [
                    "source_name",
                    "source_url",
                    "licence",
                    "table_id",
                    "query",
                    "series_dimension",
                    "growth_of",
                    "table_updated_at",
                    "fetched_at",
                    "failed_at",
                    "fetched_url",
                ]
            },
        ),
    ]

    @admin.action(description=_("Hent tall nå"), permissions=["change"])
    def fetch_now(self, request: HttpRequest, queryset: QuerySet[Indicator]) -> None:
        chosen = list(queryset.exclude(table_id="").values_list("pk", flat=True))
        for pk in chosen:
            on_commit_run(tasks.fetch_indicator, pk)
        text = ngettext(
            "%(count)s henting er satt i gang.", "%(count)s hentinger er satt i gang.", len(chosen)
        )
        messages.info(request, text % {"count": len(chosen)})


@admin.register(Observation)
class ObservationAdmin(ModelAdmin, TabbedTranslationAdmin[Observation]):
    list_display = ["indicator_title", "series", "period", "value", "status", "is_break"]
    list_filter = ["series__indicator", "is_break", "status"]
    list_select_related = ["series__indicator"]
    search_fields = ["period", "note", "series__label"]
    ordering = ["series__indicator", "series", "-period_start", "pk"]

    @admin.display(description=_("indikator"))
    def indicator_title(self, observation: Observation) -> str:
        return observation.series.indicator.title


@admin.register(Fetch)
class FetchAdmin(ReadOnlyAdmin):
    list_display = ["fetched_at", "indicator", "outcome", "table_updated_at", "error"]
    list_filter = ["outcome", "indicator"]
    list_select_related = ["indicator"]
    ordering = ["-fetched_at", "-pk"]


@admin.register(Ranking)
class RankingAdmin(ModelAdmin, TabbedTranslationAdmin[Ranking]):
    list_display = ["publisher", "index_name", "sub_index", "year", "scope_name", "rank", "of_n"]
    list_filter = ["publisher", "index_name", "year", "scope"]
    search_fields = ["publisher", "index_name", "theme"]
    ordering = ["publisher", "index_name", "-year", "pk"]


@admin.register(NeedsSurvey)
class NeedsSurveyAdmin(HistoryAdmin, TabbedTranslationAdmin[NeedsSurvey]):
    list_display = ["title", "asked_from", "asked_to", "responses", "is_example", "published_at"]
    list_filter = ["is_example", "project"]
    search_fields = ["title", "findings"]
    ordering = ["-asked_to", "pk"]
    prepopulated_fields = {"slug": ["title"]}
