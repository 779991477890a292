"""
Take a newsletter from draft to every reader.

Each change of state is one of `MOVES`, made under a lock and logged with who, when and why. Starting
writes one ledger row per reader in one statement; what starts twice writes nothing twice.
"""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings import editions, newsletter_lint, recipients
from members.mailings.ledger import MailKind, ask_for_sending, enqueue, write_body
from members.mailings.message import fill
from members.mailings.models import (
    Delivery,
    DeliveryState,
    Newsletter,
    NewsletterMove,
    NewsletterState,
    Topic,
)
from members.mailings.models.delivery import DeliveryQuerySet
from members.mailings.newsletter_blocks.kinds import content_of
from members.mailings.newsletter_content import (
    PREFERENCES,
    UNSUBSCRIBE,
    Block,
    Rendered,
    UnknownFieldError,
    extra_blocks,
    to_json,
)
from members.mailings.newsletter_lint import Problem, ProblemsError
from members.mailings.newsletter_mail import render
from members.mailings.newsletter_pictures import for_preview

S = NewsletterState
MOVES: dict[str, set[str]] = {
    S.DRAFT: {S.REVIEW, S.APPROVED, S.SCHEDULED, S.SENDING, S.CANCELLED},
    S.REVIEW: {S.DRAFT, S.APPROVED, S.CANCELLED},
    S.APPROVED: {S.DRAFT, S.SCHEDULED, S.SENDING, S.CANCELLED},
    S.SCHEDULED: {S.DRAFT, S.APPROVED, S.SENDING, S.MISSED, S.CANCELLED},
    S.MISSED: {S.DRAFT, S.CANCELLED},
    S.SENDING: {S.PAUSED, S.SENT, S.CANCELLED},
    S.PAUSED: {S.SENDING, S.CANCELLED},
    S.SENT: set(),
    S.CANCELLED: set(),
}
# A newsletter that nobody sent for so long is not sent by itself: a person decides.
MAX_LATENESS = datetime.timedelta(hours=12)


class IllegalMoveError(Exception):
    """The newsletter cannot go from its state to that one."""

    def __init__(self, from_state: str, to_state: str) -> None:
        super().__init__(f"{from_state} -> {to_state}")
        self.from_state, self.to_state = from_state, to_state


class NothingToSendError(Exception):
    """The newsletter has neither introduction nor blocks."""


def build_newsletter(
    *,
    title: str,
    blocks: Sequence[Block],
    intro: str = "",
    topic: str = Topic.WEEKLY,
    source_url: str = "",
    at: datetime.datetime,
    by: User | None = None,
    with_extra_blocks: bool = True,
) -> Newsletter:
    """Write a draft from these blocks and, unless told otherwise, from what others have for every one."""
    extra = extra_blocks(at=at) if with_extra_blocks else []
    return Newsletter.objects.create(
        title=" ".join(title.split())[:150],
        intro=intro,
        topic=topic,
        blocks=to_json([*blocks, *extra]),
        source_url=source_url,
        created_at=at,
        created_by=by,
    )


def rendered(newsletter: Newsletter, *, at: datetime.datetime | None = None) -> Rendered:
    """Return the mail as it is now, with merge fields. Frozen newsletters give what was sent."""
    if newsletter.body is not None:
        body = newsletter.body
        return Rendered(body.title, body.text, body.html, body.headers)
    return render(
        title=newsletter.title,
        intro=newsletter.intro,
        blocks=_content(newsletter, at=at or timezone.now()),
        topic=newsletter.topic,
        language=newsletter.language,
        web_path=web_path(newsletter),
    )


def problems(newsletter: Newsletter) -> list[Problem]:
    """Return what an editor should know before it goes out, what stops it first."""
    found = newsletter_lint.check(newsletter, _content(newsletter, at=timezone.now()))
    found += editions.check_edition(newsletter)
    try:
        found += newsletter_lint.check_mail(rendered(newsletter))
    except UnknownFieldError as error:
        found.append(newsletter_lint.unknown_field(error))
    return sorted(found, key=lambda problem: not problem.stops)


def web_path(newsletter: Newsletter) -> str:
    """Return where the newsletter can be read in a browser, from the moment it is on its way."""
    with translation.override(newsletter.language or settings.LANGUAGE_CODE):
        return reverse("mailings:archived", args=[newsletter.pk]) if newsletter.pk else ""


