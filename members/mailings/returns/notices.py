"""
Read one mail of the mailbox for returns: a delivery report, a complaint, an automatic reply, or neither.

Sources: RFC 3464 (delivery status), RFC 5965 (feedback reports), RFC 3834 (automatic replies).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import Enum

from flufl.bounce import all_failures

from members.mailings.models.bounce import BounceKind
from members.mailings.returns.classifying import kind_of_failure
from members.mailings.returns.identity import id_in_address

# What people send when they press "spam"; reports about signatures (DMARC) come in the same format.
_COMPLAINTS = {"abuse", "fraud", "virus", "opt-out", "opt-out-list"}
_ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_ID_LINE = re.compile(r"^[> \t]*Message-ID:\s*(<[^<>\s]{3,240}>)", re.IGNORECASE | re.MULTILINE)
_MOST_TEXT = 200_000


class Verdict(Enum):
    """What a mail is to us."""

    RETURN = "return"
    ARRIVED = "arrived"
    AUTOMATIC = "automatic"
    UNKNOWN = "unknown"


@dataclass
class Notice:
    """What one mail says, and the Message-IDs by which it may be about a message of ours."""

    verdict: Verdict
    kind: BounceKind | None = None
    detail: str = ""
    about: list[str] = field(default_factory=list)
    sent_at: datetime | None = None


def read(mail: Message) -> Notice:
    """Return what the mail says. Whether it is about a message of ours is for the ledger to tell."""
    notice = _report(mail) or _old_fashioned(mail)
    if notice.verdict in (Verdict.RETURN, Verdict.ARRIVED):
        notice.about = list(_named(mail))
        notice.sent_at = _date(mail)
    return notice


def _report(mail: Message) -> Notice | None:
    """Read what is a report by its form."""
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            return _complaint(part)
        if part.get_content_type() == "message/delivery-status":
            found = _status(part)
            if found is not None:
                return found
    return None


def _complaint(part: Message) -> Notice:
    fields = _blocks(part)[0]
    feedback = str(fields.get("Feedback-Type", "")).strip().lower()
    if feedback in _COMPLAINTS:
        agent = str(fields.get("User-Agent", ""))
        return Notice(Verdict.RETURN, BounceKind.COMPLAINT, f"{feedback} {agent}".strip())
    return Notice(Verdict.AUTOMATIC)


def _status(part: Message) -> Notice | None:
    """Read the blocks about recipients: a failure before a delay, a delay before a success."""
    found: dict[str, Notice] = {}
    for block in _blocks(part):
        action = str(block.get("Action", "")).strip().lower()
        status = str(block.get("Status", ""))
        said = str(block.get("Diagnostic-Code", ""))
        detail = " ".join(f"{status} {said}".split())
        if action.startswith(("fail", "error")):
            kind = kind_of_failure(status, said)
            found.setdefault("failed", Notice(Verdict.RETURN, kind, detail))
        elif action.startswith("delayed"):
            found.setdefault("delayed", Notice(Verdict.RETURN, BounceKind.DELAYED, detail))
        elif action.startswith("delivered"):
            found.setdefault("delivered", Notice(Verdict.ARRIVED))
        elif action:
            found.setdefault("other", Notice(Verdict.AUTOMATIC))
    return next(
        (found[name] for name in ("failed", "delayed", "delivered", "other") if name in found), None
    )


def _old_fashioned(mail: Message) -> Notice:
    """Read what only its words tell: the formats of single servers, and automatic replies."""
    if _is_automatic(mail):
        return Notice(Verdict.AUTOMATIC)
    temporary, permanent = all_failures(mail)
    text = "\n".join(_texts(mail))
    if permanent:
        return Notice(Verdict.RETURN, kind_of_failure(text), _first_words(text))
    if temporary:
        return Notice(Verdict.RETURN, BounceKind.DELAYED, _first_words(text))
    return Notice(Verdict.UNKNOWN)


def _is_automatic(mail: Message) -> bool:
    if mail.get("X-Failed-Recipients"):
        # Exim says of its returns that they are automatic replies.
        return False
    submitted = str(mail.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return (
        submitted.startswith("auto-replied")
        or precedence == "auto_reply"
        or any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From"))
    )


def _named(mail: Message) -> Iterator[str]:
    """Yield the Message-IDs it may be about: of the message it brings back, its address, its words."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            for inner in _blocks(part):
                yield str(inner.get("Message-ID", ""))
    for name in _ADDRESSED:
        for value in mail.get_all(name, []):
            yield id_in_address(str(value))
    for text in _texts(mail):
        yield from _ID_LINE.findall(text)


def _blocks(part: Message) -> list[Message]:
    """Return the header blocks inside a `message/…` part."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [inner for inner in payload if isinstance(inner, Message)] or [Message()]
    return [Message()]


def _texts(mail: Message) -> Iterator[str]:
    """Yield the text parts, `text/rfc822-headers` among them."""
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            raw = part.get_payload(decode=True)
            if isinstance(raw, bytes):
                yield raw[:_MOST_TEXT].decode("utf-8", "replace")


def _first_words(text: str) -> str:
    return " ".join(text[:2000].split())[:400]


def _date(mail: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(mail.get("Date", "")))
    except (ValueError, TypeError, IndexError):
        return None
    # "-0000" gives a moment without a zone, which says nothing about when.
    return found if found.tzinfo is not None else None
