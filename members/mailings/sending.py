"""
Send what the ledger holds.

A batch is claimed in one statement and committed. Each message then goes over the one connection, and
its row is marked before the next one is touched. A process killed at any moment has therefore at most
one message whose outcome is unknown; its row is tried again under the same Message-ID when the lease
has run out. Nothing is skipped, because a row leaves the queue only when its own outcome is known.
"""

import datetime
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from members.accounts.models import User
from members.mailings.message import BrokenMessageError, Letter
from members.mailings.models.delivery import Delivery, DeliveryState, MailBody, MailKind
from members.mailings.models.mail_job import MailJob
from members.mailings.models.suppression import Suppression, SuppressionReason
from members.mailings.transport import (
    Outcome,
    RefusedError,
    ServerDownError,
    TemporaryError,
    Transport,
    open_transport,
)

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime.datetime]

# A row is given up after this many temporary refusals of its own; back-off makes that about two days.
MAX_ATTEMPTS = 10
# A row left behind this often by dying workers is what kills them.
MAX_DEATHS = 25
MAX_BACKOFF = datetime.timedelta(hours=12)
# So many temporary troubles in a row are the server's, not the recipients'.
TROUBLES_IN_A_ROW = 5
PURGED = "Innholdet er slettet etter utsendelse."


@dataclass
class Report:
    """What one run did."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    missed: int = 0
    suppressed: int = 0
    released: int = 0
    server_down: str = ""
    # Rows that another worker took because our lease had run out.
    lost: int = 0


@dataclass
class Batch:
    """Rows that this process holds until `until`."""

    token: uuid.UUID
    until: datetime.datetime
    rows: list[Delivery] = field(default_factory=list)


_CLAIM = """
WITH left_behind AS MATERIALIZED (
    SELECT id FROM mailings_delivery
    WHERE state = 'sending' AND lease_until < %(at)s
    ORDER BY lease_until LIMIT %(size)s FOR UPDATE SKIP LOCKED
), urgent AS MATERIALIZED (
    SELECT id FROM mailings_delivery
    WHERE state = 'queued' AND kind <> 'newsletter' AND next_attempt_at <= %(at)s
    ORDER BY next_attempt_at LIMIT %(size)s FOR UPDATE SKIP LOCKED
), bulk AS MATERIALIZED (
    SELECT id FROM mailings_delivery
    WHERE state = 'queued' AND kind = 'newsletter' AND next_attempt_at <= %(at)s
    ORDER BY next_attempt_at
    LIMIT GREATEST(0, %(size)s - (SELECT count(*) FROM left_behind) - (SELECT count(*) FROM urgent))
    FOR UPDATE SKIP LOCKED
)
UPDATE mailings_delivery AS d SET
    state = CASE
        WHEN stale_at <= %(at)s THEN 'missed'
        WHEN state = 'sending' AND attempts >= %(max_deaths)s THEN 'failed'
        ELSE 'sending' END,
    finished_at = CASE
        WHEN stale_at <= %(at)s OR (state = 'sending' AND attempts >= %(max_deaths)s) THEN %(at)s
        ELSE NULL END,
    attempts = CASE WHEN state = 'sending' THEN attempts + 1 ELSE attempts END,
    lease_until = %(until)s,
    lease_token = %(token)s
