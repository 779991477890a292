"""What one person was sent and why, for staff who are asked about it. Each look is noted."""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from members.accounts.models import User
from members.mailings.explaining import Explained, explain
from members.mailings.models import (
    Consent,
    Delivery,
    MailLookup,
    Newsletter,
    Subscriber,
    Suppression,
)
from vekst.paging import Page, keyset_page

# The page that a look opens can be read, turned and acted on for so long; then one has to look again.
OPEN_FOR = datetime.timedelta(hours=1)
PAGE_SIZE = 25


@dataclass(frozen=True)
class History:
    """One page of what an address was sent, newest first, and how it stands today."""

    page: Page[Delivery]
    messages: list[Explained]
    subscriber: Subscriber | None
    topics: list[str]
    in_force: Suppression | None
    lifted: list[Suppression]


def look_up(*, email: str, at: datetime.datetime, by: User) -> MailLookup:
    """Note that `by` looks at what the address was sent. Nobody looks without."""
    address = email.strip().lower()
    found = Delivery.objects.filter(recipient=address).count()
    return MailLookup.objects.create(email=address, by=by, at=at, found=found)


def open_lookup(*, pk: int, at: datetime.datetime, by: User) -> MailLookup | None:
    """Return the person's own look, while it is fresh."""
    return MailLookup.objects.filter(pk=pk, by=by, at__gt=at - OPEN_FOR).first()


def history_of(email: str, params: Mapping[str, str]) -> History:
    """Return one page of what the address was sent. Six queries, whatever there is."""
    deliveries = (
        Delivery.objects.filter(recipient=email)
        .select_related("body")
        .prefetch_related("bounces", "body__newsletters")
    )
    page = keyset_page(deliveries, ["-created_at", "-id"], params, size=PAGE_SIZE)
    subscriber = Subscriber.objects.filter(email=email).first()
    consents: dict[str, list[Consent]] = defaultdict(list)
    if subscriber is not None:
        for consent in subscriber.consents.order_by("-given_at", "-pk"):
            consents[consent.topic].append(consent)
    suppressions = list(
        Suppression.objects.filter(email=email)
        .select_related("lifted_by")
        .order_by("-since_at", "-pk")
    )
    in_force = [row for rows in consents.values() for row in rows if row.withdrawn_at is None]
    return History(
        page=page,
        messages=[_explained(delivery, consents) for delivery in page.items],
        subscriber=subscriber,
        topics=[str(consent.get_topic_display()) for consent in in_force],
        in_force=next((row for row in suppressions if row.lifted_at is None), None),
        lifted=[row for row in suppressions if row.lifted_at is not None],
    )


def _explained(delivery: Delivery, consents: Mapping[str, list[Consent]]) -> Explained:
    newsletters: list[Newsletter] = list(delivery.body.newsletters.all())
    bounces = sorted(delivery.bounces.all(), key=lambda bounce: bounce.happened_at)
    return explain(
        delivery,
        newsletter=newsletters[0] if newsletters else None,
        bounces=bounces,
        consents=consents,
    )
