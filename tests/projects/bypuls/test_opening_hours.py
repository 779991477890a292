"""When places are open, by the clock on the wall: weeks, exceptions, holidays, midnight, summer time."""

import datetime as dt
import random

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from projects.bypuls.models import OpeningException, OpeningHours, Venue
from projects.bypuls.models.opening_hours import read_spans, write_spans
from projects.bypuls.places.open_places import is_open_at
from projects.bypuls.places.opening_hours import coming_week, open_now, right_until, with_hours
from tests.projects.bypuls.factories import OSLO, VenueFactory

pytestmark = pytest.mark.django_db
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def a_place(hours: dict[int, str], *, rule: str = "", exceptions: object = ()) -> Venue:
    """A place with hours by weekday, and exceptions as (first, last, hours or "stengt" or "avtale")."""
    venue = VenueFactory.create(holiday_rule=rule)
    for weekday, text in hours.items():
        for opens, closes in read_spans(text):
            OpeningHours.objects.create(venue=venue, weekday=weekday, opens=opens, closes=closes)
    for first, last, what in exceptions:
        kind = {"stengt": "closed", "avtale": "appointment"}.get(what, "hours")
        row = OpeningException(
            venue=venue,
            first_date=dt.date.fromisoformat(first),
            last_date=dt.date.fromisoformat(last),
            kind=kind,
            hours=what if kind == "hours" else "",
        )
        row.full_clean()
        row.save()
    return with_hours(Venue.objects.filter(pk=venue.pk)).get()


def is_open(place: Venue, moment: dt.datetime) -> bool:
    found = open_now(place, at=moment)
    return found is not None and found.is_open


def at(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=OSLO, fold=fold)


WEEKDAYS = dict.fromkeys(range(5), "10-16")
EVERY_DAY = dict.fromkeys(range(7), "10-16")
BAR = {FRI: "18-02", SAT: "18-03"}

# 21 November 2026 is a Saturday.
CASES = [
    # hours, rule, exceptions, moment, what the tag says, what comes next
    (WEEKDAYS, "", [], "2026-11-20T12:00", "Åpent nå", "stenger kl. 16.00"),
    (WEEKDAYS, "", [], "2026-11-20T16:00", "Stengt nå", "åpner mandag kl. 10.00"),
    (WEEKDAYS, "", [], "2026-11-19T18:00", "Stengt nå", "åpner i morgen kl. 10.00"),
    (WEEKDAYS, "", [], "2026-11-19T09:59", "Stengt nå", "åpner kl. 10.00"),
    ({MON: "10-14, 17-21"}, "", [], "2026-11-23T15:00", "Stengt nå", "åpner kl. 17.00"),
    # A span that touches the next one is one span.
    ({MON: "10-14, 14-21"}, "", [], "2026-11-23T12:00", "Åpent nå", "stenger kl. 21.00"),
    # Past midnight, and the night after.
    (BAR, "", [], "2026-11-20T23:30", "Åpent nå", "stenger kl. 02.00"),
    (BAR, "", [], "2026-11-21T01:59", "Åpent nå", "stenger kl. 02.00"),
    (BAR, "", [], "2026-11-21T02:00", "Stengt nå", "åpner kl. 18.00"),
    ({FRI: "18-24", SAT: "00-03"}, "", [], "2026-11-20T23:30", "Åpent nå", "stenger kl. 03.00"),
    # All day, every day.
    (
        dict.fromkeys(range(7), "00-23.59"),
        "usual",
        [],
        "2026-11-20T23:59",
        "Åpent nå",
        "hele døgnet",
    ),
    # Over the end of the year, from a Thursday to a holiday.
    ({THU: "18-03"}, "closed", [], "2026-12-31T23:00", "Åpent nå", "stenger kl. 03.00"),
    ({THU: "18-03"}, "closed", [], "2027-01-01T02:59", "Åpent nå", "stenger kl. 03.00"),
    (EVERY_DAY, "closed", [], "2026-12-31T18:00", "Stengt nå", "åpner lørdag kl. 10.00"),
    (EVERY_DAY, "closed", [], "2027-01-01T12:00", "Stengt nå", "åpner i morgen kl. 10.00"),
    # Holidays: Friday 25 December 2026, then Boxing Day, then a Sunday.
    (EVERY_DAY, "usual", [], "2026-12-25T12:00", "Åpent nå", "stenger kl. 16.00"),
    (EVERY_DAY | {SUN: "12-15"}, "sunday", [], "2026-12-25T11:00", "Stengt nå", "åpner kl. 12.00"),
    (
        EVERY_DAY,
        "appointment",
        [],
        "2026-12-25T12:00",
        "Etter avtale i dag",
        "åpner søndag kl. 10.00",
    ),
    (EVERY_DAY, "", [], "2026-12-25T12:00", "Helligdag: ikke oppgitt", ""),
    # Nobody knows about Christmas Day, so nobody says when it opens next.
    (WEEKDAYS, "", [], "2026-12-24T18:00", "Stengt nå", ""),
    # Exceptions go before weekday and holiday; the shortest holds.
    (
        EVERY_DAY,
        "closed",
        [("2026-12-25", "2026-12-25", "13-17")],
        "2026-12-25T13:00",
        "Åpent nå",
        "stenger kl. 17.00",
    ),
    (
        EVERY_DAY,
        "",
        [("2026-11-20", "2026-11-20", "stengt")],
        "2026-11-20T12:00",
        "Stengt nå",
        "åpner i morgen kl. 10.00",
    ),
    (
        EVERY_DAY,
        "",
        [("2026-07-01", "2026-08-16", "stengt")],
        "2026-07-02T12:00",
        "Stengt nå",
        "åpner 17. august kl. 10.00",
    ),
    (
        EVERY_DAY,
        "",
        [("2026-07-01", "2026-08-16", "stengt"), ("2026-07-02", "2026-07-02", "20-02")],
        "2026-07-03T01:00",
        "Åpent nå",
        "stenger kl. 02.00",
    ),
    (
        EVERY_DAY,
        "",
        [("2026-11-20", "2026-11-22", "avtale")],
        "2026-11-20T12:00",
        "Etter avtale i dag",
        "åpner mandag kl. 10.00",
    ),
    # A place that closed for good says nothing of opening.
    ({}, "", [("2026-01-01", "2029-01-01", "stengt")], "2026-11-20T12:00", "Stengt nå", ""),
]


