"""The page where a post is planned, moved on and read by others, and how it came where it is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from members.accounts.access import signed_in
from members.accounts.models import User
from members.posts import planning, reviewing, workflow
from members.posts.admin.editing_forms import as_number
from members.posts.admin.flow import flow_of
from members.posts.admin.flow_forms import InviteForm, PlanForm, WhyForm
from members.posts.admin.pages import PostPages
from members.posts.models import Post, ReviewLink

DONE = {
    "plan": gettext_lazy("Planen er lagret."),
    "submit": gettext_lazy("Posten er sendt til gjennomlesing."),
    "approve": gettext_lazy("Posten er godkjent."),
    "send-back": gettext_lazy("Posten er en kladd igjen."),
    "unschedule": gettext_lazy("Posten er tatt av planen."),
    "invite": gettext_lazy("Lenken er sendt."),
    "withdraw": gettext_lazy("Lenken er kalt tilbake og virker ikke lenger."),
}
_MOVES: dict[str, Callable[..., Post]] = {
    "submit": workflow.submit,
    "send-back": workflow.send_back,
}


class FlowPages(PostPages):
    """The workflow page. Each form on it posts to it, with a button that says what."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<int:pk>/arbeidsflyt/",
                self.admin_site.admin_view(self.workflow_view),
                name="posts_post_workflow",
            )
        ]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    @action(
        description=gettext_lazy("Plan og arbeidsflyt"),
        url_path="til-arbeidsflyt",
        permissions=["change"],
    )
    def workflow_link(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:posts_post_workflow", object_id)

    def workflow_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post = self.editable(request, pk)
        if request.method != "POST":
            return self._workflow(request, post)
        by = signed_in(request)
        if "plan" in request.POST:
            return self._plan(request, post, by)
        if "invite" in request.POST:
            return self._invite(request, post, by)
        if "withdraw" in request.POST:
            number = as_number(request.POST["withdraw"]) or 0
            link = get_object_or_404(ReviewLink, post=post, pk=number)
            reviewing.withdraw(link=link, at=timezone.now())
            return self._done(request, post, "withdraw")
        return self._move(request, post, by)

    def _move(self, request: HttpRequest, post: Post, by: User) -> HttpResponse:
        name = request.POST.get("move", "")
        form = WhyForm(request.POST, asks_why=name == "send-back")
        if not form.is_valid():
            return self._workflow(request, post, why=form)
        try:
            if name == "unschedule":
                workflow.unschedule(post=post, at=timezone.now(), by=by)
            elif name == "approve":
                seen, why = request.POST.get("seen", ""), form.cleaned_data["why"]
                workflow.approve(post=post, at=timezone.now(), by=by, why=why, seen=seen)
            elif name in _MOVES:
                why = form.cleaned_data["why"]
                _MOVES[name](post=post, at=timezone.now(), by=by, why=why)
        except workflow.WorkflowError as error:
            return self._workflow(request, post, why=form, problem=str(error))
        return self._done(request, post, name)

    def _plan(self, request: HttpRequest, post: Post, by: User) -> HttpResponse:
        form = PlanForm(request.POST, post=post)
        if form.is_valid():
            try:
                planning.set_plan(post=post, plan=form.plan(), by=by)
            except planning.PlanError as error:
                form.add_error(error.field, str(error))
            else:
                return self._done(request, post, "plan")
        return self._workflow(request, post, plan=form)

    def _invite(self, request: HttpRequest, post: Post, by: User) -> HttpResponse:
        form = InviteForm(request.POST)
        if not form.is_valid():
            return self._workflow(request, post, invite=form)
        try:
            reviewing.invite(post=post, at=timezone.now(), by=by, **form.cleaned_data)
        except reviewing.ReviewError as error:
            return self._workflow(request, post, invite=form, problem=str(error))
        return self._done(request, post, "invite")

    def _done(self, request: HttpRequest, post: Post, what: str) -> HttpResponse:
        address = reverse("admin:posts_post_workflow", args=[post.pk])
        return redirect(f"{address}?gjort={what}")

    def _workflow(
        self,
        request: HttpRequest,
        post: Post,
        *,
        why: WhyForm | None = None,
        plan: PlanForm | None = None,
        invite: InviteForm | None = None,
        problem: str = "",
    ) -> HttpResponse:
        people = ("author", "responsible", "stand_in", "submitted_by", "approved_by")
        post = Post.objects.select_related(*people, "last_written_by").get(pk=post.pk)
        now = timezone.now()
        context: dict[str, Any] = {
            "post": post,
            "flow": flow_of(post, by=signed_in(request)),
            "why": why or WhyForm(),
            "plan": plan or PlanForm(post=post),
            "invite": invite or InviteForm(),
            "problem": problem,
            "done": DONE.get(request.GET.get("gjort", ""), ""),
            "moves": workflow.moves_of(post),
            "links": reviewing.links_of(post, at=now),
            "title": _("Plan og arbeidsflyt"),
        }
        return self.page(request, "posts/admin/workflow.html", context)
