from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from members.mailings import digest, welcome
from members.mailings.message import fill
from members.mailings.models import DigestEdition, WelcomeJourney, WelcomeMail
from members.mailings.models.welcome import LIVE_KINDS
from members.mailings.newsletter_content import PREFERENCES, UNSUBSCRIBE, Rendered
from vekst.readonly_admin import ReadOnlyAdmin


class WelcomeMailForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of a welcome mail, and what of the portal it shows."""

    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Fra portalen"),
        choices=LIVE_KINDS,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("Vises som det er den dagen e-posten sendes."),
    )

    class Meta:
        model = WelcomeMail
        fields = ["days_after", "title", "text", "parts", "title_en", "text_en"]


def _language(request: HttpRequest) -> str:
    return "en" if request.GET.get("sprak") == "en" else "nb"


def _preview(request: HttpRequest, mail: Rendered, context: dict[str, Any]) -> HttpResponse:
    """Show the mail as it is and as plain text; the part `html` is what the frame on that page asks for."""
    sample = {UNSUBSCRIBE: "eksempel", PREFERENCES: "eksempel"}
    if request.GET.get("del") == "html":
        response = HttpResponse(fill(mail.html, sample))
        # The policy of the admin lets only itself show it.
        response.xframe_options_exempt = True
        return response
    context |= {
        "language": _language(request),
        "mail_title": mail.title,
        "text": fill(mail.text, sample),
        "title": _("Forhåndsvisning"),
    }
    return TemplateResponse(request, "mailings/admin/mail_preview.html", context)


@admin.register(WelcomeMail)
class WelcomeMailAdmin(ModelAdmin):
    form = WelcomeMailForm
    list_display = ["title", "days_after", "is_in_use", "active_since_at"]
    ordering = ["days_after"]
    readonly_fields = ["active_since_at"]
    fields = ["days_after", "title", "text", "parts", "title_en", "text_en", "active_since_at"]
    actions = ["activate", "deactivate"]
    actions_detail = ["preview"]

    @display(description=gettext_lazy("i bruk"), boolean=True)
    def is_in_use(self, mail: WelcomeMail) -> bool:
        return mail.active_since_at is not None

    @admin.action(description=gettext_lazy("Ta i bruk"), permissions=["change"])
    def activate(self, request: HttpRequest, chosen: QuerySet[WelcomeMail]) -> None:
        for mail in chosen:
            welcome.activate(mail, at=timezone.now())
        messages.success(request, _("Sendes til dem som melder seg som nye fra nå av."))

    @admin.action(description=gettext_lazy("Slutt å sende"), permissions=["change"])
    def deactivate(self, request: HttpRequest, chosen: QuerySet[WelcomeMail]) -> None:
        for mail in chosen:
            welcome.deactivate(mail)
        messages.success(request, _("Sendes ikke til flere."))

    @action(description=gettext_lazy("Forhåndsvis"), url_path="forhandsvis", permissions=["view"])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        mail = get_object_or_404(WelcomeMail, pk=object_id)
        rendered = welcome.render(mail, language=_language(request), at=timezone.now())
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        back_url = reverse("admin:mailings_welcomemail_change", args=[mail.pk])
        return _preview(request, rendered, {**context, "back_url": back_url})


@admin.register(WelcomeJourney)
class WelcomeJourneyAdmin(ReadOnlyAdmin):
    list_display = ["subscriber", "started_at", "stopped_at", "source"]
    list_filter = [("stopped_at", admin.EmptyFieldListFilter)]
    list_select_related = ["subscriber"]
    search_fields = ["=subscriber__email"]
    ordering = ["-started_at", "-pk"]
    fields = ["subscriber", "source", "started_at", "stopped_at"]


@admin.register(DigestEdition)
class DigestEditionAdmin(ReadOnlyAdmin):
    list_display = ["period", "frequency", "state", "written_count", "empty_count", "finished_at"]
    list_filter = ["state", "frequency"]
    ordering = ["-due_at", "-pk"]
    actions_detail = ["preview"]
    fields = [
        "period",
        "frequency",
        "state",
        "since_at",
        "due_at",
        "started_at",
        "finished_at",
        "written_count",
        "empty_count",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.defer("content")

    @action(description=gettext_lazy("Forhåndsvis"), url_path="forhandsvis", permissions=["view"])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show what somebody gets who has chosen every topic and gathers every letter."""
        edition = get_object_or_404(DigestEdition, pk=object_id)
        rendered = digest.render_whole(edition, language=_language(request))
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        back_url = reverse("admin:mailings_digestedition_change", args=[edition.pk])
        return _preview(request, rendered, {**context, "back_url": back_url})
