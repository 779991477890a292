"""The legal moves of a newsletter from state to state, and their log: who, when and why."""

import datetime

from members.accounts.models import User
from members.mailings.models import (
    Delivery,
    MailKind,
    Newsletter,
    NewsletterMove,
    NewsletterState,
)
from members.mailings.models.delivery import DeliveryQuerySet

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
# A reader's server may be down for days; after this the news is old.
STALE_AFTER = datetime.timedelta(days=4)


class IllegalMoveError(Exception):
    """The newsletter cannot go from its state to that one."""

    def __init__(self, from_state: str, to_state: str) -> None:
        super().__init__(f"{from_state} -> {to_state}")
        self.from_state, self.to_state = from_state, to_state


def locked(newsletter: Newsletter) -> Newsletter:
    """Return the newsletter as it is now, under its lock."""
    return (
        Newsletter.objects.select_for_update(of=("self",))
        .select_related("body")
        .get(pk=newsletter.pk)
    )


def check_move(newsletter: Newsletter, to: str) -> None:
    """Raise IllegalMoveError unless the table has the move."""
    if to not in MOVES[newsletter.state]:
        raise IllegalMoveError(newsletter.state, to)


def move(
    newsletter: Newsletter, to: str, *, at: datetime.datetime, by: User | None, note: str = ""
) -> NewsletterMove:
    """Make the move and log it. Call it with the newsletter locked. Raises IllegalMoveError."""
    check_move(newsletter, to)
    made = NewsletterMove.objects.create(
        newsletter=newsletter,
        from_state=newsletter.state,
        to_state=to,
        at=at,
        by=by,
        note=note[:300],
    )
    newsletter.state = to
    newsletter.save(update_fields=["state"])
    return made


def start_by(newsletter: Newsletter) -> datetime.datetime | None:
    """Return the last moment at which a planned newsletter starts by itself."""
    if newsletter.send_before is not None or newsletter.scheduled_at is None:
        return newsletter.send_before
    return newsletter.scheduled_at + MAX_LATENESS


def stale_at(newsletter: Newsletter, *, started_at: datetime.datetime) -> datetime.datetime:
    """Return the moment after which a newsletter that started then goes to nobody any more."""
    stale = started_at + STALE_AFTER
    return min(stale, newsletter.send_before) if newsletter.send_before else stale


def deliveries(newsletter: Newsletter) -> DeliveryQuerySet:
    """Return the ledger rows of the newsletter."""
    return Delivery.objects.filter(kind=MailKind.NEWSLETTER, subject=newsletter.occasion)
