from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from unfold.admin import TabularInline
from unfold.decorators import display

from projects.bypuls.models import (
    CaseUpdate,
    OpeningException,
    OpeningHours,
    TransportCase,
    Venue,
)
from vekst.history_admin import HistoryAdmin
from vekst.uploads import PictureForm


class OpeningHoursInline(TabularInline):
    model = OpeningHours
    extra = 0
    ordering = ["weekday", "opens", "pk"]


class OpeningExceptionInline(TabularInline):
    model = OpeningException
    extra = 0
    ordering = ["first_date", "pk"]


@admin.register(Venue)
class VenueAdmin(TranslationAdmin, HistoryAdmin):  # type: ignore[type-arg]
    form = PictureForm
    list_display = ["name", "kind", "address", "is_public"]
    list_filter = ["kind", "is_example"]
    search_fields = ["name", "address"]
    ordering = ["name", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [OpeningHoursInline, OpeningExceptionInline]
    actions = ["publish", "hide"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "summary", "description", "website"]}),
        (
            _("Hvor"),
            {"fields": ["address", ("postal_code", "postal_place"), ("latitude", "longitude")]},
        ),
        (
            _("Tilgjengelighet"),
            {
                "fields": [
                    ("has_step_free_entrance", "has_lift", "has_accessible_toilet"),
                    ("has_accessible_parking", "has_hearing_loop"),
                    "accessibility_note",
                ]
            },
        ),
        (
            _("Visning"),
            {
                "fields": [
                    *("picture", "picture_alt", "holiday_rule", "hours_note"),
                    *("is_example", "published_at"),
                ]
            },
        ),
    ]

    @display(description=_("publisert"), boolean=True)
    def is_public(self, obj: Venue) -> bool:
        return obj.published_at is not None and obj.published_at <= timezone.now()

    @admin.action(description=_("Publiser de valgte"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Venue]) -> None:
        queryset.filter(published_at=None).update(published_at=timezone.now())

    @admin.action(description=_("Skjul de valgte"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Venue]) -> None:
        queryset.update(published_at=None)


class CaseUpdateInline(TabularInline):
    model = CaseUpdate
    extra = 0
    ordering = ["-date", "-pk"]


@admin.register(TransportCase)
class TransportCaseAdmin(HistoryAdmin):
    list_display = ["title", "state", "owner", "raised_on", "decided_on"]
    list_filter = ["state", "is_example"]
    search_fields = ["title", "text", "owner"]
    ordering = ["-raised_on", "-pk"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [CaseUpdateInline]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj is not None else {"slug": ["title"]}
