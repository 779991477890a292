"""
How many seats are free, and who would get them. All of it is true only under the lock on the event.

`Event.seats_taken` and `Event.waiting_taken` change nowhere else than here.
"""

import datetime as dt

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.bypuls.models import Event, Publication, QueuePolicy, SeatHold, SignUp, SignUpState
from projects.bypuls.signups.errors import FullError, HeldError, SignUpError
from vekst import formats


def lock(event_id: int) -> Event:
    """Lock the event's row until the transaction ends, and return it as it is now."""
    # The words for searching are long, and nobody asks for them here.
    return Event.objects.select_for_update().defer("search").get(pk=event_id)


def lock_both(signup_id: int) -> tuple[Event, SignUp]:
    """
    Lock the event of a sign-up, then read the sign-up as it is under that lock.

    Raises SignUpError when it has moved to another date meanwhile: that lock must not come second.
    """
    event_id = SignUp.objects.values_list("event_id", flat=True).get(pk=signup_id)
    event = lock(event_id)
    signup = SignUp.objects.get(pk=signup_id)
    if signup.event_id != event.pk:
        raise SignUpError(_("Påmeldingen ble endret i en annen fane. Se over, og prøv igjen."))
    return event, signup


def closed_reason(event: Event, at: dt.datetime) -> str:
    """Say why nobody can sign up at this moment; empty when one can, if there is room."""
    if not event.takes_signups:
        return _("Dette arrangementet har ingen påmelding. Det er bare å møte opp.")
    if event.publication != Publication.PUBLISHED:
        return _("Arrangementet er ikke publisert.")
    if not event.is_taking_place:
        return _("Arrangementet er %(status)s, og påmeldingen er stengt.") % {
            "status": event.get_status_display().lower()
        }
    if event.is_date_set and at >= event.closes_at:
        return _("Påmeldingen er stengt.")
    if event.signup_opens_at is not None and at < event.signup_opens_at:
        return _("Påmeldingen har ikke åpnet ennå.")
    return ""


def check_size(event: Event, size: int) -> None:
    """Raise SignUpError when the event takes no party of this size."""
    if not 1 <= size <= event.max_group_size:
        raise SignUpError(
            _("Du kan melde på fra 1 til %(most)s personer.") % {"most": event.max_group_size}
        )


# --- Counting ----------------------------------------------------------------------------------


def weight(signup: SignUp) -> tuple[int, int]:
    """
    Return how many seats a sign-up takes, and how many of its people wait.

    Whoever came without signing up has no seat of those that are given out.
    """
    if signup.is_walk_in:
        return 0, 0
    if signup.state == SignUpState.ATTENDING:
        return signup.size, 0
    if signup.state == SignUpState.OFFERED:
        offered = signup.offered_size or 0
        return offered, signup.size - offered
    if signup.state == SignUpState.WAITING:
        return 0, signup.size
    return 0, 0


def add(event: Event, seats: int, waiting: int) -> None:
    """Add people to the counters. The lock makes the value that was read the true one."""
    if seats or waiting:
        event.seats_taken += seats
        event.waiting_taken += waiting
        Event.objects.filter(pk=event.pk).update(
            seats_taken=event.seats_taken,
            waiting_taken=event.waiting_taken,
            queue_counter=event.queue_counter,
        )


def change(event: Event, signup: SignUp, **values: object) -> None:
    """Write new values of a sign-up, and let the counters follow."""
    before = weight(signup)
    for name, value in values.items():
        setattr(signup, name, value)
    signup.save(update_fields=list(values))
    after = weight(signup)
    add(event, after[0] - before[0], after[1] - before[1])


def take_number(event: Event) -> int:
    """
    Return a number at the end of the queue. Nobody else gets it, also when the queue is empty again.

    The `add` that follows writes it, with the people it counts; `next_number` writes it at once.
    """
    event.queue_counter += 1
    return event.queue_counter


def next_number(event: Event) -> int:
    """Return a number at the end of the queue, as `take_number`, and write it."""
    number = take_number(event)
    Event.objects.filter(pk=event.pk).update(queue_counter=number)
    return number


def counter_drift() -> list[tuple[int, int, int]]:
    """Return (event, seats, waiting) as summed from the sign-ups where the counters say otherwise."""
    # Whoever came without signing up takes no seat of those who did.
    attending = Q(state=SignUpState.ATTENDING, is_walk_in=False)
    waiting = Q(state=SignUpState.WAITING)
    offered = Q(state=SignUpState.OFFERED)
    rows = (
        SignUp.objects.filter(attending | waiting | offered)
        .values_list("event_id")
        .annotate(
            attending=Sum("size", filter=attending, default=0),
            offered=Sum("offered_size", filter=offered, default=0),
            waiting=Sum("size", filter=waiting, default=0),
            rest=Sum(F("size") - F("offered_size"), filter=offered, default=0),
        )
        .order_by("event_id")
    )
    sums = {
        pk: (attending + offered, waiting + rest) for pk, attending, offered, waiting, rest in rows
    }
    counters = Event.objects.exclude(seats_taken=0, waiting_taken=0).values_list(
        "pk", "seats_taken", "waiting_taken"
    )
    stated = {pk: (seats, waiting) for pk, seats, waiting in counters}
    return [
        (pk, *sums.get(pk, (0, 0)))
        for pk in sorted(sums.keys() | stated.keys())
        if sums.get(pk, (0, 0)) != stated.get(pk, (0, 0))
    ]


