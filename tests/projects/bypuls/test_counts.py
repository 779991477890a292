import datetime as dt
import random

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.companies.models import Company
from projects.bypuls import demo
from projects.bypuls.calendar import counts
from projects.bypuls.calendar.companies import company_group
from projects.bypuls.calendar.filters import FACETS, WINDOWS, EventFilter
from projects.bypuls.models import (
    Audience,
    Event,
    EventLanguage,
    EventStatus,
    EventTally,
    Publication,
    Topic,
    Venue,
)
from projects.portfolio.models import Project
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory
from tests.projects.portfolio.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def random_fields(chance: random.Random, venues: list[Venue]) -> dict[str, object]:
    start = NOW + dt.timedelta(hours=chance.randint(-24 * 20, 24 * 60))
    return {
        "starts_at": start,
        "ends_at": start + dt.timedelta(hours=chance.choice([1, 3, 200])),
        "topic": chance.choice(Topic.values[:3]),
        "audience": chance.choice(Audience.values[:2]),
        "language": chance.choice(EventLanguage.values[:2]),
        "is_free": chance.random() < 0.5,
        "venue": chance.choice([*venues, None]),
        "publication": chance.choice([Publication.PUBLISHED] * 3 + [Publication.DRAFT]),
        "seats_taken": chance.choice([0, 10]),
        "status": chance.choice([EventStatus.PLANNED] * 3 + [EventStatus.CANCELLED]),
        "is_unlisted": chance.random() < 0.1,
        **chance.choice([{}, {}, {"is_date_set": False, "date_note": "til våren"}]),
        "project": chance.choice([*Project.objects.order_by("pk"), None]),
        "company": chance.choice([*Company.objects.order_by("pk"), None]),
    }


def write_at_random(chance: random.Random, venues: list[Venue]) -> None:
    """Every way of writing: one by one, in bulk, by update, by deletion."""
    for _ in range(40):
        EventFactory.create(**random_fields(chance, venues))
    counts.tidy(at=NOW)
    Event.objects.bulk_create(
        EventFactory.build(**random_fields(chance, venues)) for _ in range(60)
    )
    for event in Event.objects.order_by("?")[:25]:
        for name, value in random_fields(chance, venues).items():
            setattr(event, name, value)
        event.save()
    Event.objects.filter(topic=Topic.values[0]).update(is_free=True)
    Project.objects.filter(slug="byen").update(main_project="ung")
    Company.objects.get(name="Borte AS").delete()
    Event.objects.filter(pk__in=Event.objects.order_by("?").values("pk")[:10]).delete()


def brute_force(chosen: EventFilter) -> counts.Counts:
    base = Event.objects.public(NOW).dated().not_over(chosen.since(NOW))
    found = counts.Counts(total=chosen.apply(base, at=NOW).count())
    for facet in FACETS:
        without = chosen.without(facet).apply(base, at=NOW)
        # Nobody asks for what costs money, is full, or has no place or project.
        for value in set(without.values_list(facet, flat=True)) - {False, None, ""}:
            found.by_value[facet][value] = without.filter(**{facet: value}).count()
        if facet in chosen.values:
            found.without[facet] = without.count()
    if chosen.view:
        return found
    for window in ("", *WINDOWS):
        found.by_window[window] = chosen.with_window(window).apply(base, at=NOW).count()
    if chosen.has_span:
        found.without["when"] = chosen.without("when").apply(base, at=NOW).count()
    return found


def beside_companies(chosen: EventFilter, found: counts.Counts) -> dict[str, int]:
    """Return the numbers that the filter of companies shows, by name."""
    group = company_group(chosen, horizon=found.horizon, at=NOW)
    options = group["options"][1:] if group else []
    return {option["label"]: option["count"] for option in options}


def by_company(chosen: EventFilter) -> dict[str, int]:
    base = Event.objects.public(NOW).dated().not_over(chosen.since(NOW))
    events = chosen.without("company").apply(base, at=NOW)
    names = list(events.exclude(company=None).values_list("company__name", flat=True))
    shown = {*names, *([chosen.company.name] if chosen.company else [])}
    return {name: names.count(name) for name in shown}


