"""The waiting list. Every change is made under a lock on the event's row, taken first."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from projects.bypuls.models import Event, SignUp, SignUpState
from projects.bypuls.signups import mails, seats
from projects.bypuls.signups.errors import SignUpError


def queue_number(signup: SignUp) -> int:
    """Return the party's place in the queue, from 1. One query."""
    waiting = SignUp.objects.filter(event_id=signup.event_id, state=SignUpState.WAITING)
    ahead = waiting.filter(queue_number__lt=signup.queue_number)
    same = waiting.filter(queue_number=signup.queue_number, pk__lte=signup.pk)
    return (ahead | same).count()


def offer_seats(event: Event, *, at: dt.datetime) -> list[SignUp]:
    """
    Give free seats to those first in the queue, and mail them. The caller holds the lock on the event.

    Stops at the first party that does not fit. Nobody gets a seat once the event is over or called off.
    """
    promoted: list[SignUp] = []
    if not event.waiting_taken or not event.is_taking_place or at >= event.ends_at:
        return promoted
    for signup in SignUp.objects.queue().filter(event=event).iterator(chunk_size=50):
        free = seats.free_seats(event, at=at)
        if free is not None and signup.size > free:
            break
        seats.change(event, signup, state=SignUpState.ATTENDING, promoted_at=at)
        promoted.append(signup)
    for signup in promoted:
        mails.write_promoted(event, signup, at=at)
    return promoted


@transaction.atomic
def change_capacity(
    event_id: int, *, capacity: int | None, waiting_list_capacity: int, at: dt.datetime
) -> list[SignUp]:
    """
    Change how many there is room for, and return those from the queue who got a seat by it.

    Raises SignUpError when fewer would fit than are signed up, hold a seat or wait.
    """
    event = seats.lock(event_id)
    held = seats.held_seats(event, at=at)
    if capacity is not None and capacity < event.seats_taken + held:
        raise SignUpError(_too_few(event, held))
    event.capacity = capacity
    Event.objects.filter(pk=event.pk).update(capacity=capacity)
    promoted = offer_seats(event, at=at)
    event.waiting_list_capacity, before = waiting_list_capacity, event.waiting_list_capacity
    if event.waiting_taken > waiting_list_capacity:
        raise SignUpError(
            _("%(count)s står på ventelisten, så den må ha plass til minst så mange.")
            % {"count": event.waiting_taken}
        )
    if waiting_list_capacity != before:
        Event.objects.filter(pk=event.pk).update(waiting_list_capacity=waiting_list_capacity)
    return promoted


def _too_few(event: Event, held: int) -> str:
    if held:
        return _(
            "%(count)s er alt påmeldt, og %(held)s plasser holdes av mens noen fyller ut skjemaet. "
            "Det må være minst så mange plasser."
        ) % {"count": event.seats_taken, "held": held}
    return _("%(count)s er alt påmeldt, så det må være minst så mange plasser.") % {
        "count": event.seats_taken
    }
