"""
Take due rows out of the ledger for one process, by rule and in turn.

What people wait for goes first. Newsletters are found campaign by campaign, so that one that is paused
costs a glance however many wait for it; in the quiet hours none is looked at.
"""

import contextlib
import datetime
import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from members.mailings import mail_rules, pacing
from members.mailings.marking import Batch
from members.mailings.models.delivery import Delivery
from members.mailings.models.mail_rules import MailRules

# A row left behind this often by dying workers is what kills them.
MAX_DEATHS = 25
# So many runs send at a time; more only hold processes that other work waits for.
PARALLEL_RUNS = 2
# The first half of the advisory lock of each such place; any number that nobody else uses.
SLOT_LOCK = 5_331
# With a rate for each domain a claim looks at so many times what it may take, and puts the rest off.
LOOK_AHEAD = 4

# `campaign` leaps in the index from one newsletter with rows in the queue to the next: PostgreSQL has no
# skip scan of its own, and a DISTINCT would read every row that waits.
_PICK = """
WITH RECURSIVE held AS MATERIALIZED (
    SELECT 'newsletter-' || id AS subject FROM mailings_newsletter
    WHERE state IN ('paused', 'cancelled')
), left_behind AS MATERIALIZED (
    SELECT id, kind, recipient_domain FROM mailings_delivery
    WHERE state = 'sending' AND lease_until < %(at)s
      AND (kind NOT IN ('newsletter', 'digest', 'welcome') OR %(with_bulk)s)
      AND NOT (kind = 'newsletter' AND subject IN (SELECT subject FROM held))
      AND NOT EXISTS (SELECT FROM mailings_sentmark WHERE delivery_id = mailings_delivery.id)
    ORDER BY lease_until LIMIT %(size)s FOR UPDATE SKIP LOCKED
), urgent AS MATERIALIZED (
    SELECT id FROM mailings_delivery
    WHERE state = 'queued' AND kind NOT IN ('newsletter', 'digest', 'welcome')
      AND next_attempt_at <= %(at)s
    ORDER BY next_attempt_at LIMIT %(size)s FOR UPDATE SKIP LOCKED
), room AS MATERIALIZED (
    SELECT GREATEST(
        0, %(look)s - (SELECT count(*) FROM left_behind) - (SELECT count(*) FROM urgent)
    ) AS places
), campaign(subject) AS (
    (SELECT subject FROM mailings_delivery
     WHERE state = 'queued' AND kind = 'newsletter' AND %(with_bulk)s
     ORDER BY subject LIMIT 1)
    UNION ALL
    SELECT (SELECT d.subject FROM mailings_delivery AS d
            WHERE d.state = 'queued' AND d.kind = 'newsletter' AND d.subject > campaign.subject
            ORDER BY d.subject LIMIT 1)
    FROM campaign WHERE campaign.subject IS NOT NULL
), of_campaigns AS MATERIALIZED (
    SELECT picked.* FROM campaign CROSS JOIN LATERAL (
        SELECT id, recipient_domain, next_attempt_at FROM mailings_delivery
        WHERE state = 'queued' AND kind = 'newsletter' AND subject = campaign.subject
          AND next_attempt_at <= %(at)s
        ORDER BY next_attempt_at LIMIT (SELECT places FROM room) FOR UPDATE SKIP LOCKED
    ) AS picked
    WHERE campaign.subject NOT IN (SELECT subject FROM held)
), personal AS MATERIALIZED (
    SELECT id, recipient_domain, next_attempt_at FROM mailings_delivery
    WHERE state = 'queued' AND kind IN ('digest', 'welcome') AND next_attempt_at <= %(at)s
      AND %(with_bulk)s
    ORDER BY next_attempt_at LIMIT (SELECT places FROM room) FOR UPDATE SKIP LOCKED
)
SELECT id,
    CASE WHEN kind IN ('newsletter', 'digest', 'welcome') THEN recipient_domain ELSE '' END, true
FROM left_behind
UNION ALL
SELECT id, '', true FROM urgent
UNION ALL
(SELECT id, recipient_domain, false
 FROM (SELECT * FROM of_campaigns UNION ALL SELECT * FROM personal) AS bulk
 ORDER BY next_attempt_at, id LIMIT (SELECT places FROM room))
"""
# What a worker had marked as sent before it died.
_FOLD_LEFT_BEHIND = """
WITH found AS (
    SELECT mark.delivery_id FROM mailings_sentmark AS mark
    JOIN mailings_delivery AS d ON d.id = mark.delivery_id
    WHERE d.state = 'sending' AND d.lease_until < %(at)s
    FOR UPDATE OF mark SKIP LOCKED
), marked AS (
    DELETE FROM mailings_sentmark WHERE delivery_id IN (SELECT delivery_id FROM found) RETURNING *
)
UPDATE mailings_delivery AS d SET state = 'sent', finished_at = marked.sent_at, error = '',
    lease_until = NULL, lease_token = NULL
FROM marked WHERE d.id = marked.delivery_id AND d.state = 'sending'
"""
_TAKE = """
UPDATE mailings_delivery SET
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
WHERE id = ANY(%(ids)s)
"""
_PUT_OFF = """
UPDATE mailings_delivery AS d SET next_attempt_at = later.moment
FROM unnest(%(ids)s::bigint[], %(moments)s::timestamptz[]) AS later(id, moment)
WHERE d.id = later.id
"""


