from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import StackedInline

from members.accounts.access import signed_in
from members.posts.admin.photos import PhotoInline, PhotosOfPost
from members.posts.admin.previews import PreviewPages
from members.posts.admin.publishing_pages import PublishingPages
from members.posts.models import PUBLIC_STATES, Post, PostItem


class ItemInline(StackedInline):
    model = PostItem
    fields = [
        "weekday",
        "heading",
        "body",
        "link_label",
        "link_path",
        "forum",
        "company",
        "position",
    ]
    ordering_field = "position"
    hide_ordering_field = True
    ordering = ["position", "pk"]
    extra = 0


@admin.register(Post)
class PostAdmin(PreviewPages, PublishingPages, PhotosOfPost):
    list_display = ["title", "year", "week", "state", "publish_at", "published_at", "author"]
    list_filter = ["state", "year"]
    search_fields = ["title", "intro", "items__heading"]
    list_select_related = ["author"]
    ordering = ["-year", "-week", "-pk"]
    inlines = [ItemInline, PhotoInline]
    fields = ["title", "intro", "year", "week", "state", "published_at"]
    readonly_fields = ["state", "published_at"]
    history_list_display = ["state", "history_change_reason"]
    actions_detail = ["preview", "preview_mail", "publish_page", "make_newsletter"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        year, week, _day = timezone.localdate().isocalendar()
        return {"year": year, "week": week}

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if not change:
            obj.author = signed_in(request)
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, needed, protected = super().get_deleted_objects(objs, request)
        # A published page does not vanish by a slip: it is withdrawn first.
        live = [str(post) for post in objs if post.state in PUBLIC_STATES]
        return deleted, counts, needed, [*protected, *live]

    def view_on_site(self, obj: Post) -> str | None:
        """The page, once there is one; before that the preview shows it."""
        return obj.get_absolute_url() if obj.state in PUBLIC_STATES else None
