"""How allauth behaves here: closed sign-up, and its mail goes through the ledger like all other."""

import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from members.mailings.ledger import MailKind, enqueue

CODE_USEFUL = datetime.timedelta(minutes=15)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by staff or by an invitation; nobody signs up from the street."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Answer no: residents need no account."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail that allauth rendered into the ledger, each one a message of its own."""
        message = self.render_mail(template_prefix, email, context)
        enqueue(
            kind=MailKind.SIGN_IN,
            # Two codes asked for in a row are two messages, so the subject is never the same.
            subject=f"{template_prefix}:{get_random_string(12)}",
            recipient=email,
            title=message.subject,
            text=str(message.body),
            mandatory=True,
            # A code that comes after it has run out only confuses.
            stale_at=timezone.now() + CODE_USEFUL,
        )
