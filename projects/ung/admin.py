from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin
from unfold.admin import ModelAdmin, TabularInline

from projects.ung import enrolment, matching
from projects.ung.models import (
    Match,
    MeetingPlace,
    Mentee,
    Mentor,
    MentorScheme,
    MentorSession,
)
from vekst.history_admin import HistoryAdmin


@admin.register(MeetingPlace)
class MeetingPlaceAdmin(HistoryAdmin, TabbedTranslationAdmin[MeetingPlace]):
    list_display = ["name", "kind", "is_free", "language", "is_example", "published_at"]
    list_filter = ["kind", "is_free", "language", "is_example"]
    search_fields = ["name", "about", "where_text"]
    ordering = ["name", "pk"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(MentorScheme)
class MentorSchemeAdmin(HistoryAdmin, TabbedTranslationAdmin[MentorScheme]):
    list_display = ["title", "state", "starts_on", "ends_on", "max_mentees_per_mentor"]
    list_filter = ["state"]
    search_fields = ["title"]
    ordering = ["-starts_on", "pk"]
    prepopulated_fields = {"slug": ["title"]}
    actions = ["propose_pairs"]

    @admin.action(description=_("Foreslå mentorpar"), permissions=["change"])
    def propose_pairs(self, request: HttpRequest, queryset: QuerySet[MentorScheme]) -> None:
        count = 0
        for scheme in queryset.order_by("pk"):
            count += len(matching.propose_pairs(scheme, at=timezone.now()))
        messages.info(request, _("%(count)s par er foreslått.") % {"count": count})


class _ParticipantAdmin(ModelAdmin):
    list_display = ["name", "scheme", "workplace", "field", "state", "is_example", "created_at"]
    list_filter = ["scheme", "state", "field"]
    list_select_related = ["scheme"]
    search_fields = ["name", "email", "workplace"]
    ordering = ["-created_at", "pk"]
    readonly_fields = ["consent_text", "created_at", "confirmed_at", "withdrawn_at"]
    actions = ["withdraw"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # People sign themselves up, with a consent of their own.
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Mentor | Mentee | None = None
    ) -> bool:
        # Withdrawing ends their pairs first; the rule for deletion takes the row a month later.
        return False

    @admin.action(description=_("Trekk fra ordningen"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Mentor] | QuerySet[Mentee]) -> None:
        for person in queryset:
            enrolment.withdraw(person, at=timezone.now())
        messages.info(request, _("De valgte er trukket, og parene deres er avsluttet."))


@admin.register(Mentor)
class MentorAdmin(_ParticipantAdmin):
    list_display = [*_ParticipantAdmin.list_display, "pair_count", "capacity"]
    readonly_fields = [*_ParticipantAdmin.readonly_fields, "state", "pair_count"]


@admin.register(Mentee)
class MenteeAdmin(_ParticipantAdmin):
    readonly_fields = [*_ParticipantAdmin.readonly_fields, "state"]


class SessionInline(TabularInline):
    model = MentorSession
    extra = 0


@admin.register(Match)
class MatchAdmin(ModelAdmin):
    list_display = ["mentor", "mentee", "score", "reasons_text", "state", "proposed_at"]
    list_filter = ["state", "mentor__scheme"]
    list_select_related = ["mentor", "mentee"]
    search_fields = ["mentor__name", "mentee__name"]
    ordering = ["-proposed_at", "pk"]
    readonly_fields = [
        "mentor",
        "mentee",
        "state",
        "score",
        "reasons",
        "proposed_at",
        "accepted_at",
        "ended_at",
    ]
    inlines = [SessionInline]
    actions = ["accept", "end"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Match | None = None) -> bool:
        # A pair is ended, never deleted: the mentor's room follows from it.
        return False

    @admin.display(description=_("begrunnelse"))
    def reasons_text(self, match: Match) -> str:
        return "; ".join(match.reasons)

    @admin.action(
        description=_("Koble: godta forslaget og send e-post til begge"), permissions=["change"]
    )
    def accept(self, request: HttpRequest, queryset: QuerySet[Match]) -> None:
        done = 0
        for match in queryset.order_by("pk"):
            try:
                done += matching.accept(match, at=timezone.now())
            except matching.MatchError as error:
                messages.error(request, f"{match}: {error}")
        messages.info(request, _("%(count)s par er koblet.") % {"count": done})

    @admin.action(description=_("Avslutt paret"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Match]) -> None:
        done = sum(matching.end(match, at=timezone.now()) for match in queryset.order_by("pk"))
        messages.info(request, _("%(count)s par er avsluttet.") % {"count": done})
