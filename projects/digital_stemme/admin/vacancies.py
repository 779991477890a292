from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from projects.digital_stemme.admin.listings import ListingAdmin
from projects.digital_stemme.models import Vacancy


@admin.register(Vacancy)
class VacancyAdmin(ListingAdmin, TranslationAdmin):  # type: ignore[misc, type-arg]  # untyped bases
    list_display = ["title", "employer_name", "state_label", "source", "submitted_at", "expires_at"]
    list_filter = ["state", "source", "occupation", "engagement", "is_example"]
    search_fields = ["title_nb", "title_en", "employer_name", "contact_name", "contact_email"]
    raw_id_fields = ["company"]
    readonly_fields: ClassVar[Any] = [
        *ListingAdmin.readonly_fields,
        "uuid",
        "updated_at_source",
        "last_seen_at",
        "is_member_employer",
    ]
    fieldsets: ClassVar[Any] = [
        ListingAdmin.moderation_fields,
        (
            _("Stillingen"),
            {
                "fields": [
                    "title",
                    ("employer_name", "employer_url"),
                    ("company", "is_member_employer", "project"),
                    "summary",
                    "description",
                    ("occupation", "sector"),
                    ("extent", "engagement", "position_count"),
                    ("work_language", "remote"),
                    ("place", "location", "municipality"),
                    ("due_on", "due_text", "starts"),
                    "apply_url",
                    "expires_at",
                ]
            },
        ),
        (
            _("Kontakt"),
            {
                "fields": [
                    "contact_name",
                    ("contact_email", "show_email"),
                    ("contact_phone", "show_phone"),
                ]
            },
        ),
        (_("Kilden"), {"fields": [("uuid", "updated_at_source", "last_seen_at"), "source_url"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # What NAV's feed says, NAV's feed decides; the next reading would undo a change here.
        if obj is not None and obj.is_from_nav:
            own = {"company", "project", "is_example", "submitted_language"}
            every = [field.name for field in obj._meta.fields if field.editable]
            return [*self.readonly_fields, *(name for name in every if name not in own)]
        return list(self.readonly_fields)
