"""From draft to page and to mail."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from members.accounts.access import signed_in
from members.mailings import newsletters
from members.posts import publishing
from members.posts.admin.pages import PostPages
from members.posts.models import Post
from members.posts.newsletter import newsletter_from_post


class PublishForm(forms.Form):
    for_time = forms.DateTimeField(
        label=gettext_lazy("Publiseres"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )


class PublishingPages(PostPages):
    """Where an editor publishes a post and makes a newsletter of it."""

    @action(description=gettext_lazy("Publiser …"), url_path="publiser", permissions=["publish"])
    def publish_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post, pk=object_id)
        usual = newsletters.usual_time(at=timezone.now())
        form = PublishForm(
            request.POST if "schedule" in request.POST else None,
            initial={"for_time": f"{usual:%Y-%m-%dT%H:%M}"},
        )
        if request.method == "POST" and self._act(request, post, form):
            return redirect(request.path)
        problems = publishing.problems_of(post)
        context = {
            "post": post,
            "form": form,
            "problems": problems,
            "is_blocked": any(problem.is_blocking for problem in problems),
            "title": _("Publiser ukeposten"),
        }
        return self.page(request, "posts/admin/post_publish.html", context)

    @action(
        description=gettext_lazy("Lag nyhetsbrev …"), url_path="nyhetsbrev", permissions=["publish"]
    )
    def make_newsletter(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post, pk=object_id)
        if request.method == "POST":
            newsletter = newsletter_from_post(post=post, at=timezone.now(), by=signed_in(request))
            messages.success(request, _("Nyhetsbrevet er en kladd. Se over det før du sender."))
            return redirect("admin:mailings_newsletter_change", newsletter.pk)
        context = {"post": post, "title": _("Lag nyhetsbrev av posten")}
        return self.page(request, "posts/admin/post_newsletter.html", context)

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("posts.change_post")

    def _act(self, request: HttpRequest, post: Post, form: PublishForm) -> bool:
        """Do what the pressed button says. Returns False when the page is to be shown again."""
        now, by = timezone.now(), signed_in(request)
        try:
            if "schedule" in request.POST:
                if not form.is_valid():
                    return False
                for_time: datetime.datetime = form.cleaned_data["for_time"]
                publishing.schedule(post=post, for_time=for_time, at=now, by=by)
                text = _("Posten er planlagt.")
            elif "publish" in request.POST:
                publishing.publish(post=post, at=now, by=by)
                text = _("Posten er publisert.")
            else:
                publishing.withdraw(post=post, by=by)
                text = _("Posten er en kladd igjen.")
        except (publishing.NotReadyError, publishing.WrongStateError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, text)
        return True
