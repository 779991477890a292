"""
Take a newsletter from draft to every reader.

Each change of state is one of `newsletter_moves.MOVES`, made under a lock and logged with who, when and
why. Starting writes one ledger row per reader in one statement; what starts twice writes nothing twice.
"""

import datetime
import logging
from collections.abc import Collection, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings import editions, mail_rules, newsletter_notices, pacing, recipients
from members.mailings.counted_links import CountedLinks
from members.mailings.ledger import (
    MailKind,
    Message,
    ask_for_sending,
    enqueue_many,
    write_body,
)
from members.mailings.models import (
    Delivery,
    DeliveryState,
    Newsletter,
    NewsletterState,
    Topic,
)
from members.mailings.newsletter_approval import (
    ChangedError,
    NotApprovedError,
    OwnWorkError,
    check_approved,
)
from members.mailings.newsletter_approval import approve as approve
from members.mailings.newsletter_approval import submit as submit
from members.mailings.newsletter_content import (
    Block,
    extra_blocks,
    to_json,
)
from members.mailings.newsletter_lint import ProblemsError
from members.mailings.newsletter_moves import (
    IllegalMoveError,
    check_move,
    deliveries,
    locked,
    move,
    start_by,
)
from members.mailings.newsletter_pausing import TooOldError
from members.mailings.newsletter_pausing import pause as pause
from members.mailings.newsletter_pausing import resume as resume
from members.mailings.newsletter_showing import (
    NothingToSendError,
    check_content,
    content,
    rendered,
)
from members.mailings.newsletter_showing import preview as preview
from members.mailings.newsletter_showing import problems as problems
from vekst.formats import moment_text

logger = logging.getLogger(__name__)

S = NewsletterState


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


def why_not(error: Exception) -> str:
    """Return in words for an editor why the newsletter could not go on."""
    if isinstance(error, ProblemsError):
        return " ".join(problem.text for problem in error.problems)
    if isinstance(error, NothingToSendError):
        return _("Nyhetsbrevet er tomt.")
    if isinstance(error, NotApprovedError):
        return _("Nyhetsbrevet er ikke godkjent.")
    if isinstance(error, OwnWorkError):
        return _("En annen enn den som har laget eller endret brevet, må godkjenne det.")
    if isinstance(error, ChangedError):
        return _("Brevet er endret siden du så på det. Les det en gang til.")
    if isinstance(error, TooOldError):
        return _("Brevet har ventet så lenge at det ikke kan sendes videre. Lag et nytt.")
    return _("Det går ikke nå: Nyhetsbrevet har alt gått videre.")


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
    *,
    newsletter: Newsletter,
    for_time: datetime.datetime,
    send_before: datetime.datetime | None = None,
    at: datetime.datetime,
    by: User,
) -> None:
    """
    Let the newsletter be sent at `for_time`, and to nobody after `send_before`.

    Raises IllegalMoveError, NothingToSendError, ProblemsError, NotApprovedError.
    """
    newsletter = locked(newsletter)
    check_content(newsletter)
    check_approved(newsletter)
    newsletter.scheduled_at, newsletter.send_before = for_time, send_before
    newsletter.save(update_fields=["scheduled_at", "send_before"])
    note = _("Sendes %(time)s") % {"time": moment_text(for_time)}
    move(newsletter, S.SCHEDULED, at=at, by=by, note=note)


@transaction.atomic
def send_soon(*, newsletter: Newsletter, at: datetime.datetime, by: User) -> None:
    """
    Send the newsletter when the minutes to regret it are over; without such minutes at once.

    Until then it is planned as any other, so it goes whatever becomes of the workers meanwhile. A second
    time raises IllegalMoveError. Raises NothingToSendError, ProblemsError, NotApprovedError.
    """
    minutes = mail_rules.current().undo_minutes
    if minutes:
        for_time = at + datetime.timedelta(minutes=minutes)
        schedule(newsletter=newsletter, for_time=for_time, at=at, by=by)
    else:
        start(newsletter=newsletter, at=at, by=by)


