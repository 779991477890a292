"""Count the errors in a row of each newsletter, over all workers, and pause it when they are too many."""

import datetime
import logging
import re
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from members.mailings import newsletter_pausing
from members.mailings.models.delivery import Delivery, DeliveryState, MailKind
from members.mailings.models.mail_rules import MailRules
from members.mailings.models.newsletter import Newsletter
from members.mailings.models.pace import ErrorStreak
from members.mailings.models.sent_mark import SentMark
from members.mailings.newsletter_moves import IllegalMoveError

logger = logging.getLogger(__name__)

# A server's answer often names the recipient; the log of the newsletter shall not.
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
_ONE_MORE = """
INSERT INTO mailings_errorstreak (newsletter_id, count, since_at)
SELECT id, 1, %(at)s FROM mailings_newsletter
WHERE 'newsletter-' || id = %(subject)s AND state = 'sending'
ON CONFLICT (newsletter_id) DO UPDATE SET count = mailings_errorstreak.count + 1
RETURNING newsletter_id, count, since_at
"""


class Streaks:
    """
    What one run knows of the streaks in the database.

    They are read once a batch and written only when an error comes or ends one, so that a sending that
    goes well costs nothing more. `paused` holds the occasions that this run has seen paused.
    """

    def __init__(self, rules: MailRules) -> None:
        self.limit = rules.pause_after_errors
        self.running: set[str] = set()
        self.paused: set[str] = set()

    def read(self, rows: Sequence[Delivery]) -> None:
        """Read which newsletters have a streak running. One query, and none without newsletters."""
        self.paused.clear()
        if self.limit and any(row.kind == MailKind.NEWSLETTER for row in rows):
            ids = ErrorStreak.objects.values_list("newsletter_id", flat=True)
            self.running = {f"newsletter-{pk}" for pk in ids}

    def error(self, row: Delivery, text: str, *, at: datetime.datetime) -> None:
        """Count one more error in a row; pause the newsletter when it was one too many."""
        if not self.limit or row.kind != MailKind.NEWSLETTER:
            return
        try:
            self._count(row, text, at=at)
        except (OperationalError, InterfaceError):
            # A database that restarts: the next mark waits for it, and the next error is counted again.
            logger.warning("An error of %s was not counted: the database is away.", row.subject)

    def _count(self, row: Delivery, text: str, *, at: datetime.datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_ONE_MORE, {"subject": row.subject, "at": at})
            found = cursor.fetchone()
        if found is None:
            return
        pk, count, since_at = found
        self.running.add(row.subject)
        if count >= self.limit:
            self._pause(pk, row.subject, count, text, since_at=since_at, at=at)

    def is_ended_by(self, row: Delivery) -> bool:
        """Tell whether the message that was sent ends a streak."""
        return row.subject in self.running and row.kind == MailKind.NEWSLETTER

    def end(self, row: Delivery) -> None:
        """Begin at nought again."""
        self.running.discard(row.subject)
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM mailings_errorstreak WHERE 'newsletter-' || newsletter_id = %s",
                    [row.subject],
                )
        except (OperationalError, InterfaceError):
            # Before it pauses anything a worker looks whether one got through.
            logger.warning(
                "The errors of %s were not forgotten: the database is away.", row.subject
            )

    def _pause(
        self,
        pk: int,
        subject: str,
        count: int,
        text: str,
        *,
        since_at: datetime.datetime,
        at: datetime.datetime,
    ) -> None:
        # Another worker may have got one through meanwhile without knowing of our errors.
        sent = Delivery.objects.filter(
            kind=MailKind.NEWSLETTER,
            subject=subject,
            state=DeliveryState.SENT,
            finished_at__gt=since_at,
        )
        marked = SentMark.objects.filter(
            delivery__kind=MailKind.NEWSLETTER, delivery__subject=subject, sent_at__gt=since_at
        )
        if sent.exists() or marked.exists():
            ErrorStreak.objects.filter(pk=pk).update(count=1, since_at=at)
            return
        last = _ADDRESS.sub("…", text)
        reason = _("%(n)s feil på rad. Den siste: %(error)s") % {"n": count, "error": last}
        try:
            with transaction.atomic():
                newsletter_pausing.pause(
                    newsletter=Newsletter(pk=pk), reason=reason, at=at, by=None
                )
        except IllegalMoveError:
            # Somebody else has just paused or stopped it.
            pass
        self.paused.add(subject)