@pytest.mark.parametrize(
    ("hours", "rule", "exceptions", "moment", "label", "next_text"),
    CASES,
    ids=[f"{case[3]} {case[4]} {case[5]}" for case in CASES],
)
def test_a_place_says_how_it_is_and_what_comes(hours, rule, exceptions, moment, label, next_text):
    found = open_now(a_place(hours, rule=rule, exceptions=exceptions), at=at(moment))

    assert found is not None
    assert (found.label, found.next_text) == (label, next_text)


def test_a_place_without_hours_says_nothing():
    assert open_now(a_place({}), at=at("2026-11-20T12:00")) is None
    assert coming_week(a_place({}), at=at("2026-11-20T12:00")) == []


class TestSummerTime:
    """Clocks went forward in the night to 29 March 2026 and go back in the night to 25 October 2026."""

    def test_a_closing_time_that_does_not_exist_is_the_change_itself(self):
        bar = a_place({SAT: "20-02.30"})

        assert is_open(bar, at("2026-03-29T01:59"))
        assert not is_open(bar, at("2026-03-29T03:00"))

    @pytest.mark.parametrize(("night", "hours"), [("2026-03-29", 0.5), ("2026-10-25", 2.5)])
    def test_closing_at_three_comes_sooner_in_spring_and_later_in_autumn(self, night, hours):
        moment = at(f"{night}T01:30")
        found = open_now(a_place({SAT: "20-03"}), at=moment)

        left = found and found.changes_at and found.changes_at - moment.astimezone(dt.UTC)
        assert left == dt.timedelta(hours=hours)

    def test_a_closing_time_that_comes_twice_is_the_first(self):
        bar = a_place({SAT: "20-02.30"})

        assert is_open(bar, at("2026-10-25T02:29"))
        assert not is_open(bar, at("2026-10-25T02:30"))
        assert not is_open(bar, at("2026-10-25T02:10", fold=1))

    def test_the_day_before_and_after_keep_their_hours(self):
        shop = a_place(EVERY_DAY)
        for day in ("2026-03-28", "2026-03-29", "2026-10-25", "2026-10-26"):
            assert not is_open(shop, at(f"{day}T09:59"))
            assert is_open(shop, at(f"{day}T10:00"))
            assert not is_open(shop, at(f"{day}T16:00"))