@transaction.atomic
def take_off_schedule(*, newsletter: Newsletter, at: datetime.datetime, by: User) -> None:
    """Undo the sending that was planned; an approval still holds. Raises IllegalMoveError."""
    newsletter = locked(newsletter)
    if newsletter.state != S.SCHEDULED:
        raise IllegalMoveError(newsletter.state, S.DRAFT)
    move(
        newsletter,
        S.APPROVED if newsletter.approved_at else S.DRAFT,
        at=at,
        by=by,
        note=_("Angret"),
    )
    newsletter.scheduled_at = None
    newsletter.save(update_fields=["scheduled_at"])


@transaction.atomic
def back_to_draft(
    *, newsletter: Newsletter, at: datetime.datetime, by: User, note: str = ""
) -> None:
    """Let the newsletter be changed again; an approval falls away. Raises IllegalMoveError."""
    newsletter = locked(newsletter)
    move(newsletter, S.DRAFT, at=at, by=by, note=note)
    newsletter.scheduled_at = newsletter.approved_by = newsletter.approved_at = None
    newsletter.save(update_fields=["scheduled_at", "approved_by", "approved_at"])


@transaction.atomic
def cancel(*, newsletter: Newsletter, at: datetime.datetime, by: User, note: str = "") -> int:
    """Stop the newsletter for good, in the midst of sending too. Returns how many were spared it."""
    newsletter = locked(newsletter)
    move(newsletter, S.CANCELLED, at=at, by=by, note=note)
    # Others need not wait behind what does not go.
    pacing.forget_spread()
    return _spare([newsletter.occasion], at=at)


@transaction.atomic
def start(
    *, newsletter: Newsletter, at: datetime.datetime, by: User | None, note: str = ""
) -> Newsletter:
    """
    Freeze the newsletter and write a ledger row for each reader of its topic.

    Safe to call twice: the second call finds it on its way and raises IllegalMoveError. Raises
    NothingToSendError, ProblemsError, NotApprovedError.
    """
    newsletter = locked(newsletter)
    check_move(newsletter, S.SENDING)
    check_content(newsletter)
    check_approved(newsletter)
    links = CountedLinks(newsletter)
    mail = rendered(newsletter, at=at, lead=links)
    links.save()
    # What the parts show at this moment is what the archive shows for ever.
    newsletter.blocks = to_json(content(newsletter, at=at))
    body = write_body(title=mail.title, text=mail.text, html=mail.html, at=at)
    body.headers = mail.headers
    body.save(update_fields=["headers"])
    newsletter.body, newsletter.started_at = body, at
    newsletter.recipient_count = recipients.write_deliveries(newsletter, at=at)
    newsletter.save(update_fields=["blocks", "body", "started_at", "recipient_count"])
    move(newsletter, S.SENDING, at=at, by=by, note=note)
    ask_for_sending()
    return newsletter


def start_due(*, at: datetime.datetime) -> int:
    """
    Start what is scheduled for now or earlier, and close what every reader has got.

    A newsletter that comes later than it may (12 hours, where nobody has said otherwise) is marked missed
    instead, and those responsible are told. Returns how many started.
    """
    started = 0
    tried: set[int] = set()
    while (pk := _next_due(at, tried)) is not None:
        tried.add(pk)
        try:
            started += _start_planned(pk, at=at)
        except Exception:
            # One that fails is tried again in a minute, until it is too late; the others go out on time.
            logger.exception("Newsletter %s could not be started.", pk)
    finish_sent(at=at)
    spare_left_over(at=at)
    return started


