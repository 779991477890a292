from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from projects.digital_stemme import moderation
from vekst.history_admin import HistoryAdmin
from vekst.moderation import ModerationState


class NoteForm(BaseDialogForm):
    """The text that the sender gets."""

    note = forms.CharField(
        label=_("Hva må endres?"),
        help_text=_("Avsenderen får teksten på e-post, ordrett."),
        widget=UnfoldAdminTextareaWidget({"rows": 5}),
    )


_PUBLISH = {
    "title": _("Publisere annonsen?"),
    "description": _("Den vises for alle med en gang, og avsenderen får e-post."),
    "form_submit_text": _("Publiser"),
}
_ASK = {
    "title": _("Be avsenderen om endring"),
    "description": _("Annonsen vises ikke før avsenderen har svart og du har publisert den."),
    "form_class": NoteForm,
    "form_submit_text": _("Send"),
}
_WITHDRAW = {
    "title": _("Ta ned annonsen?"),
    "description": _("Den forsvinner fra alle sider med en gang, og avsenderen får e-post."),
    "form_submit_text": _("Ta ned"),
}


class ListingAdmin(HistoryAdmin):
    """What homes and vacancies have in common: the queue, the three decisions, the history."""

    actions = ["publish_selected", "withdraw_selected"]
    actions_detail = ["publish_one", "ask_changes_one", "withdraw_one"]
    ordering = ["-submitted_at", "-pk"]
    list_per_page = 50
    show_full_result_count = False
    readonly_fields: ClassVar[Any] = [
        "state",
        "submitted_at",
        "published_at",
        "closed_at",
        "decided_by",
        "moderation_note",
        "version",
        "source",
        "created_at",
        "updated_at",
    ]
    moderation_fields: ClassVar[Any] = (
        _("Behandling"),
        {
            "fields": [
                ("state", "version", "source"),
                ("submitted_at", "published_at", "closed_at"),
                "moderation_note",
                ("decided_by", "submitted_language", "is_example"),
                ("created_at", "updated_at"),
            ]
        },
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("search")  # type: ignore[no-any-return]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Staff send in through the public form too, so that every listing has gone the same way.
        return False

    @display(
        description=_("tilstand"),
        ordering="state",
        label={
            ModerationState.SUBMITTED.label: "warning",
            ModerationState.CHANGES_ASKED.label: "info",
            ModerationState.PUBLISHED.label: "success",
        },
    )
    def state_label(self, obj: Any) -> str:
        return str(obj.get_state_display())

    @admin.action(description=_("Publiser de valgte"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, moderation.publish)

    @admin.action(description=_("Ta ned de valgte"), permissions=["change"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, moderation.withdraw)

    def _each(self, request: HttpRequest, queryset: QuerySet[Any], step: Any) -> None:
        done = 0
        for listing in queryset:
            try:
                step(listing, by=request.user, at=timezone.now())
                done += 1
            except moderation.IllegalMoveError as error:
                messages.warning(request, f"{listing}: {error}")
        if done:
            text = ngettext("%(n)s annonse er behandlet.", "%(n)s annonser er behandlet.", done)
            messages.success(request, text % {"n": done})

    @action(
        description=_("Publiser"),
        icon="check",
        url_path="publiser",
        permissions=["change"],
        dialog=_PUBLISH,
    )
    def publish_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._step(request, object_id, moderation.publish)

    @action(
        description=_("Be om endring"),
        icon="edit_note",
        url_path="be-om-endring",
        permissions=["change"],
        dialog=_ASK,
    )
    def ask_changes_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        note = form.cleaned_data["note"]
        return self._step(request, object_id, moderation.ask_changes, note=note)

    @action(
        description=_("Ta ned"),
        icon="block",
        url_path="ta-ned",
        permissions=["change"],
        dialog=_WITHDRAW,
    )
    def withdraw_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._step(request, object_id, moderation.withdraw)

    def _step(
        self, request: HttpRequest, object_id: str, step: Any, **values: object
    ) -> HttpResponse:
        listing = self.get_object(request, object_id)
        meta = self.model._meta
        if listing is not None:
            try:
                step(listing, by=request.user, at=timezone.now(), **values)
                messages.success(request, _("Annonsen er behandlet."))
            except moderation.IllegalMoveError as error:
                messages.warning(request, str(error))
        return redirect(f"admin:{meta.app_label}_{meta.model_name}_change", object_id)
