from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from projects.kompetanse.models import CourseRun, Provider, StudyProgramme
from projects.kompetanse.programme_csv import COLUMNS, ImportResult, NotACsvError, import_programmes

MAX_BYTES = 1024 * 1024


class ImportForm(forms.Form):
    source = forms.CharField(
        label=_("Kilde"),
        max_length=120,
        initial="CSV",
        help_text=_("Programmer fra samme kilde som ikke står i filen, tas ut av listen."),
        widget=UnfoldAdminTextInputWidget,
    )
    file = forms.FileField(label=_("CSV-fil"), required=False, widget=UnfoldAdminFileFieldWidget)
    # The file comes once; the second step, after the preview, sends it back as text.
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def raw(self) -> bytes:
        """Return the bytes of the file, from either step."""
        file = self.cleaned_data["file"]
        if file:
            return bytes(file.read())
        return str(self.cleaned_data["text"]).encode()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not cleaned.get("text"):
            self.add_error("file", _("Velg en fil."))
        if cleaned.get("file") and cleaned["file"].size > MAX_BYTES:
            self.add_error("file", _("Filen er større enn 1 MB."))
        return cleaned


@admin.register(Provider)
class ProviderAdmin(ModelAdmin):
    list_display = ["name", "short_name", "url"]
    search_fields = ["name", "short_name"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["name"]


class CourseRunInline(TabularInline):
    model = CourseRun
    extra = 0
    tab = True
    ordering = ["-starts_on"]


@admin.register(StudyProgramme)
class StudyProgrammeAdmin(ModelAdmin, TranslationAdmin):  # type: ignore[type-arg]
    list_display = [
        "title",
        "provider",
        "level",
        "field",
        "deadline_on",
        "source",
        "last_seen_at",
        "show_public",
    ]
    list_filter = ["level", "field", "form", "provider", "is_active", "source"]
    list_select_related = ["provider"]
    search_fields = ["title_nb", "title_en", "code", "provider__name"]
    autocomplete_fields = ["provider", "project"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["last_seen_at"]
    ordering = ["sort_title", "pk"]
    inlines = [CourseRunInline]
    actions_list = ["import_link"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "description", "provider", "place"]}),
        (
            _("Studiet"),
            {
                "fields": [
                    ("level", "nkr_level"),
                    ("field", "form"),
                    ("language", "credits"),
                    ("semesters", "seats"),
                    "cost_nok",
                ]
            },
        ),
        (
            _("Opptak"),
            {"fields": [("starts_on", "deadline_on"), "admission", "requirements", "url"]},
        ),
        (
            _("Kilde og publisering"),
            {"fields": ["code", "source", "last_seen_at", "is_active", "published_at", "project"]},
        ),
    ]

    @display(description=_("på nett"), boolean=True)
    def show_public(self, programme: StudyProgramme) -> bool:
        return (
            programme.is_active
            and programme.published_at is not None
            and programme.published_at <= timezone.now()
        )

    @action(description=_("Les inn fra CSV"), url_path="les-inn", permissions=["add", "change"])
    def import_link(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:kompetanse_studyprogramme_import")

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "fra-csv/",
            self.admin_site.admin_view(self.import_view),
            name="kompetanse_studyprogramme_import",
        )
        return [own, *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        result, text = None, ""
        if request.method == "POST" and form.is_valid():
            is_preview = "confirm" not in request.POST
            raw = form.raw()
            try:
                result = import_programmes(
                    raw,
                    source=form.cleaned_data["source"],
                    at=timezone.now(),
                    dry_run=is_preview,
                    only_if_flawless="only_if_flawless" in request.POST,
                )
            except NotACsvError as error:
                form.add_error("file", str(error))
            else:
                if not is_preview:
                    self.message_user(request, _told(result), messages.SUCCESS)
                    return redirect("admin:kompetanse_studyprogramme_changelist")
                text = raw.decode("utf-8-sig")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Les inn studier fra CSV"),
            "form": form,
            "result": result,
            "text": text,
            "columns": "; ".join(COLUMNS),
            "back_url": reverse("admin:kompetanse_studyprogramme_changelist"),
        }
        return render(request, "kompetanse/admin/programme_import.html", context)


def _told(result: ImportResult) -> str:
    return gettext(
        "%(created)d nye, %(updated)d endret, %(unchanged)d som før, %(taken_out)d tatt ut, "
        "%(errors)d feil."
    ) % {
        "created": len(result.created),
        "updated": len(result.updated),
        "unchanged": result.unchanged,
        "taken_out": len(result.taken_out),
        "errors": len(result.errors),
    }