FROM (
    SELECT id FROM left_behind UNION ALL SELECT id FROM urgent UNION ALL SELECT id FROM bulk
) AS picked
WHERE d.id = picked.id
RETURNING d.id
"""


def claim(*, size: int, at: datetime.datetime) -> Batch:
    """
    Take at most `size` due rows for this process, in one statement; parallel claims share none.

    Rows that are too late are marked missed on the way. The batch holds only those to be sent.
    """
    lease = datetime.timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    batch = Batch(token=uuid.uuid4(), until=at + lease)
    values: dict[str, Any] = {
        "at": at,
        "size": size,
        "until": batch.until,
        "token": batch.token,
        "max_deaths": MAX_DEATHS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        batch.rows = list(
            Delivery.objects.filter(pk__in=ids)
            .select_related("body")
            .order_by("kind", "next_attempt_at", "pk")
        )
    return batch


def send_due(
    *, clock: Clock = timezone.now, seconds: float = 20, size: int | None = None
) -> Report:
    """
    Send what is due until nothing is left or `seconds` are over. Safe in any number of processes.

    A server that is down ends the run: the rows wait, untouched but for their next attempt.
    """
    sender = _Sender(clock)
    stop_at = time.monotonic() + seconds
    try:
        while not sender.report.server_down and time.monotonic() < stop_at:
            batch = claim(size=size or settings.MAIL_BATCH_SIZE, at=clock())
            if not batch.rows:
                break
            sender.send_batch(batch)
    finally:
        sender.transport.close()
    _note_run(sender.report, at=clock())
    return sender.report


class _Sender:
    """One run: its connection, the texts it has encoded, and what it has done so far."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.transport: Transport = open_transport()
        self.report = Report()
        self.letters: dict[tuple[int, str], Letter] = {}
        self.troubles_in_a_row = 0

    def send_batch(self, batch: Batch) -> None:
        """Send the batch, or as much of it as half its lease allows; the rest goes back at once."""
        rows = _set_aside(batch, self.report, at=self.clock())
        if len(self.letters) > 100:
            self.letters.clear()
        half = datetime.timedelta(seconds=settings.MAIL_LEASE_SECONDS / 2)
        # A message gets half a lease at most, so that it never outlives the whole one.
        patience = min(settings.EMAIL_TIMEOUT or 20, half.total_seconds())
        for index, row in enumerate(rows):
            now = self.clock()
            if now > batch.until - half:
                self.report.released += _release(batch, rows[index:], next_attempt_at=now)
                return
            try:
                self._send_one(row, batch, at=now, patience=patience)
            except ServerDownError as error:
                wait = datetime.timedelta(seconds=settings.MAIL_RETRY_SECONDS)
                left = [other for other in rows[index:] if other.state == DeliveryState.SENDING]
                self.report.released += _release(batch, left, next_attempt_at=now + wait)
                self.report.server_down = str(error)
                logger.warning("The mail server does not take mail: %s", error)
                return

    def _send_one(
        self, row: Delivery, batch: Batch, *, at: datetime.datetime, patience: float
    ) -> None:
        """Send one message and mark its row. Raises ServerDownError when others need not be tried."""
        try:
            self._offer(row, at=at, patience=patience)
        except TemporaryError as error:
            self._try_later(row, batch, str(error))
            self.troubles_in_a_row += error.may_be_server
            if self.troubles_in_a_row >= TROUBLES_IN_A_ROW:
                raise ServerDownError(str(error)) from error
        except (RefusedError, BrokenMessageError) as error:
            self.troubles_in_a_row = 0
            self.report.failed += 1
            _give_up(row, batch, error, at=self.clock())
        else:
            self.troubles_in_a_row = 0
            done = _finish(row, batch, DeliveryState.SENT, at=self.clock())
            self.report.sent += done
            self.report.lost += not done

    def _offer(self, row: Delivery, *, at: datetime.datetime, patience: float) -> None:
        if not self.transport.takes_bytes:
            self.transport.send_message(row, at=at)
            return
        # Only a text written with fields has them; in any other one "{{" is what somebody wrote.
        key = (row.body_id, row.from_email)
        try:
            if key not in self.letters:
                has_fields = bool(row.merge)
                self.letters[key] = Letter(
                    row.body, has_fields=has_fields, from_email=row.from_email
                )
            raw = self.letters[key].for_reader(row, at=at)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise BrokenMessageError(f"{type(error).__name__}: {error}") from error
        self.transport.send_bytes(row, raw, patience=patience)

    def _try_later(self, row: Delivery, batch: Batch, error: str) -> None:
        now, attempts = self.clock(), row.attempts + 1
        # No longer in our hands: a release of the rest must not touch its back-off.
        row.state = DeliveryState.QUEUED
        if attempts >= MAX_ATTEMPTS:
            self.report.failed += _finish(row, batch, DeliveryState.FAILED, at=now, error=error)
            return
        self.report.retried += _persist(
            "UPDATE mailings_delivery SET state = 'queued', attempts = %s, next_attempt_at = %s,"
            " error = %s, lease_until = NULL, lease_token = NULL"
            " WHERE id = %s AND lease_token = %s AND state = 'sending'",
            [attempts, now + backoff(attempts), error[:500], row.pk, batch.token],
        )


