"""The queue of what contacts and passers-by want changed about places, and the photos they send."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from members.accounts.access import signed_in
from projects.bypuls.admin.dialogs import AcceptForm, ReplyForm
from projects.bypuls.models import ProposalState, VenuePhoto, VenueProposal
from projects.bypuls.places import contacts, keeping
from projects.bypuls.places import fields as place_fields
from vekst import formats
from vekst.readonly_admin import ReadOnlyAdmin


def _dialog(title: Any, description: Any, submit: Any, form: Any) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "form_submit_text": submit,
        "form_class": form,
    }


class AnsweredAdmin(ReadOnlyAdmin):
    """What is read and answered, never written over."""

    def has_answer_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("bypuls.change_venue")


@admin.register(VenueProposal)
class VenueProposalAdmin(AnsweredAdmin):
    list_display = ["venue", "kind", "what", "state_label", "submitted_at", "due"]
    list_filter = ["state", "kind"]
    list_select_related = ["venue"]
    search_fields = ["venue__name", "sender_email"]
    ordering = ["-submitted_at", "-pk"]
    list_per_page = 50
    actions_detail = ["accept_one", "ask_changes_one", "refuse_one"]
    fields = [
        "venue_link",
        "kind",
        "state_label",
        "difference",
        "message",
        ("sender_name", "sender_email"),
        ("submitted_at", "answer_by"),
        ("decided_at", "decided_by"),
        "reply",
    ]

    @display(description=_("hva"))
    def what(self, obj: VenueProposal) -> str:
        names = [place_fields.label_of(name) for name in place_fields.FIELDS if name in obj.changes]
        return ", ".join(names) or obj.message[:60]

    @display(
        description=_("status"),
        ordering="state",
        label={
            ProposalState.SUBMITTED.label: "warning",
            ProposalState.CHANGES_ASKED.label: "info",
            ProposalState.ACCEPTED.label: "success",
        },
    )
    def state_label(self, obj: VenueProposal) -> str:
        return str(obj.get_state_display())

    @display(description=_("svar innen"), ordering="answer_by")
    def due(self, obj: VenueProposal) -> str:
        if obj.state != ProposalState.SUBMITTED:
            return "–"
        text = formats.moment_text(obj.answer_by)
        return gettext("%(when)s (over tiden)") % {"when": text} if self._late(obj) else text

    def _late(self, obj: VenueProposal) -> bool:
        return obj.answer_by < timezone.now()

    @display(description=_("sted"))
    def venue_link(self, obj: VenueProposal) -> SafeString:
        address = reverse("admin:bypuls_venue_change", args=[obj.venue_id])
        return format_html('<a href="{}">{}</a>', address, obj.venue)

    @display(description=_("endringene"))
    def difference(self, obj: VenueProposal) -> str:
        lines = place_fields.lines_of(obj.venue, obj.changes, at=timezone.now())
        context = {"lines": lines, "is_open": obj.is_open}
        return render_to_string("bypuls/admin/proposal_difference.html", context) or "–"

    def _do(
        self, request: HttpRequest, object_id: str, step: Callable[[int], object]
    ) -> HttpResponse:
        try:
            step(int(object_id))
        except keeping.ProposalError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("Det er gjort."))
        address = reverse("admin:bypuls_venueproposal_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": address})

    @action(
        description=_("Godkjenn"),
        url_path="godkjenn",
        permissions=["answer"],
        dialog=_dialog(
            _("Godkjenne forslaget?"),
            _("Endringene vises med en gang, og avsenderen får e-post."),
            _("Godkjenn"),
            AcceptForm,
        ),
    )
    def accept_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        data, by, now = form.cleaned_data, signed_in(request), timezone.now()
        overwrite = {"keep": False, "overwrite": True}.get(data["conflicts"])
        return self._do(
            request,
            object_id,
            lambda pk: keeping.accept(pk, overwrite=overwrite, reply=data["reply"], by=by, at=now),
        )

    @action(
        description=_("Be om endring"),
        url_path="be-om-endring",
        permissions=["answer"],
        dialog=_dialog(_("Be om endring"), _("Avsenderen får e-post."), _("Send"), ReplyForm),
    )
    def ask_changes_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        reply, by, now = form.cleaned_data["reply"], signed_in(request), timezone.now()
        return self._do(
            request,
            object_id,
            lambda pk: keeping.ask_changes(pk, reply=reply, by=by, at=now),
        )

    @action(
        description=_("Avslå"),
        url_path="avsla",
        permissions=["answer"],
        dialog=_dialog(
            _("Avslå forslaget?"),
            _("Siden blir stående, og avsenderen får e-post."),
            _("Avslå"),
            ReplyForm,
        ),
    )
    def refuse_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        reply, by, now = form.cleaned_data["reply"], signed_in(request), timezone.now()
        return self._do(
            request, object_id, lambda pk: keeping.refuse(pk, reply=reply, by=by, at=now)
        )


class WaitingFilter(admin.SimpleListFilter):
    title = _("godkjent")
    parameter_name = "venter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("Venter på at noen ser på dem"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(approved_at=None) if self.value() == "ja" else queryset


@admin.register(VenuePhoto)
class VenuePhotoAdmin(AnsweredAdmin):
    list_display = ["thumbnail", "venue", "alt", "sent_by", "sent_at", "is_shown"]
    list_filter = [WaitingFilter]
    list_select_related = ["venue"]
    search_fields = ["venue__name", "alt"]
    ordering = ["-sent_at", "-pk"]
    list_per_page = 30
    actions = ["approve", "refuse"]
    fields = ["picture_shown", "venue", "alt", "credit", "sent_by", "sent_at", "approved_at"]

    def _image(self, obj: VenuePhoto, width: int) -> SafeString:
        return format_html('<img src="{}" alt="{}" width="{}">', obj.picture.url, obj.alt, width)

    @display(description=_("bilde"))
    def thumbnail(self, obj: VenuePhoto) -> SafeString:
        return self._image(obj, 120)

    @display(description=_("bilde"))
    def picture_shown(self, obj: VenuePhoto) -> SafeString:
        return self._image(obj, 600)

    @display(description=_("vises"), boolean=True)
    def is_shown(self, obj: VenuePhoto) -> bool:
        return obj.approved_at is not None

    @admin.action(description=_("Legg ut de valgte bildene"), permissions=["answer"])
    def approve(self, request: HttpRequest, queryset: QuerySet[VenuePhoto]) -> None:
        for pk in queryset.order_by("pk").values_list("pk", flat=True):
            contacts.approve_photo(pk, at=timezone.now())

    @admin.action(description=_("Ta bort de valgte bildene"), permissions=["answer"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[VenuePhoto]) -> None:
        for pk in list(queryset.order_by("pk").values_list("pk", flat=True)):
            contacts.remove_photo(pk, at=timezone.now())
