"""
Let somebody without an account read a draft: a signed link that expires and can be called back.

What they say is advice. Only the workflow moves the post.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings import ledger
from members.posts import notices
from members.posts.editing.comments import write
from members.posts.editing.pieces import words_mark
from members.posts.editing.versions import content_of, keep
from members.posts.models import PUBLIC_STATES, Post, PostComment, PostItem, ReviewLink
from vekst.links import BadLinkError, make_token, read_token

PURPOSE = "post-review"
USUAL_DAYS, MOST_DAYS = 7, 30
# A link holder who writes more than this is no reader any more.
MOST_COMMENTS = 50


class ReviewError(Exception):
    """The link cannot be used for this. The message is for the one who holds it."""


class ClosedLinkError(ReviewError):
    """The link has expired, was called back, or its post is out. The message says which."""


@transaction.atomic
def invite(
    *,
    post: Post,
    name: str,
    email: str,
    message: str,
    days: int,
    at: datetime.datetime,
    by: User,
    form_token: uuid.UUID | None = None,
) -> ReviewLink:
    """
    Make a link for one person and mail it. The same form sent twice is one link and one mail.

    Raises ReviewError when readers have the post already.
    """
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    twin = ReviewLink.objects.filter(post=post, form_token=form_token).first()
    if form_token is not None and twin is not None:
        return twin
    if post.state in PUBLIC_STATES:
        raise ReviewError(_("Posten er publisert. Alle kan lese den uten lenke."))
    link = ReviewLink.objects.create(
        post=post,
        name=name,
        email=email,
        message=message,
        made_at=at,
        made_by=by,
        expires_at=at + datetime.timedelta(days=days),
        form_token=form_token,
    )
    context = {"link": link, "post": post, "by": by, "url": settings.SITE_URL + path_of(link)}
    ledger.enqueue(
        kind=ledger.MailKind.POST_NOTICE,
        subject=f"review-{link.pk}",
        recipient=email,
        title=_("Vil du lese gjennom «%(title)s»?") % {"title": post.title},
        text=render_to_string("posts/mail/review_body.txt", context),
        mandatory=True,
        at=at,
        stale_at=link.expires_at,
    )
    return link


@dataclass(frozen=True)
class LinkState:
    """One link as the editors see it. `is_yes_stale` says that the post has changed since the yes."""

    link: ReviewLink
    is_open: bool
    is_yes_stale: bool


def links_of(post: Post, *, at: datetime.datetime) -> list[LinkState]:
    """Return the links to the post, the newest first. Two queries."""
    found = post.review_links.select_related("made_by", "approved_version")
    now = content_of(post)
    return [
        LinkState(
            link=link,
            is_open=link.is_open(at),
            is_yes_stale=link.approved_version is not None and link.approved_version.content != now,
        )
        for link in found.order_by("-made_at", "-pk")
    ]


def path_of(link: ReviewLink) -> str:
    """Return where the link leads."""
    return reverse("posts:review", args=[make_token(PURPOSE, link.pk)])


def withdraw(*, link: ReviewLink, at: datetime.datetime) -> None:
    """Call the link back: from now on it opens nothing. The first time stands."""
    ReviewLink.objects.filter(pk=link.pk, withdrawn_at=None).update(withdrawn_at=at)


def withdraw_all(*, post: Post, at: datetime.datetime) -> None:
    """Call back every link to the post: what readers were to see no longer is not to be read that way either."""
    post.review_links.filter(withdrawn_at=None).update(withdrawn_at=at)


def opened(token: str, *, at: datetime.datetime) -> ReviewLink:
    """
    Return the link that the token stands for. One query.

    Raises BadLinkError when it is none of ours, ClosedLinkError when it opens nothing any more.
    """
    found = ReviewLink.objects.select_related("post").filter(pk=read_token(PURPOSE, token)).first()
    if found is None:
        raise BadLinkError
    check_open(found, at=at)
    return found


def check_open(link: ReviewLink, *, at: datetime.datetime) -> None:
    """Raise ClosedLinkError, with the reason, when the link opens nothing at `at`."""
    if link.withdrawn_at is not None:
        raise ClosedLinkError(_("Redaksjonen har kalt lenken tilbake."))
    if link.post.state in PUBLIC_STATES:
        raise ClosedLinkError(_("Posten er publisert, så lenken trengs ikke lenger."))
    if not link.is_open(at):
        raise ClosedLinkError(_("Lenken virket bare en stund, og den tiden er over."))


@transaction.atomic
def comment(
    *,
    link: ReviewLink,
    text: str,
    item: PostItem | None,
    at: datetime.datetime,
    form_token: uuid.UUID | None = None,
) -> PostComment:
    """Write the person's remark beside those of the editors. Raises ReviewError."""
    link = _locked(link, at=at)
    twin = link.comments.filter(form_token=form_token).first()
    if form_token is not None and twin is not None:
        return twin
    if link.comments.count() >= MOST_COMMENTS:
        raise ReviewError(_("Du har skrevet så mye du kan her. Ring eller skriv til redaksjonen."))
    return write(
        post=link.post,
        text=text,
        item=item,
        at=at,
        by=None,
        review_link=link,
        form_token=form_token,
    )


@transaction.atomic
def approve(*, link: ReviewLink, at: datetime.datetime, seen: str | None = None) -> ReviewLink:
    """
    Note that the person has nothing against the post as it reads now, and tell the editors.

    `seen` is the `words_mark` of what the person has read. Once more about the same words changes
    nothing. Raises ClosedLinkError, or ReviewError when the words are others by now.
    """
    link = _locked(link, at=at)
    if link.approved_at is not None and not changed_since(link):
        return link
    if seen is not None and seen != words_mark(link.post):
        raise ReviewError(
            _("Posten er endret siden du åpnet siden. Les den på nytt før du sier at den er god.")
        )
    # Versions stay; the name of one without an account does not.
    name = _("Godkjent av en leser uten konto")
    link.approved_version = keep(post=link.post, name=name, at=at, by=None)
    link.approved_at = at
    link.save(update_fields=["approved_at", "approved_version"])
    title = _("%(name)s godkjenner «%(title)s»") % {"name": link.name, "title": link.post.title}
    lines = [
        _(
            "%(name)s har lest posten og godkjenner den fra sin side. Det er et råd: posten står der den sto."
        )
        % {"name": link.name}
    ]
    post = link.post
    people = {post.author, post.responsible, post.stand_in, link.made_by}
    subject = f"review-{link.pk}-yes-{link.approved_version.number}"
    messages = [notices.message(post, subject, title, lines, to) for to in notices.able(people)]
    ledger.enqueue_many(messages, at=at)
    return link


def changed_since(link: ReviewLink) -> bool:
    """Tell whether the words are others than those that the person said yes to. One query."""
    version = link.approved_version
    return version is None or version.content != content_of(link.post)


def _locked(link: ReviewLink, *, at: datetime.datetime) -> ReviewLink:
    # The post first, as everywhere: one order of locks.
    Post.objects.select_for_update(of=("self",)).get(pk=link.post_id)
    people = ("author", "responsible", "stand_in")
    found = ReviewLink.objects.select_for_update(of=("self",)).select_related(
        "made_by", "approved_version", *(f"post__{name}" for name in people)
    )
    link = found.get(pk=link.pk)
    check_open(link, at=at)
    return link
