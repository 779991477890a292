"""Events as open data: what is on, what has changed since last time, and what is gone with the reason."""

import datetime
from typing import Annotated

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from projects.bypuls.models import Event, EventSeries, EventStatus, Publication, Topic
from vekst.paging import keyset_page

router = Router()
PAGE_SIZE = 100


def _absolute(event: Event) -> str:
    return settings.SITE_URL + event.get_absolute_url()


class SeriesOut(Schema):
    """The series that an event is a date of."""

    title: str
    url: str

    @staticmethod
    def resolve_url(series: EventSeries) -> str:
        return settings.SITE_URL + series.get_absolute_url()


class EventOut(Schema):
    """
    One event. `status` is planned, moved, postponed, cancelled or held, with `status_reason`.

    A moved one tells when and where it was to be. `seats_left` null means no limit; seats that are held
    while somebody fills in the form count as left. Without `is_date_set`, `date_note` says roughly when.
    """

    id: int
    uid: str
    sequence: int
    title: str
    summary: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    is_date_set: bool
    date_note: str
    previous_starts_at: datetime.datetime | None
    previous_place: str
    place: str
    organiser: str
    topic: str
    audience: str
    language: str
    is_free: bool
    price: str
    status: str
    status_reason: str
    series: SeriesOut | None
    takes_signups: bool
    capacity: int | None
    seats_taken: int
    seats_left: int | None
    waiting: int
    website: str
    changed_at: datetime.datetime
    url: str

    @staticmethod
    def resolve_place(event: Event) -> str:
        return event.place_text

    @staticmethod
    def resolve_waiting(event: Event) -> int:
        return event.waiting_taken

    @staticmethod
    def resolve_url(event: Event) -> str:
        return _absolute(event)


class EventPage(Schema):
    """Up to a hundred events in order of their start; ask again with `etter=next` for those after."""

    items: list[EventOut]
    next: str | None


class Tombstone(Schema):
    """
    What was on and is not any more: `status` is cancelled, or withdrawn when its page is gone.

    `replaced_by` is the address of the event that it turned out to be the same as.
    """

    id: int
    uid: str
    status: str
    reason: str
    replaced_by: str | None
    changed_at: datetime.datetime


class ChangePage(Schema):
    """Up to a hundred changes, the oldest first; ask again with `etter=next` until it is null."""

    changed: list[EventOut]
    gone: list[Tombstone]
    next: str | None


# Wide enough for everything the portal knows, and far from where the calendar ends.
Day = Annotated[datetime.date, Field(ge=datetime.date(2000, 1, 1), le=datetime.date(2100, 12, 31))]
Moment = Annotated[
    datetime.datetime,
    Field(
        ge=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),
        le=datetime.datetime(2100, 12, 31, tzinfo=datetime.UTC),
    ),
]


class EventQuestion(Schema):
    """`fra` and `til` are local dates, both inclusive; without `fra`, events that are not over."""

    fra: Day | None = None
    til: Day | None = None
    tema: Topic | None = None
    etter: str = ""


class ChangeQuestion(Schema):
    """`siden` is the moment of the last time, with its time zone."""

    siden: Moment
    etter: str = ""


@router.get("/events", response=EventPage, summary="Arrangementer")
def list_events(request: HttpRequest, question: Query[EventQuestion]) -> dict[str, object]:
    """List public events, cancelled and moved ones with that status."""
    now = timezone.now()
    events = Event.objects.public(at=now).select_related("venue", "series")
    if question.fra is None:
        events = events.not_over(now)
    else:
        events = events.filter(starts_at__gte=_local_midnight(question.fra))
    if question.til is not None:
        events = events.filter(
            starts_at__lt=_local_midnight(question.til) + datetime.timedelta(days=1)
        )
    if question.tema is not None:
        events = events.filter(topic=question.tema)
    page = keyset_page(events, ["starts_at", "id"], {"etter": question.etter}, size=PAGE_SIZE)
    return {"items": page.items, "next": page.next_cursor}


@router.get("/events/changes", response=ChangePage, summary="Endringer i arrangementer")
def list_changes(request: HttpRequest, question: Query[ChangeQuestion]) -> dict[str, object]:
    """List what was published, changed, cancelled or withdrawn at or after `siden`."""
    events = (
        Event.objects.filter(
            publication__in=(Publication.PUBLISHED, Publication.WITHDRAWN),
            # Only what strangers have seen can be gone for them.
            published_at__isnull=False,
            is_unlisted=False,
            changed_at__gte=question.siden,
        )
        .select_related("venue", "series")
        .annotate(
            replaced_by_slug=F("replaced_by__slug"),
            replaced_by_is=F("replaced_by__publication"),
            replaced_by_hides=F("replaced_by__is_unlisted"),
        )
    )
    page = keyset_page(events, ["changed_at", "id"], {"etter": question.etter}, size=PAGE_SIZE)
    gone = [event for event in page.items if _is_gone(event)]
    return {
        "changed": [event for event in page.items if not _is_gone(event)],
        "gone": [_tombstone(event) for event in gone],
        "next": page.next_cursor,
    }


def _is_gone(event: Event) -> bool:
    return event.publication != Publication.PUBLISHED or event.status == EventStatus.CANCELLED


def _tombstone(event: Event) -> dict[str, object]:
    is_withdrawn = event.publication != Publication.PUBLISHED
    slug = getattr(event, "replaced_by_slug", None) or ""
    is_public = getattr(event, "replaced_by_is", "") == Publication.PUBLISHED
    leads_on = slug and is_public and not getattr(event, "replaced_by_hides", True)
    return {
        "id": event.pk,
        "uid": event.uid,
        "status": "withdrawn" if is_withdrawn else "cancelled",
        "reason": event.status_reason,
        "replaced_by": _absolute(Event(slug=slug)) if leads_on else None,
        "changed_at": event.changed_at,
    }


def _local_midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
