from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from members.mailings import access, subscribing
from members.mailings.admin import lists
from members.mailings.models import Consent, Subscriber, SubscriptionRequest, Topic
from vekst.readonly_admin import ReadOnlyAdmin, ReadOnlyInline


class ConsentInline(ReadOnlyInline):
    model = Consent
    fields = ["topic", "given_at", "source", "version", "text", "withdrawn_at", "withdrawn_source"]
    readonly_fields = fields
    ordering = ["topic", "given_at", "pk"]


class TopicFilter(admin.SimpleListFilter):
    """Those who get a topic now; a join would list and count people once for each of their consents."""

    title = _("tema")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Topic.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in Topic.values:
            return queryset
        consents = Consent.objects.in_force().filter(subscriber=OuterRef("pk"))
        return queryset.filter(Exists(consents.filter(topic=self.value())))


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    list_display = ["email", "topics", "frequency", "language", "confirmed_at", "paused_until"]
    list_filter = ["frequency", "language", TopicFilter]
    search_fields = ["email"]
    ordering = ["-created_at", "-pk"]
    show_full_result_count = False
    fields = [
        "email",
        "language",
        "frequency",
        "audiences",
        "created_at",
        "confirmed_at",
        "paused_until",
        "unsubscribed_at",
    ]
    inlines = [ConsentInline]
    actions = ["unsubscribe"]
    actions_list = ["import_link", "export_link"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        in_force = Consent.objects.in_force().filter(subscriber=OuterRef("pk")).order_by()
        number = Subquery(in_force.values("subscriber").annotate(n=Count("pk")).values("n"))
        found: QuerySet[Subscriber] = super().get_queryset(request)
        return found.annotate(topic_count=Coalesce(number, 0))

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

    @action(description=_("Les inn liste"), url_path="les-inn", permissions=["import"])
    def import_link(self, request: HttpRequest) -> HttpResponse:
        return redirect(lists.upload_url())

    @action(description=_("Ta ut som fil"), url_path="ta-ut", permissions=["export"])
    def export_link(self, request: HttpRequest) -> HttpResponse:
        return redirect(lists.export_url())

    def has_import_permission(self, request: HttpRequest) -> bool:
        return access.may_import_subscribers(request.user)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return access.may_export_subscribers(request.user)

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
        "audiences",
        "frequency",
        "language",
        "consent_text",
        "consent_version",
        "source",
        "requested_at",
        "confirmed_at",
    ]
