"""Ledger rows for many subscribers who get one text, each with their own links in it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from members.mailings.ledger import MailKind, ask_for_sending, make_message_id, write_body
from members.mailings.newsletter_content import PREFERENCES, UNSUBSCRIBE, Rendered


@dataclass(frozen=True)
class Reader:
    """One subscriber, the text they get, and the token by which they stop mail of this kind."""

    subscriber_id: int
    body_id: int
    unsubscribe_token: str


_WRITE = """
INSERT INTO mailings_delivery (
    kind, subject, recipient, body_id, merge, headers, from_email, message_id, mandatory,
    state, attempts, next_attempt_at, stale_at, created_at, finished_at, error
)
SELECT
    %(kind)s, %(occasion)s, s.email, r.body_id,
    jsonb_build_object(%(unsubscribe)s::text, r.token, %(preferences)s::text, s.token), '{}',
    %(from_email)s, '<' || replace(gen_random_uuid()::text, '-', '') || %(id_end)s, false,
    CASE WHEN x.id IS NULL THEN 'queued' ELSE 'suppressed' END, 0, %(at)s, %(stale_at)s, %(at)s,
    CASE WHEN x.id IS NULL THEN NULL ELSE %(at)s END, ''
FROM unnest(%(subscribers)s::bigint[], %(bodies)s::bigint[], %(tokens)s::text[])
    AS r (subscriber_id, body_id, token)
JOIN mailings_subscriber s ON s.id = r.subscriber_id
LEFT JOIN mailings_suppression x ON x.email = s.email AND x.lifted_at IS NULL
ON CONFLICT (kind, subject, recipient) DO NOTHING
"""


def write_text(mail: Rendered, *, at: datetime.datetime) -> int:
    """Freeze the text with its headers, and return its number."""
    body = write_body(title=mail.title, text=mail.text, html=mail.html, at=at)
    body.headers = mail.headers
    body.save(update_fields=["headers"])
    return body.pk


def write_to(
    readers: Sequence[Reader],
    *,
    kind: MailKind,
    occasion: str,
    at: datetime.datetime,
    stale_at: datetime.datetime,
) -> int:
    """
    Write a row for each, in one statement, and wake the sender; return how many were new.

    Suppressed addresses are written down and not sent to. Call it in a transaction that holds a lock on the
    subscribers.
    """
    if not readers:
        return 0
    values: dict[str, Any] = {
        "kind": kind.value,
        "occasion": occasion,
        "unsubscribe": UNSUBSCRIBE,
        "preferences": PREFERENCES,
        "from_email": settings.EDITORS_FROM_EMAIL,
        # The end of every Message-ID of ours: "@example.no>".
        "id_end": "@" + make_message_id().partition("@")[2],
        "at": at,
        "stale_at": stale_at,
        "subscribers": [reader.subscriber_id for reader in readers],
        "bodies": [reader.body_id for reader in readers],
        "tokens": [reader.unsubscribe_token for reader in readers],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        written = int(cursor.rowcount)
    ask_for_sending()
    return written