@pytest.mark.parametrize("seed", range(3))
def test_counts_equal_a_brute_force_count_after_random_writes(seed):
    chance = random.Random(seed)  # noqa: S311
    venues = VenueFactory.create_batch(3)
    places = [venue.pk for venue in venues]
    ProjectFactory.create(slug="byen", main_project="bypuls")
    ProjectFactory.create(main_project="kompetansemagneten")
    companies = [CompanyFactory.create(name=name) for name in ("Acme AS", "Bakeriet", "Borte AS")]
    write_at_random(chance, venues)
    today = NOW.date()
    filters = [
        EventFilter(),
        EventFilter(values={"topic": Topic.values[1]}),
        EventFilter(values={"topic": Topic.values[0], "is_free": True, "has_room": True}),
        EventFilter(values={"venue_id": venues[0].pk, "language": "norsk"}),
        *(EventFilter(window=window, values={"is_free": True}) for window in WINDOWS),
        EventFilter(from_date=today + dt.timedelta(days=3)),
        EventFilter(from_date=today + dt.timedelta(days=40), values={"audience": "alle"}),
        EventFilter(to_date=today + dt.timedelta(days=25)),
        EventFilter(from_date=today + dt.timedelta(days=5), to_date=today + dt.timedelta(days=30)),
        EventFilter(values={"main_project": "ung"}),
        EventFilter(values={"main_project": "kompetansemagneten", "has_room": True}),
        EventFilter().at_view("uke", today),
        EventFilter(values={"topic": Topic.values[1]}).at_view("maned", today),
        EventFilter(text="arrangement").at_view("maned", today + dt.timedelta(days=31)),
        EventFilter(text="arrangement", values={"is_free": True}),
        EventFilter(text="finnes ikke"),
        EventFilter(company=companies[0]),
        EventFilter(company=companies[1], values={"topic": Topic.values[1], "is_free": True}),
        EventFilter(company=companies[0], window="uka"),
        EventFilter(company=companies[0], text="arrangement"),
        EventFilter(company=companies[1]).at_view("maned", today),
    ]
    for _step in range(2):
        for chosen in filters:
            found = counts.count_events(chosen, places, at=NOW)
            assert found == brute_force(chosen), chosen
            assert beside_companies(chosen, found) == by_company(chosen), chosen
        assert counts.rebuild(at=NOW) == 0
        counts.tidy(at=NOW)


def test_tidying_keeps_the_sums_and_shortens_the_table():
    counts.tidy(at=NOW)
    for _ in range(5):
        EventFactory.create(starts_at=NOW + dt.timedelta(days=30))
    before = EventTally.objects.count()

    counts.tidy(at=NOW)

    assert before == 5 * EventTally.objects.count()
    assert {*EventTally.objects.values_list("number", flat=True)} == {5}


def test_the_horizon_follows_the_days():
    counts.tidy(at=NOW)
    EventFactory.create(starts_at=NOW + dt.timedelta(days=20))
    later = NOW + dt.timedelta(days=14)

    counts.tidy(at=later)

    assert set(EventTally.objects.values_list("number", flat=True)) == {1}
    counts.tidy(at=later + dt.timedelta(days=5))
    assert not EventTally.objects.exclude(number=0).exists()
    assert counts.count_events(EventFilter(), [], at=later).total == 1


def test_a_passed_horizon_counts_everything_anew():
    counts.tidy(at=NOW)
    EventFactory.create(starts_at=NOW + dt.timedelta(days=20))

    assert counts.count_events(EventFilter(), [], at=NOW + dt.timedelta(days=30)).total == 0


def test_a_sign_up_that_changes_no_count_writes_no_count():
    counts.tidy(at=NOW)
    event = EventFactory.create(starts_at=NOW + dt.timedelta(days=30))

    before = EventTally.objects.count()
    Event.objects.filter(pk=event.pk).update(seats_taken=1)
    assert EventTally.objects.count() == before
    Event.objects.filter(pk=event.pk).update(seats_taken=10)

    # Only what asks for free seats is counted down.
    changes = EventTally.objects.filter(number=-1).values_list("cell", flat=True)
    assert len(changes) > 1
    assert {cell.split("/")[4] for cell in changes} == {"ja"}


def test_the_main_project_follows_the_project():
    counts.tidy(at=NOW)
    project = ProjectFactory.create(main_project="ung")
    event = EventFactory.create(project=project, starts_at=NOW + dt.timedelta(days=30))
    stale = Event.objects.get(pk=event.pk)

    project.main_project = "innsikt"
    project.save()
    # Whoever had the event open writes back what stood there, and it is put right.
    stale.title = "Ny tittel"
    stale.save()

    event.refresh_from_db()
    assert event.main_project == "innsikt"
    found = counts.count_events(EventFilter(), [], at=NOW)
    assert found.by_value["main_project"] == {"innsikt": 1}
    project.delete()
    event.refresh_from_db()
    assert event.main_project == ""


def test_scale_writes_rows_that_the_list_counts():
    VenueFactory.create_batch(2)
    with time_machine.travel(NOW, tick=False):
        demo.scale(300, at=NOW)
        demo.scale(100, at=NOW)

    assert counts.count_events(EventFilter(), [], at=NOW).total == 400


def test_counting_takes_two_queries():
    EventFactory.create_batch(3)
    counts.tidy(at=NOW)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        counts.count_events(EventFilter(window="uka"), [], at=NOW)

    assert len(queries) == 2
