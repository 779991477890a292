"""What people who wait are told by mail: that seats are free for them, and that the time is out."""

import datetime as dt
from collections.abc import Iterable

from members.mailings.ledger import MailKind, enqueue_many
from projects.bypuls.models import Event, SignUp, SignUpState
from projects.bypuls.signups import mails
from projects.bypuls.signups.deadlines import mail_at


def write_offers(event: Event, signups: Iterable[SignUp], *, at: dt.datetime) -> None:
    """Offer seats to those in the queue. At night the mail waits; too late to answer, it is not sent."""
    messages = [
        mails.compose(
            event,
            signup,
            "offered",
            {"is_split": signup.offered_size != signup.size},
            kind=MailKind.SIGNUP_OFFERED,
            # A party asked to split may be offered more seats at any time.
            occasion=f"signup-{signup.pk}-{signup.offered_size}-at-{at.timestamp():.6f}",
            not_before=mail_at(event, at=at),
            stale_at=signup.offer_expires_at,
        )
        for signup in signups
        if signup.email
    ]
    enqueue_many(messages, at=at)


def write_lapsed(event: Event, signups: Iterable[SignUp], *, at: dt.datetime) -> None:
    """Tell those who did not answer that the seats have gone on, and whether they still wait."""
    messages = [
        mails.compose(
            event,
            signup,
            "lapsed",
            {"still_waits": signup.state == SignUpState.WAITING},
            kind=MailKind.SIGNUP_CANCELLED,
            occasion=f"signup-{signup.pk}-lapsed-{at.timestamp():.6f}",
            not_before=mail_at(event, at=at),
            stale_at=event.starts_at,
        )
        for signup in signups
        if signup.email
    ]
    enqueue_many(messages, at=at)
