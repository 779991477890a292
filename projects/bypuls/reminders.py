"""Remind those who have a seat, at a decent hour of the day before."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from projects.bypuls import mails
from projects.bypuls.models import Event, SignUp
from projects.bypuls.models.event import TAKING_PLACE, Publication

HOUR = dt.time(10)
# Reminders that should have gone out within this time are written even when it is too late: they end
# as missed in the ledger, and nobody is skipped unseen.
LOOK_BACK = dt.timedelta(days=7)


def due_at(starts_at: dt.datetime) -> dt.datetime:
    """Return when the reminder of an event is due: ten o'clock on the local day before."""
    day = timezone.localdate(starts_at) - dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, HOUR))


def _due_before(at: dt.datetime) -> dt.datetime:
    """Return the moment before which events start whose reminder is due at `at`."""
    now = timezone.localtime(at)
    last_day = now.date() + dt.timedelta(days=1 if now.time() >= HOUR else 0)
    return timezone.make_aware(dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time()))


def write_due(*, at: dt.datetime) -> int:
    """Write the reminders that are due and not yet written. Returns the number of events."""
    due = (
        Event.objects.filter(
            starts_at__gte=at - LOOK_BACK,
            starts_at__lt=_due_before(at),
            takes_signups=True,
            publication=Publication.PUBLISHED,
            status__in=TAKING_PLACE,
        )
        .exclude(Q(reminded_for__isnull=False) & Q(reminded_for=F("starts_at")))
        .order_by("starts_at", "pk")
        .values_list("pk", flat=True)
    )
    return sum(_write_for(pk, at=at) for pk in list(due))


@transaction.atomic
def _write_for(event_id: int, *, at: dt.datetime) -> bool:
    event = Event.objects.select_for_update().get(pk=event_id)
    # Another worker, or whoever called it off, may have come first.
    if event.reminded_for == event.starts_at or not event.is_taking_place:
        return False
    due = due_at(event.starts_at)
    # Whoever was told of the new time after the reminder was due needs no reminder of it.
    if event.announced_at is None or event.announced_at < due:
        # Those who came after the due time have just had a receipt or a promotion instead.
        told_before = Q(promoted_at=None, created_at__lt=due) | Q(promoted_at__lt=due)
        people = SignUp.objects.attending().filter(told_before, event=event, wants_reminder=True)
        for signup in people.order_by("pk").iterator(chunk_size=200):
            mails.write_reminder(event, signup, at=at)
    Event.objects.filter(pk=event.pk).update(reminded_for=event.starts_at)
    return True
