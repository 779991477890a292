"""What else might interest whoever looks at an event, and why it is shown."""

import datetime as dt
from functools import reduce
from operator import add

from django.db.models import Case, Q, Value, When
from django.db.models.expressions import CombinedExpression
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.models import Audience, Event

SIMILAR = 3
# How many of those ahead are weighed against each other, the nearest first.
WEIGHED = 200
_SOON = dt.timedelta(days=14)
_FRIDAY = 5


def similar_events(event: Event, *, at: dt.datetime) -> list[tuple[Event, str]]:
    """
    Return the events ahead that are most like this one, each with the likeness in words. One query.

    Other dates of the same series are left out, and of another series only the next one is shown.
    """
    alike = Q(topic=event.topic) | _same_audience(event)
    if event.venue_id is not None:
        alike |= Q(venue=event.venue_id)
    ahead = Event.objects.public(at).dated().taking_place().not_over(at).exclude(pk=event.pk)
    if event.series_id is not None:
        ahead = ahead.exclude(series=event.series_id)
    nearest = ahead.filter(alike).order_by("starts_at", "pk").values("pk")[:WEIGHED]
    found = (
        Event.objects.filter(pk__in=nearest)
        .annotate(likeness=_likeness(event, at))
        .for_list()
        .order_by("-likeness", "starts_at", "pk")[: 4 * SIMILAR]
    )
    shown: list[Event] = []
    for other in found:
        if other.series_id is None or other.series_id not in {e.series_id for e in shown}:
            shown.append(other)
    return [(other, _reason(event, other)) for other in shown[:SIMILAR]]


def _same_audience(event: Event) -> Q:
    """What is made for everybody is no more alike than anything else."""
    return Q(audience=event.audience) & ~Q(audience=Audience.EVERYONE)


def _likeness(event: Event, at: dt.datetime) -> CombinedExpression:
    """Points: the topic weighs most, then for whom, where, and when."""
    start = timezone.localtime(event.starts_at)
    days = (5, 6, 7) if start.isoweekday() >= _FRIDAY else (1, 2, 3, 4)
    points: list[tuple[int, Q]] = [
        (4, Q(topic=event.topic)),
        (3, _same_audience(event)),
        (2, Q(venue=event.venue_id) & Q(venue__isnull=False)),
        (1, Q(main_project=event.main_project) & ~Q(main_project="")),
        (1, Q(starts_at__hour__range=(max(start.hour - 2, 0), start.hour + 2))),
        (1, Q(starts_at__iso_week_day__in=days)),
        (1, Q(starts_at__lte=max(event.starts_at, at) + _SOON)),
    ]
    cases = [Case(When(test, then=Value(number)), default=Value(0)) for number, test in points]
    return reduce(add, cases)  # type: ignore[return-value]


def _reason(event: Event, other: Event) -> str:
    """Say in words what they have in common, the weightiest first."""
    reasons = []
    if other.topic == event.topic:
        reasons.append(_("Samme tema"))
    if other.audience == event.audience and other.audience != Audience.EVERYONE:
        reasons.append(_("Samme målgruppe"))
    if other.venue_id is not None and other.venue_id == event.venue_id:
        reasons.append(_("Samme sted"))
    return " · ".join(reasons)