def preview(newsletter: Newsletter) -> tuple[str, str]:
    """Return text and HTML as a reader would see them. Raises ProblemsError when no mail can be made."""
    try:
        mail = rendered(newsletter)
    except UnknownFieldError as error:
        raise ProblemsError([newsletter_lint.unknown_field(error)]) from error
    sample = {UNSUBSCRIBE: "eksempel", PREFERENCES: "eksempel"}
    return fill(mail.text, sample), for_preview(fill(mail.html, sample))


def count_recipients(newsletter: Newsletter, *, at: datetime.datetime) -> int:
    """Return how many would get it now."""
    return recipients.count(newsletter, at=at)


def usual_time(*, at: datetime.datetime) -> datetime.datetime:
    """Return the next Friday at 14, when the week is told."""
    local = timezone.localtime(at)
    friday = local.date() + datetime.timedelta(days=(4 - local.weekday()) % 7)
    found = timezone.make_aware(datetime.datetime.combine(friday, datetime.time(14)))
    return found if found > at else found + datetime.timedelta(days=7)


@transaction.atomic
def schedule(
    *, newsletter: Newsletter, for_time: datetime.datetime, at: datetime.datetime, by: User
) -> None:
    """Let the newsletter be sent at `for_time`. Raises IllegalMoveError, NothingToSendError, ProblemsError."""
    newsletter = _locked(newsletter)
    _check_content(newsletter)
    newsletter.scheduled_at = for_time
    newsletter.save(update_fields=["scheduled_at"])
    _move(newsletter, S.SCHEDULED, at=at, by=by, note=f"{for_time:%Y-%m-%d %H:%M %Z}")


@transaction.atomic
def back_to_draft(*, newsletter: Newsletter, at: datetime.datetime, by: User) -> None:
    """Take the newsletter off the schedule. Raises IllegalMoveError."""
    newsletter = _locked(newsletter)
    _move(newsletter, S.DRAFT, at=at, by=by)


@transaction.atomic
def cancel(*, newsletter: Newsletter, at: datetime.datetime, by: User, note: str = "") -> int:
    """Stop the newsletter for good, in the midst of sending too. Returns how many were spared it."""
    newsletter = _locked(newsletter)
    _move(newsletter, S.CANCELLED, at=at, by=by, note=note)
    return (
        _deliveries(newsletter)
        .filter(state=DeliveryState.QUEUED)
        .update(state=DeliveryState.CANCELLED, finished_at=at, error="Nyhetsbrevet ble stanset.")
    )


@transaction.atomic
def start(
    *, newsletter: Newsletter, at: datetime.datetime, by: User | None, note: str = ""
) -> Newsletter:
    """
    Freeze the newsletter and write a ledger row for each reader of its topic.

    Safe to call twice: the second call finds it on its way and raises IllegalMoveError. Raises
    NothingToSendError, ProblemsError.
    """
    newsletter = _locked(newsletter)
    _check_move(newsletter, S.SENDING)
    _check_content(newsletter)
    mail = rendered(newsletter, at=at)
    # What the parts show at this moment is what the archive shows for ever.
    newsletter.blocks = to_json(_content(newsletter, at=at))
    body = write_body(title=mail.title, text=mail.text, html=mail.html, at=at)
    body.headers = mail.headers
    body.save(update_fields=["headers"])
    newsletter.body, newsletter.started_at = body, at
    newsletter.recipient_count = recipients.write_deliveries(newsletter, at=at)
    newsletter.save(update_fields=["blocks", "body", "started_at", "recipient_count"])
    _move(newsletter, S.SENDING, at=at, by=by, note=note)
    ask_for_sending()
    return newsletter


