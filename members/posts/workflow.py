"""
Take a post from one state to the next.

Each change is one of `MOVES`, made under the post's lock; it leaves a PostMove with who, when and why,
and a version of the words. `members.posts.publishing` builds on it.
"""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts import notices, rules
from members.posts.editing.pieces import words_mark
from members.posts.editing.versions import keep_at_move
from members.posts.models import EditorialRules, Post, PostMove, PostState

S = PostState
MOVES: dict[str, set[str]] = {
    S.DRAFT: {S.REVIEW, S.APPROVED, S.SCHEDULED, S.PUBLISHED},
    # To the same state: handed in by another, approved once more after a change, or given another time.
    S.REVIEW: {S.DRAFT, S.REVIEW, S.APPROVED, S.SCHEDULED, S.PUBLISHED},
    S.APPROVED: {S.DRAFT, S.REVIEW, S.APPROVED, S.SCHEDULED, S.PUBLISHED},
    S.SCHEDULED: {S.DRAFT, S.REVIEW, S.APPROVED, S.SCHEDULED, S.PUBLISHED},
    S.PUBLISHED: {S.DRAFT, S.CORRECTED},
    S.CORRECTED: {S.DRAFT, S.CORRECTED},
}
_STATE_FIELDS = (
    *("state", "publish_at", "published_at", "submitted_by", "approved_by", "approved_at"),
    "updated_at",
)


class WorkflowError(Exception):
    """The move was not made. The message is for the editor."""


class WrongStateError(WorkflowError):
    """The post is not where this can be done with it."""


class NotAllowedError(WorkflowError):
    """The rules keep this person from doing it."""


@transaction.atomic
def submit(*, post: Post, at: datetime.datetime, by: User, why: str = "") -> Post:
    """Hand the post to the others to read. Twice is once. Raises WrongStateError."""
    post = locked(post)
    if post.state == S.REVIEW and post.submitted_by_id == by.pk:
        return post
    if post.state not in (S.DRAFT, S.REVIEW):
        raise WrongStateError(_("Bare en kladd kan sendes til gjennomlesing."))
    if not post.items.exists():
        raise WrongStateError(_("Posten har ingen biter ennå."))
    post.submitted_by = by
    move = make(post, S.REVIEW, at=at, by=by, why=why)
    notices.tell_submitted(post=post, move=move, at=at)
    return post


@transaction.atomic
def approve(
    *, post: Post, at: datetime.datetime, by: User, why: str = "", seen: str | None = None
) -> Post:
    """
    Say that the post may go out as it reads now. One that waits for its time keeps it.

    `seen` is the `words_mark` of what the person has read; nobody approves what came after. Twice is
    once, unless somebody has written since. Raises WrongStateError, NotAllowedError.
    """
    post = locked(post)
    if post.state not in (S.DRAFT, S.REVIEW, S.APPROVED, S.SCHEDULED):
        raise WrongStateError(_("Posten er alt publisert."))
    is_approved = post.state in (S.APPROVED, S.SCHEDULED) and post.approved_at is not None
    if is_approved and not written_since_approval(post):
        return post
    if refusal := why_not_approve(post, current=rules.current(), by=by):
        raise NotAllowedError(refusal)
    if seen is not None and seen != words_mark(post):
        raise WrongStateError(
            _("Posten er endret siden du åpnet siden. Les den på nytt før du godkjenner den.")
        )
    post.approved_by, post.approved_at = by, at
    to = S.SCHEDULED if post.state == S.SCHEDULED else S.APPROVED
    make(post, to, at=at, by=by, why=why)
    return post


@transaction.atomic
def send_back(*, post: Post, at: datetime.datetime, by: User, why: str) -> Post:
    """Make a post that is not out a draft again; the one who submitted it is told why."""
    post = locked(post)
    if post.state == S.DRAFT:
        return post
    if post.state not in (S.REVIEW, S.APPROVED, S.SCHEDULED):
        raise WrongStateError(_("Posten er publisert. Rett den, eller trekk den tilbake."))
    sender = post.submitted_by
    _forget_approval(post)
    move = make(post, S.DRAFT, at=at, by=by, why=why)
    notices.tell_sent_back(post=post, move=move, to=sender, at=at)
    return post


@transaction.atomic
def unschedule(*, post: Post, at: datetime.datetime, by: User) -> Post:
    """Take the post off the schedule; an approved one stays approved."""
    post = locked(post)
    if post.state != S.SCHEDULED:
        raise WrongStateError(_("Posten er ikke tidfestet."))
    post.publish_at = None
    make(post, S.APPROVED if post.approved_at else S.DRAFT, at=at, by=by)
    return post


def locked(post: Post) -> Post:
    """Return the post as it is now, nobody else's to move until the transaction ends."""
    found = Post.objects.select_for_update(of=("self",))
    return found.select_related("submitted_by", "approved_by").get(pk=post.pk)


def make(
    post: Post, to: PostState, *, at: datetime.datetime, by: User | None, why: str = ""
) -> PostMove:
    """
    Write a legal move of a locked post, with what the caller has set on it, and keep its words.

    Raises WrongStateError when `MOVES` has no such move.
    """
    if to not in MOVES[post.state]:
        names = {"from": S(post.state).label, "to": to.label}
        raise WrongStateError(_("En post kan ikke gå fra «%(from)s» til «%(to)s».") % names)
    found = PostMove(post=post, from_state=post.state, to_state=to, at=at, by=by, why=why[:500])
    post.state = to
    post._history_user = by
    post._change_reason = (why or str(to.label))[:100]
    post.save(update_fields=_STATE_FIELDS)
    found.version = keep_at_move(post=post, at=at, by=by)
    found.save(force_insert=True)
    return found


def back_to_draft(post: Post, *, at: datetime.datetime, by: User | None, why: str) -> PostMove:
    """Make a locked post a draft, with nothing left of its approval and its times."""
    _forget_approval(post)
    post.published_at = None
    return make(post, S.DRAFT, at=at, by=by, why=why)


def written_since_approval(post: Post) -> bool:
    """Tell whether somebody has changed words or pictures since the post was approved."""
    if post.approved_at is None or post.last_written_at is None:
        return False
    return post.last_written_at > post.approved_at


def why_not_approve(post: Post, *, current: EditorialRules, by: User) -> str:
    """Say what keeps this person from approving the post; nothing when nothing does. No query."""
    if not current.four_eyes:
        return ""
    if post.state == S.DRAFT:
        return _("Posten må sendes til gjennomlesing før noen kan godkjenne den.")
    if post.submitted_by_id == by.pk:
        return _("Du sendte posten til gjennomlesing. En annen må godkjenne den.")
    if (post.last_written_by_id or post.author_id) == by.pk:
        return _(
            "Du skrev sist i posten. Send den til gjennomlesing i ditt navn, så kan en annen godkjenne den."
        )
    return ""


def why_not_publish(post: Post, *, current: EditorialRules) -> str:
    """Say what the rules still ask for before the post can go out. No query."""
    if not current.four_eyes:
        return ""
    if post.approved_at is None or post.state not in (S.APPROVED, S.SCHEDULED):
        return _("En annen må godkjenne posten før den kan publiseres.")
    if written_since_approval(post):
        return _("Posten er endret etter at den ble godkjent, og må godkjennes på nytt.")
    return ""


def moves_of(post: Post) -> list[PostMove]:
    """Return what became of the post, the newest first. One query."""
    return list(post.moves.select_related("by").order_by("-at", "-pk"))


def _forget_approval(post: Post) -> None:
    post.publish_at = post.submitted_by = post.approved_by = post.approved_at = None
