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
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from members.mailings import mail_rules
from members.mailings.claiming import claim, free_slot
from members.mailings.marking import Batch, Marks, purge_secret, suppress
from members.mailings.message import BrokenMessageError, Letter
from members.mailings.models.delivery import Delivery, DeliveryState
from members.mailings.models.mail_job import MailJob
from members.mailings.models.suppression import Suppression, SuppressionReason
from members.mailings.streaks import Streaks
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
Sleep = Callable[[float], None]

# A row is given up after this many temporary refusals of its own; back-off makes that about two days.
MAX_ATTEMPTS = 10
MAX_BACKOFF = datetime.timedelta(hours=12)
# A claim waits for the disk, so it should bring work for a while; but what somebody waits for stands
# behind the batch at hand, so not for long.
BATCH_SECONDS, LEAST_BATCH, MOST_BATCH = 0.5, 10, 500
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


def send_due_in_turn() -> None:
    """Send what is due, unless enough others do so already."""
    with free_slot() as is_free:
        if is_free:
            send_due()


def send_due(
    *,
    clock: Clock = timezone.now,
    sleep: Sleep = time.sleep,
    seconds: float = 20,
    size: int | None = None,
) -> Report:
    """
    Send what is due until nothing is left or `seconds` are over. Safe in any number of processes.

    A server that is down ends the run: the rows wait, untouched but for their next attempt. Where a rate
    is set, the run waits for the turns that come up meanwhile.
    """
    sender = _Sender(clock, sleep)
    stop_at = time.monotonic() + seconds
    wanted = size or settings.MAIL_BATCH_SIZE
    sender.marks.relax()
    try:
        while not sender.report.server_down and time.monotonic() < stop_at:
            try:
                batch = claim(size=wanted, at=clock(), rules=sender.rules)
            except (OperationalError, InterfaceError):
                sender.marks.write_again()
                continue
            if batch.rows:
                # A claim that changed rows has waited for the disk; one that found none has not.
                sender.marks.durable()
                started = time.monotonic()
                sender.send_batch(batch)
                if size is None:
                    wanted = next_size(len(batch.rows), seconds=time.monotonic() - started)
            elif batch.wait:
                sleep(batch.wait)
            elif not batch.put_off:
                break
    finally:
        sender.marks.tighten()
        sender.transport.close()
    if not _note_run(sender.report, at=clock()):
        sender.marks.write_again()
    return sender.report


def next_size(size: int, *, seconds: float) -> int:
    """Return how many rows to take after a batch of `size` that took so long: what half a second sends."""
    fitting = int(size * BATCH_SECONDS / max(seconds, 0.001))
    return max(LEAST_BATCH, min(fitting, 2 * size, MOST_BATCH))


class _Sender:
    """One run: its connection, the texts it has encoded, and what it has done so far."""

    def __init__(self, clock: Clock, sleep: Sleep = time.sleep) -> None:
        self.clock = clock
        self.sleep = sleep
        self.rules = mail_rules.current()
        self.streaks = Streaks(self.rules)
        self.transport: Transport = open_transport()
        self.report = Report()
        self.marks = Marks()
        self.letters: dict[tuple[int, str], Letter] = {}
        self.troubles_in_a_row = 0
        # A run that was held up catches up no faster than the rate.
        self.not_before: datetime.datetime | None = None

    def send_batch(self, batch: Batch) -> None:
        """Send the batch, or as much of it as half its lease allows; the rest goes back at once."""
        try:
            self._send_rows(batch)
        finally:
            self.marks.settle()
            self.marks.fold(batch)
            self.report.sent, self.report.lost = self.marks.sent_count, self.marks.lost_count

    def _send_rows(self, batch: Batch) -> None:
        rows = self._set_aside(batch, at=self.clock())
        self.streaks.read(rows)
        if len(self.letters) > 100:
            self.letters.clear()
        half = datetime.timedelta(seconds=settings.MAIL_LEASE_SECONDS / 2)
        # A message gets half a lease at most, so that it never outlives the whole one.
        patience = min(settings.EMAIL_TIMEOUT or 20, half.total_seconds())
        for index, row in enumerate(rows):
            self._wait_for_turn(row, batch)
            now = self.clock()
            if now > batch.until - half:
                self.report.released += self.marks.release(batch, rows[index:], next_attempt_at=now)
                return
            if row.subject in self.streaks.paused:
                self.report.released += self.marks.release(batch, [row], next_attempt_at=now)
                row.state = DeliveryState.QUEUED
                continue
            try:
                self._send_one(row, batch, at=now, patience=patience)
            except ServerDownError as error:
                wait = datetime.timedelta(seconds=settings.MAIL_RETRY_SECONDS)
                left = [other for other in rows[index:] if other.state == DeliveryState.SENDING]
                self.report.released += self.marks.release(batch, left, next_attempt_at=now + wait)
                self.report.server_down = str(error)
                logger.warning("The mail server does not take mail: %s", error)
                return

    def _wait_for_turn(self, row: Delivery, batch: Batch) -> None:
        """Wait until the rate lets the message go. Without a rate there is nothing to wait for."""
        moment = batch.moments.get(row.pk)
        if moment is None:
            return
        now = self.clock()
        turn = max(moment, self.not_before or moment)
        if turn > now:
            self.marks.settle()
            self.sleep((turn - now).total_seconds())
        if batch.step:
            self.not_before = max(turn, now) + batch.step

    def _send_one(
        self, row: Delivery, batch: Batch, *, at: datetime.datetime, patience: float
    ) -> None:
        """Send one message and mark its row. Raises ServerDownError when others need not be tried."""
        try:
            self._offer(row, at=at, patience=patience)
        except TemporaryError as error:
            self._try_later(row, batch, str(error))
            self.streaks.error(row, str(error), at=self.clock())
            self.troubles_in_a_row += error.may_be_server
            if self.troubles_in_a_row >= TROUBLES_IN_A_ROW:
                raise ServerDownError(str(error)) from error
        except (RefusedError, BrokenMessageError) as error:
            self.troubles_in_a_row = 0
            self.report.failed += 1
            self._give_up(row, batch, error, at=self.clock())
            self.streaks.error(row, str(error), at=self.clock())
        else:
            self.troubles_in_a_row = 0
            self.marks.sent(row, batch, at=self.clock())
            if self.streaks.is_ended_by(row):
                self.marks.settle()
                self.streaks.end(row)

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
