"""Remind those who have a seat, at a decent hour of the day before."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from projects.bypuls.models import Event, SignUp
from projects.bypuls.models.event import TAKING_PLACE, Publication
from projects.bypuls.signups import mails

HOUR = dt.time(10)
# Reminders written in one transaction, under the lock on the event.
AT_A_TIME = 500
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


def _write_for(event_id: int, *, at: dt.datetime) -> bool:
    after = 0
    while (last := _write_some(event_id, after=after, at=at)) > after:
        after = last
    return last == after


@transaction.atomic
def _write_some(event_id: int, *, after: int, at: dt.datetime) -> int:
    """
    Remind the next few, so that nobody who wants a seat waits long for the lock on the event.

    Returns the key of the last of them; `after` itself when nobody was left and the event is done; -1
    when it was done, moved or called off already. A run that is cut off begins anew, and the ledger
    passes over those it has written to.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    # Another worker, or whoever called it off, may have come first.
    due = due_at(event.starts_at)
    if event.reminded_for == event.starts_at or not event.is_taking_place or due > at:
        return -1
    # Whoever was told of the new time after the reminder was due needs no reminder of it.
    if event.announced_at is None or event.announced_at < due:
        # Those who came after the due time have just had a receipt or a promotion instead.
        told_before = Q(promoted_at=None, created_at__lt=due) | Q(promoted_at__lt=due)
        people = SignUp.objects.attending().filter(told_before, event=event, wants_reminder=True)
        batch = list(people.filter(pk__gt=after).order_by("pk")[:AT_A_TIME])
        if batch:
            mails.write_reminders(event, batch, at=at)
            return batch[-1].pk
    Event.objects.filter(pk=event.pk).update(reminded_for=event.starts_at)
    return after
