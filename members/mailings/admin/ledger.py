from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members.mailings.admin.person import PersonPages
from members.mailings.models import Bounce, Delivery, MailJob, MailLookup, Suppression
from vekst.readonly_admin import ReadOnlyAdmin


@admin.register(Delivery)
class DeliveryAdmin(PersonPages):
    """What each person was sent, why, and what became of it. What a message says is not shown: links and codes stand in it."""

    list_display = ["created_at", "kind", "title", "recipient", "state", "attempts", "finished_at"]
    list_filter = ["state", "kind"]
    # An address in the search field would stand in the page's own address, and so in logs.
    search_fields = ["=subject"]
    search_help_text = _("Det meldingen gjelder. Personer finner du med «Hva en person har fått».")
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
        "delivered_at",
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
    """Addresses that are left alone. They are opened again on the page about the person, with a reason."""

    list_display = ["email", "reason", "since_at", "lifted_at", "lifted_by", "lift_note"]
    list_filter = ["reason", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["lifted_by"]
    ordering = ["-since_at", "-pk"]
    show_full_result_count = False


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    list_display = ["happened_at", "kind", "what", "source", "detail", "forgiven_at"]
    list_filter = ["kind", "source"]
    list_select_related = ["delivery__body"]
    ordering = ["-received_at", "-pk"]
    show_full_result_count = False
    fields = ["kind", "what", "source", "detail", "happened_at", "received_at", "forgiven_at"]

    @admin.display(description=_("gjelder"))
    def what(self, bounce: Bounce) -> str:
        return bounce.delivery.body.title


@admin.register(MailLookup)
class MailLookupAdmin(ReadOnlyAdmin):
    """Who looked at what somebody was sent."""

    list_display = ["at", "by", "email", "found"]
    list_select_related = ["by"]
    ordering = ["-at", "-pk"]
    show_full_result_count = False
