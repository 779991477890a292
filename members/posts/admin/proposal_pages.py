"""The panel of proposals beside the pieces, and what its buttons do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from members.accounts.access import signed_in
from members.posts import proposals
from members.posts.admin.editing_forms import saw_public
from members.posts.admin.pages import PostPages
from members.posts.editing.pieces import PublishedMeanwhileError
from members.posts.models import Post, PostItem


class ProposalPages(PostPages):
    """Makes pieces of what the portal proposes, one by one or several at once."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<int:pk>/rediger/forslag/",
                self.admin_site.admin_view(require_POST(self.take_view)),
                name="posts_post_take",
            )
        ]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    def take_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the one whose button was pressed, or else those that are ticked."""
        post = self.editable(request, pk)
        pressed = request.POST.get("only")
        sources = {pressed} if pressed else set(request.POST.getlist("source"))
        if not sources:
            return self._to_panel(post, "ingen-valgt")
        try:
            taken = proposals.take(
                post=post,
                sources=sources,
                at=timezone.now(),
                by=signed_in(request),
                was_public=saw_public(request.POST),
            )
        except PublishedMeanwhileError:
            return self._to_panel(post, "publisert-imens")
        if taken:
            return self._to_panel(post, "tatt-med" if len(taken) == 1 else "tatt-med-flere")
        there = PostItem.objects.filter(post=post, source__in=sources).exists()
        return self._to_panel(post, "sto-der" if there else "foreslas-ikke")

    def _to_panel(self, post: Post, what: str) -> HttpResponse:
        address = reverse("admin:posts_post_edit", args=[post.pk])
        return redirect(f"{address}?{urlencode({'gjort': what})}#forslag")
