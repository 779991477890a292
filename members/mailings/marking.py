"""
Write down what became of each message, one row at a time and without waiting for the disk.

A commit that waits for the disk costs more than the message itself. The commit is still seen by everyone
at once and survives the death of any worker; only a database that crashes forgets up to its last half
second. Against that the process remembers what it wrote since the last commit that did wait (each claim
does) and writes it again when the database comes back. Source: PostgreSQL manual, "Asynchronous Commit".

Nor does the next message wait for the answer to a mark. The mark is on its way to the server before the
next message is offered, and its answer is read before the next mark: so a process that is killed leaves
one message unmarked at most.
"""

import datetime
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from psycopg.pq import ExecStatus

from members.mailings.models.delivery import Delivery, DeliveryState, MailBody, MailKind
from members.mailings.models.suppression import Suppression

PURGED = "Innholdet er slettet etter utsendelse."

_OURS = b" WHERE id = %s AND lease_token = %s AND state = 'sending'"
_FINISH = (
    b"UPDATE mailings_delivery SET state = %s, finished_at = %s, error = %s,"
    b" lease_until = NULL, lease_token = NULL" + _OURS
)
_SENT_NAME = b"mailings_mark_sent"
_SENT = (
    b"INSERT INTO mailings_sentmark (delivery_id, sent_at) SELECT id, $1 FROM mailings_delivery"
    b" WHERE id = $2 AND lease_token = $3 AND state = 'sending' ON CONFLICT DO NOTHING"
)
_FOLD = (
    b"WITH marked AS (DELETE FROM mailings_sentmark WHERE delivery_id = ANY(%s) RETURNING *)"
    b" UPDATE mailings_delivery AS d SET state = 'sent', finished_at = marked.sent_at, error = '',"
    b" lease_until = NULL, lease_token = NULL"
    b" FROM marked WHERE d.id = marked.delivery_id AND d.state = 'sending'"
)
# The database connections on which it is prepared; a worker keeps its connection from run to run.
_prepared_on: "WeakSet[psycopg.Connection[Any]]" = WeakSet()
_TRY_LATER = (
    b"UPDATE mailings_delivery SET state = 'queued', attempts = %s, next_attempt_at = %s, error = %s,"
    b" lease_until = NULL, lease_token = NULL" + _OURS
)
_RELEASE = (
    b"UPDATE mailings_delivery SET state = 'queued', next_attempt_at = %s, lease_until = NULL,"
    b" lease_token = NULL WHERE id = ANY(%s) AND lease_token = %s AND state = 'sending'"
)


@dataclass
class Batch:
    """Rows that this process holds until `until`."""

    token: uuid.UUID
    until: datetime.datetime
    rows: list[Delivery] = field(default_factory=list)
    # Where a rate is set: when each row may go, and the time from one to the next at the least.
    moments: dict[int, datetime.datetime] = field(default_factory=dict)
    step: datetime.timedelta | None = None
    # Rows that wait for the rate of their domain, and seconds until it is worth while to look again.
    put_off: int = 0
    wait: float = 0


