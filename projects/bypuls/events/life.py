"""What time alone does to events: sign-up closes, and what took place is held."""

import datetime as dt

from django.db.models import Q

from projects.bypuls.models import Event, EventStatus, Publication
from projects.bypuls.models.event import TAKING_PLACE

# What ended before is left as staff left it; it also bounds the rows that are read.
LOOK_BACK = dt.timedelta(days=60)


def close_signups(*, at: dt.datetime) -> int:
    """Note which sign-ups are over, so that lists need not ask for the time. Returns the number."""
    return (
        Event.objects.filter(takes_signups=True, is_signup_over=False)
        .filter(Q(signup_closes_at__lte=at) | Q(signup_closes_at=None, starts_at__lte=at))
        .update(is_signup_over=True)
    )


def mark_held(*, at: dt.datetime) -> int:
    """Mark published events that have ended as held. Attendance is told by staff afterwards."""
    return Event.objects.filter(
        ends_at__lte=at,
        starts_at__gte=at - LOOK_BACK,
        status__in=TAKING_PLACE,
        publication=Publication.PUBLISHED,
    ).update(status=EventStatus.HELD)
