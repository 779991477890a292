"""Write mail into the ledger. Sending is `members.mailings.sending`; nothing else touches SMTP."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import TypedDict

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from members.mailings.models.delivery import Delivery, MailBody, MailKind
from vekst.background import on_commit_run

__all__ = ["Attachment", "MailKind", "enqueue", "write_body"]


class Attachment(TypedDict):
    """A file that goes with a message. `content` is text; `type` is a MIME type with its parameters."""

    name: str
    type: str
    content: str


def write_body(
    *,
    title: str,
    text: str,
    html: str = "",
    attachments: Sequence[Attachment] = (),
    at: datetime.datetime,
) -> MailBody:
    """Freeze what a message says. Line breaks in the title, which would forge headers, become spaces."""
    return MailBody.objects.create(
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


@transaction.atomic
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

    `subject` names the occasion (`event-12-v2`), not the title. The same kind, subject and recipient a
    second time writes nothing and returns None. `not_before` delays it; after `stale_at` it is marked
    missed instead of sent. `mandatory` mail is tried even to an address that newsletters no longer go
    to. Raises ValidationError when the recipient is no e-mail address.
    """
    address = recipient.strip().lower()
    validate_email(address)
    now = at or timezone.now()
    if Delivery.objects.filter(kind=kind, subject=subject, recipient=address).exists():
        return None
    body = write_body(title=title, text=text, html=html, attachments=attachments, at=now)
    rows = Delivery.objects.bulk_create(
        [
            Delivery(
                kind=kind,
                subject=subject,
                recipient=address,
                body=body,
                headers=dict(headers or {}),
                from_email=from_email or settings.DEFAULT_FROM_EMAIL,
                message_id=make_message_id(),
                mandatory=mandatory,
                next_attempt_at=not_before or now,
                stale_at=stale_at,
                created_at=now,
            )
        ],
        # A parallel transaction may have written the same occasion since we looked.
        ignore_conflicts=True,
    )
    delivery = Delivery.objects.filter(message_id=rows[0].message_id).first()
    if delivery is None:
        body.delete()
        return None
    ask_for_sending()
    return delivery


def ask_for_sending() -> None:
    """Wake a mail worker after the commit. The beat job does the same every few seconds."""
    on_commit_run("members.mailings.tasks.send_due_mail")