@transaction.atomic
def _start_planned(pk: int, *, at: datetime.datetime) -> bool:
    newsletter = locked(Newsletter(pk=pk))
    if newsletter.state != S.SCHEDULED:
        return False
    last = start_by(newsletter)
    if last is not None and at > last:
        reason = _("Det skulle ikke sendes etter %(time)s.") % {"time": moment_text(last)}
        _miss(newsletter, reason, at=at)
        return False
    try:
        start(newsletter=newsletter, at=at, by=None)
    except (NothingToSendError, ProblemsError, NotApprovedError) as error:
        # Nothing was written yet. A person sees why it waits.
        _miss(newsletter, why_not(error), at=at)
        return False
    return True


def finish_sent(*, at: datetime.datetime) -> int:
    """Mark newsletters as sent when no reader waits any more, for an edition of it either. Returns how many."""
    finished = 0
    for newsletter in Newsletter.objects.filter(state=S.SENDING).order_by("pk"):
        with transaction.atomic():
            newsletter = locked(newsletter)
            waiting = deliveries(newsletter).filter(
                state__in=[DeliveryState.QUEUED, DeliveryState.SENDING]
            )
            if newsletter.state != S.SENDING or waiting.exists():
                continue
            if not editions.everybody_is_served(newsletter, at=at):
                continue
            newsletter.sent_at = at
            newsletter.save(update_fields=["sent_at"])
            move(newsletter, S.SENT, at=at, by=None)
            finished += 1
    return finished


def spare_left_over(*, at: datetime.datetime) -> int:
    """
    Close the rows of stopped newsletters that came back to the queue after the stop. Returns how many.

    A worker had them in its hands just then, and gave them back or died.
    """
    stopped = Newsletter.objects.filter(state=S.CANCELLED).exclude(started_at=None)
    return _spare([newsletter.occasion for newsletter in stopped.order_by("pk")], at=at)


def send_test(
    *, newsletter: Newsletter, to: Sequence[str], at: datetime.datetime
) -> list[Delivery]:
    """Send the newsletter as it is now to these addresses alone. Raises ValidationError, ProblemsError."""
    text, html = preview(newsletter)
    messages = [
        Message(
            kind=MailKind.NEWSLETTER_TEST,
            subject=f"{newsletter.occasion}-{at:%Y%m%d%H%M%S%f}",
            recipient=address,
            title=f"[{_('Prøve')}] {newsletter.title}",
            text=text,
            html=html,
            from_email=settings.EDITORS_FROM_EMAIL,
            mandatory=True,
        )
        for address in to
    ]
    return enqueue_many(messages, at=at)


def progress(newsletter: Newsletter) -> dict[str, int]:
    """Return the number of readers in each state of delivery."""
    rows = deliveries(newsletter).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def progress_labels(newsletter: Newsletter) -> list[tuple[str, int]]:
    """Return the same with the states as people read them, in the order of a delivery's life."""
    counts = progress(newsletter)
    return [
        (str(state.label), counts[state.value]) for state in DeliveryState if state.value in counts
    ]


def _next_due(at: datetime.datetime, tried: Collection[int]) -> int | None:
    return (
        Newsletter.objects.filter(state=S.SCHEDULED, scheduled_at__lte=at)
        .exclude(pk__in=tried)
        .order_by("scheduled_at", "pk")
        .values_list("pk", flat=True)
        .first()
    )


def _miss(newsletter: Newsletter, reason: str, *, at: datetime.datetime) -> None:
    made = move(newsletter, S.MISSED, at=at, by=None, note=reason)
    newsletter_notices.tell_missed(newsletter, made)


def _spare(occasions: Sequence[str], *, at: datetime.datetime) -> int:
    """Cancel what waits, and what a dead worker left behind. Each has an index of its own."""
    rows = Delivery.objects.filter(kind=MailKind.NEWSLETTER, subject__in=occasions)
    spared = 0
    for those in (
        rows.filter(state=DeliveryState.QUEUED),
        # One with a mark was sent; the next claim writes it down.
        rows.filter(state=DeliveryState.SENDING, lease_until__lt=at, sent_mark=None),
    ):
        spared += those.update(
            state=DeliveryState.CANCELLED, finished_at=at, error=_("Nyhetsbrevet ble stanset.")
        )
    return spared
