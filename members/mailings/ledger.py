"""Write mail into the ledger. Sending is `members.mailings.sending`; nothing else touches SMTP."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Literal, NotRequired, TypedDict

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from members.mailings.models.delivery import Delivery, MailBody, MailKind
from vekst.background import on_commit_run_soon

__all__ = ["Attachment", "MailKind", "Message", "enqueue", "enqueue_many", "write_body"]


class Attachment(TypedDict):
    """
    A file that goes with a message. `type` is a MIME type with its parameters.

    `content` is text of a `text/` type, or with `encoding` base64 of any other.
    """

    name: str
    type: str
    content: str
    encoding: NotRequired[Literal["base64"]]


def write_body(
    *,
    title: str,
    text: str,
    html: str = "",
    attachments: Sequence[Attachment] = (),
    at: datetime.datetime,
) -> MailBody:
    """Freeze what a message says."""
    body = body_of(title=title, text=text, html=html, attachments=attachments, at=at)
    body.save(force_insert=True)
    return body


def body_of(
    *,
    title: str,
    text: str,
    html: str = "",
    attachments: Sequence[Attachment] = (),
    at: datetime.datetime,
) -> MailBody:
    """Return a body to be saved. Line breaks in the title, which would forge headers, become spaces."""
    return MailBody(
        title=" ".join(title.split())[:250],
        text=text,
        html=html,
        attachments=list(attachments),
        created_at=at,
    )


def make_message_id() -> str:
    """Return a Message-ID under the sender's domain, good for one message for ever."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"


@dataclass(frozen=True, kw_only=True)
class Message:
    """
    One message to one person, before it is written.

    `subject` names the occasion (`event-12-v2`), not the title. `not_before` delays it; after
    `stale_at` it is marked missed instead of sent. `mandatory` mail is tried even to an address that
    newsletters no longer go to.
    """

    kind: MailKind
    subject: str
    recipient: str
    title: str
    text: str
    html: str = ""
    attachments: Sequence[Attachment] = ()
    headers: Mapping[str, str] | None = None
    mandatory: bool = False
    from_email: str = ""
    not_before: datetime.datetime | None = None
    stale_at: datetime.datetime | None = None

    @property
    def address(self) -> str:
        """The recipient as the ledger writes it."""
        return self.recipient.strip().lower()

    @property
    def key(self) -> tuple[str, str, str]:
        """What the ledger holds once."""
        return str(self.kind), self.subject, self.address


def enqueue(
    *,
    kind: MailKind,
    subject: str,
    recipient: str,
    title: str,
    text: str,
    html: str = "",
    attachments: Sequence[Attachment] = (),
    headers: Mapping[str, str] | None = None,
    mandatory: bool = False,
    from_email: str = "",
    at: datetime.datetime | None = None,
    not_before: datetime.datetime | None = None,
    stale_at: datetime.datetime | None = None,
) -> Delivery | None:
    """
    Write one message to one person, in the caller's transaction, and ask a worker to send it.

    `Message` tells what the fields mean. The same kind, subject and recipient a second time writes nothing
    and returns None. Raises ValidationError when the recipient is no e-mail address.
    """
    message = Message(
        kind=kind,
        subject=subject,
        recipient=recipient,
        title=title,
        text=text,
        html=html,
        attachments=attachments,
        headers=headers,
        mandatory=mandatory,
        from_email=from_email,
        not_before=not_before,
        stale_at=stale_at,
    )
    written = enqueue_many([message], at=at or timezone.now())
    return written[0] if written else None


@transaction.atomic
def enqueue_many(messages: Iterable[Message], *, at: datetime.datetime) -> list[Delivery]:
    """
    Write many messages with a handful of queries, as `enqueue` writes one; return those that were new.

    Give it some hundred at a time. Raises ValidationError, with nothing written, when one of the
    recipients is no e-mail address.
    """
    wanted: dict[tuple[str, str, str], Message] = {}
    for message in messages:
        validate_email(message.address)
        wanted.setdefault(message.key, message)
    # A single message that is there already is found by its conflict below.
    for key in _written_already(wanted) if len(wanted) > 1 else ():
        wanted.pop(key, None)
    if not wanted:
        return []
    new = list(wanted.values())
    bodies = MailBody.objects.bulk_create(
        body_of(
            title=message.title,
            text=message.text,
            html=message.html,
            attachments=message.attachments,
            at=at,
        )
        for message in new
    )
    rows = Delivery.objects.bulk_create(
        [_delivery(message, body, at=at) for message, body in zip(new, bodies, strict=True)],
        # A parallel transaction may have written the same occasion since we looked.
        ignore_conflicts=True,
    )
    ids = [row.message_id for row in rows]
    written = list(Delivery.objects.filter(message_id__in=ids).order_by("pk"))
    unused = {row.body_id for row in rows} - {delivery.body_id for delivery in written}
    if unused:
        MailBody.objects.filter(pk__in=unused).delete()
    if written:
        ask_for_sending()
    return written


def _written_already(
    wanted: Mapping[tuple[str, str, str], Message],
) -> list[tuple[str, str, str]]:
    kinds, subjects, addresses = ({key[part] for key in wanted} for part in range(3))
    found = Delivery.objects.filter(kind__in=kinds, subject__in=subjects, recipient__in=addresses)
    return list(found.values_list("kind", "subject", "recipient"))


def _delivery(message: Message, body: MailBody, *, at: datetime.datetime) -> Delivery:
    return Delivery(
        kind=message.kind,
        subject=message.subject,
        recipient=message.address,
        body=body,
        headers=dict(message.headers or {}),
        from_email=message.from_email or settings.DEFAULT_FROM_EMAIL,
        message_id=make_message_id(),
        mandatory=message.mandatory,
        next_attempt_at=message.not_before or at,
        stale_at=message.stale_at,
        created_at=at,
    )


def ask_for_sending() -> None:
    """Wake a mail worker after the commit. The beat job does the same every few seconds."""
    on_commit_run_soon("members.mailings.tasks.send_due_mail")
