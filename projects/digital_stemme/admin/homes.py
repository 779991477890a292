from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from projects.digital_stemme.admin.listings import ListingAdmin
from projects.digital_stemme.models import Home


@admin.register(Home)
class HomeAdmin(ListingAdmin, TranslationAdmin):  # type: ignore[misc, type-arg]  # untyped bases
    list_display = ["title", "state_label", "kind", "neighbourhood", "submitted_at", "expires_on"]
    list_filter = ["state", "kind", "neighbourhood", "source", "is_example"]
    search_fields = ["title_nb", "title_en", "address", "contact_name", "contact_email"]
    raw_id_fields = ["company"]
    fieldsets: ClassVar[Any] = [
        ListingAdmin.moderation_fields,
        (
            _("Boligen"),
            {
                "fields": [
                    ("kind", "dwelling", "ownership"),
                    "title",
                    "description",
                    ("neighbourhood", "address", "postal_code", "city"),
                    ("lat", "lon"),
                    ("area_m2", "bedrooms", "floor", "built_year"),
                    ("available_from", "energy_grade"),
                    ("furnished", "pets", "step_free"),
                    ("picture", "picture_alt"),
                ]
            },
        ),
        (
            _("Pris"),
            {
                "fields": [
                    ("rent_nok", "deposit_nok"),
                    ("price_nok", "shared_debt_nok", "monthly_costs_nok"),
                ]
            },
        ),
        (
            _("Kontakt"),
            {
                "fields": [
                    ("offered_by", "contact_name"),
                    ("contact_email", "show_email"),
                    ("contact_phone", "show_phone"),
                    "external_url",
                    ("company", "project"),
                    "expires_on",
                ]
            },
        ),
    ]
