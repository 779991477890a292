"""Look up what one person was sent. The address is posted, so that it stands in no address and no log."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from members.accounts.access import may_lift_suppressions, may_see_mail_of_others, signed_in
from members.mailings import lookups
from members.mailings.models import MailLookup, Suppression
from members.mailings.returns import recording
from vekst.readonly_admin import ReadOnlyAdmin


class LookUpForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-postadressen"),
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )


class LiftForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Hvorfor oppheves sperren?"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("For eksempel: «Ringte 3. mars, postkassen er tømt.»"),
    )


class PersonPages(ReadOnlyAdmin):
    """The page that asks for an address, and the page that answers."""

    actions_list = ["look_up"]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "person/",
                self.admin_site.admin_view(self.ask_view),
                name="mailings_delivery_ask",
            ),
            path(
                "person/<int:pk>/",
                self.admin_site.admin_view(self.person_view),
                name="mailings_delivery_person",
            ),
        ]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    @action(
        description=gettext_lazy("Hva en person har fått"),
        url_path="hva-en-person-har-fatt",
        permissions=["view"],
    )
    def look_up(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:mailings_delivery_ask")

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        if not may_see_mail_of_others(signed_in(request)):
            raise PermissionDenied
        form = LookUpForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            lookup = lookups.look_up(
                email=form.cleaned_data["email"], at=timezone.now(), by=signed_in(request)
            )
            return redirect("admin:mailings_delivery_person", lookup.pk)
        context = {"form": form, "title": _("Hva en person har fått")}
        return self._page(request, "mailings/admin/person_ask.html", context)

    def person_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = signed_in(request)
        if not may_see_mail_of_others(person):
            raise PermissionDenied
        lookup = lookups.open_lookup(pk=pk, at=timezone.now(), by=person)
        if lookup is None:
            messages.info(request, _("Skriv adressen på nytt. Et oppslag varer i én time."))
            return redirect("admin:mailings_delivery_ask")
        form = LiftForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and self._lift(request, lookup, form):
            return redirect(request.path)
        history = lookups.history_of(lookup.email, request.GET)
        context = {
            "lookup": lookup,
            "history": history,
            "form": form if may_lift_suppressions(person) else None,
            "next_url": _turned("etter", history.page.next_cursor),
            "prev_url": _turned("for", history.page.previous_cursor),
            "title": _("Hva en person har fått"),
        }
        return self._page(request, "mailings/admin/person.html", context)

    def _lift(self, request: HttpRequest, lookup: MailLookup, form: LiftForm) -> bool:
        """Lift what holds the address back. Returns False when the page is to be shown again."""
        person = signed_in(request)
        if not may_lift_suppressions(person):
            raise PermissionDenied
        if not form.is_valid():
            return False
        raw = request.POST.get("suppression", "")
        rows = Suppression.objects.filter(email=lookup.email)
        row = get_object_or_404(rows, pk=int(raw) if raw.isdecimal() and len(raw) < 19 else 0)
        note = form.cleaned_data["note"]
        if recording.lift(suppression=row, note=note, at=timezone.now(), by=person):
            messages.success(request, _("Sperren er opphevet. Adressen får e-post igjen."))
        else:
            messages.info(request, _("Sperren var alt opphevet."))
        return True

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        response = TemplateResponse(request, name, shared)
        # What others were sent is not left behind in a browser.
        response.headers["Cache-Control"] = "no-store, private"
        return response


def _turned(name: str, cursor: str | None) -> str:
    return f"?{urlencode({name: cursor})}" if cursor else ""
