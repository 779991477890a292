from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.accounts.access import signed_in
from members.mailings import sending
from members.mailings.models import Delivery, MailJob, Suppression
from vekst.readonly_admin import ReadOnlyAdmin


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What each person was sent, why, and what became of it. What a message says is not shown: links and codes stand in it."""

    list_display = ["created_at", "kind", "title", "recipient", "state", "attempts", "finished_at"]
    list_filter = ["state", "kind"]
    search_fields = ["=recipient", "=subject"]
    search_help_text = _("Hele e-postadressen, eller det meldingen gjelder")
    date_hierarchy = None
    list_select_related = ["body"]
    ordering = ["-created_at", "-pk"]
    show_full_result_count = False
    fields = [
        "kind",
        "subject",
        "title",
        "recipient",
        "from_email",
        "message_id",
        "mandatory",
        "state",
        "attempts",
        "next_attempt_at",
        "stale_at",
        "created_at",
        "finished_at",
        "error",
    ]

    @admin.display(description=_("emne"))
    def title(self, delivery: Delivery) -> str:
        return delivery.body.title


@admin.register(MailJob)
class MailJobAdmin(ReadOnlyAdmin):
    list_display = ["name", "ran_at", "sent", "waiting", "note"]
    ordering = ["name"]


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ["email", "reason", "since_at", "lifted_at", "detail"]
    list_filter = ["reason", ("lifted_at", admin.EmptyFieldListFilter)]
    search_fields = ["email"]
    list_select_related = ["lifted_by"]
    ordering = ["-since_at", "-pk"]
    actions = ["lift"]

    @admin.action(description=_("Opphev sperren"), permissions=["lift"])
    def lift(self, request: HttpRequest, chosen: QuerySet[Suppression]) -> None:
        lifted = sending.lift_suppressions(
            ids=list(chosen.values_list("pk", flat=True)), at=timezone.now(), by=signed_in(request)
        )
        text = ngettext("%(n)s sperre er opphevet.", "%(n)s sperrer er opphevet.", lifted)
        messages.success(request, text % {"n": lifted})

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mailings.change_suppression")
