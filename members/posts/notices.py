"""
Mail to those who answer for a post: what became of it, and its deadline. All by way of the ledger.

Each notice has a subject of its own in the ledger, so nobody gets it twice. What a move causes is written
in the transaction of that move; what a deadline causes, by the beat.
"""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings import ledger
from members.mailings.models import Delivery
from members.posts import rules
from members.posts.models import Post, PostMove, PostState
from vekst.formats import moment_text

# A deadline that passed before this is nobody's news any more.
LATEST = datetime.timedelta(days=2)


def tell_submitted(*, post: Post, move: PostMove, at: datetime.datetime) -> None:
    """Tell those who answer for the post that it waits to be read."""
    title = _("«%(title)s» er klar til gjennomlesing") % {"title": post.title}
    lines = [
        _("%(name)s har sendt posten for uke %(week)s til gjennomlesing.")
        % {"name": move.by, "week": post.week},
        move.why,
    ]
    people = {post.responsible, post.stand_in} - {move.by}
    _send(post, f"move-{move.pk}", title, lines, people, at=at)


def tell_sent_back(*, post: Post, move: PostMove, to: User | None, at: datetime.datetime) -> None:
    """Tell the one who handed the post in why it is a draft again."""
    title = _("«%(title)s» er sendt tilbake") % {"title": post.title}
    lines = [
        _("%(name)s har gjort posten for uke %(week)s til en kladd igjen.")
        % {"name": move.by, "week": post.week},
        move.why,
    ]
    _send(post, f"move-{move.pk}", title, lines, {to} - {move.by}, at=at)


def tell_held_back(*, post: Post, move: PostMove, at: datetime.datetime) -> None:
    """Tell those who answer for the post that it did not go out at its time, and why."""
    title = _("«%(title)s» ble ikke publisert") % {"title": post.title}
    lines = [
        _("Posten for uke %(week)s skulle vært ute nå.") % {"week": post.week},
        move.why,
    ]
    people = {post.responsible, post.stand_in, post.author, post.approved_by}
    _send(post, f"move-{move.pk}", title, lines, people, at=at)


@transaction.atomic
def write_due(*, at: datetime.datetime) -> int:
    """
    Write what deadlines ask for, and return how many mails that were.

    The responsible is told that the post is theirs, and again when the deadline is near. When it passes
    with the post still a draft, the stand-in is asked to take over, and the responsible told so.
    """
    remind_before = datetime.timedelta(hours=rules.current().remind_hours_before)
    posts = (
        Post.objects.filter(state=PostState.DRAFT, deadline_at__gt=at - LATEST)
        .select_related("responsible", "stand_in", "author")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )
    messages = [message for post in posts for message in _of_deadline(post, remind_before, at)]
    subjects = {message.subject for message in messages}
    known = set(
        Delivery.objects.filter(kind=ledger.MailKind.POST_NOTICE, subject__in=subjects)
        .values_list("subject", "recipient")
        .order_by()
    )
    new = [message for message in messages if (message.subject, message.address) not in known]
    return len(ledger.enqueue_many(new, at=at)) if new else 0


def able(people: Iterable[User | None]) -> list[User]:
    """Return those who can do something about it: in the staff, with an address."""
    found = {person for person in people if person is not None}
    able = [person for person in found if person.is_active and person.is_staff and person.email]
    return sorted(able, key=lambda person: person.pk)


def message(
    post: Post | None, subject: str, title: str, lines: Iterable[str], to: User, *, url: str = ""
) -> ledger.Message:
    """Return one notice, with the way to the page where something can be done."""
    if post is not None:
        subject = f"post-{post.pk}-{subject}"
        url = reverse("admin:posts_post_edit", args=[post.pk])
    context = {"lines": [line for line in lines if line], "url": settings.SITE_URL + url}
    return ledger.Message(
        kind=ledger.MailKind.POST_NOTICE,
        subject=subject,
        recipient=to.email,
        title=title,
        text=render_to_string("posts/mail/notice_body.txt", context),
    )


def _of_deadline(
    post: Post, remind_before: datetime.timedelta, at: datetime.datetime
) -> list[ledger.Message]:
    deadline = post.deadline_at
    if deadline is None:
        return []
    names = {"title": post.title, "time": moment_text(deadline)}
    stamp = f"{deadline:%Y%m%dT%H%M}"
    if at >= deadline:
        return _of_passed_deadline(post, stamp, names)
    if at >= deadline - remind_before:
        subject, title = f"soon-{stamp}", _("Fristen nærmer seg: «%(title)s»") % names
        lines = [_("Teksten til «%(title)s» skal være ferdig %(time)s.") % names]
    elif post.responsible != post.author:
        subject, title = "responsible", _("Du er ansvarlig for «%(title)s»") % names
        lines = [
            _("Posten for uke %(week)s er din. Teksten skal være ferdig %(time)s.")
            % {**names, "week": post.week}
        ]
    else:
        return []
    return [message(post, subject, title, lines, person) for person in able([post.responsible])]


def _of_passed_deadline(post: Post, stamp: str, names: dict[str, str]) -> list[ledger.Message]:
    took_over = able([post.stand_in])
    found = []
    for person in took_over:
        lines = [
            _("Fristen for «%(title)s» gikk ut %(time)s, og teksten er ikke levert.") % names,
            _("Du er stedfortreder. Ta over, eller avtal en ny frist."),
        ]
        title = _("Ta over: «%(title)s»") % names
        found.append(message(post, f"late-{stamp}", title, lines, person))
    for person in able({post.responsible} - {post.stand_in}):
        lines = [_("Fristen for «%(title)s» gikk ut %(time)s, og teksten er ikke levert.") % names]
        if took_over:
            lines.append(_("%(name)s er bedt om å ta over.") % {"name": took_over[0]})
        title = _("Fristen er ute: «%(title)s»") % names
        found.append(message(post, f"passed-{stamp}", title, lines, person))
    return found


def _send(
    post: Post,
    subject: str,
    title: str,
    lines: Iterable[str],
    people: Iterable[User | None],
    *,
    at: datetime.datetime,
) -> None:
    messages = [message(post, subject, title, lines, person) for person in able(people)]
    ledger.enqueue_many(messages, at=at)
