"""Demo content: places, events in the coming weeks with people signed up, cases of the transport forum."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from members.companies.models import Company
from projects.bypuls import (
    demo_afterwards,
    demo_incoming,
    demo_organiser,
    demo_places,
    demo_pulse,
    demo_series,
    demo_signups,
)
from projects.bypuls.calendar import counts
from projects.bypuls.models import (
    Audience,
    CaseUpdate,
    Event,
    EventLanguage,
    EventStatus,
    OpeningHours,
    Publication,
    SignUp,
    SignUpState,
    Topic,
    TransportCase,
    Venue,
)
from projects.portfolio.models import Project

CONTENT = Path(__file__).with_name("demo_content.json")
NOTE = "Arrangementet er oppdiktet og viser hvordan portalen virker."
PLACE_NOTE = "Plasseringen på kartet er et eksempel, og bare omtrent riktig."


@dataclass(frozen=True)
class DemoEvent:
    """
    One invented event: `week` and `weekday` from the day of loading, `start` as hour and minute.

    `parties` are runs of (how many parties, people in each), in the order in which they signed up.
    """

    slug: str
    title: str
    summary: str
    week: int
    weekday: int
    start: Sequence[int]
    minutes: int
    venue: str
    topic: str
    organiser: str
    text: str = ""
    audience: str = Audience.EVERYONE
    language: str = EventLanguage.NORWEGIAN
    place: str = ""
    project: str = ""
    english: Sequence[str] = ()
    price: str = ""
    capacity: int | None = None
    queue: int = 0
    parties: Sequence[Sequence[int]] = ()
    asks_diet: bool = False
    takes_signups: bool = True
    attendance: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def load(*, at: dt.datetime) -> None:
    """Write places, events, sign-ups and cases relative to `at`. What is there stays."""
    content = json.loads(CONTENT.read_text())
    venues = {row["slug"]: _venue(row, at) for row in content["venues"]}
    projects = {project.slug: project for project in Project.objects.all()}
    for row in content["events"]:
        if not Event.objects.filter(slug=row["slug"]).exists():
            change = content["changes"].get(row["slug"], ["", "", 0])
            _event(DemoEvent(**row), change, venues, projects, at)
    for case in content["cases"]:
        _case(case, at)
    demo_series.load(venues, at=at)
    demo_signups.load(venues, at=at)
    demo_incoming.load(at=at)
    demo_organiser.load(venues, at=at)
    demo_places.load(at=at)
    demo_pulse.load(at=at)
    demo_afterwards.load(venues, at=at)
    counts.tidy(at=at)


def _venue(row: dict[str, Any], at: dt.datetime) -> Venue:
    hours = row.pop("hours", [])
    venue, created = Venue.objects.get_or_create(
        slug=row["slug"],
        defaults=row
        | {
            "description": "\n\n".join(filter(None, [row.get("description", ""), PLACE_NOTE])),
            "postal_code": "3616" if row["address"] else "",
            "postal_place": "Kongsberg" if row["address"] else "",
            "published_at": at,
        },
    )
    if created:
        OpeningHours.objects.bulk_create(
            OpeningHours(
                venue=venue,
                weekday=weekday,
                opens=dt.time.fromisoformat(opens),
                closes=dt.time.fromisoformat(closes),
            )
            for weekday, opens, closes in hours
        )
    return venue


def _moment(at: dt.datetime, week: int, weekday: int, start: Sequence[int]) -> dt.datetime:
    today = timezone.localdate(at)
    # Weeks count from today's weekday on, so that the first event is always ahead.
    day = today + dt.timedelta(days=week * 7 + (weekday - today.weekday()) % 7)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(start[0], start[1])))


def _event(
    demo: DemoEvent,
    changed: list[Any],
    venues: dict[str, Venue],
    projects: dict[str, Project],
    at: dt.datetime,
) -> None:
    starts_at = _moment(at, demo.week, demo.weekday, demo.start)
    if demo.week >= 0 and starts_at <= at:
        starts_at += dt.timedelta(days=7)
    extra = dict(demo.extra)
    opens_in_days = extra.pop("opens_in_days", None)
    change, reason, days = changed
    is_over = starts_at < at
    status = EventStatus.HELD if is_over else EventStatus(change or "planned")
    event = Event.objects.create(
        slug=demo.slug,
        title=demo.title,
        summary=demo.summary,
        description="\n\n".join(filter(None, [demo.text or demo.summary, NOTE])),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=demo.minutes),
        venue=venues.get(demo.venue),
        place=demo.place,
        organiser=demo.organiser,
        project=projects.get(demo.project),
        **dict(zip(("title_en", "summary_en"), demo.english, strict=False)),
        topic=demo.topic,
        audience=demo.audience,
        language=demo.language,
        is_free=not demo.price,
        price=demo.price,
        is_example=True,
        takes_signups=demo.takes_signups,
        capacity=demo.capacity,
        waiting_list_capacity=demo.queue,
        asks_diet=demo.asks_diet,
        signup_opens_at=at + dt.timedelta(days=opens_in_days) if opens_in_days else None,
        is_signup_over=is_over,
        publication=Publication.PUBLISHED,
        published_at=at,
        status=status,
        status_reason=reason,
        previous_starts_at=starts_at + dt.timedelta(days=days) if change == "moved" else None,
        sequence=1 if change else 0,
        changed_at=at,
        attendance=demo.attendance,
        created_at=at,
        **extra,
    )
    if not opens_in_days:
        _sign_ups(event, demo.parties, at)


def _sign_ups(event: Event, runs: Sequence[Sequence[int]], at: dt.datetime) -> None:
    """Write the sign-ups without mail: nobody with these addresses exists."""
    parties = [size for number, size in runs for _ in range(number)]
    rows = []
    taken = waiting = in_queue = 0
    for number, size in enumerate(parties, start=1):
        seated = not waiting and (event.capacity is None or taken + size <= event.capacity)
        if seated:
            taken += size
        elif waiting + size <= event.waiting_list_capacity:
            waiting += size
            in_queue += 1
        else:
            continue
        rows.append(
            SignUp(
                event=event,
                name=f"Eksempel Deltaker {number}",
                email=f"deltaker{number}.{event.slug}@example.no",
                size=size,
                state=SignUpState.ATTENDING if seated else SignUpState.WAITING,
                queue_number=None if seated else in_queue,
                created_at=min(at, event.starts_at) - dt.timedelta(days=1),
                wants_reminder=False,
            )
        )
    SignUp.objects.bulk_create(rows)
    Event.objects.filter(pk=event.pk).update(
        seats_taken=taken, waiting_taken=waiting, queue_counter=in_queue
    )


def _case(row: dict[str, Any], at: dt.datetime) -> None:
    today = timezone.localdate(at)

    def ago(days: int) -> dt.date:
        return today - dt.timedelta(days=days)

    case, created = TransportCase.objects.get_or_create(
        slug=row["slug"],
        defaults={
            "title": row["title"],
            "text": row["text"],
            "owner": row["owner"],
            "state": row["state"],
            "raised_on": ago(row["raised"]),
            "decided_on": ago(row["decided"]) if "decided" in row else None,
            "decision": row.get("decision", ""),
            "next_step": row.get("next_step", ""),
            "is_example": True,
            "published_at": at,
        },
    )
    if created:
        CaseUpdate.objects.bulk_create(
            CaseUpdate(case=case, date=ago(days), text=text) for days, text in row["updates"]
        )


_SCALE = """
INSERT INTO bypuls_event (
    title, title_nb, slug, summary, summary_nb, description, description_nb, starts_at, ends_at, venue_id, place,
    organiser, topic, audience, language, is_free, price, website, contact_email, picture, picture_alt,
    is_example, takes_signups, capacity, waiting_list_capacity, max_group_size, asks_diet,
    is_signup_over, seats_taken, waiting_taken, publication, published_at, status, status_reason,
    changed_at, uid, sequence, submitter_name, submitter_email, moderation_note, created_at,
    is_date_set, date_note, is_detached, queue_policy, admission, is_unlisted, asks_company, attendee_list,
    queue_counter, previous_place, project_id, company_id
)
SELECT title, title, 'skala-' || i, summary, summary, summary, summary, start,
    start + CASE WHEN i %% greatest(%(n)s / %(days)s, 1) = 0 THEN interval '50 hours' ELSE interval '2 hours' END,
    venues[1 + chance[1] %% cardinality(venues)], 'Sal ' || i %% 7,
    'Eksempel arrangør ' || i %% 40, topics[1 + chance[2] %% cardinality(topics)],
    audiences[1 + chance[3] %% cardinality(audiences)], languages[1 + chance[4] %% cardinality(languages)],
    i %% 3 <> 0, '', '', '', '', '',
    true, i %% 4 <> 0, 40, 10, 5, false,
    i %% 5 = 0, 0, 0, 'published', %(at)s, 'planned', '',
    %(at)s, 'skala-' || i || '@example.no', 0, '', '', '', %(at)s,
    true, '', false, 'strict', 'open', false, false, 'hidden', 0, '',
    projects[1 + chance[5] %% greatest(2 * cardinality(projects), 1)],
    companies[1 + (chance[1] / 97) %% greatest(3 * cardinality(companies), 1)]
