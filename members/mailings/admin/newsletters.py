from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from members.accounts.access import signed_in
from members.mailings import newsletter_figures, newsletter_showing, newsletters
from members.mailings.access import may_approve_newsletters, may_send_newsletters
from members.mailings.admin import building, dispatching, editions
from members.mailings.anonymity import fewest_shown
from members.mailings.models import (
    Audience,
    BlockKind,
    Newsletter,
    NewsletterMove,
    NewsletterState,
)
from members.mailings.newsletter_blocks.ordering import EDITABLE_STATES
from members.mailings.newsletter_content import keep_items, list_items
from members.mailings.newsletter_lint import ProblemsError


class Look(NamedTuple):
    """One way to look at a newsletter; `width` in pixels."""

    label: str | Promise
    width: int
    is_text: bool = False
    is_dark: bool = False


# What has been planned or is on its way is taken back or stopped first, so that it is in the log.
DELETABLE_STATES = (*EDITABLE_STATES, NewsletterState.MISSED)
# The ways to look at a newsletter before it goes out.
PREVIEWS = {
    "telefon": Look(gettext_lazy("Telefon"), 375),
    "telefon-mork": Look(gettext_lazy("Telefon, mørk"), 375, is_dark=True),
    "skjerm": Look(gettext_lazy("Bred skjerm"), 760),
    "skjerm-mork": Look(gettext_lazy("Bred skjerm, mørk"), 760, is_dark=True),
    "tekst": Look(gettext_lazy("Ren tekst"), 760, is_text=True),
}


