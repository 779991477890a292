import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from members.accounts.access import signed_in
from members.posts import planning, workflow
from members.posts.admin.calendar_page import CalendarPages
from members.posts.admin.card_pages import CardPages
from members.posts.admin.editing import EditingPages
from members.posts.admin.editing_forms import as_number
from members.posts.admin.flow_pages import FlowPages
from members.posts.admin.photos import PhotoPages
from members.posts.admin.previews import PreviewPages
from members.posts.admin.proposal_pages import ProposalPages
from members.posts.admin.publishing_pages import PublishingPages
from members.posts.admin.versions import VersionPages
from members.posts.editing import pieces
from members.posts.models import LIVE_STATES, PUBLIC_STATES, Post


class PostChangeList(ChangeList):
    """The list of posts leads to the page where they are written."""

    def url_for_result(self, result: Post) -> str:
        return reverse("admin:posts_post_edit", args=[result.pk])


def _has_address(post: Post) -> bool:
    """Tell whether readers know the page of that week, or may know it soon."""
    return post.state in LIVE_STATES or post.notes.exists()


@admin.register(Post)
class PostAdmin(
    EditingPages,
    ProposalPages,
    CardPages,
    VersionPages,
    PreviewPages,
    FlowPages,
    PublishingPages,
    CalendarPages,
    PhotoPages,
):
    list_display = ["title", "year", "week", "state", "publish_at", "published_at", "author"]
    list_filter = ["state", "year"]
    search_fields = ["title", "intro", "items__heading"]
    list_select_related = ["author"]
    ordering = ["-year", "-week", "-pk"]
    fields = ["title", "intro", "year", "week", "state", "published_at"]
    readonly_fields = ["state", "published_at"]
    history_list_display = ["state", "history_change_reason"]
    actions_detail = [
        *("edit_link", "preview_all", "workflow_link", "publish_page", "make_newsletter"),
    ]
    actions_list = ["calendar_link"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PostChangeList

    def get_readonly_fields(self, request: HttpRequest, obj: Post | None = None) -> list[str]:
        if obj is None:
            return [*self.readonly_fields]
        # Words are written on the editing page, where nobody writes over another's.
        week = ["year", "week"] if _has_address(obj) else []
        return [*self.readonly_fields, "title", "intro", *week]

    def get_fieldsets(self, request: HttpRequest, obj: Post | None = None) -> Any:
        if obj is None or not _has_address(obj):
            return super().get_fieldsets(request, obj)
        why = _(
            "Uka kan ikke endres: den er adressen til posten, og leserne kan kjenne den. En planlagt post"
            " kan du ta av planen først."
        )
        return [(None, {"fields": self.fields, "description": why})]

    def response_add(self, request: HttpRequest, obj: Post, *args: Any) -> HttpResponse:
        return redirect("admin:posts_post_edit", obj.pk)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        day = timezone.localdate()
        year, week, _day = day.isocalendar()
        if Post.objects.filter(year=year, week=week).exists():
            year, week, _day = (day + datetime.timedelta(days=7)).isocalendar()
        # A post is in Bokmål, whatever language its editor uses the admin in.
        usual = {"year": year, "week": week, "title": f"Uke {week} i {settings.MUNICIPALITY_NAME}"}
        asked = as_number(request.GET.get("week"))
        if asked is not None:
            # The calendar asks for a week of its own.
            usual |= {"week": asked, "title": f"Uke {asked} i {settings.MUNICIPALITY_NAME}"}
            usual |= {"year": as_number(request.GET.get("year")) or year}
        return usual

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if not change:
            obj.author = by = signed_in(request)
            obj.save()
            planning.set_plan(post=obj, plan=planning.usual_plan(obj, by=by), by=by)
            return
        # Only what this form changed: the words may have been written meanwhile.
        columns = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=[*(columns & set(form.changed_data)), "updated_at"])
        if form.changed_data:
            # The dates that readers see follow from the week.
            pieces.written(workflow.locked(obj), at=timezone.now(), by=signed_in(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, needed, protected = super().get_deleted_objects(objs, request)
        # A published page does not vanish by a slip: it is withdrawn first.
        live = [str(post) for post in objs if post.state in PUBLIC_STATES]
        return deleted, counts, needed, [*protected, *live]

    def view_on_site(self, obj: Post) -> str | None:
        """The page, once there is one; before that the preview shows it."""
        return obj.get_absolute_url() if obj.state in PUBLIC_STATES else None
