"""
The waiting list: who is offered seats, in which order, and what becomes of the offer.

Seats that are free are offered to those who wait, by the event's policy, and count as taken until the
answer or the deadline. Every change is made under a lock on the event's row, taken first.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from projects.bypuls.models import (
    TAKING_PLACE,
    Event,
    EventStatus,
    Publication,
    QueuePolicy,
    SignUp,
    SignUpState,
)
from projects.bypuls.one_by_one import one_by_one
from projects.bypuls.signups import mails, queue_mails, seats, unsent
from projects.bypuls.signups.deadlines import offer_deadline
from projects.bypuls.signups.errors import ClosedError, OfferGoneError, SignUpError

PARTIAL = Q(state=SignUpState.OFFERED, offered_size__lt=F("size"))


def queue_number(signup: SignUp) -> int:
    """Return the party's place among those who wait, from 1. One query."""
    waiting = SignUp.objects.filter(event_id=signup.event_id, state=SignUpState.WAITING)
    ahead = Q(queue_number__lt=signup.queue_number)
    # The rest of a party that split has the number of the whole.
    same = Q(queue_number=signup.queue_number, pk__lte=signup.pk)
    return waiting.filter(ahead | same).count()


def may_offer(event: Event, at: dt.datetime) -> bool:
    """Tell whether seats of this event are offered to anybody at all."""
    published = event.publication == Publication.PUBLISHED
    return published and event.is_taking_place and event.is_date_set and at < event.starts_at


def offer_seats(event: Event, *, at: dt.datetime) -> list[SignUp]:
    """
    Offer the free seats to those who wait, and mail them. The caller holds the lock on the event.

    Strict order stops at the first party that does not fit; filling passes it by; splitting asks it
    whether as many of it as there are seats will come. A party asked to split gets the seats it lacks
    when they become free, before those behind it. Whoever does not want to split is passed by until
    all of it fits. Nobody is offered anything once the event has begun, is called off or withdrawn.
    """
    if not event.waiting_taken or not may_offer(event, at):
        return []
    free = seats.free_seats(event, at=at)
    if free == 0:
        return []
    expires_at = offer_deadline(event, at=at)
    offered = []
    for signup in _candidates(event, free, at).iterator(chunk_size=50):
        share = _share(event, signup, free)
        if share == 0:
            if event.queue_policy == QueuePolicy.STRICT:
                break
            continue
        seats.change(event, signup, **_offer(signup, share, at, expires_at))
        offered.append(signup)
        if free is not None:
            free -= share
            if free == 0:
                break
    queue_mails.write_offers(event, offered, at=at)
    return offered


def _candidates(event: Event, free: int | None, at: dt.datetime) -> QuerySet[SignUp]:
    """Return those who may be offered something, first come first."""
    found = SignUp.objects.filter(event=event).filter(
        Q(state=SignUpState.WAITING) | PARTIAL & Q(offer_expires_at__gt=at)
    )
    if event.queue_policy == QueuePolicy.FILL and free is not None:
        found = found.filter(PARTIAL | Q(size__lte=free))
    return found.order_by("queue_number", "pk")


def _share(event: Event, signup: SignUp, free: int | None) -> int:
    """Return how many seats more to offer a party; 0 for none."""
    lacks = signup.size - (signup.offered_size or 0)
    if free is None or lacks <= free:
        return lacks
    if signup.state == SignUpState.OFFERED:
        return free
    may_split = event.queue_policy == QueuePolicy.SPLIT and not signup.refuses_split
    return free if may_split else 0


def _offer(
    signup: SignUp, share: int, at: dt.datetime, expires_at: dt.datetime
) -> dict[str, object]:
    if signup.state == SignUpState.OFFERED:
        # The deadline they were told stays, unless the new one is later.
        later = max(expires_at, signup.offer_expires_at or expires_at)
        return {"offered_size": (signup.offered_size or 0) + share, "offer_expires_at": later}
    return {
        "state": SignUpState.OFFERED,
        "offered_size": share,
        "offered_at": at,
        "offer_expires_at": expires_at,
    }