class NewsletterForm(forms.ModelForm):  # type: ignore[type-arg]
    """The newsletter's own words, and which of the proposed entries it takes with it."""

    kept = forms.MultipleChoiceField(
        label=gettext_lazy("Innhold"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("Fjern krysset ved det som ikke skal med."),
    )
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("Målgrupper"),
        choices=Audience.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy(
            "Bare til dem som selv har valgt en av disse. Tomt: til alle på temaet."
        ),
    )

    class Meta:
        model = Newsletter
        fields = ["title", "intro", "topic", "audiences", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list_items(self.instance.blocks)
        kept = self.fields.get("kept")
        if isinstance(kept, forms.MultipleChoiceField):
            kept.choices = choices
            kept.initial = [key for key, _label in choices]

    def save(self, commit: bool = True) -> Newsletter:
        if self.instance.pk and "kept" in self.fields:
            self.instance.blocks = keep_items(self.instance.blocks, set(self.cleaned_data["kept"]))
        saved: Newsletter = super().save(commit=commit)
        return saved


class MoveInline(TabularInline):
    model = NewsletterMove
    fields = ["at", "from_state", "to_state", "by", "note"]
    readonly_fields = fields
    ordering = ["at", "pk"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Newsletter)
class NewsletterAdmin(ModelAdmin):
    form = NewsletterForm
    list_display = ["title", "topic", "state", "scheduled_at", "recipient_count", "sent_at"]
    list_filter = ["state", "topic", "language"]
    search_fields = ["title"]
    ordering = ["-created_at", "-pk"]
    inlines = [MoveInline]
    actions_detail = ["build", "preview", "editions_page", "dispatch_page", "figures"]

    def get_fields(self, request: HttpRequest, obj: Newsletter | None = None) -> list[str]:
        names = ["title", "intro", "topic", "audiences"]
        if obj is None or obj.edition_of_id is None:
            names.append("language")
        if obj is not None and self.has_change_permission(request, obj):
            names.append("kept")
        return [*names, "source_url", "state", "scheduled_at"] if obj is not None else names

    readonly_fields = ["source_url", "state", "scheduled_at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_change_permission(request, obj)
        # What was sent is frozen; the database holds it too.
        return may and (obj is None or obj.state in EDITABLE_STATES)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)
        return may and (obj is None or obj.state in DELETABLE_STATES)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Newsletter | None:
        if request.method == "POST" and object_id.isdecimal():
            # Until the page is saved nobody may approve or send what is about to change.
            Newsletter.objects.select_for_update().filter(pk=object_id).first()
        found: Newsletter | None = super().get_object(request, object_id, from_field)
        return found

    def save_model(self, request: HttpRequest, obj: Newsletter, form: Any, change: bool) -> None:
        if not change:
            obj.created_at, obj.created_by = timezone.now(), signed_in(request)
        obj.edited_at, obj.edited_by = timezone.now(), signed_in(request)
        super().save_model(request, obj, form, change)

    @action(description=gettext_lazy("Bygg"), url_path="bygg", permissions=["send"])
    def build(self, request: HttpRequest, object_id: int) -> HttpResponse:
        newsletter = get_object_or_404(Newsletter, pk=object_id)
        forms = building.part_forms(newsletter, request)
        if request.method == "POST" and building.act(request, newsletter, forms):
            return redirect(request.path)
        context = {
            "newsletter": newsletter,
            "forms": forms,
            "form_media": sum((form.media for form in forms), Media()),
            "kinds": BlockKind.choices,
            "editable": newsletter.state in EDITABLE_STATES,
            "title": _("Bygg nyhetsbrevet"),
        }
        return self._page(request, "mailings/admin/newsletter_build.html", context)

    @action(description=gettext_lazy("Forhåndsvis"), url_path="forhandsvis", permissions=["view"])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        newsletter = get_object_or_404(Newsletter.objects.select_related("body"), pk=object_id)
        try:
            text, html = newsletters.preview(newsletter)
        except ProblemsError as error:
            text = html = str(error)
        if request.GET.get("del") == "html":
            is_dark = request.GET.get("skjerm") == "mork"
            response = HttpResponse(newsletter_showing.on_screen(html, is_dark=is_dark))
            # Shown in a frame of the preview page; the policy of the admin lets only itself do so.
            response.xframe_options_exempt = True
            return response
        shown = request.GET.get("vis", "")
        context = {
            "newsletter": newsletter,
            "text": text,
            "views": PREVIEWS,
            "shown": shown if shown in PREVIEWS else next(iter(PREVIEWS)),
            "title": _("Forhåndsvisning"),
        }
        return self._page(request, "mailings/admin/newsletter_preview.html", context)

    @action(description=gettext_lazy("Send …"), url_path="send", permissions=["dispatch"])
    def dispatch_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        newsletter = get_object_or_404(
            Newsletter.objects.select_related("body", "approved_by"), pk=object_id
        )
        desk = dispatching.Desk(request, newsletter, timezone.now())
        if request.method == "POST" and desk.act():
            return redirect(request.path)
        context = {**desk.context(), "title": _("Send nyhetsbrevet")}
        return self._page(request, "mailings/admin/newsletter_send.html", context)

    @action(description=gettext_lazy("Språk"), url_path="utgaver", permissions=["send"])
    def editions_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        newsletter = get_object_or_404(Newsletter, pk=object_id)
        if request.method == "POST":
            return editions.make(request, newsletter)
        name = "mailings/admin/newsletter_editions.html"
        return self._page(request, name, editions.context(newsletter))

    @action(description=gettext_lazy("Tall"), url_path="tall", permissions=["view"])
    def figures(self, request: HttpRequest, object_id: int) -> HttpResponse:
        newsletter = get_object_or_404(Newsletter, pk=object_id)
        found = None
        if newsletter.started_at is not None:
            found = newsletter_figures.figures_of(newsletter, fewest=fewest_shown())
        context = {"newsletter": newsletter, "found": found, "title": _("Tall for nyhetsbrevet")}
        return self._page(request, "mailings/admin/newsletter_figures.html", context)

    def has_send_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_send_newsletters(request.user)

    def has_dispatch_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_approve_newsletters(request.user)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "may_send": may_send_newsletters(request.user),
            **context,
        }
        return TemplateResponse(request, name, shared)
