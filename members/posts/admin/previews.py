"""How a post will read, before anybody else reads it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from members.mailings import newsletters
from members.posts.admin.pages import PostPages
from members.posts.models import Post
from members.posts.newsletter import draft_mail
from members.posts.reading import with_cards, with_photos


class PreviewPages(PostPages):
    """The post as page, mail and plain text."""

    def get_urls(self) -> list[URLPattern]:
        # Led to from the page that shows them side by side: the head of a page has no room for all.
        own = [
            path(
                f"<int:object_id>/{address}/",
                self.admin_site.admin_view(view),
                name=f"posts_post_{name}",
            )
            for address, name, view in (
                ("side", "preview", self.preview),
                ("e-post", "preview_mail", self.preview_mail),
            )
        ]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    @action(description=gettext_lazy("Se som side"), permissions=["view"])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post.objects.whole(), pk=object_id)
        crumbs = [(_("Tilbake til redigering"), reverse("admin:posts_post_change", args=[post.pk]))]
        context = {
            "story": with_cards(with_photos([post], with_unready=True), at=timezone.now())[0],
            "newer": None,
            "older": None,
            "is_preview": True,
            "crumbs": crumbs,
        }
        response = render(request, "posts/post_detail.html", context)
        # Shown beside the mail on a page of the admin, and nowhere else: the policy says who may frame it.
        response.xframe_options_exempt = True
        return response

    @action(
        description=gettext_lazy("Se alt ved siden av hverandre"),
        url_path="slik-blir-den",
        permissions=["view"],
    )
    def preview_all(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post, pk=object_id)
        text, _html = newsletters.preview(draft_mail(post=post, at=timezone.now()))
        context = {"post": post, "text": text, "title": _("Slik blir den")}
        return self.page(request, "posts/admin/preview_all.html", context)

    @action(description=gettext_lazy("Se som e-post"), permissions=["view"])
    def preview_mail(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post, pk=object_id)
        text, html = newsletters.preview(draft_mail(post=post, at=timezone.now()))
        if request.GET.get("del") == "html":
            response = HttpResponse(html)
            response.xframe_options_exempt = True
            return response
        context = {"post": post, "text": text, "title": _("Forhåndsvisning")}
        return self.page(request, "posts/admin/post_mail.html", context)