@transaction.atomic
def accept_offer(signup_id: int, *, at: dt.datetime, size: int | None = None) -> SignUp:
    """
    Take the seats that are offered, or only `size` of them. A second time changes nothing.

    What an offer to split leaves waiting becomes a row of its own at the same place in the queue; a
    party that takes fewer seats than it is offered lets the others go. Raises OfferGoneError or
    SignUpError.
    """
    event, signup = seats.lock_both(signup_id)
    if signup.state == SignUpState.ATTENDING:
        return signup
    _check_offer(event, signup, at)
    offered = signup.offered_size or 0
    comes = offered if size is None else size
    if not 1 <= comes <= offered:
        raise SignUpError(_("Dere er tilbudt %(most)s plasser.") % {"most": offered})
    rest = signup.size - offered
    seats.change(
        event,
        signup,
        state=SignUpState.ATTENDING,
        size=comes,
        offered_size=None,
        offer_expires_at=None,
        promoted_at=at,
    )
    unsent.take_back_offers(signup, at=at)
    if rest:
        waiting = _split_off(event, signup, rest)
        rest_url, number = mails.my_signup_url(waiting), queue_number(waiting)
        mails.write_promoted(event, signup, rest_url=rest_url, number=number, at=at)
    else:
        mails.write_promoted(event, signup, at=at)
    offer_seats(event, at=at)
    return signup


def _check_offer(event: Event, signup: SignUp, at: dt.datetime) -> None:
    if not event.is_taking_place:
        raise ClosedError(
            _("Arrangementet er %(status)s.") % {"status": event.get_status_display().lower()}
        )
    if signup.state == SignUpState.LAPSED or (
        signup.offer_expires_at is not None and at >= min(signup.offer_expires_at, event.starts_at)
    ):
        raise OfferGoneError(_("Fristen for å svare gikk ut, og plassen er gått til den neste."))
    if signup.state != SignUpState.OFFERED:
        raise OfferGoneError(_("Du er ikke tilbudt noen plass nå."))


def _split_off(event: Event, signup: SignUp, size: int) -> SignUp:
    """Let the rest of a party that has split wait where the whole of it stood."""
    rest = SignUp.objects.create(
        event=event,
        split_from=signup,
        size=size,
        state=SignUpState.WAITING,
        queue_number=signup.queue_number,
        name=signup.name,
        email=signup.email,
        company_id=signup.company_id,
        shows_name=signup.shows_name,
        wants_reminder=signup.wants_reminder,
        own_reminder=signup.own_reminder,
        language=signup.language,
        is_by_staff=signup.is_by_staff,
        created_at=signup.created_at,
    )
    seats.add(event, *seats.weight(rest))
    return rest


@transaction.atomic
def decline_offer(signup_id: int, *, at: dt.datetime) -> SignUp:
    """
    Say no to seats, which go on to the next. A second time changes nothing.

    Who is offered seats for the whole party leaves the queue. Who is asked to split waits on, whole.
    """
    event, signup = seats.lock_both(signup_id)
    if signup.state != SignUpState.OFFERED:
        return signup
    if signup.offered_size == signup.size:
        seats.change(
            event,
            signup,
            state=SignUpState.CANCELLED,
            offered_size=None,
            offer_expires_at=None,
            cancelled_at=at,
        )
        unsent.take_back_all(signup, event_id=event.pk, at=at)
        mails.write_cancelled_by_oneself(event, signup, had_seat=False, at=at)
    else:
        _wait_whole(event, signup)
        unsent.take_back_offers(signup, at=at)
    offer_seats(event, at=at)
    return signup