def _set_aside(batch: Batch, report: Report, *, at: datetime.datetime) -> list[Delivery]:
    """Finish the rows that are not to be sent, and return the others."""
    addresses = {row.recipient for row in batch.rows if not row.mandatory}
    blocked = set(
        Suppression.objects.filter(email__in=addresses, lifted_at=None).values_list(
            "email", flat=True
        )
        if addresses
        else ()
    )
    rows = []
    for row in batch.rows:
        if row.state == DeliveryState.MISSED:
            report.missed += 1
            _purge_secret(row)
        elif row.state == DeliveryState.FAILED:
            report.failed += 1
            _purge_secret(row)
        elif row.recipient in blocked and not row.mandatory:
            report.suppressed += 1
            _finish(row, batch, DeliveryState.SUPPRESSED, at=at)
        else:
            rows.append(row)
    return rows


def _give_up(
    row: Delivery, batch: Batch, error: RefusedError | BrokenMessageError, *, at: datetime.datetime
) -> None:
    is_bounce = isinstance(error, RefusedError) and error.outcome is Outcome.NO_SUCH_ADDRESS
    state = DeliveryState.BOUNCED if is_bounce else DeliveryState.FAILED
    with transaction.atomic():
        if _finish(row, batch, state, at=at, error=str(error)) and is_bounce:
            suppress(
                email=row.recipient,
                reason=SuppressionReason.HARD_BOUNCE,
                detail=str(error),
                at=at,
            )
    logger.warning("Delivery %s was given up: %s", row.pk, error)


def suppress(*, email: str, reason: str, detail: str, at: datetime.datetime) -> None:
    """Write no more to this address of our own accord. A second time changes nothing."""
    Suppression.objects.bulk_create(
        [Suppression(email=email.lower(), reason=reason, detail=detail[:500], since_at=at)],
        ignore_conflicts=True,
    )


def lift_suppressions(*, ids: Sequence[int], at: datetime.datetime, by: User) -> int:
    """Write to these addresses again. What was lifted before stays as it was. Returns how many."""
    return Suppression.objects.filter(pk__in=ids, lifted_at=None).update(lifted_at=at, lifted_by=by)


def _finish(
    row: Delivery, batch: Batch, state: DeliveryState, *, at: datetime.datetime, error: str = ""
) -> int:
    """Mark the row, if it is still ours; return 1 or 0."""
    sql = (
        "UPDATE mailings_delivery SET state = %s, finished_at = %s, error = %s,"
        " lease_until = NULL, lease_token = NULL"
        " WHERE id = %s AND lease_token = %s AND state = 'sending'"
    )
    params = [state.value, at, error[:500], row.pk, batch.token]
    if row.kind != MailKind.SIGN_IN:
        return _persist(sql, params)
    with transaction.atomic():
        done = _persist(sql, params)
        if done:
            _purge_secret(row)
    return done


def backoff(attempts: int) -> datetime.timedelta:
    """Return how long to wait after so many temporary refusals: 1, 3, 9, 27 … minutes, 12 hours at most."""
    seconds = settings.MAIL_RETRY_SECONDS * 3 ** (attempts - 1)
    return min(datetime.timedelta(seconds=seconds), MAX_BACKOFF)


def _release(batch: Batch, rows: list[Delivery], *, next_attempt_at: datetime.datetime) -> int:
    """Put rows that were not touched back into the queue."""
    return _persist(
        "UPDATE mailings_delivery SET state = 'queued', lease_until = NULL, lease_token = NULL,"
        " next_attempt_at = %s WHERE id = ANY(%s) AND lease_token = %s AND state = 'sending'",
        [next_attempt_at, [row.pk for row in rows], batch.token],
    )


def _persist(sql: str, params: list[Any]) -> int:
    """
    Run one conditional UPDATE and return the number of rows.

    A database that restarts just now would leave a message sent and its row unmarked, so the statement
    is tried again while the lease lasts.
    """
    deadline = time.monotonic() + settings.MAIL_LEASE_SECONDS / 3
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                return int(cursor.rowcount)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.2)


def _purge_secret(row: Delivery) -> None:
    """A sign-in mail holds a code; nobody may read it in the ledger afterwards."""
    if row.kind == MailKind.SIGN_IN:
        MailBody.objects.filter(pk=row.body_id).update(text=PURGED, html="", attachments=[])


def _note_run(report: Report, *, at: datetime.datetime) -> None:
    """Leave a sign of life for the admin. It never stops the sending."""
    try:
        waiting = Delivery.objects.due(at).count()
        MailJob.objects.update_or_create(
            name="send-due-mail",
            defaults={
                "ran_at": at,
                "sent": report.sent,
                "waiting": waiting,
                "note": report.server_down[:300],
            },
        )
    except DatabaseError:
        logger.exception("The sign of life of the mail job could not be written.")
