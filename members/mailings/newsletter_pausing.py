"""Hold a newsletter that is on its way, and let it go on."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings import newsletter_notices, pacing
from members.mailings.ledger import ask_for_sending
from members.mailings.models import DeliveryState, ErrorStreak, Newsletter, NewsletterState
from members.mailings.newsletter_moves import IllegalMoveError, deliveries, locked, move, stale_at


class TooOldError(Exception):
    """The newsletter has waited so long that its news is old."""


@transaction.atomic
def pause(
    *, newsletter: Newsletter, reason: str, at: datetime.datetime, by: User | None
) -> Newsletter:
    """
    Hold the newsletter: nothing more of it is claimed. What a worker has in its hands just then still goes.

    With `by` None the portal does so itself, and those responsible are told by mail. Raises
    IllegalMoveError unless it is on its way.
    """
    newsletter = locked(newsletter)
    made = move(newsletter, NewsletterState.PAUSED, at=at, by=by, note=reason)
    newsletter.pause_reason = " ".join(reason.split())[:300]
    newsletter.save(update_fields=["pause_reason"])
    # Others need not wait behind what does not go.
    pacing.forget_spread()
    if by is None:
        newsletter_notices.tell_paused(newsletter, made)
    return newsletter


@transaction.atomic
def resume(*, newsletter: Newsletter, at: datetime.datetime, by: User) -> int:
    """
    Let the newsletter go on with those who wait. Returns how many others are tried again.

    Those others are the ones that were refused in the errors it was paused for: the fault was hardly
    theirs. Raises IllegalMoveError, and TooOldError when the news is old.
    """
    newsletter = locked(newsletter)
    if newsletter.state != NewsletterState.PAUSED:
        raise IllegalMoveError(newsletter.state, NewsletterState.SENDING)
    if newsletter.started_at is None or at >= stale_at(
        newsletter, started_at=newsletter.started_at
    ):
        raise TooOldError
    again = _try_failed_again(newsletter, at=at)
    newsletter.pause_reason = ""
    newsletter.save(update_fields=["pause_reason"])
    note = _("%(n)s prøves på nytt") % {"n": again} if again else ""
    move(newsletter, NewsletterState.SENDING, at=at, by=by, note=note)
    ask_for_sending()
    return again


def _try_failed_again(newsletter: Newsletter, *, at: datetime.datetime) -> int:
    streak = ErrorStreak.objects.filter(newsletter=newsletter).first()
    if streak is None:
        return 0
    failed = deliveries(newsletter).filter(
        state=DeliveryState.FAILED, finished_at__gte=streak.since_at
    )
    streak.delete()
    return failed.update(
        state=DeliveryState.QUEUED, attempts=0, next_attempt_at=at, finished_at=None
    )