FROM (
    SELECT i, 'Eksempel ' || i || ': ' || (ARRAY['Frokostmøte','Verksted','Konsert','Foredrag','Tur','Quiz'])[1 + i %% 6] AS title,
        'Eksempel nummer ' || i || ', laget for å måle portalen.' AS summary,
        %(at)s::timestamptz + ((i::bigint * 7919) %% %(n)s) * (interval '1 day' * %(days)s / %(n)s) + interval '1 hour' AS start,
        -- Independent of each other, so that every combination of filters finds its share.
        (SELECT array_agg(('x' || substr(md5(i::text), 1 + 6 * k, 6))::bit(24)::int ORDER BY k)
            FROM generate_series(0, 4) AS k) AS chance,
        %(venues)s::bigint[] AS venues, %(topics)s::text[] AS topics, %(audiences)s::text[] AS audiences,
        %(languages)s::text[] AS languages, %(projects)s::bigint[] AS projects,
        %(companies)s::bigint[] AS companies
    FROM generate_series(%(first)s, %(first)s + %(n)s - 1) AS i
) AS made
"""


def scale(n: int, *, at: dt.datetime) -> None:
    """Write `n` public events from now on, at the places that are there: up to a year ahead."""
    venues = list(Venue.objects.order_by("pk").values_list("pk", flat=True))
    members = Company.objects.public(at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(substring(slug FROM 7)::int), 0) + 1 FROM bypuls_event "
            "WHERE slug ~ '^skala-[0-9]+$'"
        )
        first = cursor.fetchone()[0]
        cursor.execute(
            _SCALE,
            {
                "at": at,
                "n": n,
                # A full year in a town with very much going on, a couple of busy months in another.
                "days": min(max(60, n // 250), 365),
                "first": first,
                "venues": venues or [None],
                "topics": Topic.values,
                "audiences": Audience.values,
                "languages": EventLanguage.values,
                "projects": list(Project.objects.order_by("pk").values_list("pk", flat=True)),
                # A third of the events is held by one of them.
                "companies": list(members.order_by("pk").values_list("pk", flat=True)[:40]),
            },
        )
        counts.tidy(at=at)
        cursor.execute("ANALYZE bypuls_event, bypuls_eventtally, bypuls_companytally")