class Marks:
    """Marks the rows of this process. Each statement holds only while the row's lease is ours."""

    def __init__(self) -> None:
        self._since_durable: list[tuple[bytes, list[Any]]] = []
        self._cursor: psycopg.Cursor[Any] | None = None
        self._raw: psycopg.Connection[Any] | None = None
        self._is_waiting = False
        self.sent_count = 0
        # Messages whose row another process had taken over by then: our lease had run out.
        self.lost_count = 0

    def relax(self) -> None:
        """Let the commits from here on return before they are on disk."""
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")

    def tighten(self) -> None:
        """Let commits wait for the disk again; the next one brings the earlier ones with it."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("RESET synchronous_commit")
        except DatabaseError:
            # The connection is gone, and its setting with it.
            connection.close()

    def durable(self) -> None:
        """Forget what was written: a commit that waited for the disk has come after it."""
        self._since_durable.clear()

    def write_again(self) -> None:
        """
        Wait for a database that is gone, and write all marks that it may have forgotten.

        Raises when it does not come back within a third of the lease.
        """
        self._is_waiting = False
        self._reconnect(time.monotonic() + settings.MAIL_LEASE_SECONDS / 3, self._since_durable)

    def fold(self, batch: Batch) -> None:
        """Write what was marked as sent into the ledger's own rows, all of a batch at once."""
        self._run(_FOLD, [[row.pk for row in batch.rows]])

    def sent(self, row: Delivery, batch: Batch, *, at: datetime.datetime) -> None:
        """Mark the row as sent, and do not wait for the answer. `settle` comes before other queries."""
        self.settle()
        if row.kind == MailKind.SIGN_IN:
            self._count(self.finish(row, batch, DeliveryState.SENT, at=at))
            return
        self._since_durable.append(
            (_FINISH, [DeliveryState.SENT.value, at, "", row.pk, batch.token])
        )
        try:
            self._send([at.isoformat(), str(row.pk), str(batch.token)])
        except (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError):
            self._mark_again()

    def settle(self) -> None:
        """Read the answer to the last mark, if it is still out."""
        if not self._is_waiting or self._raw is None:
            return
        self._is_waiting = False
        pg = self._raw.pgconn
        try:
            result, rest = pg.get_result(), pg.get_result()
        except psycopg.OperationalError:
            result = rest = None
        if rest is None and result is not None and result.status == ExecStatus.COMMAND_OK:
            self._count(result.command_tuples or 0)
        else:
            self._mark_again()

    def _send(self, values: list[str]) -> None:
        connection.ensure_connection()
        raw = connection.connection
        if raw not in _prepared_on:
            prepared = raw.pgconn.prepare(_SENT_NAME, _SENT)
            if prepared.status != ExecStatus.COMMAND_OK:
                raise psycopg.OperationalError(prepared.get_error_message())
            _prepared_on.add(raw)
        self._raw = raw
        raw.pgconn.send_query_prepared(_SENT_NAME, [value.encode() for value in values])
        while raw.pgconn.flush():
            time.sleep(0.001)
        self._is_waiting = True

    def _mark_again(self) -> None:
        """Write the last mark the slow way, on a new connection when the old one is gone."""
        if self._raw is not None:
            _prepared_on.discard(self._raw)
        sql, params = self._since_durable.pop()
        self._count(self._run(sql, params))

    def _count(self, done: int) -> None:
        self.sent_count += done
        self.lost_count += not done

    def finish(
        self,
        row: Delivery,
        batch: Batch,
        state: DeliveryState,
        *,
        at: datetime.datetime,
        error: str = "",
    ) -> int:
        """Mark the row as done, if it is still ours; return 1 or 0."""
        params = [state.value, at, error[:500], row.pk, batch.token]
        if row.kind != MailKind.SIGN_IN:
            return self._run(_FINISH, params)
        with transaction.atomic():
            done = self._run(_FINISH, params)
            if done:
                purge_secret(row)
        return done

    def try_later(
        self, row: Delivery, batch: Batch, *, next_attempt_at: datetime.datetime, error: str
    ) -> int:
        """Put a row that was refused for now back into the queue."""
        params = [row.attempts + 1, next_attempt_at, error[:500], row.pk, batch.token]
        return self._run(_TRY_LATER, params)

    def release(
        self, batch: Batch, rows: list[Delivery], *, next_attempt_at: datetime.datetime
    ) -> int:
        """Put rows that were not touched back into the queue."""
        return self._run(_RELEASE, [next_attempt_at, [row.pk for row in rows], batch.token])

    def _run(self, sql: bytes, params: list[Any]) -> int:
        """Run one UPDATE and return the number of rows; wait for a database that restarts just now."""
        deadline = time.monotonic() + settings.MAIL_LEASE_SECONDS / 3
        self.settle()
        self._since_durable.append((sql, params))
        while True:
            try:
                return self._execute(sql, params)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if connection.in_atomic_block or time.monotonic() > deadline:
                    raise
                # The last one is run by the caller of this.
                self._reconnect(deadline, self._since_durable[:-1])

    def _execute(self, sql: bytes, params: list[Any]) -> int:
        # Past Django's own cursor: prepared on the server and without its bookkeeping, this is the
        # statement that runs once for each message.
        connection.ensure_connection()
        raw = connection.connection
        if self._cursor is None or self._cursor.connection is not raw:
            self._cursor = psycopg.Cursor(raw)
        self._cursor.execute(sql, params, prepare=True)
        return self._cursor.rowcount

    def _reconnect(self, deadline: float, marks: Sequence[tuple[bytes, list[Any]]]) -> None:
        """Wait for the database and write again what it may have forgotten. What it kept stays as it is."""
        while True:
            connection.close()
            try:
                self.relax()
                for sql, params in marks:
                    self._execute(sql, params)
            except (psycopg.Error, OperationalError, InterfaceError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return


def purge_secret(row: Delivery) -> None:
    """Empty a sign-in mail that is done with: it holds a code, and nobody may read that in the ledger."""
    if row.kind == MailKind.SIGN_IN:
        MailBody.objects.filter(pk=row.body_id).update(text=PURGED, html="", attachments=[])


def suppress(*, email: str, reason: str, detail: str, at: datetime.datetime) -> None:
    """Write no more to this address of our own accord. A second time changes nothing."""
    Suppression.objects.bulk_create(
        [Suppression(email=email.lower(), reason=reason, detail=detail[:500], since_at=at)],
        ignore_conflicts=True,
    )
