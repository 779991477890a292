"""Take a post from draft to page: the checks, the schedule, and on time."""

import datetime
from typing import cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts import notices, reviewing, rules, workflow
from members.posts.checks import Problem, check_post
from members.posts.editing.versions import content_of
from members.posts.models import (
    PUBLIC_STATES,
    CorrectionNote,
    NoteKind,
    Post,
    PostMove,
    PostState,
    PostVersion,
)
from members.posts.workflow import NotAllowedError, WrongStateError


class NotReadyError(Exception):
    """The post has problems that block publishing; they stand in `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems


def problems_of(post: Post) -> list[Problem]:
    """Return what stands between the post and its readers, the blocking ones first."""
    return check_post(post)


@transaction.atomic
def schedule(*, post: Post, for_time: datetime.datetime, at: datetime.datetime, by: User) -> Post:
    """
    Let the post be published at `for_time`; one that waits already gets the new time.

    Raises NotReadyError, WrongStateError, NotAllowedError.
    """
    post = workflow.locked(post)
    if post.state in PUBLIC_STATES:
        raise WrongStateError(_("Posten er alt publisert."))
    if for_time <= at:
        raise WrongStateError(_("Tidspunktet er passert. Velg et senere, eller publiser nå."))
    if (post.state, post.publish_at) == (PostState.SCHEDULED, for_time):
        return post
    _check(post)
    post.publish_at = for_time
    _go_live(post, PostState.SCHEDULED, at=at, by=by)
    return post


@transaction.atomic
def publish(*, post: Post, at: datetime.datetime, by: User | None) -> Post:
    """Publish the post now. A published one stays as it is. Raises NotReadyError, NotAllowedError."""
    post = workflow.locked(post)
    if post.state in PUBLIC_STATES:
        return post
    _check(post)
    post.published_at = at
    _go_live(post, PostState.PUBLISHED, at=at, by=by)
    return post


@transaction.atomic
def correct(*, post: Post, text: str, at: datetime.datetime, by: User) -> CorrectionNote:
    """
    Tell readers, for as long as the post stands, what was corrected in it.

    The words as they read now are kept as a version. The same text about the same words is one note.
    Raises WrongStateError.
    """
    post = workflow.locked(post)
    if post.state not in PUBLIC_STATES:
        raise WrongStateError(_("Bare en publisert post kan rettes. Dette er ikke ute."))
    newest = post.notes.select_related("version").order_by("-noted_at", "-pk").first()
    if newest and newest.text == text and newest.version.content == content_of(post):
        return newest
    move = workflow.make(post, PostState.CORRECTED, at=at, by=by, why=text)
    return _note(move, NoteKind.CORRECTED, text)


@transaction.atomic
def withdraw(*, post: Post, text: str, at: datetime.datetime, by: User) -> Post:
    """
    Take the post off its page, back to draft. Its address tells readers why from now on, and links to
    the draft from before open nothing.

    Twice is once. Raises WrongStateError when readers have never had it.
    """
    post = workflow.locked(post)
    if post.state == PostState.DRAFT and post.notes.exists():
        return post
    if post.state not in PUBLIC_STATES:
        raise WrongStateError(_("Posten er ikke ute."))
    move = workflow.back_to_draft(post, at=at, by=by, why=text)
    _note(move, NoteKind.WITHDRAWN, text)
    reviewing.withdraw_all(post=post, at=at)
    return post


def publish_due(*, at: datetime.datetime) -> int:
    """
    Publish every scheduled post whose time has come, however late: last week's news is still news.

    One that is no longer ready goes back to draft, and one that was changed after its approval back to
    review, with the reason on the move; those it concerns are told. Returns how many were published.
    """
    published = 0
    for pk in Post.objects.due(at=at).order_by("publish_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            post = (
                Post.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            )
            if post is None or post.state != PostState.SCHEDULED:
                continue
            try:
                publish(post=post, at=at, by=None)
            except (NotReadyError, NotAllowedError) as error:
                _hold_back(post, error, at=at)
            else:
                published += 1
    return published


def _go_live(post: Post, to: PostState, *, at: datetime.datetime, by: User | None) -> None:
    """Move the post to where one of a week can be. The checks saw no other there, but one may have come since."""
    try:
        with transaction.atomic():
            workflow.make(post, to, at=at, by=by)
    except IntegrityError as error:
        taken = [problem for problem in problems_of(post) if problem.code == "taken"]
        if not taken:
            raise
        raise NotReadyError(taken) from error


def _check(post: Post) -> None:
    if refusal := workflow.why_not_publish(post, current=rules.current()):
        raise NotAllowedError(refusal)
    blocking = [problem for problem in problems_of(post) if problem.is_blocking]
    if blocking:
        raise NotReadyError(blocking)


def _hold_back(post: Post, error: Exception, *, at: datetime.datetime) -> None:
    why = _("Ikke publisert: %(reason)s") % {"reason": error}
    if isinstance(error, NotAllowedError):
        post.publish_at = None
        move = workflow.make(post, PostState.REVIEW, at=at, by=None, why=why)
    else:
        move = workflow.back_to_draft(post, at=at, by=None, why=why)
    notices.tell_held_back(post=post, move=move, at=at)


def _note(move: PostMove, kind: NoteKind, text: str) -> CorrectionNote:
    # Every move is made with a version.
    version = cast("PostVersion", move.version)
    return CorrectionNote.objects.create(
        post=move.post, kind=kind, text=text, noted_at=move.at, by=move.by, version=version
    )
