"""
Take back mails that wait for the morning once they are no longer true: offers, questions, reminders.

The rows stay in the ledger and end as missed with the next run of the mail workers, where staff see them.
Each is called after the change, under the lock on the event; what is being sent already is sent.
"""

import datetime as dt

from django.db.models import Q

from members.mailings.ledger import MailKind
from members.mailings.models.delivery import Delivery, DeliveryState
from projects.bypuls.models import MessageAudience, SignUp, SignUpState
from projects.bypuls.signups.reminder_mails import asked_prefix


def take_back_all(signup: SignUp, *, event_id: int, at: dt.datetime) -> int:
    """Take back what waits for somebody who no longer comes to this event; return how many mails."""
    return _end(signup, _offers(signup) | _question(signup) | _reminders(signup, event_id), at)


def take_back_offers(signup: SignUp, *, at: dt.datetime) -> int:
    """Take back offers of seats, and reminders that one waits, from somebody who has answered."""
    waits = _reminders(signup, signup.event_id) & _is_for_queue()
    return _end(signup, _offers(signup) | waits, at)


def take_back_question(signup: SignUp, *, at: dt.datetime) -> int:
    """Take back the question whether one comes from somebody who has said so."""
    return _end(signup, _question(signup), at)


def take_back_reminders(signup: SignUp, *, event_id: int, at: dt.datetime) -> int:
    """Take back the reminders of one event."""
    return _end(signup, _reminders(signup, event_id), at)


def _offers(signup: SignUp) -> Q:
    return Q(kind=MailKind.SIGNUP_OFFERED, subject__startswith=f"signup-{signup.pk}-")


def _question(signup: SignUp) -> Q:
    return Q(kind=MailKind.SIGNUP_ASKED, subject__startswith=asked_prefix(signup.pk))


def _is_for_queue() -> Q:
    return Q(subject__contains=f"-{MessageAudience.QUEUE}")


def _reminders(signup: SignUp, event_id: int) -> Q:
    """Return the reminders to this address that no other party of the same address is to have."""
    others = SignUp.objects.filter(event=event_id, email=signup.email, wants_reminder=True)
    states = set(others.exclude(pk=signup.pk).values_list("state", flat=True))
    mine = Q(kind=MailKind.EVENT_REMINDER, subject__startswith=f"event-{event_id}-at-")
    if SignUpState.ATTENDING in states:
        mine &= _is_for_queue()
    # The rest of a party that has split waits under the same address.
    if states & {SignUpState.WAITING, SignUpState.OFFERED}:
        mine &= ~_is_for_queue()
    return mine


def _end(signup: SignUp, which: Q, at: dt.datetime) -> int:
    if not signup.email:
        return 0
    waiting = Delivery.objects.filter(which, recipient=signup.email, state=DeliveryState.QUEUED)
    return waiting.update(stale_at=at, next_attempt_at=at)
