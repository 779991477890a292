"""
Count how often the links of newsletters are followed, without knowing by whom.

A click leaves the link's number and the time in Valkey; every minute they go into PostgreSQL as one sum for
each link and day, without what `scanners` takes for a program. So the page that leads on writes nothing to
the database. A Valkey that is emptied, or a worker that dies between the two, costs a minute's clicks;
none is counted twice.
"""

import datetime
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.db.models import Count
from django.utils import timezone
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from members.mailings.models import CountedLink
from members.mailings.scanners import SWEEP_MS, Click, without_sweeps

logger = logging.getLogger(__name__)

# More than this is no readership but a flood; the oldest go.
MOST_WAITING = 200_000
WAITS_AT_MOST = datetime.timedelta(days=2)
# Any number that nobody else locks: one process stores at a time, so that none sees half a sweep.
_LOCK = 5_332


def note(link: CountedLink, *, at: datetime.datetime) -> None:
    """Count one click. A Valkey that is down costs the click, not the reader's way."""
    try:
        _push([Click(int(at.timestamp() * 1000), link.newsletter_id, link.pk)])
    except RedisError:
        logger.warning("A click was not counted: Valkey does not answer.")


def store(*, at: datetime.datetime) -> int:
    """
    Add what readers have followed to the sums in PostgreSQL. Returns how many clicks.

    The last two seconds wait for the next time: they may be the beginning of a sweep.
    """
    with transaction.atomic():
        if not _is_alone():
            return 0
        try:
            taken = _take()
        except RedisError:
            logger.warning("No clicks were stored: Valkey does not answer.")
            return 0
        try:
            decided, undecided = _decide(taken, before_ms=int(at.timestamp() * 1000) - SWEEP_MS)
            with transaction.atomic():
                _add(decided)
        except DatabaseError:
            _push(taken)
            raise
        try:
            _push(undecided)
        except RedisError:
            logger.warning("%s clicks were lost: Valkey does not answer.", len(undecided))
    return len(decided)


def _decide(clicks: list[Click], *, before_ms: int) -> tuple[list[Click], list[Click]]:
    """Return the clicks of readers until then, and the later ones that may still be such. One query."""
    of_letter: dict[int, list[Click]] = defaultdict(list)
    for click in clicks:
        of_letter[click.newsletter].append(click)
    rows = CountedLink.objects.filter(newsletter__in=of_letter).order_by()
    links = dict(rows.values_list("newsletter").annotate(Count("pk")))
    decided: list[Click] = []
    undecided: list[Click] = []
    for newsletter, found in of_letter.items():
        for click in without_sweeps(found, links=links.get(newsletter, 0)):
            (decided if click.at_ms < before_ms else undecided).append(click)
    return decided, undecided


# In one order, so that whoever else writes these rows never waits in a ring.
_ADD = """
INSERT INTO mailings_linkclicks (link_id, day, number)
SELECT l.id, c.day, c.number
FROM unnest(%(links)s::bigint[], %(days)s::date[], %(numbers)s::int[]) AS c(link, day, number)
JOIN mailings_countedlink l ON l.id = c.link
ORDER BY l.id, c.day
ON CONFLICT (link_id, day) DO UPDATE SET number = mailings_linkclicks.number + EXCLUDED.number
"""


def _add(clicks: list[Click]) -> None:
    if not clicks:
        return
    sums = Counter((click.link, _day(click)) for click in clicks)
    values: dict[str, Any] = {
        "links": [link for link, _at in sums],
        "days": [day for _link, day in sums],
        "numbers": list(sums.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)


def _day(click: Click) -> datetime.date:
    at = datetime.datetime.fromtimestamp(click.at_ms / 1000, tz=datetime.UTC)
    return timezone.localdate(at)


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _key() -> str:
    return str(cache.make_key("clicks:waiting"))


def _push(clicks: Iterable[Click]) -> None:
    lines = [f"{click.at_ms}:{click.newsletter}:{click.link}" for click in clicks]
    if not lines:
        return
    with get_redis_connection("default").pipeline(transaction=True) as pipe:
        pipe.rpush(_key(), *lines)
        pipe.ltrim(_key(), -MOST_WAITING, -1)
        pipe.expire(_key(), WAITS_AT_MOST)
        pipe.execute()


def _take() -> list[Click]:
    with get_redis_connection("default").pipeline(transaction=True) as pipe:
        pipe.lrange(_key(), 0, -1)
        pipe.delete(_key())
        lines, _deleted = pipe.execute()
    return [Click(*map(int, line.split(b":"))) for line in lines]