def _wait_whole(event: Event, signup: SignUp, *, refuses: bool = True) -> None:
    seats.change(
        event,
        signup,
        state=SignUpState.WAITING,
        offered_size=None,
        offer_expires_at=None,
        refuses_split=refuses,
    )


def expire_offers(*, at: dt.datetime) -> int:
    """End the offers that nobody answered in time, and pass the seats on. Returns the number."""
    due = SignUp.objects.filter(state=SignUpState.OFFERED, offer_expires_at__lte=at)
    event_ids = due.order_by("event_id").values_list("event_id", flat=True).distinct()
    return one_by_one(lambda pk: _expire(pk, at=at), list(event_ids), "offers of event")


@transaction.atomic
def _expire(event_id: int, *, at: dt.datetime) -> int:
    event = seats.lock(event_id)
    due = SignUp.objects.filter(
        event=event, state=SignUpState.OFFERED, offer_expires_at__lte=at
    ).order_by("queue_number", "pk")
    ended = list(due)
    for signup in ended:
        if signup.offered_size != signup.size:
            _wait_whole(event, signup)
        elif event.status == EventStatus.POSTPONED and signup.size <= seats.queue_room(event):
            # They could not answer; when there is a new date they are offered seats again.
            _wait_whole(event, signup, refuses=signup.refuses_split)
        else:
            seats.change(
                event, signup, state=SignUpState.LAPSED, offered_size=None, offer_expires_at=None
            )
            unsent.take_back_all(signup, event_id=event.pk, at=at)
    if may_offer(event, at):
        queue_mails.write_lapsed(event, ended, at=at)
    offer_seats(event, at=at)
    return len(ended)


def drive_queues(*, at: dt.datetime) -> int:
    """
    Offer seats that became free unseen, as when an event got a new date. Returns the number of offers.

    Whoever frees seats offers them in the same transaction; this is for what nobody did.
    """
    events = Event.objects.filter(
        Q(capacity=None) | Q(seats_taken__lt=F("capacity")),
        pk__in=SignUp.objects.filter(state=SignUpState.WAITING).values("event_id"),
        publication=Publication.PUBLISHED,
        status__in=TAKING_PLACE,
        starts_at__gt=at,
    ).order_by("pk")
    pks = list(events.values_list("pk", flat=True))
    return one_by_one(lambda pk: _drive(pk, at=at), pks, "queue of event")


@transaction.atomic
def _drive(event_id: int, *, at: dt.datetime) -> int:
    return len(offer_seats(seats.lock(event_id), at=at))


@transaction.atomic
def change_capacity(
    event_id: int, *, capacity: int | None, waiting_list_capacity: int, at: dt.datetime
) -> list[SignUp]:
    """
    Change how many there is room for, and return those from the queue who are offered seats by it.

    Raises SignUpError when fewer would fit than are signed up, are offered seats, hold them or wait.
    """
    event = seats.lock(event_id)
    held = seats.held_seats(event, at=at)
    if capacity is not None and capacity < event.seats_taken + held:
        raise SignUpError(_too_few(event, held))
    event.capacity = capacity
    Event.objects.filter(pk=event.pk).update(capacity=capacity)
    offered = offer_seats(event, at=at)
    wait = event.waiting_taken + seats.asked_to_split(event)
    if wait > waiting_list_capacity:
        raise SignUpError(
            _("%(count)s står på ventelisten, så den må ha plass til minst så mange.")
            % {"count": wait}
        )
    Event.objects.filter(pk=event.pk).update(waiting_list_capacity=waiting_list_capacity)
    return offered


def _too_few(event: Event, held: int) -> str:
    if held:
        return _(
            "%(count)s er alt påmeldt, og %(held)s plasser holdes av mens noen fyller ut skjemaet. "
            "Det må være minst så mange plasser."
        ) % {"count": event.seats_taken, "held": held}
    return _("%(count)s er alt påmeldt, så det må være minst så mange plasser.") % {
        "count": event.seats_taken
    }
