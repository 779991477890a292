"""The versions of a post: named, compared, brought back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.accounts.access import signed_in
from members.posts.admin.editing_forms import VersionForm, as_number, saw_public
from members.posts.admin.pages import PostPages
from members.posts.editing import versions
from members.posts.editing.pieces import PublishedMeanwhileError
from members.posts.models import PUBLIC_STATES, Post, PostVersion


class VersionPages(PostPages):
    """The list of versions, two of them side by side, and the way back to one."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/rediger/versjoner/{address}",
                self.admin_site.admin_view(view),
                name=f"posts_post_{name}",
            )
            for address, name, view in (
                ("", "versions", self.versions_view),
                ("sammenlign/", "compare_versions", require_safe(self.compare_view)),
                ("<int:number>/hent/", "bring_back", require_POST(self.bring_back_view)),
            )
        ]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    def versions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post = self.editable(request, pk)
        form = VersionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            kept = versions.keep(
                post=post, name=form.cleaned_data["name"], at=timezone.now(), by=signed_in(request)
            )
            messages.success(request, _("Versjon %(number)s er lagret.") % {"number": kept.number})
            return redirect(request.path)
        rows = list(versions.of_post(post))
        context = {
            "post": post,
            "form": form,
            "versions": rows,
            "is_public": post.state in PUBLIC_STATES,
            "title": _("Versjoner"),
        }
        return self.page(request, "posts/admin/versions.html", context)

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what differs from one version to another, or to how the post reads now."""
        post = self.editable(request, pk)
        before = self._version(post, request.GET.get("fra"))
        after = self._version(post, request.GET.get("til"))
        if before is None:
            raise Http404
        if after is not None and after.number < before.number:
            before, after = after, before
        now = versions.content_of(post) if after is None else after.content
        context = {
            "post": post,
            "before": before,
            "after": after,
            "parts": versions.compare(before.content, now, at=timezone.now()),
            "title": _("Sammenlign versjoner"),
        }
        return self.page(request, "posts/admin/compare.html", context)

    def bring_back_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        post = self.editable(request, pk)
        version = get_object_or_404(PostVersion, post=post, number=number)
        try:
            found = versions.bring_back(
                version=version,
                at=timezone.now(),
                by=signed_in(request),
                was_public=saw_public(request.POST),
            )
        except PublishedMeanwhileError as error:
            messages.error(request, str(error))
            return redirect("admin:posts_post_versions", post.pk)
        for missing in found.missing:
            messages.warning(request, missing)
        return self.back(post, "hentet", None)

    def _version(self, post: Post, raw: str | None) -> PostVersion | None:
        number = as_number(raw)
        if number is None:
            return None
        return get_object_or_404(PostVersion.objects.select_related("by"), post=post, number=number)
