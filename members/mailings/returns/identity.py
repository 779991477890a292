"""How a return finds its message: by our Message-ID, in a header, an envelope or a provider's words."""

import json
import re
from email.utils import parseaddr

from django.conf import settings

from members.mailings.models.delivery import Delivery

# As `ledger.make_message_id` makes them, and what older rows may hold: no spaces, no second bracket.
MESSAGE_ID = re.compile(r"<?([\x21-\x3b\x3d\x3f\x41-\x7e]{1,120}@[A-Za-z0-9.-]{1,100})>?")
_OURS = re.compile(r"[0-9a-f]{32}")
ID_FIELD = "message-id"


def delivery_of(*candidates: str) -> Delivery | None:
    """Return the message that one of these names, or None when none of them is ours."""
    wanted = {
        f"<{found[1]}>" for text in candidates if (found := MESSAGE_ID.fullmatch(text.strip()))
    }
    if not wanted:
        return None
    return Delivery.objects.filter(message_id__in=wanted).order_by("pk").first()


def provider_header(message_id: str) -> dict[str, str]:
    """Return the header that makes the provider repeat our Message-ID when it gives one of its own."""
    bare = message_id.strip("<>")
    if settings.MAIL_PROVIDER == "postmark":
        return {f"X-PM-Metadata-{ID_FIELD}": bare}
    if settings.MAIL_PROVIDER == "brevo":
        return {"X-Mailin-custom": json.dumps({ID_FIELD: bare})}
    return {}


def envelope_sender(from_email: str, message_id: str) -> str:
    """
    Return the address that returns go to: the sender's, or the mailbox for returns.

    With `{id}` in it each message has an address of its own, which tells even of a return that repeats
    nothing of the message.
    """
    template: str = settings.MAIL_RETURN_ADDRESS
    if not template:
        return from_email
    return template.replace("{id}", message_id.strip("<>").partition("@")[0])


def id_in_address(address: str) -> str:
    """Return the Message-ID that one of our return addresses stands for, or an empty text."""
    before, mark, after = settings.MAIL_RETURN_ADDRESS.lower().partition("{id}")
    bare = parseaddr(address)[1].lower()
    if not mark or not bare.startswith(before) or not bare.endswith(after):
        return ""
    token = bare[len(before) : len(bare) - len(after)]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{token}@{domain}>" if _OURS.fullmatch(token) else ""
