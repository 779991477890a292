"""Lists of subscribers in the admin: read one in with a look before, take one out, and who did either."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanWidget,
)

from members.accounts.access import signed_in
from members.mailings import access
from members.mailings.lists import exporting, importing
from members.mailings.lists.csv_file import COLUMNS, MAX_BYTES, REQUIRED, BadFileError
from members.mailings.models import SubscriberExport, SubscriberImport, Topic
from vekst.readonly_admin import ReadOnlyAdmin

# A page with thousands of faults helps nobody; the first ones show what is wrong with the file.
MOST_SHOWN = 200


class ListFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV-fil"), widget=UnfoldAdminFileFieldWidget({"accept": ".csv,.txt"})
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before any of it is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > MAX_BYTES:
            megabytes = round((file.size or 0) / 1024 / 1024)
            raise forms.ValidationError(
                _("Filen er på %(n)s MB. Høyst 5 MB om gangen: del den opp.") % {"n": megabytes}
            )
        return file


class ApplyForm(forms.Form):
    keep_good_lines = forms.BooleanField(
        label=gettext_lazy("Ta inn de riktige linjene selv om noen har feil"),
        required=False,
        widget=UnfoldBooleanWidget,
    )


class ExportForm(forms.Form):
    topic = forms.ChoiceField(
        label=gettext_lazy("Tema"),
        required=False,
        choices=[("", gettext_lazy("Alle temaer")), *Topic.choices],
        widget=UnfoldAdminSelectWidget,
    )


@admin.register(SubscriberImport)
class SubscriberImportAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "uploaded_at", "uploaded_by", "line_count", "applied_at"]
    list_select_related = ["uploaded_by"]
    ordering = ["-uploaded_at", "-pk"]
    actions_list = ["upload_link"]
    actions_detail = ["apply_link"]
    fields = [
        "file_name",
        "encoding",
        "line_count",
        "uploaded_at",
        "uploaded_by",
        "applied_at",
        "applied_by",
        "new_people",
        "new_consents",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.defer("lines", "bad_lines")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "les-inn/",
                self.admin_site.admin_view(self.upload_view),
                name="mailings_subscriberimport_upload",
            ),
            path(
                "<int:pk>/ta-inn/",
                self.admin_site.admin_view(self.apply_view),
                name="mailings_subscriberimport_apply",
            ),
        ]
        return [*own, *super().get_urls()]

    @action(description=gettext_lazy("Les inn liste"), url_path="ny-liste", permissions=["import"])
    def upload_link(self, request: HttpRequest) -> HttpResponse:
        return redirect(upload_url())

    @action(description=gettext_lazy("Se over listen"), url_path="se-over", permissions=["import"])
    def apply_link(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:mailings_subscriberimport_apply", object_id)

    def has_import_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_import_subscribers(request.user)

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        _check(access.may_import_subscribers(signed_in(request)))
        is_sent = request.method == "POST"
        form = ListFileForm(request.POST if is_sent else None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                uploaded = importing.upload(
                    content=file.read(), name=file.name, at=timezone.now(), by=signed_in(request)
                )
            except BadFileError as error:
                form.add_error("file", str(error))
            else:
                return redirect("admin:mailings_subscriberimport_apply", uploaded.pk)
        context = {
            "form": form,
            "columns": [
                {"name": names[0], "others": names[1:], "is_required": name in REQUIRED}
                for name, names in COLUMNS.items()
            ],
            "topics": Topic.choices,
            "title": _("Les inn abonnenter fra en liste"),
        }
        return self._page(request, "mailings/admin/list_upload.html", context)

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        _check(access.may_import_subscribers(signed_in(request)))
        uploaded = get_object_or_404(SubscriberImport, pk=pk)
        form = ApplyForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._apply(request, uploaded, keep_good_lines=form.cleaned_data["keep_good_lines"])
            return redirect(request.path)
        plan = importing.plan(uploaded)
        context = {
            "uploaded": uploaded,
            "form": form,
            "plan": plan,
            "left_out": plan.left_out[:MOST_SHOWN],
            "bad_lines": uploaded.bad_lines[:MOST_SHOWN],
            "is_waiting": uploaded.applied_at is None
            and bool(uploaded.lines or uploaded.bad_lines),
            "sample": [line for line, _topics in plan.new[:5]],
            "title": _("Se over listen"),
        }
        return self._page(request, "mailings/admin/list_apply.html", context)

    def _apply(
        self, request: HttpRequest, uploaded: SubscriberImport, *, keep_good_lines: bool
    ) -> None:
        try:
            done = importing.apply(
                uploaded=uploaded,
                keep_good_lines=keep_good_lines,
                at=timezone.now(),
                by=signed_in(request),
            )
        except importing.AlreadyAppliedError:
            messages.warning(request, _("Listen er alt tatt inn. Ingenting er endret."))
        except importing.BadLinesError:
            messages.error(request, _("Ingenting er tatt inn, fordi noen linjer har feil."))
        else:
            messages.success(
                request,
                _("Tatt inn: %(people)s nye abonnenter og %(consents)s samtykker.")
                % {"people": done.new_people, "consents": done.new_consents},
            )

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, name, shared)


@admin.register(SubscriberExport)
class SubscriberExportAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "topic", "row_count"]
    list_select_related = ["by"]
    ordering = ["-at", "-pk"]

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "ta-ut/",
            self.admin_site.admin_view(self.export_view),
            name="mailings_subscriberexport_export",
        )
        return [own, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Show what would leave; a POST writes down who took it, and gives the file."""
        _check(access.may_export_subscribers(signed_in(request)))
        form = ExportForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            topic = form.cleaned_data["topic"]
            exporting.note_export(topic=topic, at=timezone.now(), by=signed_in(request))
            return _file(topic)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "title": _("Ta ut abonnentene som fil"),
        }
        return TemplateResponse(request, "mailings/admin/list_export.html", context)


def upload_url() -> str:
    """Return where a list is read in."""
    return reverse("admin:mailings_subscriberimport_upload")


def export_url() -> str:
    """Return where a list is taken out."""
    return reverse("admin:mailings_subscriberexport_export")


def _check(is_allowed: bool) -> None:
    if not is_allowed:
        raise PermissionDenied


def _file(topic: str) -> StreamingHttpResponse:
    name = f"abonnenter-{topic or 'alle'}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        exporting.csv_lines(topic=topic),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
