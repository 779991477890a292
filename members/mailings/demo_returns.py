"""What came back about the example newsletter: a full mailbox, and an address that is no longer there."""

import datetime

from members.mailings.models import Delivery, Newsletter
from members.mailings.models.bounce import BounceKind, BounceSource
from members.mailings.returns.recording import record

# Whose mail came back, and how the server answered. The address of the second is left alone from then on.
RETURNS: dict[str, tuple[BounceKind, str]] = {
    "eksempel.pendler@example.no": (BounceKind.SOFT, "452 4.2.2 Eksempel: postkassen er full"),
    "eksempel.sluttet@example.no": (BounceKind.HARD, "550 5.1.1 Eksempel: ukjent mottaker"),
}


def load(*, newsletter: Newsletter, at: datetime.datetime) -> None:
    """Write the returns down as the mailbox for them would have brought them. A second run changes nothing."""
    sent = Delivery.objects.filter(subject=newsletter.occasion, recipient__in=RETURNS)
    for delivery in sent.order_by("pk"):
        kind, detail = RETURNS[delivery.recipient]
        record(
            delivery=delivery,
            kind=kind,
            source=BounceSource.MAILBOX,
            detail=detail,
            happened_at=at,
            at=at,
        )
