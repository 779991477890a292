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
from members.posts import publishing, rules, workflow
from members.posts.admin.flow import flow_of
from members.posts.admin.flow_forms import NoteForm
from members.posts.admin.pages import PostPages
from members.posts.models import Post
from members.posts.newsletter import newsletter_from_post
from members.posts.weeks import week_of


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
        form = PublishForm(
            request.POST if "schedule" in request.POST else None,
            initial={"for_time": f"{timezone.localtime(self._usual_time(post)):%Y-%m-%dT%H:%M}"},
        )
        tells_readers = "correct" in request.POST or "withdraw" in request.POST
        note = NoteForm(request.POST if tells_readers else None)
        problem = ""
        if request.method == "POST":
            try:
                done = self._act(request, post, form, note)
            except (publishing.NotReadyError, workflow.WorkflowError) as error:
                problem, done = str(error), ""
            if done:
                messages.success(request, done)
                return redirect(request.path)
        problems = publishing.problems_of(post)
        flow = flow_of(post, by=signed_in(request))
        is_blocked = any(problem.is_blocking for problem in problems)
        context = {
            "post": post,
            "form": form,
            "note": note,
            "notes": post.notes.select_related("by").order_by("-noted_at", "-pk"),
            "problem": problem,
            "problems": problems,
            "flow": flow,
            "is_blocked": is_blocked or bool(flow.why_not_publish),
            "title": _("Rett eller trekk tilbake") if flow.is_public else _("Publiser ukeposten"),
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

    def _usual_time(self, post: Post) -> datetime.datetime:
        """The plan, or the time that the rules give; the next such time when that has passed."""
        now = timezone.now()
        current = rules.current()
        planned = post.planned_at or week_of(post.year, post.week, rules=current).publication
        return planned if planned > now else newsletters.usual_time(at=now)

    def _act(self, request: HttpRequest, post: Post, form: PublishForm, note: NoteForm) -> str:
        """Do what the pressed button says, and say so. Nothing when a form is to be shown again."""
        now, by = timezone.now(), signed_in(request)
        if "schedule" in request.POST:
            if not form.is_valid():
                return ""
            for_time: datetime.datetime = form.cleaned_data["for_time"]
            publishing.schedule(post=post, for_time=for_time, at=now, by=by)
            return _("Posten er planlagt.")
        if "publish" in request.POST:
            publishing.publish(post=post, at=now, by=by)
            return _("Posten er publisert.")
        if not note.is_valid():
            return ""
        text = note.cleaned_data["text"]
        if "correct" in request.POST:
            publishing.correct(post=post, text=text, at=now, by=by)
            return _("Rettelsen står på siden.")
        publishing.withdraw(post=post, text=text, at=now, by=by)
        return _("Posten er trukket tilbake, og er en kladd igjen.")