def test_the_week_marks_what_is_not_as_usual():
    shop = a_place(EVERY_DAY, rule="closed", exceptions=[("2026-12-24", "2026-12-24", "10-13")])

    week = coming_week(shop, at=at("2026-12-23T12:00"))

    assert [(day.date.day, day.hours_text, day.note, day.is_exception) for day in week] == [
        (23, "10.00–16.00", "", False),
        (24, "10.00–13.00", "", True),
        (25, "Stengt", "Første juledag", True),
        (26, "Stengt", "Andre juledag", True),
        (27, "10.00–16.00", "", False),
        (28, "10.00–16.00", "", False),
        (29, "10.00–16.00", "", False),
    ]


def test_a_page_is_right_until_the_first_change_and_never_over_midnight():
    moment, evening = at("2026-11-20T12:00"), at("2026-11-20T20:00")
    shop, bar = a_place(WEEKDAYS), a_place(BAR)
    both = [open_now(shop, at=moment), open_now(bar, at=moment), None]

    assert right_until(both, at=moment) == at("2026-11-20T16:00")
    assert right_until([open_now(bar, at=evening)], at=evening) == at("2026-11-21T00:00")
    assert right_until([], at=moment) == at("2026-11-21T00:00")


def test_the_filter_agrees_with_the_page_at_every_hour():
    """The same rule stands in SQL and in Python: tried at many moments, the odd ones first."""
    chance = random.Random(7)  # noqa: S311
    texts = ["10-16", "18-02", "20-02.30", "00-23.59", "02.15-05", "11-14, 17-23.30", ""]
    for _ in range(12):
        a_place(
            {weekday: chance.choice(texts) for weekday in range(7)},
            rule=chance.choice(["", "closed", "sunday", "usual", "appointment"]),
            exceptions=chance.choice(
                [
                    [],
                    [("2026-12-24", "2026-12-26", "18-02")],
                    [("2026-03-28", "2026-03-29", "stengt")],
                    [
                        ("2026-10-24", "2026-10-30", "20-02.30"),
                        ("2026-10-25", "2026-10-25", "avtale"),
                    ],
                ]
            ),
        )
    moments = [
        dt.datetime(2026, month, day, tzinfo=dt.UTC) + dt.timedelta(minutes=m)
        for month, day in ((3, 28), (10, 24), (12, 24), (12, 31), (5, 17))
        for m in range(0, 2 * 1440, 95)
    ]
    for moment in moments:
        places = with_hours(Venue.objects.order_by("pk"))
        by_page = {place.pk for place in places if is_open(place, moment)}
        by_filter = set(Venue.objects.filter(is_open_at(moment)).values_list("pk", flat=True))
        assert by_filter == by_page, moment


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("10.00–16.00", "10:00-16:00"),
        ("kl. 10 – 16", "10:00-16:00"),
        ("18-01, 11:30-14", "11:30-14:00,18:00-01:00"),
        ("10-24", "10:00-00:00"),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(text, stored):
    assert write_spans(read_spans(text)) == stored


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hele dagen", "er ikke et tidsrom"),
        ("10-25", "er ikke klokkeslett som finnes"),
        ("10-10", "åpne og stenge samtidig"),
        ("10-14, 13-16", "går over i hverandre"),
        ("18-02, 20-21", "går over i hverandre"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(text, message):
    with pytest.raises(ValidationError, match=message):
        read_spans(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_date": "2026-12-26", "last_date": "2026-12-24"},
        {"kind": "hours", "hours": ""},
        {"kind": "closed", "hours": "10:00-14:00"},
        {"kind": "hours", "hours": "tull"},
        {"kind": "annet"},
    ],
    ids=str,
)
def test_the_database_refuses_an_exception_that_says_nothing(wrong):
    row = {"first_date": "2026-12-24", "last_date": "2026-12-24", "kind": "closed", **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningException.objects.create(venue=VenueFactory.create(), **row)
