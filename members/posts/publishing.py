"""Take a post from draft to page: the checks, the schedule, and on time."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts.checks import Problem, check_post
from members.posts.editing.versions import keep_at_move
from members.posts.models import PUBLIC_STATES, Post, PostState


class NotReadyError(Exception):
    """The post has problems that block publishing; they stand in `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems


class WrongStateError(Exception):
    """The post is not where this can be done with it. The message is for the editor."""


def problems_of(post: Post) -> list[Problem]:
    """Return what stands between the post and its readers, the blocking ones first."""
    return check_post(post)


@transaction.atomic
def schedule(*, post: Post, for_time: datetime.datetime, at: datetime.datetime, by: User) -> Post:
    """Let the post be published at `for_time`. Raises NotReadyError, WrongStateError."""
    post = _locked(post)
    if post.state in PUBLIC_STATES:
        raise WrongStateError(_("Posten er alt publisert."))
    if for_time <= at:
        raise WrongStateError(_("Tidspunktet er passert. Velg et senere, eller publiser nå."))
    _check(post)
    post.state, post.publish_at = PostState.SCHEDULED, for_time
    return _save(post, by=by, reason="Planlagt")


@transaction.atomic
def publish(*, post: Post, at: datetime.datetime, by: User | None) -> Post:
    """Publish the post now. A published one stays as it is. Raises NotReadyError."""
    post = _locked(post)
    if post.state in PUBLIC_STATES:
        return post
    _check(post)
    post.state, post.published_at = PostState.PUBLISHED, at
    return _save(post, by=by, reason="Publisert")


@transaction.atomic
def withdraw(*, post: Post, by: User) -> Post:
    """Take the post off the schedule or off the page, back to draft."""
    post = _locked(post)
    if post.state == PostState.DRAFT:
        return post
    post.state, post.publish_at, post.published_at = PostState.DRAFT, None, None
    return _save(post, by=by, reason="Trukket tilbake")


def publish_due(*, at: datetime.datetime) -> int:
    """
    Publish every scheduled post whose time has come, however late: last week's news is still news.

    One that is no longer ready goes back to draft, with the reason in its history. Returns how many
    were published.
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
            except NotReadyError as error:
                post.state, post.publish_at = PostState.DRAFT, None
                _save(post, by=None, reason=f"Ikke publisert: {error}"[:100])
            else:
                published += 1
    return published


def _locked(post: Post) -> Post:
    return Post.objects.select_for_update(of=("self",)).get(pk=post.pk)


def _check(post: Post) -> None:
    blocking = [problem for problem in problems_of(post) if problem.is_blocking]
    if blocking:
        raise NotReadyError(blocking)


def _save(post: Post, *, by: User | None, reason: str) -> Post:
    post._history_user = by
    post._change_reason = reason
    post.save(update_fields=["state", "publish_at", "published_at", "updated_at"])
    keep_at_move(post=post, at=post.updated_at, by=by)
    return post
