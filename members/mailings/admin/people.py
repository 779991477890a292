from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline

from members.mailings import subscribing
from members.mailings.admin.ledger import ReadOnlyAdmin
from members.mailings.models import Consent, Subscriber, SubscriptionRequest


class ConsentInline(TabularInline):
    model = Consent
    fields = ["topic", "given_at", "source", "version", "text", "withdrawn_at", "withdrawn_source"]
    readonly_fields = fields
    ordering = ["topic", "given_at", "pk"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    list_display = ["email", "topics", "language", "confirmed_at", "paused_until"]
    list_filter = ["language", "consents__topic"]
    search_fields = ["email"]
    ordering = ["-created_at", "-pk"]
    show_full_result_count = False
    fields = [
        "email",
        "language",
        "created_at",
        "confirmed_at",
        "paused_until",
        "unsubscribed_at",
    ]
    inlines = [ConsentInline]
    actions = ["unsubscribe"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        in_force = Count("consents", filter=Q(consents__withdrawn_at=None))
        found: QuerySet[Subscriber] = super().get_queryset(request).annotate(topic_count=in_force)
        return found

    @admin.display(description=_("temaer"), ordering="topic_count")
    def topics(self, subscriber: Any) -> int:
        return int(subscriber.topic_count)

    @admin.action(description=_("Meld av alle temaer"), permissions=["unsubscribe"])
    def unsubscribe(self, request: HttpRequest, chosen: QuerySet[Subscriber]) -> None:
        ended = sum(
            subscribing.withdraw(subscriber=subscriber, source="admin", at=timezone.now())
            for subscriber in chosen
        )
        text = ngettext("%(n)s samtykke er avsluttet.", "%(n)s samtykker er avsluttet.", ended)
        messages.success(request, text % {"n": ended})

    def has_unsubscribe_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mailings.change_subscriber")


@admin.register(SubscriptionRequest)
class SubscriptionRequestAdmin(ReadOnlyAdmin):
    list_display = ["email", "topics", "language", "requested_at", "confirmed_at"]
    list_filter = [("confirmed_at", admin.EmptyFieldListFilter), "language"]
    search_fields = ["email"]
    ordering = ["-requested_at", "-pk"]
    fields = [
        "email",
        "topics",
        "language",
        "consent_text",
        "consent_version",
        "source",
        "requested_at",
        "confirmed_at",
    ]
