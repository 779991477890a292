from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminRadioSelectWidget

from members.accounts.models import User
from projects.digital_stemme import home_csv
from projects.digital_stemme.admin.listings import ListingAdmin
from projects.digital_stemme.home_rows import COLUMNS, LEFT_ASIDE, REQUIRED, BadFileError
from projects.digital_stemme.models import Home, ImportRun
from vekst.uploads import PictureForm


class HomeFileForm(forms.Form):
    """A file of homes, or the text of the one that was looked at, and what to do with bad rows."""

    file = forms.FileField(
        label=_("CSV-fil"), required=False, widget=UnfoldAdminFileFieldWidget({"accept": ".csv"})
    )
    refused = forms.ChoiceField(
        label=_("Hvis noen rader har feil"),
        choices=[
            ("keep", _("Importer de gode radene")),
            ("nothing", _("Importer ingenting")),
        ],
        initial="keep",
        widget=UnfoldAdminRadioSelectWidget,
    )
    # What was previewed is what is imported: the text travels with the form.
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload, text = data.get("file"), data.get("text")
        if upload is None and not text:
            self.add_error("file", _("Velg en fil."))
        data["content"] = upload.read() if upload is not None else (text or "").encode()
        return data

    @property
    def text_to_keep(self) -> str:
        """The file's text for the next step; empty when it cannot be read as text."""
        content: bytes = self.cleaned_data.get("content", b"")
        return content.decode("utf-8-sig", errors="ignore")


@admin.register(Home)
class HomeAdmin(ListingAdmin, TranslationAdmin):  # type: ignore[misc, type-arg]  # untyped bases
    form = PictureForm
    actions_list = ["import_csv"]
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

    @action(
        description=_("Importer fra fil"),
        icon="upload_file",
        url_path="importer",
        permissions=["change"],
    )
    def import_csv(self, request: HttpRequest) -> HttpResponse:
        form = HomeFileForm(request.POST or None, request.FILES or None)
        plan = run = None
        if request.method == "POST" and form.is_valid():
            plan, run = self._import(request, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Importer boliger fra fil"),
            "opts": self.model._meta,
            "form": form,
            "plan": plan,
            "run": run,
            "columns": [*LEFT_ASIDE[:1], *COLUMNS, *LEFT_ASIDE[1:]],
            "required": ", ".join(REQUIRED),
        }
        return render(request, "digital_stemme/admin/home_import.html", context)

    def _import(
        self, request: HttpRequest, form: HomeFileForm
    ) -> tuple[home_csv.Plan | None, ImportRun | None]:
        content, now = form.cleaned_data["content"], timezone.now()
        try:
            if "import" not in request.POST:
                return home_csv.preview(content, at=now), None
            keep = form.cleaned_data["refused"] == "keep"
            if not isinstance(request.user, User):
                raise PermissionDenied
            run, plan = home_csv.import_homes(content, keep_good_rows=keep, by=request.user, at=now)
        except BadFileError as error:
            form.add_error("file", str(error))
            return None, None
        except home_csv.NothingImportedError as error:
            messages.warning(request, str(error))
            return error.plan, None
        messages.success(request, _("Filen er importert."))
        return plan, run
