from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from members.accounts.access import may_run_programme, signed_in
from members.companies.access import forum_minutes_for, meetings_for
from members.companies.models import Forum, Meeting, Minutes, MinutesItem, MinutesVisibility, Seat


# A seat or the secretary's place opens the forum's closed minutes: the office alone gives them.
class SeatInline(TabularInline):
    model = Seat
    extra = 0
    tab = True
    autocomplete_fields = ["company", "delegate", "deputy"]
    ordering = ["until_date", "-since_date", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seat]:
        found: QuerySet[Seat] = super().get_queryset(request)
        if not may_run_programme(request.user):
            # Nor does an editor lengthen a seat of their own.
            own = Q(delegate=signed_in(request)) | Q(deputy=signed_in(request))
            found = found.exclude(pk__in=Seat.objects.filter(own).values("pk"))
        return found.select_related("company", "delegate", "deputy", "forum")

    def get_readonly_fields(self, request: HttpRequest, obj: Forum | None = None) -> list[str]:
        return [] if may_run_programme(request.user) else ["delegate", "deputy"]


@admin.register(Forum)
class ForumAdmin(ModelAdmin, TranslationAdmin):  # type: ignore[type-arg]
    list_display = ["name", "seat_count", "is_closed", "secretary", "meeting_rhythm", "ended_at"]
    list_filter = ["is_closed", "seat_privacy"]
    list_select_related = ["secretary"]
    search_fields = ["name"]
    autocomplete_fields = ["secretary"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["rank", "name", "pk"]
    inlines = [SeatInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Forum]:
        today = timezone.localdate()
        held = Q(seats__since_date__lte=today) & (
            Q(seats__until_date__isnull=True) | Q(seats__until_date__gte=today)
        )
        found: QuerySet[Forum] = super().get_queryset(request)
        return found.annotate(seat_number=Count("seats", filter=held))

    def get_readonly_fields(self, request: HttpRequest, obj: Forum | None = None) -> list[str]:
        return [] if may_run_programme(request.user) else ["secretary"]

    def has_delete_permission(self, request: HttpRequest, obj: Forum | None = None) -> bool:
        # The question before deleting lists the minutes, closed ones too.
        return bool(super().has_delete_permission(request, obj)) and may_run_programme(request.user)

    @display(description=_("plasser"), ordering="seat_number")
    def seat_count(self, forum: Any) -> int:
        return int(forum.seat_number)


@admin.register(Meeting)
class MeetingAdmin(ModelAdmin):
    list_display = ["forum", "starts_at", "place", "state", "is_public"]
    list_filter = ["state", "is_public", "forum"]
    list_select_related = ["forum"]
    search_fields = ["forum__name", "place"]
    autocomplete_fields = ["forum"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        found: QuerySet[Meeting] = super().get_queryset(request)
        seen = meetings_for(request.user, at=timezone.now())
        return found.filter(pk__in=seen.values("pk"))

    def get_readonly_fields(self, request: HttpRequest, obj: Meeting | None = None) -> list[str]:
        # The minutes would go with it, to those who sit in the other forum.
        return [] if obj is None or may_run_programme(request.user) else ["forum"]

    def has_delete_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and may_run_programme(request.user)


class MinutesItemInline(TabularInline):
    model = MinutesItem
    extra = 1
    ordering = ["number", "pk"]


@admin.register(Minutes)
class MinutesAdmin(ModelAdmin):
    list_display = ["title", "show_forum", "show_time", "show_visibility", "approved_at"]
    list_filter = ["visibility", "meeting__forum"]
    list_select_related = ["meeting__forum"]
    search_fields = ["title", "meeting__forum__name"]
    autocomplete_fields = ["meeting"]
    ordering = ["-meeting__starts_at", "-pk"]
    inlines = [MinutesItemInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Minutes]:
        found: QuerySet[Minutes] = super().get_queryset(request)
        # Not those that are read as the public: confidential matters stand in them too.
        readable = forum_minutes_for(signed_in(request), at=timezone.now())
        return found.filter(pk__in=readable.values("pk"))

    @display(description=_("forum"), ordering="meeting__forum__name")
    def show_forum(self, minutes: Minutes) -> str:
        return minutes.meeting.forum.name

    @display(description=_("møte"), ordering="meeting__starts_at")
    def show_time(self, minutes: Minutes) -> str:
        return f"{timezone.localtime(minutes.meeting.starts_at):%d.%m.%Y}"

    @display(
        description=_("hvem kan lese"),
        ordering="visibility",
        label={
            MinutesVisibility.CLOSED.label: "warning",
            MinutesVisibility.PUBLIC.label: "success",
        },
    )
    def show_visibility(self, minutes: Minutes) -> str:
        return minutes.get_visibility_display()
