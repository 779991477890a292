from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from members.accounts.access import signed_in
from projects.bypuls.admin.dialogs import InviteContactForm
from projects.bypuls.models import (
    CaseUpdate,
    MeetingRoom,
    OpeningException,
    OpeningHours,
    RoomEquipment,
    TransportCase,
    Venue,
    VenueContact,
    VenueOffer,
    VenuePhoto,
)
from projects.bypuls.places import contacts
from vekst.history_admin import HistoryAdmin
from vekst.uploads import PictureForm


def boxes(label: Any, choices: Any) -> forms.MultipleChoiceField:
    """Return a box for each choice; without it an array is typed with commas."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )


class OpeningHoursInline(TabularInline):
    model = OpeningHours
    extra = 0
    ordering = ["weekday", "opens", "pk"]


class OpeningExceptionInline(TabularInline):
    model = OpeningException
    extra = 0
    ordering = ["first_date", "pk"]


class MeetingRoomInline(TabularInline):
    model = MeetingRoom
    extra = 0
    ordering = ["name", "pk"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "equipment":
            return boxes(db_field.verbose_name, RoomEquipment.choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class VenuePhotoInline(TabularInline):
    model = VenuePhoto
    form = PictureForm
    extra = 0
    ordering = ["position", "pk"]
    fields = ["picture", "alt", "credit", "position", "approved_at"]


class VenueContactInline(TabularInline):
    model = VenueContact
    extra = 0
    ordering = ["email", "pk"]
    fields = ["email", "name", "is_trusted", "added_at"]
    readonly_fields = ["email", "added_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Through the dialog, which writes to the person.
        return False


@admin.register(Venue)
class VenueAdmin(TranslationAdmin, HistoryAdmin):  # type: ignore[type-arg]
    form = PictureForm
    list_display = ["name", "kind", "address", "is_public"]
    list_filter = ["kind", "is_example"]
    search_fields = ["name", "address"]
    ordering = ["name", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [
        OpeningHoursInline,
        OpeningExceptionInline,
        MeetingRoomInline,
        VenuePhotoInline,
        VenueContactInline,
    ]
    actions_detail = ["invite_contact"]
    actions = ["publish", "hide"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "summary", "description"]}),
        (
            _("Tilbud og kontakt"),
            {"fields": ["offers", "price_level", "website", ("phone", "contact_email")]},
        ),
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

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "offers":
            return boxes(db_field.verbose_name, VenueOffer.choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @action(
        description=_("Inviter kontakt"),
        url_path="inviter-kontakt",
        permissions=["change"],
        dialog={
            "title": _("Inviter en kontakt"),
            "description": _("Får en e-post med lenke til Min side, og kan holde siden oppdatert."),
            "form_submit_text": _("Inviter"),
            "form_class": InviteContactForm,
        },
    )
    def invite_contact(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        venue = Venue.objects.get(pk=object_id)
        given = {name: form.cleaned_data[name] for name in ("email", "name", "is_trusted")}
        contact = contacts.invite(venue, **given, by=signed_in(request), at=timezone.now())
        messages.success(request, gettext("%(email)s har fått e-post.") % {"email": contact.email})
        address = reverse("admin:bypuls_venue_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": address})

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