def claim(*, size: int, at: datetime.datetime, rules: MailRules | None = None) -> Batch:
    """
    Take at most `size` due rows for this process, or fewer where a rate says so; parallel claims share none.

    Rows that are too late are marked missed on the way. The batch holds only those to be sent.
    """
    rules = rules or mail_rules.current()
    lease = datetime.timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    batch = Batch(token=uuid.uuid4(), until=at + lease)
    with transaction.atomic(), connection.cursor() as cursor:
        # This commit waits for the disk, and so for everything that was marked before it.
        cursor.execute("SET LOCAL synchronous_commit TO on")
        cursor.execute(_FOLD_LEFT_BEHIND, {"at": at})
        turns = pacing.Turns(rules, at=at)
        room = turns.room(size)
        if room:
            turns.draw(_pick(cursor, rules, size=room, at=at), most=room)
            _take(cursor, turns, batch, at=at)
    if turns.soon:
        batch.rows = list(
            Delivery.objects.filter(pk__in=turns.soon)
            .prefetch_related("body")
            .order_by("kind", "next_attempt_at", "pk")
        )
    _pace(batch, turns, rules, has_room=bool(room), at=at)
    return batch


def _pick(
    cursor: Any, rules: MailRules, *, size: int, at: datetime.datetime
) -> list[pacing.Waiting]:
    is_quiet = mail_rules.quiet_until(rules, at=at) is not None
    look = size * LOOK_AHEAD if rules.domain_rate_per_minute else size
    cursor.execute(_PICK, {"at": at, "size": size, "look": look, "with_bulk": not is_quiet})
    return [pacing.Waiting(*row) for row in cursor.fetchall()]


def _take(cursor: Any, turns: pacing.Turns, batch: Batch, *, at: datetime.datetime) -> None:
    if turns.later:
        cursor.execute(_PUT_OFF, {"ids": list(turns.later), "moments": list(turns.later.values())})
    if turns.soon:
        values: dict[str, Any] = {
            "at": at,
            "until": batch.until,
            "token": batch.token,
            "max_deaths": MAX_DEATHS,
            "ids": list(turns.soon),
        }
        cursor.execute(_TAKE, values)


def _pace(
    batch: Batch, turns: pacing.Turns, rules: MailRules, *, has_room: bool, at: datetime.datetime
) -> None:
    """Write on the batch when each message may go, and when to look again if there is none."""
    batch.put_off = len(turns.later)
    if turns.step or turns.domain_step:
        batch.moments = turns.soon
        batch.step = turns.step
        batch.rows.sort(key=lambda row: turns.soon[row.pk])
    if batch.rows or batch.put_off:
        return
    if not has_room and Delivery.objects.due(at).exists():
        batch.wait = turns.seconds_to_room
    elif mail_rules.quiet_until(rules, at=at) is None and pacing.is_something_put_off(rules, at=at):
        batch.wait = pacing.LOOK_AGAIN_SECONDS


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
