"""Events that may be the same one, told twice: found by title, hour and place, decided by a person."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from projects.bypuls.events.importing.texts import fold
from projects.bypuls.models import DistinctEvents, Event, EventStatus, Publication

# The share of their runs of three letters that two titles have in common; below it they are unlike.
ALIKE = 0.45
_SHOWN = (Publication.SUBMITTED, Publication.CHANGES_ASKED, Publication.PUBLISHED)
_HOURS_AT_A_TIME = 50


def likeness(one: str, other: str) -> float:
    """Return how alike two titles are, from 0 to 1, whatever their case, accents and punctuation."""
    first, second = _runs(fold(one)), _runs(fold(other))
    both = first | second
    return len(first & second) / len(both) if both else 0.0


def _runs(text: str) -> set[str]:
    """The runs of three letters in each word, as PostgreSQL's pg_trgm has them."""
    padded = [f"  {word} " for word in text.split()]
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}


def look_alikes(event: Event) -> list[Event]:
    """Return what may be the same as `event`, saved or not; the likeliest first. One query or two."""
    found = [
        other
        for other in _starting([_hour(event)])
        if other.pk != event.pk and _may_be_same(event, other)
    ]
    if event.pk and found:
        apart = _decided_apart([event.pk])
        found = [other for other in found if _pair(event.pk, other.pk) not in apart]
    return sorted(found, key=lambda other: (-likeness(event.title, other.title), other.pk))


def flag_duplicates(event_ids: Collection[int], *, at: dt.datetime) -> int:
    """
    Note at each of these events which other it may be the same as, and return how many there are.

    A pair is flagged once, at the event that came last. What somebody has decided about a pair stands.
    """
    events = list(Event.objects.filter(pk__in=event_ids, ends_at__gt=at).order_by("pk"))
    by_hour: dict[dt.datetime, list[Event]] = defaultdict(list)
    for other in _starting(sorted({_hour(event) for event in events})):
        by_hour[_hour(other)].append(other)
    pks = {event.pk for event in events}
    apart = _decided_apart(sorted(pks))
    number = 0
    for event in events:
        found = [
            other
            for other in by_hour[_hour(event)]
            if (other.pk < event.pk or other.pk not in pks)
            and other.pk != event.pk
            and other.possible_duplicate_of_id != event.pk
            and _may_be_same(event, other)
            and _pair(event.pk, other.pk) not in apart
        ]
        best = max(found, key=lambda other: likeness(event.title, other.title), default=None)
        number += best is not None
        if event.possible_duplicate_of_id != (best.pk if best else None):
            Event.objects.filter(pk=event.pk).update(possible_duplicate_of=best)
    return number


@transaction.atomic
def keep_apart(event_id: int, *, at: dt.datetime) -> None:
    """Note that the event is not the one it looks like. The two are never flagged again."""
    event = Event.objects.select_for_update().get(pk=event_id)
    if event.possible_duplicate_of_id is None:
        return
    first, second = _pair(event.pk, event.possible_duplicate_of_id)
    DistinctEvents.objects.get_or_create(
        first_id=first, second_id=second, defaults={"decided_at": at}
    )
    Event.objects.filter(pk=event.pk).update(possible_duplicate_of=None)
    flag_duplicates([event.pk], at=at)


def _hour(event: Event) -> dt.datetime:
    return event.starts_at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _starting(hours: list[dt.datetime]) -> list[Event]:
    """Return what people may see, or wait to, that starts within these hours."""
    found: list[Event] = []
    for first in range(0, len(hours), _HOURS_AT_A_TIME):
        within = Q()
        for hour in hours[first : first + _HOURS_AT_A_TIME]:
            within |= Q(starts_at__gte=hour, starts_at__lt=hour + dt.timedelta(hours=1))
        found += (
            Event.objects.filter(within, publication__in=_SHOWN)
            .exclude(status=EventStatus.CANCELLED)
            .defer("description", "search")
            .order_by("pk")
        )
    return found


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _decided_apart(event_ids: list[int]) -> set[tuple[int, int]]:
    rows: Any = DistinctEvents.objects.filter(Q(first__in=event_ids) | Q(second__in=event_ids))
    return set(rows.values_list("first_id", "second_id"))


def _may_be_same(one: Event, other: Event) -> bool:
    if one.series_id is not None and one.series_id == other.series_id:
        return False
    return likeness(one.title, other.title) >= ALIKE and (
        _same_place(one, other) or fold(one.organiser) == fold(other.organiser)
    )


def _same_place(one: Event, other: Event) -> bool:
    if one.venue_id is not None and one.venue_id == other.venue_id:
        return True
    return bool(one.place) and fold(one.place) == fold(other.place)
