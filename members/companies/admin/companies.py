from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from members.accounts.access import may_run_programme
from members.companies.models import Company, Contact, Membership, RegistryState
from members.companies.tasks import refresh_one_company
from vekst.background import on_commit_run
from vekst.formats import orgnr_text

FROM_REGISTER: list[Any] = [
    "registry_state",
    "registered_name",
    "organisation_form",
    "nace_code",
    "nace_text",
    "nace_version",
    "employees",
    "municipality_number",
    "postal_address",
    "is_bankrupt",
    "is_dissolving",
    "deleted_on",
    "fetched_at",
    "attempted_at",
    "fetch_error",
]


class MemberFilter(admin.SimpleListFilter):
    title = _("medlem")
    parameter_name = "medlem"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("Medlem nå")), ("nei", _("Ikke medlem"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "ja":
            return queryset.filter(is_member=True)
        if self.value() == "nei":
            return queryset.filter(is_member=False)
        return queryset


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    tab = True
    ordering = ["-since_date"]


class ContactInline(TabularInline):
    model = Contact
    extra = 0
    tab = True
    autocomplete_fields = ["user"]
    ordering = ["-since_date", "pk"]

    # Whoever writes for a company is chosen by the office, which alone sees the accounts.
    def has_add_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        return may_run_programme(request.user) and bool(super().has_add_permission(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        return may_run_programme(request.user) and bool(super().has_change_permission(request, obj))


@admin.register(Company)
class CompanyAdmin(ModelAdmin, TranslationAdmin):  # type: ignore[type-arg]
    list_display = [
        "name",
        "show_orgnr",
        "industry",
        "show_member",
        "show_register",
        "employees",
        "fetched_at",
    ]
    list_filter = [MemberFilter, "industry", "registry_state", "is_bankrupt"]
    search_fields = ["name", "orgnr", "registered_name"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = FROM_REGISTER
    ordering = ["sort_name", "pk"]
    inlines = [MembershipInline, ContactInline]
    actions = ["fetch_from_register"]
    fieldsets = [
        (None, {"fields": ["orgnr", "name", "slug", "industry"]}),
        (_("Bedriftens egne ord"), {"fields": ["description", "website"]}),
        (_("Fra Enhetsregisteret"), {"fields": FROM_REGISTER, "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        current = Membership.objects.filter(company=OuterRef("pk")).on(timezone.localdate())
        found: QuerySet[Company] = super().get_queryset(request).annotate(is_member=Exists(current))
        return found

    @display(description=_("organisasjonsnummer"), ordering="orgnr")
    def show_orgnr(self, company: Company) -> str:
        return orgnr_text(company.orgnr)

    @display(description=_("medlem"), boolean=True)
    def show_member(self, company: Any) -> bool:
        return bool(company.is_member)

    @display(
        description=_("i registeret"),
        ordering="registry_state",
        label={
            RegistryState.ACTIVE.label: "success",
            RegistryState.DELETED.label: "danger",
            RegistryState.NOT_FOUND.label: "warning",
            RegistryState.REMOVED.label: "warning",
        },
    )
    def show_register(self, company: Company) -> str:
        return company.get_registry_state_display()

    @admin.action(description=_("Hent fra Brønnøysund"), permissions=["change"])
    def fetch_from_register(self, request: HttpRequest, queryset: QuerySet[Company]) -> None:
        keys = list(queryset.values_list("pk", flat=True))
        for key in keys:
            on_commit_run(refresh_one_company, key)
        text = ngettext(
            "%(n)d bedrift blir hentet nå. Last siden på nytt om litt.",
            "%(n)d bedrifter blir hentet nå. Last siden på nytt om litt.",
            len(keys),
        )
        self.message_user(request, text % {"n": len(keys)}, messages.SUCCESS)
