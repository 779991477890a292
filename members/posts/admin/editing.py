"""The page where a post is written, piece by piece."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import action

from members.accounts.access import signed_in
from members.posts.admin.desk import DONE, FROM_PANEL, Conflict, OpenPart, gather
from members.posts.admin.editing_forms import (
    CommentForm,
    HeadForm,
    PieceForm,
    as_number,
    hidden,
    saw_public,
    seen_again,
)
from members.posts.admin.flow import flow_of
from members.posts.admin.pages import PostPages
from members.posts.editing import comments, drafts, pieces, versions
from members.posts.editing.differences import of_field
from members.posts.editing.pieces import ConflictError, DroppedError, EditingError, Seen
from members.posts.models import EditPlace, Post, PostComment, PostItem


class EditingPages(PostPages):
    """The editing page, and what its forms and buttons do."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/rediger/{address}",
                self.admin_site.admin_view(view),
                name=f"posts_post_{name}",
            )
            for address, name, view in (
                ("", "edit", self.edit_view),
                ("topp/", "edit_head", self.head_view),
                ("ny/", "edit_new", self.new_view),
                ("utkast/", "keep_draft", require_POST(self.draft_view)),
                ("forkast/", "discard_draft", require_POST(self.discard_view)),
                ("hvem/", "who_is_here", self.who_view),
                ("kommentar/", "comment", require_POST(self.comment_view)),
                ("kommentar/<int:comment>/", "settle_comment", require_POST(self.settle_view)),
                ("<int:item>/", "edit_piece", self.piece_view),
                ("<int:item>/flytt/", "move_piece", require_POST(self.move_view)),
                ("<int:item>/fjern/", "drop_piece", require_POST(self.drop_view)),
                ("<int:item>/tilbake/", "restore_piece", require_POST(self.restore_view)),
            )
        ]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    @action(
        description=gettext_lazy("Skriv og ordne bitene"),
        url_path="til-redigering",
        permissions=["change"],
    )
    def edit_link(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:posts_post_edit", object_id)

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._desk(request, self.editable(request, pk))

    def head_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post = self.editable(request, pk)
        if request.method != "POST":
            draft = drafts.of_person(post=post, by=signed_in(request)).get((EditPlace.HEAD, None))
            initial = hidden(post, post) | _of_draft(draft)
            form = HeadForm(instance=post, initial=initial)
            return self._desk(request, post, OpenPart(EditPlace.HEAD, form, draft=draft))
        form = HeadForm(request.POST, instance=Post())
        opened = OpenPart(EditPlace.HEAD, form)
        if not form.is_valid():
            return self._desk(request, post, opened)
        try:
            pieces.change_head(
                post=post,
                fields=form.words(),
                seen=form.seen,
                at=timezone.now(),
                by=signed_in(request),
            )
        except EditingError as error:
            return self._refused(request, post, opened, error)
        return self._saved(request, post, EditPlace.HEAD, None, "lagret")

    def piece_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        post = self.editable(request, pk)
        piece = get_object_or_404(PostItem.everything, post=post, pk=item)
        if request.method != "POST":
            if piece.dropped_at is not None:
                return redirect("admin:posts_post_edit", pk)
            found = drafts.of_person(post=post, by=signed_in(request))
            draft = found.get((EditPlace.PIECE, item))
            form = PieceForm(instance=piece, initial=hidden(piece, post) | _of_draft(draft))
            return self._desk(request, post, OpenPart(EditPlace.PIECE, form, piece, draft))
        form = PieceForm(request.POST, instance=PostItem(post=post))
        opened = OpenPart(EditPlace.PIECE, form, piece)
        if not form.is_valid():
            return self._desk(request, post, opened)
        now, by, seen = timezone.now(), signed_in(request), form.seen
        try:
            if "restore" in request.POST:
                pieces.restore(post=post, item_id=item, at=now, by=by, was_public=seen.was_public)
                # Dropped and put back is all that may have happened to it since.
                seen = Seen(version=seen.version + 2, was_public=seen.was_public)
            pieces.change(post=post, item_id=item, fields=form.words(), seen=seen, at=now, by=by)
        except EditingError as error:
            return self._refused(request, post, opened, error)
        return self._saved(request, post, EditPlace.PIECE, piece, "lagret")

    def new_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post = self.editable(request, pk)
        if request.method != "POST":
            draft = drafts.of_person(post=post, by=signed_in(request)).get((EditPlace.NEW, None))
            initial = hidden(None, post, as_number(request.GET.get("plass"))) | _of_draft(draft)
            form = PieceForm(initial=initial)
            return self._desk(request, post, OpenPart(EditPlace.NEW, form, draft=draft))
        form = PieceForm(request.POST, instance=PostItem(post=post))
        opened = OpenPart(EditPlace.NEW, form)
        if not form.is_valid():
            return self._desk(request, post, opened)
        try:
            made = pieces.add(
                post=post,
                fields=form.words(),
                position=form.cleaned_data["position"],
                form_token=form.cleaned_data["form_token"],
                was_public=form.seen.was_public,
                at=timezone.now(),
                by=signed_in(request),
            )
        except EditingError as error:
            return self._refused(request, post, opened, error)
        return self._saved(request, post, EditPlace.NEW, made, "lagt-til")

    def move_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        post, piece = self._pressed(request, pk, item)
        position = as_number(request.POST.get("position"))
        if position is not None and piece.dropped_at is None:
            pieces.move(post=post, item_id=item, position=position, at=timezone.now())
        return self.back(post, "flyttet", item)

    def drop_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        post, piece = self._pressed(request, pk, item)
        version = as_number(request.POST.get("version"))
        seen = Seen(
            version=-1 if version is None else version,
            was_public=saw_public(request.POST),
        )
        now, by = timezone.now(), signed_in(request)
        try:
            pieces.drop(post=post, item_id=item, seen=seen, at=now, by=by)
        except EditingError as error:
            problem = f"«{piece.heading}»: {error}"
            return self._desk(request, post, problem=problem)
        return self.back(post, "fjernet", item)

    def restore_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        post, _piece = self._pressed(request, pk, item)
        try:
            pieces.restore(
                post=post,
                item_id=item,
                at=timezone.now(),
                by=signed_in(request),
                was_public=saw_public(request.POST),
            )
        except EditingError as error:
            return self._desk(request, post, problem=str(error))
        return self.back(post, "tilbake", item)

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what is typed in the open form, and note that its writer is here."""
        post = self.editable(request, pk)
        place, item = self._place(request, post)
        now, by = timezone.now(), signed_in(request)
        form: HeadForm | PieceForm = (
            HeadForm(request.POST, instance=Post())
            if place == EditPlace.HEAD
            else PieceForm(request.POST, instance=PostItem(post=post))
        )
        form.is_valid()
        draft = None
        if not _is_saved(form, post) and _differs(form, post if place == EditPlace.HEAD else item):
            draft = drafts.keep(
                post=post,
                item=item,
                place=place,
                fields=form.raw(),
                base_version=as_number(request.POST.get("version")) or 0,
                at=now,
                by=by,
            )
        drafts.be_here(post=post, item=item, place=place, at=now, by=by)
        others = drafts.others_here(post=post, at=now, by=by).filter(place=place, item=item)
        context = {"draft": draft, "others": [str(found.by) for found in others], "item": item}
        return render(request, "posts/admin/draft_state.html", context)

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post = self.editable(request, pk)
        place, item = self._place(request, post)
        drafts.discard(post=post, item=item, place=place, by=signed_in(request))
        drafts.leave(post=post, item=item, place=place, by=signed_in(request))
        return self.back(post, "forkastet", item.pk if item else None)

    def who_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post = self.editable(request, pk)
        here = drafts.others_here(post=post, at=timezone.now(), by=signed_in(request))
        context = {"here": [drafts.presence_text(found) for found in here], "post": post}
        return render(request, "posts/admin/_who_is_here.html", context)

    def comment_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post = self.editable(request, pk)
        form = CommentForm(request.POST)
        if not form.is_valid():
            return self._desk(request, post, wrong_comment=form)
        data = form.cleaned_data
        thread = None
        if data["answers"]:
            thread = get_object_or_404(PostComment, post=post, answers=None, pk=data["answers"])
        written = comments.write(
            post=post,
            text=data["text"],
            item=PostItem.everything.filter(post=post, pk=data["item"] or 0).first(),
            answers=thread,
            form_token=data["form_token"],
            at=timezone.now(),
            by=signed_in(request),
        )
        return self.back(post, "kommentert", written.item_id)

    def settle_view(self, request: HttpRequest, pk: int, comment: int) -> HttpResponse:
        post = self.editable(request, pk)
        found = get_object_or_404(PostComment, post=post, answers=None, pk=comment)
        if "reopen" in request.POST:
            comments.reopen(comment=found)
            return self.back(post, "apnet", found.item_id)
        comments.resolve(comment=found, at=timezone.now(), by=signed_in(request))
        return self.back(post, "lost", found.item_id)

    def _pressed(self, request: HttpRequest, pk: int, item: int) -> tuple[Post, PostItem]:
        post = self.editable(request, pk)
        return post, get_object_or_404(PostItem.everything, post=post, pk=item)

    def _place(self, request: HttpRequest, post: Post) -> tuple[EditPlace, PostItem | None]:
        raw = request.POST.get("place", "")
        place = EditPlace(raw) if raw in EditPlace.values else EditPlace.NEW
        if place != EditPlace.PIECE:
            return place, None
        number = as_number(request.POST.get("item")) or 0
        return place, get_object_or_404(PostItem.everything, post=post, pk=number)

    def _refused(
        self, request: HttpRequest, post: Post, opened: OpenPart, error: EditingError
    ) -> HttpResponse:
        """Show the form again with everything typed, kept as a draft too, beside what came between."""
        theirs, data = None, seen_again(request.POST, was_public=True)
        if isinstance(error, ConflictError):
            theirs = error.theirs
            data = seen_again(request.POST, version=theirs.version)
        if isinstance(error, DroppedError):
            data = request.POST
        mine = opened.form
        drafts.keep(
            post=post,
            item=opened.item,
            place=opened.place,
            fields=mine.raw(),
            base_version=as_number(str(data.get("version", ""))) or 0,
            at=timezone.now(),
            by=signed_in(request),
        )
        opened.conflict = Conflict(
            text=str(error),
            theirs=theirs,
            fields=_against(theirs, mine.words()) if theirs is not None else (),
            may_restore=isinstance(error, DroppedError),
        )
        again = Post() if isinstance(mine, HeadForm) else PostItem(post=post)
        opened.form = type(mine)(data, instance=again)
        return self._desk(request, post, opened)

    def _saved(
        self,
        request: HttpRequest,
        post: Post,
        place: EditPlace,
        item: PostItem | None,
        what: str,
    ) -> HttpResponse:
        part = item if place == EditPlace.PIECE else None
        drafts.discard(post=post, item=part, place=place, by=signed_in(request))
        drafts.leave(post=post, item=part, place=place, by=signed_in(request))
        return self.back(post, what, item.pk if item else None)

    def _desk(
        self,
        request: HttpRequest,
        post: Post,
        opened: OpenPart | None = None,
        *,
        wrong_comment: CommentForm | None = None,
        problem: str = "",
    ) -> HttpResponse:
        context = gather(
            post.pk,
            at=timezone.now(),
            by=signed_in(request),
            opened=opened,
            wrong_comment=wrong_comment,
        )
        done = request.GET.get("gjort", "")
        context |= {
            "title": _("Rediger ukeposten"),
            "flow": flow_of(context["post"], by=signed_in(request)),
            "done": DONE.get(done, ""),
            "done_item": as_number(request.GET.get("bit")),
            "may_undo": done == "fjernet",
            "is_from_panel": done in FROM_PANEL,
            "problem": problem,
        }
        return self.page(request, "posts/admin/edit.html", context)


def _of_draft(draft: Any) -> dict[str, Any]:
    return {} if draft is None else {**draft.fields, "version": draft.base_version}


def _is_saved(form: HeadForm | PieceForm, post: Post) -> bool:
    """Tell whether the form of a new piece was saved already: an autosave may come in after it."""
    token = form.cleaned_data.get("form_token")
    return token is not None and PostItem.everything.filter(post=post, form_token=token).exists()


def _differs(form: HeadForm | PieceForm, part: Post | PostItem | None) -> bool:
    """Tell whether the form says anything else than what is saved. An empty new piece says nothing."""
    if part is None:
        return any(str(form.data.get(name, "")).strip() for name in ("heading", "body"))
    if form.errors:
        return True
    return any(value != getattr(part, name) for name, value in form.words().items())


def _against(theirs: Post | PostItem, mine: dict[str, Any]) -> tuple[Any, ...]:
    """Return what differs between the other's text and mine."""
    if isinstance(theirs, PostItem):
        now = {name: getattr(theirs, name) for name in pieces.PIECE_FIELDS}
        return versions.differences_of_items(now, mine, at=timezone.now())
    labels = {"title": _("Tittel"), "intro": _("Ingress")}
    found = (of_field(label, getattr(theirs, name), mine[name]) for name, label in labels.items())
    return tuple(difference for difference in found if difference)
