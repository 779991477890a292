"""The counts of the town's pulse: read by everyone, written by the counters with a key of their own."""

import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django_ratelimit.core import is_ratelimited
from ninja import Query, Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import HttpBearer

from projects.bypuls.models import Counter
from projects.bypuls.pulse import open_data
from projects.bypuls.pulse.readings import problem_with_hour, problem_with_number, write_readings
from projects.bypuls.pulse.tokens import counter_by_token

router = Router()
# A month of hours, and the hour that autumn has twice.
MOST_HOURS = 31 * 24 + 1
RATE = "60/m"


class CounterToken(HttpBearer):
    """The key of one counter. Another's key, an old one and a counter that is not there: all 401."""

    def __call__(self, request: HttpRequest) -> Any:
        # Before the key is looked at, so that nobody tries many.
        if is_ratelimited(request, group="api.puls", key="ip", rate=RATE, increment=True):
            raise HttpError(429, "Too many batches from this network. Wait a minute.")
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Counter | None:
        assert request.resolver_match is not None  # noqa: S101
        return counter_by_token(str(request.resolver_match.kwargs["slug"]), token)


class OpenHourOut(Schema):
    """One hour. `number` is null in a gap, and where fewer than five were counted; `note` tells which."""

    hour: datetime.datetime
    number: int | None
    note: str


class CounterOut(Schema):
    """What one counter counted, hour by hour; `from_date` and `to_date` are local days, both inclusive."""

    name: str
    counts: str
    place: str
    source: str
    licence: str
    is_example: bool
    from_date: datetime.date
    to_date: datetime.date
    url: str
    csv_url: str
    hours: list[OpenHourOut]


class CounterQuestion(Schema):
    """Days by local time, both inclusive: the last seven without a wish, 92 at most."""

    fra: datetime.date | None = None
    til: datetime.date | None = None


@router.get("/puls/{slug:slug}/", response=CounterOut, summary="Byens puls: en teller")
def get_counter(
    request: HttpRequest, slug: str, question: Query[CounterQuestion]
) -> dict[str, object]:
    """Return the hours of a public counter; 404 when there is none of that name."""
    now = timezone.now()
    counter = get_object_or_404(Counter.objects.public(now).select_related("venue"), slug=slug)
    for day in (question.fra, question.til):
        if day is not None and not 2000 <= day.year <= 2100:
            raise Http404
    first, last = open_data.span_of(question.fra, question.til, at=now)
    return {
        "name": counter.name,
        "counts": counter.counts,
        "place": counter.place_text,
        "source": counter.source_name,
        "licence": counter.licence,
        "is_example": counter.is_example,
        "from_date": first,
        "to_date": last,
        "url": settings.SITE_URL + counter.get_absolute_url(),
        "csv_url": settings.SITE_URL + reverse("bypuls:counter_csv", args=[counter.slug]),
        "hours": list(open_data.hours(counter, first, last, at=now)),
    }


class HourIn(Schema):
    """One hour: its beginning with an offset (or Z), on the whole hour, and how many were counted."""

    hour: datetime.datetime
    number: int


class HoursIn(Schema):
    """A batch of hours, a month at most. The same batch again changes nothing."""

    hours: list[Any]


class WrittenOut(Schema):
    """What the batch led to."""

    new: int
    changed: int
    unchanged: int


class BadItem(Schema):
    """One item that was refused, by its place in the batch, from 0."""

    index: int
    problem: str


class RefusedOut(Schema):
    """Why nothing of the batch was kept."""

    detail: str
    items: list[BadItem] = []


@router.post(
    "/puls/{slug:slug}/",
    auth=CounterToken(),
    response={200: WrittenOut, 413: RefusedOut, 422: RefusedOut},
    summary="Byens puls: meld inn tall",
)
def post_hours(request: HttpRequest, slug: str, batch: HoursIn) -> Any:
    """
    Keep a batch of hours, all of it or, when an item is wrong, nothing.

    Needs `Authorization: Bearer <the counter's key>`. At most 60 batches a minute from one network.
    """
    now = timezone.now()
    if len(batch.hours) > MOST_HOURS:
        return Status(413, {"detail": f"At most {MOST_HOURS} hours in one batch."})
    # Programs read English, whatever language the pages are in.
    with translation.override("en"):
        numbers, bad = _read(batch.hours, now)
    if bad:
        return Status(422, {"detail": "Nothing was kept: some items are wrong.", "items": bad})
    counter: Counter = request.auth  # type: ignore[attr-defined]
    return Status(200, vars(write_readings(counter.pk, numbers, at=now)))


def _read(
    items: list[Any], now: datetime.datetime
) -> tuple[dict[datetime.datetime, int], list[dict[str, object]]]:
    numbers: dict[datetime.datetime, int] = {}
    bad: list[dict[str, object]] = []
    for index, item in enumerate(items):
        try:
            hour, number = _item(item, now)
            if numbers.get(hour, number) != number:
                raise ValueError("the hour stands in the batch already, with another number")
            numbers[hour] = number
        except ValueError as error:
            bad.append({"index": index, "problem": str(error)})
    return numbers, bad


def _item(item: Any, now: datetime.datetime) -> tuple[datetime.datetime, int]:
    """Return hour and number of one item. Raises ValueError with what is wrong."""
    if not isinstance(item, dict) or set(item) != {"hour", "number"}:
        raise ValueError('an item is {"hour": "2026-11-21T13:00:00+01:00", "number": 12}')
    text, number = item["hour"], item["number"]
    if not isinstance(text, str):
        raise ValueError("hour is a text in ISO 8601")
    try:
        hour = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("hour is not a moment in ISO 8601") from error
    if hour.tzinfo is None:
        raise ValueError("hour needs an offset, such as +01:00 or Z")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError("number is a whole number")
    try:
        hour = hour.astimezone(datetime.UTC)
    except OverflowError as error:
        raise ValueError("hour lies outside the calendar") from error
    problem = problem_with_hour(hour, at=now) or problem_with_number(number)
    if problem:
        raise ValueError(problem)
    return hour, number
