"""
Send what the ledger holds.

A batch is claimed in one statement and committed. Each message then goes over the one connection, and
its row is marked before the next one is touched. A process killed at any moment has therefore at most
one message whose outcome is unknown; its row is tried again under the same Message-ID when the lease
has run out. Nothing is skipped, because a row leaves the queue only when its own outcome is known.
"""

import contextlib
import datetime
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.utils import timezone

from members.mailings.marking import Batch, Marks, purge_secret, suppress
from members.mailings.message import BrokenMessageError, Letter
from members.mailings.models.delivery import Delivery, DeliveryState
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
# So many runs send at a time; more only hold processes that other work waits for.
PARALLEL_RUNS = 2
# The first half of the advisory lock of each such place; any number that nobody else uses.
SLOT_LOCK = 5_331
MAX_BACKOFF = datetime.timedelta(hours=12)
# So many temporary troubles in a row are the server's, not the recipients'.
TROUBLES_IN_A_ROW = 5


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
    with transaction.atomic(), connection.cursor() as cursor:
        # This commit waits for the disk, and so for everything that was marked before it.
        cursor.execute("SET LOCAL synchronous_commit TO on")
        cursor.execute(_CLAIM, values)
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        batch.rows = list(
            Delivery.objects.filter(pk__in=ids)
            .select_related("body")
            .order_by("kind", "next_attempt_at", "pk")
        )
    return batch


@contextlib.contextmanager
def free_slot() -> Iterator[bool]:
    """
    Hold one of the few places for runs while the block runs; tells whether there was one.

    A run that finds none may give way at once: those that hold the places send its rows too. The place
    of a process that is killed is free when its connection is gone.
    """
    with connection.cursor() as cursor:
        for slot in range(PARALLEL_RUNS):
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SLOT_LOCK, slot])
            if cursor.fetchone()[0]:
                break
        else:
            yield False
            return
    try:
        yield True
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SLOT_LOCK, slot])


def send_due_in_turn() -> None:
    """Send what is due, unless enough others do so already."""
    with free_slot() as is_free:
        if is_free:
            send_due()


def send_due(
    *, clock: Clock = timezone.now, seconds: float = 20, size: int | None = None
) -> Report:
    """
    Send what is due until nothing is left or `seconds` are over. Safe in any number of processes.

    A server that is down ends the run: the rows wait, untouched but for their next attempt.
    """
    sender = _Sender(clock)
    stop_at = time.monotonic() + seconds
    sender.marks.relax()
    try:
        while not sender.report.server_down and time.monotonic() < stop_at:
            try:
                batch = claim(size=size or settings.MAIL_BATCH_SIZE, at=clock())
            except (OperationalError, InterfaceError):
                sender.marks.write_again()
                continue
            if not batch.rows:
                break
            # A claim that changed rows has waited for the disk; one that found none has not.
            sender.marks.durable()
            sender.send_batch(batch)
    finally:
        sender.marks.tighten()
        sender.transport.close()
    if not _note_run(sender.report, at=clock()):
        sender.marks.write_again()
    return sender.report


class _Sender:
    """One run: its connection, the texts it has encoded, and what it has done so far."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.transport: Transport = open_transport()
        self.report = Report()
        self.marks = Marks()
        self.letters: dict[tuple[int, str], Letter] = {}
        self.troubles_in_a_row = 0

    def send_batch(self, batch: Batch) -> None:
        """Send the batch, or as much of it as half its lease allows; the rest goes back at once."""
        try:
            self._send_rows(batch)
        finally:
            self.marks.settle()
            self.report.sent, self.report.lost = self.marks.sent_count, self.marks.lost_count

    def _send_rows(self, batch: Batch) -> None:
        rows = self._set_aside(batch, at=self.clock())
        if len(self.letters) > 100:
            self.letters.clear()
        half = datetime.timedelta(seconds=settings.MAIL_LEASE_SECONDS / 2)
        # A message gets half a lease at most, so that it never outlives the whole one.
        patience = min(settings.EMAIL_TIMEOUT or 20, half.total_seconds())
        for index, row in enumerate(rows):
            now = self.clock()
            if now > batch.until - half:
                self.report.released += self.marks.release(batch, rows[index:], next_attempt_at=now)
                return
            try:
                self._send_one(row, batch, at=now, patience=patience)
            except ServerDownError as error:
                wait = datetime.timedelta(seconds=settings.MAIL_RETRY_SECONDS)
                left = [other for other in rows[index:] if other.state == DeliveryState.SENDING]
                self.report.released += self.marks.release(batch, left, next_attempt_at=now + wait)
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
            self._give_up(row, batch, error, at=self.clock())
        else:
            self.troubles_in_a_row = 0
            self.marks.sent(row, batch, at=self.clock())

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
            self.report.failed += self.marks.finish(
                row, batch, DeliveryState.FAILED, at=now, error=error
            )
            return
        later = now + backoff(attempts)
        self.report.retried += self.marks.try_later(row, batch, next_attempt_at=later, error=error)

    def _give_up(
        self,
        row: Delivery,
        batch: Batch,
        error: RefusedError | BrokenMessageError,
        *,
        at: datetime.datetime,
    ) -> None:
        is_bounce = isinstance(error, RefusedError) and error.outcome is Outcome.NO_SUCH_ADDRESS
        state = DeliveryState.BOUNCED if is_bounce else DeliveryState.FAILED
        self.marks.settle()
        with transaction.atomic():
            done = self.marks.finish(row, batch, state, at=at, error=str(error))
            if done and is_bounce:
                reason = SuppressionReason.HARD_BOUNCE
                suppress(email=row.recipient, reason=reason, detail=str(error), at=at)
        logger.warning("Delivery %s was given up: %s", row.pk, error)

    def _set_aside(self, batch: Batch, *, at: datetime.datetime) -> list[Delivery]:
        """Finish the rows that are not to be sent, and return the others."""
        blocked = _suppressed({row.recipient for row in batch.rows if not row.mandatory})
        rows = []
        for row in batch.rows:
            if row.state == DeliveryState.MISSED:
                self.report.missed += 1
                purge_secret(row)
            elif row.state == DeliveryState.FAILED:
                self.report.failed += 1
                purge_secret(row)
            elif row.recipient in blocked and not row.mandatory:
                self.report.suppressed += 1
                self.marks.finish(row, batch, DeliveryState.SUPPRESSED, at=at)
            else:
                rows.append(row)
        return rows


def _suppressed(addresses: set[str]) -> set[str]:
    if not addresses:
        return set()
    in_force = Suppression.objects.filter(email__in=addresses, lifted_at=None)
    return set(in_force.values_list("email", flat=True))


def backoff(attempts: int) -> datetime.timedelta:
    """Return how long to wait after so many temporary refusals: 1, 3, 9, 27 … minutes, 12 hours at most."""
    seconds = settings.MAIL_RETRY_SECONDS * 3 ** (attempts - 1)
    return min(datetime.timedelta(seconds=seconds), MAX_BACKOFF)


def _note_run(report: Report, *, at: datetime.datetime) -> bool:
    """Leave a sign of life for the admin, and tell whether it was written. It never stops the sending."""
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
        return False
    return True
