"""Example readers, a newsletter in the archive, and readers by the thousand for the benchmarks."""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction

from members.mailings import demo_returns
from members.mailings.ledger import make_message_id, write_body
from members.mailings.models import (
    Consent,
    Delivery,
    DeliveryState,
    MailKind,
    Newsletter,
    NewsletterMove,
    NewsletterState,
    Subscriber,
    Topic,
)
from members.mailings.newsletter_content import Block, to_json
from members.mailings.newsletter_mail import render
from members.mailings.subscribing import CONSENT_VERSION, consent_text

READERS: dict[str, tuple[Topic, ...]] = {
    "eksempel.student@example.no": (Topic.WEEKLY, Topic.YOUNG, Topic.HOMES),
    "eksempel.ingenior@example.no": (Topic.WEEKLY, Topic.JOBS),
    "eksempel.nyinnflytter@example.no": (Topic.WEEKLY, Topic.EVENTS, Topic.TOWN_LIFE),
    "eksempel.pendler@example.no": (Topic.WEEKLY, Topic.TRANSPORT),
    "eksempel.laerling@example.no": (Topic.STUDIES,),
    "eksempel.sluttet@example.no": (Topic.WEEKLY,),
}


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write a handful of readers. Their addresses lead nowhere: example.no is nobody's."""
    joined = at - datetime.timedelta(days=60)
    for email, topics in READERS.items():
        subscriber, created = Subscriber.objects.get_or_create(
            email=email, defaults={"created_at": joined, "confirmed_at": joined}
        )
        if not created:
            continue
        for topic in topics:
            Consent.objects.create(
                subscriber=subscriber,
                topic=topic,
                text=consent_text(topics),
                version=CONSENT_VERSION,
                source="/nyhetsbrev/",
                given_at=joined,
            )


@transaction.atomic
def load_sent_newsletter(
    *,
    title: str,
    intro: str,
    blocks: Sequence[Block],
    source_url: str,
    sent_at: datetime.datetime,
) -> None:
    """Write a newsletter as if it had been sent then, its ledger rows included; only the first one."""
    if Newsletter.objects.exists():
        return
    mail = render(
        title=title,
        intro=intro,
        blocks=blocks,
        topic=Topic.WEEKLY,
    )
    body = write_body(title=mail.title, text=mail.text, html=mail.html, at=sent_at)
    body.headers = mail.headers
    body.save(update_fields=["headers"])
    consents = list(
        Consent.objects.in_force().filter(topic=Topic.WEEKLY).select_related("subscriber")
    )
    newsletter = Newsletter.objects.create(
        title=title,
        intro=intro,
        blocks=to_json(blocks),
        source_url=source_url,
        state=NewsletterState.SENT,
        body=body,
        recipient_count=len(consents),
        created_at=sent_at,
        started_at=sent_at,
        sent_at=sent_at,
    )
    NewsletterMove.objects.create(
        newsletter=newsletter,
        from_state=NewsletterState.SENDING,
        to_state=NewsletterState.SENT,
        at=sent_at,
        note="Eksempel",
    )
    Delivery.objects.bulk_create(
        Delivery(
            kind=MailKind.NEWSLETTER,
            subject=newsletter.occasion,
            recipient=consent.subscriber.email,
            body=body,
            merge={"unsubscribe": consent.token, "preferences": consent.subscriber.token},
            from_email=settings.EDITORS_FROM_EMAIL,
            message_id=make_message_id(),
            state=DeliveryState.SENT,
            next_attempt_at=sent_at,
            created_at=sent_at,
            finished_at=sent_at,
        )
        for consent in consents
    )
    demo_returns.load(newsletter=newsletter, at=sent_at + datetime.timedelta(minutes=20))


_READERS_BY_THE_THOUSAND = """
WITH reader AS (
    INSERT INTO mailings_subscriber (email, language, token, created_at, confirmed_at)
    SELECT 'leser' || n || '@example.no', 'nb', replace(gen_random_uuid()::text, '-', ''),
           %(at)s, %(at)s
    FROM generate_series(1, %(n)s) AS n
    ON CONFLICT (email) DO NOTHING
    RETURNING id
)
INSERT INTO mailings_consent
    (subscriber_id, topic, text, version, source, token, given_at, withdrawn_source)
SELECT id, 'uka-oppsummert', 'Eksempel', %(version)s, 'demo',
       replace(gen_random_uuid()::text, '-', ''), %(at)s, ''
FROM reader
"""


@transaction.atomic
def scale(n: int, *, at: datetime.datetime) -> None:
    """Write `n` confirmed readers of the weekly post."""
    with connection.cursor() as cursor:
        cursor.execute(_READERS_BY_THE_THOUSAND, {"n": n, "at": at, "version": CONSENT_VERSION})
