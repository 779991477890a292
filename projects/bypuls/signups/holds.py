"""
Seats held while somebody fills in the form. `SeatHold.expires_at` is the only clock.

A hold that runs is as good as a seat: nobody else gets it, whatever the queue or a new capacity says.
A hold whose time is out is nothing at all, whether or not its row is still there.
"""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from projects.bypuls.models import Event, SeatHold
from projects.bypuls.one_by_one import one_by_one
from projects.bypuls.signups import queue, seats
from projects.bypuls.signups.errors import ClosedError, SignUpError

BASE = dt.timedelta(minutes=10)
FOR_EACH_MORE = dt.timedelta(minutes=1)


def lifetime(size: int) -> dt.timedelta:
    """Return how long the form for a party of this size may take: its companions have names too."""
    return BASE + FOR_EACH_MORE * (size - 1)


def find_hold(event: Event, key: uuid.UUID | None, *, at: dt.datetime) -> SeatHold | None:
    """Return the hold of that key if it is of this event and its time is not out."""
    if key is None:
        return None
    return SeatHold.objects.running(at).filter(event=event, key=key).first()


@transaction.atomic
def hold_seats(
    event_id: int, size: int, *, at: dt.datetime, key: uuid.UUID | None = None
) -> SeatHold:
    """
    Hold seats for a party of `size`, or change the hold of that key; return it.

    A hold that shrinks keeps its deadline. One that grows gets a minute more for each person, counted
    from when it began, so that nobody can keep seats by asking again and again. A key that is unknown,
    of another event or too old gives a new hold with a new key. Raises ClosedError, FullError,
    HeldError or SignUpError; the old hold is then as it was.
    """
    event = seats.lock(event_id)
    reason = seats.closed_reason(event, at)
    if reason:
        raise ClosedError(reason)
    seats.check_size(event, size)
    if not event.is_date_set:
        raise SignUpError(_("Datoen er ikke bestemt, så det er ingen plasser å holde av ennå."))
    hold = find_hold(event, key, at=at)
    held = hold.size if hold else 0
    if size > held:
        free = seats.free_seats(event, at=at)
        fits = free is None or size <= free + held
        if not fits or seats.stands_behind(event, free):
            raise seats.refusal(event, size, at=at, hold=hold)
    if hold is None:
        return SeatHold.objects.create(
            event=event, size=size, created_at=at, expires_at=at + lifetime(size)
        )
    hold.size = size
    hold.expires_at = max(hold.expires_at, hold.created_at + lifetime(size))
    hold.save(update_fields=["size", "expires_at"])
    if size < held:
        queue.offer_seats(event, at=at)
    return hold


@transaction.atomic
def release_hold(key: uuid.UUID, *, at: dt.datetime) -> None:
    """Let go of seats that nobody will use after all. An unknown key changes nothing."""
    event_id = SeatHold.objects.filter(key=key).values_list("event_id", flat=True).first()
    if event_id is None:
        return
    event = seats.lock(event_id)
    SeatHold.objects.filter(event=event, key=key).delete()
    queue.offer_seats(event, at=at)


def drop_expired(*, at: dt.datetime) -> int:
    """Forget the holds whose time is out, and offer their seats to those who wait. Returns the number."""
    due = SeatHold.objects.filter(expires_at__lte=at).order_by("event_id")
    event_ids = list(due.values_list("event_id", flat=True).distinct())
    return one_by_one(lambda pk: _drop(pk, at=at), event_ids, "holds of event")


@transaction.atomic
def _drop(event_id: int, *, at: dt.datetime) -> int:
    event = seats.lock(event_id)
    number, _rows = SeatHold.objects.filter(event=event, expires_at__lte=at).delete()
    queue.offer_seats(event, at=at)
    return number
