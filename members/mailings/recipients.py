"""
Who gets a newsletter, and the ledger rows that say so.

A newsletter goes to those who said yes to its topic and, when it is aimed at audiences, have said of
themselves that they are one of them. A letter may have editions in other languages. Each reader gets the
edition in their own language when one is planned or gone, otherwise the letter itself; never both.
"""

import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from members.mailings.ledger import MailKind, make_message_id
from members.mailings.models import (
    Consent,
    Delivery,
    DeliveryState,
    Newsletter,
    NewsletterState,
)
from members.mailings.models.newsletter import FROZEN_STATES
from members.mailings.models.subscriber import ConsentQuerySet
from members.mailings.newsletter_content import PREFERENCES, UNSUBSCRIBE
from members.mailings.newsletter_moves import stale_at

# An edition that is certain enough for its readers to wait for it. A draft holds nobody back.
COMING_STATES = (NewsletterState.SCHEDULED, *FROZEN_STATES)


def written_in(newsletter: Newsletter) -> str:
    """Return the language of the newsletter."""
    return newsletter.language or settings.LANGUAGE_CODE


def other_editions(newsletter: Newsletter) -> QuerySet[Newsletter]:
    """Return the same letter in other languages: the original and its editions."""
    original = newsletter.edition_of_id or newsletter.pk
    return Newsletter.objects.filter(Q(pk=original) | Q(edition_of=original)).exclude(
        pk=newsletter.pk
    )


def readers(newsletter: Newsletter, *, at: datetime.datetime) -> ConsentQuerySet:
    """Return the consents by which people get this newsletter, one for each of them. Two queries."""
    found = Consent.objects.to_be_written_to(
        topic=newsletter.topic, audiences=newsletter.audiences, at=at
    ).filter(given_at__lte=at)
    others = list(other_editions(newsletter).only("language", "state")) if newsletter.pk else []
    if newsletter.edition_of_id:
        found = found.filter(subscriber__language=written_in(newsletter))
    else:
        served = {other.language for other in others if other.state in COMING_STATES}
        found = found.exclude(subscriber__language__in=served - {written_in(newsletter)})
    if others:
        has_it = Delivery.objects.filter(
            kind=MailKind.NEWSLETTER,
            subject__in=[other.occasion for other in others],
            recipient=OuterRef("subscriber__email"),
        ).exclude(state=DeliveryState.CANCELLED)
        found = found.exclude(Exists(has_it))
    return found


def count(newsletter: Newsletter, *, at: datetime.datetime) -> int:
    """Return how many would get it now."""
    return readers(newsletter, at=at).count()


# The lock on the consent makes somebody who leaves at this very moment be seen: either their consent has
# ended before the row is written, or their leaving waits for the row and stops it.
_WRITE_DELIVERIES = """
INSERT INTO mailings_delivery (
    kind, subject, recipient, body_id, merge, headers, from_email, message_id, mandatory,
    state, attempts, next_attempt_at, stale_at, created_at, finished_at, error
)
SELECT
    'newsletter', %(occasion)s, r.email, %(body)s,
    jsonb_build_object(
        %(unsubscribe)s::text, r.consent_token, %(preferences)s::text, r.subscriber_token
    ), '{{}}',
    %(from_email)s, '<' || replace(gen_random_uuid()::text, '-', '') || %(id_end)s, false,
    CASE WHEN x.id IS NULL THEN 'queued' ELSE 'suppressed' END, 0, %(at)s, %(stale_at)s, %(at)s,
    CASE WHEN x.id IS NULL THEN NULL ELSE %(at)s END, ''
FROM (
    SELECT s.email, c.token AS consent_token, s.token AS subscriber_token
    FROM mailings_consent c
    JOIN mailings_subscriber s ON s.id = c.subscriber_id
    WHERE c.id IN ({readers}) AND c.withdrawn_at IS NULL
    FOR SHARE OF c
) AS r
LEFT JOIN mailings_suppression x ON x.email = r.email AND x.lifted_at IS NULL
ON CONFLICT (kind, subject, recipient) DO NOTHING
"""


def write_deliveries(
    newsletter: Newsletter, *, at: datetime.datetime, as_of: datetime.datetime | None = None
) -> int:
    """
    Write a ledger row for each reader who has none, in one statement; return how many were new.

    The readers are those of the moment `as_of`, which is `at` unless told otherwise. `newsletter.body` is
    there. Call it in a transaction.
    """
    if newsletter.edition_of_id:
        # Started at the same moment, the two would not see each other's rows.
        Newsletter.objects.select_for_update().get(pk=newsletter.edition_of_id)
    chosen, parameters = readers(newsletter, at=as_of or at).values("pk").query.sql_with_params()
    values = {
        "occasion": newsletter.occasion,
        "body": newsletter.body_id,
        "unsubscribe": UNSUBSCRIBE,
        "preferences": PREFERENCES,
        "from_email": settings.EDITORS_FROM_EMAIL,
        # The end of every Message-ID of ours: "@example.no>".
        "id_end": "@" + make_message_id().partition("@")[2],
        "at": at,
        "stale_at": stale_at(newsletter, started_at=at),
        **{f"reader_{number}": value for number, value in enumerate(parameters)},
    }
    named = chosen % tuple(f"%(reader_{number})s" for number in range(len(parameters)))
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_DELIVERIES.format(readers=named), values)
        return int(cursor.rowcount)
