"""Remarks on a post: written, answered, resolved, and mailed a handful at a time."""

import datetime
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings import ledger
from members.posts.models import Post, PostComment, PostItem, ReviewLink

# A mail waits until nobody has written for this long, so that a talk is one mail.
QUIET = datetime.timedelta(minutes=10)
# But no remark waits longer than this.
LONGEST_WAIT = datetime.timedelta(hours=1)


@transaction.atomic
def write(
    *,
    post: Post,
    text: str,
    at: datetime.datetime,
    by: User | None,
    item: PostItem | None = None,
    answers: PostComment | None = None,
    form_token: uuid.UUID | None = None,
    review_link: ReviewLink | None = None,
) -> PostComment:
    """
    Write a remark on the post or the piece, or an answer, which opens a resolved thread again.

    One without an account writes by a link instead of `by`. The same form sent twice is one remark.
    """
    Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    twin = PostComment.objects.filter(post=post, form_token=form_token).order_by("pk").first()
    if form_token is not None and twin is not None:
        return twin
    if answers is not None:
        item = answers.item
        PostComment.objects.filter(pk=answers.pk).update(resolved_at=None, resolved_by=None)
    return PostComment.objects.create(
        post=post,
        item=item,
        answers=answers,
        by=by,
        review_link=review_link,
        text=text,
        form_token=form_token,
        written_at=at,
    )


def resolve(*, comment: PostComment, at: datetime.datetime, by: User) -> None:
    """Mark the thread as dealt with. The first who did so stays."""
    PostComment.objects.filter(pk=comment.pk, answers=None, resolved_at=None).update(
        resolved_at=at, resolved_by=by
    )


def reopen(*, comment: PostComment) -> None:
    """Take back that the thread is dealt with."""
    PostComment.objects.filter(pk=comment.pk).update(resolved_at=None, resolved_by=None)


def mail_new(*, at: datetime.datetime) -> int:
    """
    Mail what was written to those whom it concerns, one mail for each person and post.

    A post waits until its editors have been quiet for QUIET, at most LONGEST_WAIT. Returns how many
    mails were written.
    """
    waiting = PostComment.objects.filter(mailed_at=None)
    posts = waiting.values_list("post").annotate(last=Max("written_at")).order_by("post")
    urgent = set(
        waiting.filter(written_at__lte=at - LONGEST_WAIT).values_list("post_id", flat=True)
    )
    mails = 0
    for post_id, last in list(posts):
        if last <= at - QUIET or post_id in urgent:
            mails += _mail_post(post_id, at=at)
    return mails


@transaction.atomic
def _mail_post(post_id: int, *, at: datetime.datetime) -> int:
    """Write the mails of one post and mark its remarks, under the post's lock."""
    people = ("author", "responsible", "stand_in")
    post = Post.objects.select_for_update(of=("self",)).select_related(*people).get(pk=post_id)
    new = list(
        PostComment.objects.filter(post=post, mailed_at=None)
        .select_related("by", "review_link", "item", "answers__by")
        .order_by("written_at", "pk")
    )
    if not new:
        return 0
    PostComment.objects.filter(pk__in=[comment.pk for comment in new]).update(mailed_at=at)
    known = {person for name in people if (person := getattr(post, name)) is not None}
    messages = []
    for person in _concerned(post, new, known):
        theirs = [comment for comment in new if comment.by_id != person.pk]
        if theirs:
            messages.append(_message(post, theirs, person))
    return len(ledger.enqueue_many(messages, at=at))


def _concerned(post: Post, new: list[PostComment], known: set[User]) -> list[User]:
    """Return author, responsible and stand-in, and those who have written in the same threads."""
    threads = {comment.answers_id for comment in new} - {None}
    first = PostComment.objects.filter(post=post, pk__in=threads)
    later = PostComment.objects.filter(post=post, answers__in=threads)
    writers = {pk for rows in (first, later) for pk in rows.values_list("by_id", flat=True)}
    found = known | set(User.objects.filter(pk__in=writers - {None}))
    able = [person for person in found if person.is_active and person.is_staff and person.email]
    return sorted(able, key=lambda person: person.pk)


def _message(post: Post, comments: list[PostComment], person: User) -> ledger.Message:
    context = {
        "post": post,
        "comments": comments,
        "url": settings.SITE_URL + reverse("admin:posts_post_edit", args=[post.pk]),
    }
    title = _("Nye kommentarer til «%(title)s»") % {"title": post.title}
    return ledger.Message(
        kind=ledger.MailKind.POST_NOTICE,
        subject=f"post-{post.pk}-comments-{comments[-1].pk}",
        recipient=person.email,
        title=title,
        text=render_to_string("posts/mail/comments_body.txt", context),
    )