# --- Room --------------------------------------------------------------------------------------


def held_seats(event: Event, *, at: dt.datetime) -> int:
    """Return how many seats are held for those who fill in the form."""
    total = SeatHold.objects.running(at).filter(event=event).aggregate(n=Sum("size"))["n"]
    return total or 0


def free_seats(event: Event, *, at: dt.datetime) -> int | None:
    """Return the seats that nobody has, is offered or holds; None when there is no limit."""
    if event.capacity is None:
        return None
    left = event.capacity - event.seats_taken
    # Nothing to ask for when nothing is left.
    return max(left - held_seats(event, at=at), 0) if left > 0 else 0


def asked_to_split(event: Event) -> int:
    """Return how many people come back to the queue if all who are asked to split say no."""
    # Whoever is asked leaves somebody waiting. The policy may be another by now; the question stands.
    if not event.waiting_taken:
        return 0
    asked = SignUp.objects.filter(
        event=event, state=SignUpState.OFFERED, offered_size__lt=F("size")
    )
    return asked.aggregate(n=Sum("offered_size"))["n"] or 0


def queue_room(event: Event) -> int:
    """
    Return how many people more may stand in the queue.

    The places of those who are asked to split are kept for them.
    """
    left = event.waiting_left
    # Nothing to ask for when nothing is left.
    return max(left - asked_to_split(event), 0) if left else 0


def stands_behind(event: Event, free: int | None) -> bool:
    """
    Tell whether somebody who waits has the first right to the free seats.

    In strict order everybody who waits has. Otherwise only those who could use the seats: they are
    offered them at once, so what is left free is what none of those who wait can use.
    """
    if not event.waiting_taken:
        return False
    if event.queue_policy == QueuePolicy.STRICT or free is None:
        return True
    mine = SignUp.objects.filter(event=event)
    fits = Q(state=SignUpState.WAITING, size__lte=free)
    if event.queue_policy == QueuePolicy.SPLIT and free:
        fits |= Q(state=SignUpState.WAITING, refuses_split=False)
        fits |= Q(state=SignUpState.OFFERED, offered_size__lt=F("size"))
    return mine.filter(fits).exists()


def place_for(event: Event, size: int, *, at: dt.datetime, held: int = 0) -> SignUpState | None:
    """
    Return the state in which a new party would come in, or None when there is no room for it.

    `held` seats are kept for this very party, whoever waits. Beyond them it stands behind those who
    wait, even when a small party would fit.
    """
    if not event.is_date_set:
        return SignUpState.INTERESTED
    if size <= held:
        return SignUpState.ATTENDING
    free = free_seats(event, at=at)
    if (free is None or size <= free + held) and not stands_behind(event, free):
        return SignUpState.ATTENDING
    if size <= queue_room(event):
        return SignUpState.WAITING
    return None


def is_refused_at_a_glance(event: Event, size: int) -> bool:
    """
    Tell by the counters alone whether a new party of `size` that holds no seats finds no room.

    False does not mean that there is room: that is for `place_for`, under the lock.
    """
    left = event.seats_left
    if left is None or not event.is_date_set or size <= event.waiting_left:
        return False
    stands_behind_all = event.queue_policy == QueuePolicy.STRICT and event.waiting_taken > 0
    return size > left or stands_behind_all


def refusal(event: Event, size: int, *, at: dt.datetime, hold: SeatHold | None = None) -> FullError:
    """Return what to tell a party that gets no seats; `hold` is its own."""
    left = event.seats_left or 0
    if event.waiting_taken == 0 and size <= left:
        retry_at = _freed_at(event, size, at=at, hold=hold)
        if retry_at is not None:
            return HeldError(
                _(
                    "De siste plassene holdes av mens noen andre fyller ut skjemaet. "
                    "Prøv igjen %(time)s, så kan de være ledige."
                )
                % {"time": formats.time_text(retry_at)},
                retry_at=retry_at,
            )
    if size <= queue_room(event):
        return FullError(_("Det er fullt, men det er rom på ventelisten."))
    return FullError(full_text(event))


def _freed_at(
    event: Event, size: int, *, at: dt.datetime, hold: SeatHold | None
) -> dt.datetime | None:
    """Return when others' holds have freed seats for `size`, if nobody signs up with them."""
    free = (free_seats(event, at=at) or 0) + (hold.size if hold else 0)
    holds = SeatHold.objects.running(at).filter(event=event).order_by("expires_at", "pk")
    holds = holds.exclude(pk=hold.pk) if hold else holds
    for seats, expires_at in holds.values_list("size", "expires_at"):
        free += seats
        if free >= size:
            return expires_at
    return None


def full_text(event: Event) -> str:
    """Say how full it is."""
    left = event.seats_left or 0
    if event.waiting_taken == 0 and left > 0:
        return ngettext(
            "Det er bare %(count)s plass igjen, og ventelisten har ikke rom for alle dere.",
            "Det er bare %(count)s plasser igjen, og ventelisten har ikke rom for alle dere.",
            left,
        ) % {"count": left}
    room = queue_room(event)
    if room > 0:
        return ngettext(
            "Det er fullt, og ventelisten har rom for bare %(count)s person til.",
            "Det er fullt, og ventelisten har rom for bare %(count)s personer til.",
            room,
        ) % {"count": room}
    if event.waiting_list_capacity:
        return _("Det er fullt, og ventelisten er full.")
    return _("Det er fullt.")