def start_due(*, at: datetime.datetime) -> int:
    """
    Start what is scheduled for now or earlier, and close what every reader has got.

    A newsletter that comes more than 12 hours late is marked missed instead. Returns how many started.
    """
    started = 0
    while (pk := _next_due(at)) is not None:
        with transaction.atomic():
            newsletter = Newsletter.objects.select_for_update().get(pk=pk)
            if newsletter.state != S.SCHEDULED or newsletter.scheduled_at is None:
                continue
            lateness = at - newsletter.scheduled_at
            if lateness > MAX_LATENESS:
                note = f"{lateness.total_seconds() / 3600:.0f} timer for sent"
                _move(newsletter, S.MISSED, at=at, by=None, note=note)
                continue
            try:
                start(newsletter=newsletter, at=at, by=None)
            except (NothingToSendError, ProblemsError) as error:
                # Nothing was written yet. A person sees why it waits; the others go out on time.
                _move(newsletter, S.MISSED, at=at, by=None, note=str(error) or _("Brevet er tomt."))
                continue
            started += 1
    finish_sent(at=at)
    return started


def finish_sent(*, at: datetime.datetime) -> int:
    """Mark newsletters as sent when no reader waits any more, for an edition of it either. Returns how many."""
    finished = 0
    for newsletter in Newsletter.objects.filter(state=S.SENDING).order_by("pk"):
        with transaction.atomic():
            newsletter = _locked(newsletter)
            waiting = _deliveries(newsletter).filter(
                state__in=[DeliveryState.QUEUED, DeliveryState.SENDING]
            )
            if newsletter.state != S.SENDING or waiting.exists():
                continue
            if not editions.everybody_is_served(newsletter, at=at):
                continue
            newsletter.sent_at = at
            newsletter.save(update_fields=["sent_at"])
            _move(newsletter, S.SENT, at=at, by=None)
            finished += 1
    return finished


def send_test(*, newsletter: Newsletter, to: User, at: datetime.datetime) -> Delivery | None:
    """Send the newsletter as it is now to one editor."""
    text, html = preview(newsletter)
    return enqueue(
        kind=MailKind.NEWSLETTER_TEST,
        subject=f"{newsletter.occasion}-{at:%Y%m%d%H%M%S%f}",
        recipient=to.email,
        title=f"[Prøve] {newsletter.title}",
        text=text,
        html=html,
        from_email=settings.EDITORS_FROM_EMAIL,
        mandatory=True,
        at=at,
    )


def progress(newsletter: Newsletter) -> dict[str, int]:
    """Return the number of readers in each state of delivery."""
    rows = _deliveries(newsletter).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def progress_labels(newsletter: Newsletter) -> list[tuple[str, int]]:
    """Return the same with the states as people read them, in the order of a delivery's life."""
    counts = progress(newsletter)
    return [
        (str(state.label), counts[state.value]) for state in DeliveryState if state.value in counts
    ]


def _content(newsletter: Newsletter, *, at: datetime.datetime) -> list[Block]:
    with translation.override(recipients.written_in(newsletter)):
        return content_of(newsletter, at=at)


def _deliveries(newsletter: Newsletter) -> DeliveryQuerySet:
    return Delivery.objects.filter(kind=MailKind.NEWSLETTER, subject=newsletter.occasion)


def _locked(newsletter: Newsletter) -> Newsletter:
    return (
        Newsletter.objects.select_for_update(of=("self",))
        .select_related("body")
        .get(pk=newsletter.pk)
    )


def _next_due(at: datetime.datetime) -> int | None:
    return (
        Newsletter.objects.filter(state=S.SCHEDULED, scheduled_at__lte=at)
        .order_by("scheduled_at", "pk")
        .values_list("pk", flat=True)
        .first()
    )


def _check_content(newsletter: Newsletter) -> None:
    if not newsletter.blocks and not newsletter.intro.strip() and not newsletter.parts.exists():
        raise NothingToSendError
    stopping = [problem for problem in problems(newsletter) if problem.stops]
    if stopping:
        raise ProblemsError(stopping)


def _check_move(newsletter: Newsletter, to: str) -> None:
    if to not in MOVES[newsletter.state]:
        raise IllegalMoveError(newsletter.state, to)


def _move(
    newsletter: Newsletter, to: str, *, at: datetime.datetime, by: User | None, note: str = ""
) -> None:
    _check_move(newsletter, to)
    NewsletterMove.objects.create(
        newsletter=newsletter,
        from_state=newsletter.state,
        to_state=to,
        at=at,
        by=by,
        note=note[:300],
    )
    newsletter.state = to
    newsletter.save(update_fields=["state"])
