"""Demo content: three series, with a moved date, one called off, holidays that are skipped, and a course."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from projects.bypuls.events import changes
from projects.bypuls.events.recurrence import moment, read_rule, starts
from projects.bypuls.events.series import begin_series
from projects.bypuls.models import (
    Event,
    EventSeries,
    EventStatus,
    Publication,
    SchoolHoliday,
    SeriesSignUpMode,
    Topic,
    Venue,
)
from projects.portfolio.models import Project

NOTE = "Serien er oppdiktet og viser hvordan portalen virker."
# Like the school year of a municipality in the east of the country; named as an example on the page.
SCHOOL_YEAR = (
    ("Høstferie (eksempel)", dt.date(2026, 9, 28), dt.date(2026, 10, 2)),
    ("Juleferie (eksempel)", dt.date(2026, 12, 21), dt.date(2027, 1, 1)),
    ("Vinterferie (eksempel)", dt.date(2027, 2, 22), dt.date(2027, 2, 26)),
    ("Påskeferie (eksempel)", dt.date(2027, 3, 22), dt.date(2027, 3, 30)),
    ("Sommerferie (eksempel)", dt.date(2027, 6, 19), dt.date(2027, 8, 16)),
)


@dataclass(frozen=True)
class DemoSeries:
    """One invented series; its first date is the next one of the rule. `cancelled` and `moved` are dates of it."""

    slug: str
    title: str
    english: str
    summary: str
    summary_en: str
    rule: str
    clock: dt.time
    minutes: int
    venue: str
    place: str
    organiser: str
    topic: str
    project: str = ""
    event: Mapping[str, Any] = field(default_factory=dict)
    series: Mapping[str, Any] = field(default_factory=dict)
    cancelled: tuple[int, str] | None = None
    moved: tuple[int, str] | None = None


SERIES = (
    DemoSeries(
        slug="torsdagsfrokost",
        title="Torsdagsfrokost for næringslivet",
        english="Thursday breakfast for business",
        summary="En time med kaffe, en kort innledning og nye kontakter før arbeidsdagen begynner.",
        summary_en="An hour of coffee, a short talk and new contacts before the working day begins.",
        rule="FREQ=WEEKLY;BYDAY=TH",
        clock=dt.time(8),
        minutes=60,
        venue="knf",
        place="Møterommet i første etasje",
        organiser="Vekst i Kongsberg",
        topic=Topic.BUSINESS,
        project="frokostmoter",
        event={"takes_signups": True, "capacity": 40, "waiting_list_capacity": 10},
        series={"skips_school_holidays": True},
        cancelled=(2, "Innlederen er syk."),
        moved=(1, "Møterommet er opptatt torsdag."),
    ),
    DemoSeries(
        slug="siste-fredagsquiz",
        title="Siste fredagsquiz",
        english="Last Friday quiz",
        summary="Quiz for alle den siste fredagen i måneden. Kom alene, så finner du et lag.",
        summary_en="Quiz for everyone on the last Friday of the month. Come alone, and you will find a team.",
        rule="FREQ=MONTHLY;BYDAY=-1FR",
        clock=dt.time(19),
        minutes=150,
        venue="kafe-eksempel",
        place="",
        organiser="Ung i Kongsberg",
        topic=Topic.SOCIAL,
        project="etter-arbeidstid",
        event={"takes_signups": False},
    ),
    DemoSeries(
        slug="norskkurs-seks-kvelder",
        title="Snakk norsk på jobben: seks kvelder",
        english="Speak Norwegian at work: six evenings",
        summary="Et kurs over seks kvelder for deg som er ny i Norge og vil snakke mer på jobben.",
        summary_en="A course of six evenings for you who are new in Norway and want to speak more at work.",
        rule="FREQ=WEEKLY;COUNT=6;BYDAY=TU",
        clock=dt.time(18),
        minutes=120,
        venue="biblioteket",
        place="Studierommet",
        organiser="KompetanseMagneten",
        topic=Topic.LEARNING,
        event={
            "takes_signups": True,
            "capacity": 16,
            "waiting_list_capacity": 6,
            "max_group_size": 2,
            "audience": "nyinnflyttede",
            "language": "begge",
        },
        series={"signup_mode": SeriesSignUpMode.WHOLE},
    ),
)


def load(venues: Mapping[str, Venue], *, at: dt.datetime) -> None:
    """Write the series and the school year. What is there stays."""
    for name, first, last in SCHOOL_YEAR:
        SchoolHoliday.objects.get_or_create(
            name=name, first_date=first, defaults={"last_date": last}
        )
    projects = {project.slug: project for project in Project.objects.all()}
    for demo in SERIES:
        if not EventSeries.objects.filter(slug=demo.slug).exists():
            _series(demo, venues, projects, at=at)


def _first(demo: DemoSeries, at: dt.datetime) -> dt.datetime:
    """Return the second date of the rule from now on: in the first week others fill the calendar."""
    today = timezone.localdate(at)
    found = starts(
        read_rule(demo.rule), moment(today, demo.clock), until=today + dt.timedelta(days=90)
    )
    return next(start for start in found if start > at + dt.timedelta(days=2))


def _series(
    demo: DemoSeries,
    venues: Mapping[str, Venue],
    projects: Mapping[str, Project],
    *,
    at: dt.datetime,
) -> None:
    starts_at = _first(demo, at)
    event = Event.objects.create(
        slug=f"{demo.slug}-{timezone.localdate(starts_at):%Y-%m-%d}",
        title=demo.title,
        summary=demo.summary,
        description=f"{demo.summary}\n\n{NOTE}",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=demo.minutes),
        venue=venues.get(demo.venue),
        place=demo.place or ("" if demo.venue in venues else "Torget"),
        organiser=demo.organiser,
        topic=demo.topic,
        project=projects.get(demo.project),
        is_example=True,
        publication=Publication.PUBLISHED,
        published_at=at,
        created_at=at,
        changed_at=at,
        **{"title_en": demo.english, "summary_en": demo.summary_en, **demo.event},
    )
    titles = {"title_nb": demo.title, "title_en": demo.english}
    series = EventSeries(
        **titles,
        slug=demo.slug,
        rule=demo.rule,
        skips_public_holidays=True,
    )
    for name, value in demo.series.items():
        setattr(series, name, value)
    begin_series(series, event.pk, at=at)
    _changes(demo, series, at=at)


def _changes(demo: DemoSeries, series: EventSeries, *, at: dt.datetime) -> None:
    """Call one date off and move another a day ahead. Nobody is signed up yet, so nobody is told."""
    dates = list(series.events.filter(status=EventStatus.PLANNED).order_by("starts_at"))
    if demo.cancelled is not None:
        number, reason = demo.cancelled
        changes.cancel_event(dates[number].pk, reason=reason, at=at)
    if demo.moved is not None:
        number, reason = demo.moved
        day = dt.timedelta(days=1)
        changes.move_event(
            dates[number].pk,
            starts_at=dates[number].starts_at + day,
            ends_at=dates[number].ends_at + day,
            venue=dates[number].venue,
            place=dates[number].place,
            reason=reason,
            at=at,
        )
