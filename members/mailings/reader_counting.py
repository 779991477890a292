"""
Count the readers once a day, by topic and by what they say of themselves.

Whoever had said yes at midnight is a reader. Consents keep when they were given and taken back, so a day
that nobody counted can be counted later, for as long as hardly anybody of then is forgotten. What people say
of themselves is known only as it is now: a day counted late has no numbers for audiences.
"""

import datetime

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from members.mailings.models import Audience, Consent, ReaderCount, Topic

CATCH_UP = datetime.timedelta(days=90)
# A long absence is made up for in several runs; none of them holds a worker for minutes.
MOST_IN_ONE_RUN = 31

_COUNT = """
WITH held AS (
    SELECT c.subscriber_id, t.topic,
           bool_or(
               c.given_at < %(start)s AND (c.withdrawn_at IS NULL OR c.withdrawn_at >= %(start)s)
           ) AS was_reader,
           bool_or(
               c.given_at < %(end)s AND (c.withdrawn_at IS NULL OR c.withdrawn_at >= %(end)s)
           ) AS is_reader
    FROM mailings_consent c
    CROSS JOIN LATERAL (VALUES (''), (c.topic)) AS t(topic)
    WHERE c.given_at < %(end)s AND (c.withdrawn_at IS NULL OR c.withdrawn_at >= %(start)s)
    GROUP BY c.subscriber_id, t.topic
), told AS (
    SELECT h.topic, a.audience, h.was_reader, h.is_reader
    FROM held h
    JOIN mailings_subscriber s ON s.id = h.subscriber_id
    CROSS JOIN LATERAL unnest(ARRAY['']::text[] || s.audiences::text[]) AS a(audience)
)
INSERT INTO mailings_readercount (day, topic, audience, readers, joined, "left")
SELECT %(day)s, t.topic, a.audience,
       count(*) FILTER (WHERE told.is_reader),
       count(*) FILTER (WHERE told.is_reader AND NOT told.was_reader),
       count(*) FILTER (WHERE told.was_reader AND NOT told.is_reader)
FROM unnest(%(topics)s::text[]) AS t(topic)
CROSS JOIN unnest(%(audiences)s::text[]) AS a(audience)
LEFT JOIN told ON told.topic = t.topic AND told.audience = a.audience
GROUP BY t.topic, a.audience
ON CONFLICT (day, topic, audience) DO NOTHING
"""


def count_days(*, at: datetime.datetime) -> int:
    """
    Count yesterday, and the days of the last three months that were missed. Returns how many.

    The newest come first. A day that was counted is never counted again; running twice changes nothing.
    """
    yesterday = timezone.localdate(at) - datetime.timedelta(days=1)
    first = Consent.objects.aggregate(first=Min("given_at"))["first"]
    if first is None:
        return 0
    begin = max(timezone.localdate(first), yesterday - CATCH_UP)
    known = set(
        ReaderCount.objects.filter(day__gte=begin, topic="", audience="").values_list(
            "day", flat=True
        )
    )
    span = range((yesterday - begin).days + 1)
    missed = [
        day for back in span if (day := yesterday - datetime.timedelta(days=back)) not in known
    ]
    for day in missed[:MOST_IN_ONE_RUN]:
        count_day(day, with_audiences=day == yesterday)
    return len(missed[:MOST_IN_ONE_RUN])


@transaction.atomic
def count_day(day: datetime.date, *, with_audiences: bool) -> None:
    """Write the sums of one day, where they are not there: a row for each topic and audience, zeros too."""
    values: dict[str, object] = {
        "day": day,
        "start": _midnight(day),
        "end": _midnight(day + datetime.timedelta(days=1)),
        "topics": ["", *Topic.values],
        "audiences": ["", *Audience.values] if with_audiences else [""],
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)  # type: ignore[arg-type]


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
