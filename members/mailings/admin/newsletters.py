from typing import Any

from django import forms
from django.contrib import admin, messages
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from members.accounts.access import signed_in
from members.mailings import newsletters
from members.mailings.admin import building, editions
from members.mailings.models import Audience, BlockKind, Newsletter, NewsletterMove, NewsletterState
from members.mailings.newsletter_blocks.ordering import EDITABLE_STATES
from members.mailings.newsletter_content import keep_items, list_items
from members.mailings.newsletter_lint import ProblemsError

OPEN_STATES = {NewsletterState.DRAFT, NewsletterState.SCHEDULED, NewsletterState.MISSED}


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


class ScheduleForm(forms.Form):
    for_time = forms.DateTimeField(
        label=gettext_lazy("Sendes"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )


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


def _reasons(error: Exception) -> list[str]:
    """Return why it could not be done, in words for an editor."""
    if isinstance(error, ProblemsError):
        return [problem.text for problem in error.problems]
    if isinstance(error, newsletters.NothingToSendError):
        return [_("Nyhetsbrevet er tomt.")]
    return [_("Det går ikke nå: Nyhetsbrevet har alt gått videre.")]


@admin.register(Newsletter)
class NewsletterAdmin(ModelAdmin):
    form = NewsletterForm
    list_display = ["title", "topic", "state", "scheduled_at", "recipient_count", "sent_at"]
    list_filter = ["state", "topic", "language"]
    search_fields = ["title"]
    ordering = ["-created_at", "-pk"]
    inlines = [MoveInline]
    actions_detail = ["build", "preview", "editions_page", "dispatch_page"]

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
        return may and (obj is None or obj.state in OPEN_STATES)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)
        return may and (obj is None or obj.state in OPEN_STATES)

    def save_model(self, request: HttpRequest, obj: Newsletter, form: Any, change: bool) -> None:
        if not change:
            obj.created_at, obj.created_by = timezone.now(), signed_in(request)
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
            response = HttpResponse(html)
            # Shown in a frame of the preview page; the policy of the admin lets only itself do so.
            response.xframe_options_exempt = True
            return response
        context = {"newsletter": newsletter, "text": text, "title": _("Forhåndsvisning")}
        return self._page(request, "mailings/admin/newsletter_preview.html", context)

    @action(description=gettext_lazy("Send …"), url_path="send", permissions=["send"])
    def dispatch_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        newsletter = get_object_or_404(Newsletter.objects.select_related("body"), pk=object_id)
        usual = newsletters.usual_time(at=timezone.now())
        form = ScheduleForm(
            request.POST if "schedule" in request.POST else None,
            initial={"for_time": f"{usual:%Y-%m-%dT%H:%M}"},
        )
        if request.method == "POST" and self._act(request, newsletter, form):
            return redirect(request.path)
        context = {
            "newsletter": newsletter,
            "form": form,
            "recipients": newsletters.count_recipients(newsletter, at=timezone.now()),
            "progress": newsletters.progress_labels(newsletter),
            "moves": newsletters.MOVES[newsletter.state],
            "problems": newsletters.problems(newsletter) if newsletter.state in OPEN_STATES else [],
            "title": _("Send nyhetsbrevet"),
        }
        return self._page(request, "mailings/admin/newsletter_send.html", context)

    @action(description=gettext_lazy("Språk"), url_path="utgaver", permissions=["send"])
    def editions_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        newsletter = get_object_or_404(Newsletter, pk=object_id)
        if request.method == "POST":
            return editions.make(request, newsletter)
        name = "mailings/admin/newsletter_editions.html"
        return self._page(request, name, editions.context(newsletter))

    def has_send_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("mailings.change_newsletter")

    def _act(self, request: HttpRequest, newsletter: Newsletter, form: ScheduleForm) -> bool:
        """Do what the pressed button says. Returns False when the page is to be shown again."""
        now, by = timezone.now(), signed_in(request)
        try:
            if "test" in request.POST:
                newsletters.send_test(newsletter=newsletter, to=by, at=now)
                text = _("Prøven er på vei til %(email)s.") % {"email": by.email}
            elif "schedule" in request.POST:
                if not form.is_valid():
                    return False
                for_time = form.cleaned_data["for_time"]
                newsletters.schedule(newsletter=newsletter, for_time=for_time, at=now, by=by)
                text = _("Nyhetsbrevet er planlagt.")
            elif "start" in request.POST:
                newsletter = newsletters.start(newsletter=newsletter, at=now, by=by)
                text = _("Nyhetsbrevet er på vei til %(n)s mottakere.") % {
                    "n": newsletter.recipient_count
                }
            elif "cancel" in request.POST:
                spared = newsletters.cancel(newsletter=newsletter, at=now, by=by)
                text = _("Nyhetsbrevet er stanset. %(n)s fikk det ikke.") % {"n": spared}
            else:
                newsletters.back_to_draft(newsletter=newsletter, at=now, by=by)
                text = _("Nyhetsbrevet er en kladd igjen.")
        except (
            newsletters.IllegalMoveError,
            newsletters.NothingToSendError,
            ProblemsError,
        ) as error:
            for reason in _reasons(error):
                messages.error(request, reason)
        else:
            messages.success(request, text)
        return True

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, name, shared)
