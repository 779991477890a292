from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanWidget

from projects.bypuls.models import Counter
from projects.bypuls.pulse.csv_file import (
    BadFileError,
    NothingImportedError,
    Report,
    import_csv,
)
from projects.bypuls.pulse.tokens import make_token, withdraw_token
from vekst import formats


class CountFileForm(forms.Form):
    file = forms.FileField(
        label=_("CSV-fil"), widget=UnfoldAdminFileFieldWidget({"accept": ".csv,.txt"})
    )
    keep_good_lines = forms.BooleanField(
        label=_("Ta inn de riktige linjene selv om noen har feil"),
        required=False,
        widget=UnfoldBooleanWidget,
    )


@admin.register(Counter)
class CounterAdmin(ModelAdmin):
    list_display = ["name", "counts", "place_text", "newest", "has_key", "is_public"]
    list_filter = ["counts", "is_example"]
    list_select_related = ["venue"]
    search_fields = ["name", "place"]
    autocomplete_fields = ["venue"]
    ordering = ["name", "pk"]
    actions = ["publish", "hide"]
    actions_detail = ["key_link", "import_link"]
    readonly_fields = ["last_hour", "received_at", "token_made_at"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "counts", "method"]}),
        (_("Hvor"), {"fields": ["venue", "place", ("latitude", "longitude")]}),
        (_("Kilde"), {"fields": ["source_name", "licence", "is_example"]}),
        (
            _("Status"),
            {"fields": ["published_at", ("last_hour", "received_at"), "token_made_at"]},
        ),
    ]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj is not None else {"slug": ["name"]}

    @display(description=_("nyeste time"), ordering="last_hour")
    def newest(self, obj: Counter) -> str:
        return formats.moment_text(obj.last_hour) if obj.last_hour else "–"

    @display(description=_("nøkkel"), boolean=True)
    def has_key(self, obj: Counter) -> bool:
        return bool(obj.token_hash)

    @display(description=_("publisert"), boolean=True)
    def is_public(self, obj: Counter) -> bool:
        return obj.published_at is not None and obj.published_at <= timezone.now()

    @admin.action(description=_("Publiser de valgte"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Counter]) -> None:
        queryset.filter(published_at=None).update(published_at=timezone.now())

    @admin.action(description=_("Skjul de valgte"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Counter]) -> None:
        queryset.update(published_at=None)

    @action(description=_("Nøkkel til API"), url_path="til-nokkel", permissions=["change"])
    def key_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:bypuls_counter_key", object_id)

    @action(description=_("Les inn fra CSV"), url_path="til-csv", permissions=["change"])
    def import_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:bypuls_counter_import", object_id)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"bypuls_counter_{label}",
            )
            for name, label, view in (
                ("nokkel", "key", self.key_view),
                ("csv", "import", self.import_view),
            )
        ]
        return [*own, *super().get_urls()]

    def _counter(self, request: HttpRequest, pk: int) -> Counter:
        counter = get_object_or_404(Counter, pk=pk)
        if not self.has_change_permission(request, counter):
            raise PermissionDenied
        return counter

    def _page(self, request: HttpRequest, counter: Counter, title: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.model._meta,
            "counter": counter,
        }

    def key_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make or withdraw the key. The page that answers the POST is the only one that shows it."""
        counter = self._counter(request, pk)
        token = ""
        if request.method == "POST" and "withdraw" in request.POST:
            withdraw_token(pk)
            messages.success(request, _("Nøkkelen er trukket. Ingen kan melde inn tall med den."))
            return redirect("admin:bypuls_counter_change", pk)
        if request.method == "POST":
            token = make_token(pk, at=timezone.now())
        context = self._page(request, counter, _("Nøkkel til API"))
        # The admin's pages are never kept by browser or proxy, so the key stays on the screen.
        return render(request, "bypuls/admin/counter_key.html", {**context, "token": token})

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        counter = self._counter(request, pk)
        form = CountFileForm(request.POST or None, request.FILES or None)
        report: Report | None = None
        problem = ""
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                report = import_csv(
                    pk,
                    data["file"].read(),
                    keep_good_lines=data["keep_good_lines"],
                    at=timezone.now(),
                )
            except BadFileError as error:
                problem = str(error)
            except NothingImportedError as error:
                problem, report = str(error), error.report
        context = self._page(request, counter, _("Les inn tall fra CSV"))
        context |= {"form": form, "report": report, "problem": problem}
        return render(request, "bypuls/admin/counter_import.html", context)
