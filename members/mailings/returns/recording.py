"""
Write down what came back, and leave an address alone when that is what it means.

Each return must name a message of ours. The address that is left alone is the one the ledger sent to,
never one that the return speaks of. Returns about one address are taken one at a time.
"""

import datetime
import re

from django.db import connection, transaction
from django.db.models import Exists, Max, QuerySet

from members.accounts.models import User
from members.mailings import mail_rules
from members.mailings.marking import suppress
from members.mailings.models.bounce import FAILED_KINDS, Bounce, BounceKind, BounceSource
from members.mailings.models.delivery import Delivery, DeliveryState
from members.mailings.models.suppression import Suppression, SuppressionReason
from members.mailings.returns.limits import QUIET_IS_SUCCESS

# The first half of the advisory lock of each address; any number that nobody else uses.
ADDRESS_LOCK = 5_332
# A row that was still on its way when its return came is looked at again for so long.
SETTLED_FOR = datetime.timedelta(hours=1)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# 421 is the server itself that closes. Source: RFC 5321 section 4.2.2, RFC 3463 section 3.3 (x.2.2).
_FOR_NOW = r"^RCPT: (4(?!21)\d\d|5\d\d 5\.2\.2)\y"
_REASONS = {
    BounceKind.HARD: SuppressionReason.HARD_BOUNCE,
    BounceKind.COMPLAINT: SuppressionReason.COMPLAINT,
}


@transaction.atomic
def record(
    *,
    delivery: Delivery,
    kind: BounceKind,
    source: BounceSource,
    detail: str,
    happened_at: datetime.datetime | None,
    at: datetime.datetime,
) -> bool:
    """
    Write down one return about `delivery`. Returns False, and changes nothing, when it was known.

    `happened_at` is what the other side says; it is held between the writing of the message and now.
    """
    _take_turn(delivery.recipient)
    delivery.refresh_from_db(fields=["delivered_at", "recipient"])
    moment = _within(happened_at, delivery, at)
    # The provider tried again, and tells of the success before it tells of the failure.
    is_over = kind == BounceKind.SOFT and (delivery.delivered_at or moment) > moment
    row, is_new = Bounce.objects.get_or_create(
        delivery=delivery,
        kind=kind,
        defaults={
            "source": source,
            "detail": " ".join(_CONTROL.sub(" ", detail).split())[:500],
            "happened_at": moment,
            "received_at": at,
            "forgiven_at": at if is_over else None,
        },
    )
    if not is_new or is_over:
        return is_new
    if kind in FAILED_KINDS:
        _mark_bounced(row)
    reason = _REASONS.get(kind)
    if kind == BounceKind.SOFT and _too_many(delivery.recipient, at=at):
        reason = SuppressionReason.SOFT_BOUNCES
    if reason is not None and not _lifted_since(delivery.recipient, moment):
        suppress(email=delivery.recipient, reason=reason, detail=row.detail, at=at)
        _weigh(delivery.recipient, reason, row.detail)
    return True


@transaction.atomic
def arrived(
    *, delivery: Delivery, happened_at: datetime.datetime | None, at: datetime.datetime
) -> bool:
    """
    Note that the provider delivered the message: earlier failures that may pass no longer count.

    An address that was left alone for those alone is written to again. Returns False when it was known.
    """
    _take_turn(delivery.recipient)
    moment = _within(happened_at, delivery, at)
    news = Delivery.objects.filter(pk=delivery.pk, delivered_at=None).update(delivered_at=moment)
    if not news:
        return False
    told = Bounce.objects.filter(delivery=delivery, kind__in=FAILED_KINDS)
    if not told.exclude(kind=BounceKind.SOFT, happened_at__lt=moment).exists():
        # It could not be taken in at first, was tried again and got through.
        bounced = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.BOUNCED)
        bounced.filter(Exists(told)).update(state=DeliveryState.SENT, error="")
    if _forgive(delivery.recipient, before=moment, at=at):
        Suppression.objects.filter(
            email=delivery.recipient,
            reason=SuppressionReason.SOFT_BOUNCES,
            lifted_at=None,
            since_at__lt=moment,
        ).update(lifted_at=at, lift_note="En melding kom frem.")
    return True


@transaction.atomic
def lift(*, suppression: Suppression, note: str, at: datetime.datetime, by: User) -> bool:
    """Write to the address again, and count from nought. Returns False when it was lifted already."""
    _take_turn(suppression.email)
    in_force = Suppression.objects.filter(pk=suppression.pk, lifted_at=None)
    lifted = in_force.update(lifted_at=at, lifted_by=by, lift_note=note[:300])
    if lifted:
        _forgive(suppression.email, before=at, at=at)
    return bool(lifted)


