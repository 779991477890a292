"""What the admin's own pages of a post share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from members.posts.models import Post
from vekst.history_admin import HistoryAdmin


class PostPages(HistoryAdmin):
    """An admin with pages of its own, in the frame of the admin."""

    def editable(self, request: HttpRequest, pk: int) -> Post:
        """Return the post for one who may write in it."""
        post = get_object_or_404(Post, pk=pk)
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        return post

    def back(self, post: Post, what: str, item: int | None) -> HttpResponse:
        """Go to the page, with what was done in its address and the piece in view."""
        words: dict[str, str | int] = {"gjort": what} | ({"bit": item} if item else {})
        address = reverse("admin:posts_post_edit", args=[post.pk])
        return redirect(f"{address}?{urlencode(words)}" + (f"#bit-{item}" if item else ""))

    def page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, name, shared)
