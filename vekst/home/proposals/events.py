"""Events of the week that were held, and those that readers can still reach."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.companies.models import Company
from members.mailings.models import Topic
from members.posts.models import CardKind
from members.posts.proposals import MOST, Proposal, Week
from projects.bypuls.models import Audience, Event, EventStatus
from projects.bypuls.models import Topic as EventTopic
from vekst import formats
from vekst.home.proposals.words import day, link_name, paragraphs, start

# A post tells what comes until the end of the week after its own.
DAYS_AHEAD = 14
TOPICS = {
    EventTopic.LEARNING: Topic.STUDIES,
    EventTopic.CAREER: Topic.JOBS,
    EventTopic.CULTURE: Topic.TOWN_LIFE,
    EventTopic.FOOD: Topic.TOWN_LIFE,
    EventTopic.OUTDOORS: Topic.TOWN_LIFE,
    EventTopic.SOCIAL: Topic.TOWN_LIFE,
    EventTopic.TOWN: Topic.TOWN_LIFE,
}
OFF = (EventStatus.CANCELLED, EventStatus.POSTPONED)


def held(week: Week, at: datetime.datetime) -> list[Proposal]:
    """Propose the events that began in the week and are over. One over midnight is told where it began."""
    over = Q(status=EventStatus.HELD) | Q(ends_at__lte=at)
    events = _public(at).filter(
        over, starts_at__gte=week.starts_at, starts_at__lt=week.ends_at, starts_at__lte=at
    )
    return [_held(event, week, at) for event in events.order_by("starts_at", "pk")[:MOST]]


def coming(week: Week, at: datetime.datetime) -> list[Proposal]:
    """Propose what has not begun, to the end of the next week."""
    events = _public(at).filter(
        starts_at__gt=at,
        starts_at__gte=week.starts_at,
        starts_at__lt=week.midnight(DAYS_AHEAD),
    )
    events = events.exclude(status=EventStatus.HELD)
    return [_coming(event, week, at) for event in events.order_by("starts_at", "pk")[:MOST]]


def _public(at: datetime.datetime) -> QuerySet[Event]:
    is_member = Exists(Company.objects.public(at=at).filter(pk=OuterRef("company_id")))
    events = Event.objects.public(at).dated().exclude(status__in=OFF).for_list()
    return events.select_related("venue", "forum").annotate(is_by_member=is_member)


def _held(event: Event, week: Week, at: datetime.datetime) -> Proposal:
    told = f"Arrangementet ble holdt {day(event.starts_at)}."
    note = start(event.starts_at, event.ends_at).capitalize()
    if event.attendance is None:
        note += " · ingen har skrevet hvor mange som kom"
    else:
        number = formats.number_text(event.attendance)
        told += f" {number} var til stede."
        note += f" · {number} til stede"
    return Proposal(
        source=f"event-held:{event.pk}",
        heading=event.title,
        text=paragraphs(event.summary, told),
        note=note,
        weekday=week.weekday_of(event.starts_at),
        **_shared(event, at),
    )


def _coming(event: Event, week: Week, at: datetime.datetime) -> Proposal:
    where = f", {event.place_text}" if event.place_text else ""
    return Proposal(
        source=f"event-coming:{event.pk}",
        heading=event.title,
        text=paragraphs(
            event.summary, f"{start(event.starts_at, event.ends_at).capitalize()}{where}."
        ),
        note=f"{start(event.starts_at, event.ends_at).capitalize()} · {event.organiser}",
        link_path=event.get_absolute_url(),
        link_label=link_name("Meld deg på" if event.takes_signups else "Se", event.title),
        weekday=week.weekday_of(event.starts_at),
        **_shared(event, at),
    )


def _shared(event: Event, at: datetime.datetime) -> dict[str, Any]:
    forum = event.forum
    shows_forum = forum is not None and (forum.ended_at is None or forum.ended_at > at)
    young = event.audience in (Audience.YOUNG, Audience.STUDENTS)
    return {
        "topic": Topic.YOUNG if young else TOPICS.get(EventTopic(event.topic), Topic.EVENTS),
        "forum_id": event.forum_id if shows_forum else None,
        # Annotated by `_public`, which the types do not follow through our own QuerySet.
        "company_id": event.company_id if event.is_by_member else None,  # type: ignore[attr-defined]
        "cards": ((CardKind.EVENT.value, event.pk),),
    }