@transaction.atomic
def lift_for_owner(*, email: str, asked_at: datetime.datetime, at: datetime.datetime) -> bool:
    """
    Write again to an address whose owner used a link that was mailed there: it takes mail, and they want ours.

    What staff blocked stays, and so does what was blocked after they asked at `asked_at`. Returns whether
    something was lifted.
    """
    _take_turn(email)
    in_force = Suppression.objects.filter(email=email, lifted_at=None, since_at__lt=asked_at)
    lifted = in_force.exclude(reason=SuppressionReason.MANUAL).update(
        lifted_at=at, lift_note="Mottakeren bekreftet adressen på nytt."
    )
    if lifted:
        _forgive(email, before=at, at=at)
    return bool(lifted)


def settle(*, at: datetime.datetime) -> int:
    """
    Mark the messages whose return came before their own mark as sent. Returns how many.

    A provider may be quicker than the worker that has just handed the message over.
    """
    late = Bounce.objects.filter(
        received_at__gt=at - SETTLED_FOR,
        kind__in=FAILED_KINDS,
        forgiven_at=None,
        delivery__state=DeliveryState.SENT,
    ).exclude(
        source=BounceSource.SERVER
    )  # What our own server refused was tried again since, and went.
    return sum(_mark_bounced(row) for row in late.order_by("pk"))


def note_refusals(*, at: datetime.datetime) -> int:
    """
    Write down what our own server refused so long that it was given up. Returns how many are new.

    Only what it said of the recipient counts: a full mailbox, or a server beyond ours that never opens.
    """
    given_up = Delivery.objects.filter(
        state=DeliveryState.FAILED,
        finished_at__gt=at - SETTLED_FOR,
        finished_at__lte=at,
        error__regex=_FOR_NOW,
    ).exclude(bounces__kind=BounceKind.SOFT)
    return sum(
        record(
            delivery=delivery,
            kind=BounceKind.SOFT,
            source=BounceSource.SERVER,
            detail=delivery.error,
            happened_at=delivery.finished_at,
            at=at,
        )
        for delivery in given_up.order_by("finished_at", "pk")
    )


def _mark_bounced(row: Bounce) -> int:
    sent = Delivery.objects.filter(pk=row.delivery_id, state=DeliveryState.SENT)
    return sent.update(state=DeliveryState.BOUNCED, error=row.detail)


def _weigh(recipient: str, reason: SuppressionReason, detail: str) -> None:
    """Let an address that is left alone for failures that may pass be so for good, when there is more to it."""
    if reason in _REASONS.values():
        Suppression.objects.filter(
            email=recipient, lifted_at=None, reason=SuppressionReason.SOFT_BOUNCES
        ).update(reason=reason, detail=detail)


def _too_many(recipient: str, *, at: datetime.datetime) -> bool:
    """Tell whether too much came back in a row. A day without a return is a success in between."""
    quiet = Delivery.objects.filter(
        recipient=recipient, state=DeliveryState.SENT, finished_at__lte=at - QUIET_IS_SUCCESS
    ).exclude(bounces__kind=BounceKind.DELAYED)
    last_success = quiet.aggregate(last=Max("finished_at"))["last"]
    if last_success is not None:
        _forgive(recipient, before=last_success, at=at)
    rules = mail_rules.current()
    window = datetime.timedelta(days=rules.soft_bounce_days)
    return _soft(recipient).filter(happened_at__gt=at - window).count() >= rules.soft_bounce_limit


def _soft(recipient: str) -> QuerySet[Bounce]:
    return Bounce.objects.filter(
        delivery__recipient=recipient, kind=BounceKind.SOFT, forgiven_at=None
    )


def _forgive(recipient: str, *, before: datetime.datetime, at: datetime.datetime) -> int:
    return _soft(recipient).filter(happened_at__lt=before).update(forgiven_at=at)


def _lifted_since(recipient: str, moment: datetime.datetime) -> bool:
    """Tell whether a person has looked at the address after this happened: then it stays open."""
    return Suppression.objects.filter(email=recipient, lifted_at__gte=moment).exists()


def _within(
    happened_at: datetime.datetime | None, delivery: Delivery, at: datetime.datetime
) -> datetime.datetime:
    return at if happened_at is None else min(max(happened_at, delivery.created_at), at)


def _take_turn(recipient: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ADDRESS_LOCK, recipient])
