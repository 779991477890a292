"""What an organiser writes to those who come or those who wait: once to each, whatever is pressed twice."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings.ledger import MailKind, Message, enqueue_many
from projects.bypuls.events.organisers import log
from projects.bypuls.models import (
    Event,
    EventMessage,
    LogKind,
    MessageAudience,
    SignUp,
    SignUpState,
)
from projects.bypuls.models.signup import SignUpQuerySet
from projects.bypuls.signups import mails

# Who belongs to each audience.
STATES = {
    MessageAudience.ATTENDING: [SignUpState.ATTENDING],
    MessageAudience.QUEUE: [SignUpState.WAITING, SignUpState.OFFERED],
}


class MessageError(Exception):
    """The message cannot be sent; the text can be shown to the organiser."""


def recipients_of(event: Event, audience: str) -> SignUpQuerySet:
    """Return the sign-ups that a message to the audience goes to. Whoever has no address has none."""
    states = STATES[MessageAudience(audience)]
    return SignUp.objects.filter(event=event, state__in=states).exclude(email="")


def count_recipients(event: Event, audience: str) -> int:
    """Return how many people get the message: a party that split has one address."""
    found = recipients_of(event, audience).aggregate(people=Count("email", distinct=True))
    return int(found["people"])


@transaction.atomic
def write_message(
    event_id: int,
    *,
    audience: str,
    title: str,
    text: str,
    key: uuid.UUID,
    by: User,
    at: dt.datetime,
) -> EventMessage:
    """
    Write the message to everybody it is for, in the caller's transaction, and return it.

    A `key` that was used before returns that message and sends nothing. Raises MessageError when
    nobody would get it.
    """
    # The lock makes the second of two clicks wait, and then find the first.
    event = Event.objects.select_for_update().get(pk=event_id)
    before = EventMessage.objects.filter(key=key).first()
    if before is not None:
        if before.event_id != event.pk:
            raise MessageError(_("Skriv meldingen på nytt."))
        return before
    number = count_recipients(event, audience)
    if number == 0:
        raise MessageError(_("Det er ingen å sende til akkurat nå."))
    message = EventMessage.objects.create(
        event=event,
        audience=audience,
        title=title,
        text=text,
        key=key,
        sender=by,
        written_at=at,
        recipients=number,
    )
    for batch in recipients_of(event, audience).in_batches():
        enqueue_many((_letter(event, signup, message) for signup in batch), at=at)
    log(event.pk, LogKind.MESSAGE, by=by, at=at, detail=f"{title} ({number})")
    return message


def _letter(event: Event, signup: SignUp, message: EventMessage) -> Message:
    return mails.compose(
        event,
        signup,
        "message",
        {"message": message},
        kind=MailKind.EVENT_MESSAGE,
        occasion=f"message-{message.pk}",
        reply_to=event.contact_email,
    )
