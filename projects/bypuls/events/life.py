"""What time alone does to events: sign-up closes, and what took place is held."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from projects.bypuls.models import TAKING_PLACE, Event, EventStatus, Publication, SignUp
from projects.bypuls.signups import check_in

# What ended before is left as staff left it; it also bounds the rows that are read.
LOOK_BACK = dt.timedelta(days=60)


def close_signups(*, at: dt.datetime) -> int:
    """Note which sign-ups are over, so that lists need not ask for the time. Returns the number."""
    return (
        Event.objects.dated()
        .filter(takes_signups=True, is_signup_over=False)
        .filter(Q(signup_closes_at__lte=at) | Q(signup_closes_at=None, starts_at__lte=at))
        .update(is_signup_over=True)
    )


@transaction.atomic
def mark_held(*, at: dt.datetime) -> int:
    """Mark published events that have ended as held, with how many came where the check-in was used."""
    ended = Event.objects.dated().filter(
        ends_at__lte=at,
        starts_at__gte=at - LOOK_BACK,
        status__in=TAKING_PLACE,
        publication=Publication.PUBLISHED,
    )
    # Phones that settle at this moment hold the lock; what they bring is counted with the rest.
    pks = list(ended.order_by("pk").select_for_update().values_list("pk", flat=True))
    number = Event.objects.filter(pk__in=pks).update(status=EventStatus.HELD)
    used = SignUp.objects.filter(event__in=pks, checked_in_at__isnull=False)
    for event in Event.objects.filter(pk__in=used.values("event")).order_by("pk"):
        check_in.settle(event)
    return number
