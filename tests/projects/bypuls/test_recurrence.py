import datetime as dt
from itertools import product, takewhile

import pytest
from dateutil.rrule import rrulestr
from django.utils import timezone, translation

from projects.bypuls.events.recurrence import (
    RuleError,
    check_rule,
    days,
    last_day,
    read_rule,
    starts,
)
from projects.bypuls.events.rule_text import make_rule, rule_text
from tests.projects.bypuls.factories import OSLO


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


# A Tuesday.
FIRST = dt.datetime(2026, 9, 1, 8, 0, tzinfo=OSLO)


def local(rule: str, first: dt.datetime = FIRST, *, until: dt.date, after: dt.date | None = None):
    found = starts(read_rule(rule), first, until=until, after=after)
    return [timezone.localtime(start).replace(tzinfo=None) for start in found]


# --- The same dates as dateutil, which others read our rules with ------------------------------------
PARTS = [
    ("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"),
    ("", ";INTERVAL=2"),
    ("", ";BYDAY=TU,SA", ";BYDAY=-1FR", ";BYDAY=2TU,5SU"),
    ("", ";BYMONTHDAY=13,-1", ";BYMONTHDAY=31"),
    ("", ";BYMONTH=2,10"),
    ("", ";BYSETPOS=1,-1"),
]


def has_dates(text: str) -> bool:
    try:
        return next(days(read_rule(text), FIRST.date(), FIRST.time()), None) is not None
    except RuleError:
        return False


# dateutil looks until the year 9999 for a day that no rule fits, so those are left to us.
LEGAL = [rule for parts in product(*PARTS) if has_dates(rule := "".join(parts))]
MORE = [
    "FREQ=YEARLY;BYYEARDAY=1,100,-1",
    "FREQ=YEARLY;BYWEEKNO=1,20,53,-1;BYDAY=MO,SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=WEEKLY;COUNT=7;BYDAY=TU,TH",
    "FREQ=WEEKLY;UNTIL=20261006",
    "FREQ=WEEKLY;UNTIL=20261006T060000Z",
    "FREQ=WEEKLY;UNTIL=20261006T055959Z",
]


@pytest.mark.parametrize("rule", [*LEGAL, *MORE])
def test_the_dates_are_those_of_dateutil(rule):
    if rule.endswith("Z"):
        theirs = rrulestr(rule, dtstart=FIRST)
    elif "UNTIL" in rule:
        theirs = rrulestr(f"{rule}T235959", dtstart=FIRST.replace(tzinfo=None))
    else:
        theirs = rrulestr(rule, dtstart=FIRST.replace(tzinfo=None))
    horizon = dt.date(2030, 1, 1)
    dates = (found.date() for found in theirs)

    ours = takewhile(lambda day: day < horizon, days(read_rule(rule), FIRST.date(), FIRST.time()))

    assert list(ours) == list(takewhile(lambda day: day < horizon, dates))


def test_there_is_something_to_compare():
    assert len(LEGAL) > 80


def test_a_rule_read_and_written_is_the_same():
    for rule in [*LEGAL, *MORE[:-2]]:
        assert str(read_rule(str(read_rule(rule)))) == str(read_rule(rule))


# --- Summer time ---------------------------------------------------------------------------------
def test_eight_o_clock_is_eight_o_clock_all_year():
    found = local("FREQ=WEEKLY", until=dt.date(2027, 4, 30))

    assert {start.time() for start in found} == {dt.time(8)}
    assert at(2026, 10, 27, 8) in found
    assert at(2027, 3, 30, 8) in found
    utc = [
        start.astimezone(dt.UTC).hour
        for start in starts(read_rule("FREQ=WEEKLY"), FIRST, until=dt.date(2027, 4, 30))
    ]
    assert set(utc) == {6, 7}


def test_a_time_that_summer_time_skips_is_an_hour_later_that_day_only():
    first = dt.datetime(2027, 3, 27, 2, 30, tzinfo=OSLO)

    assert local("FREQ=DAILY;COUNT=3", first, until=dt.date(2027, 4, 1)) == [
        at(2027, 3, 27, 2, 30),
        at(2027, 3, 28, 3, 30),
        at(2027, 3, 29, 2, 30),
    ]


def test_of_a_time_that_comes_twice_the_first_is_meant():
    first = dt.datetime(2026, 10, 24, 2, 30, tzinfo=OSLO)

    _before, twice = starts(read_rule("FREQ=DAILY;COUNT=2"), first, until=dt.date(2026, 10, 30))

    assert twice.astimezone(dt.UTC) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


# --- Bad rules -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("", "Skriv hvordan"),
        (";;", "Skriv hvordan"),
        ("hver tirsdag", "NAVN=VERDI"),
        ("BYDAY=TU", "FREQ="),
        ("FREQ=FORTNIGHTLY", "FREQ="),
        ("FREQ=SECONDLY", "høyst én dato om dagen"),
        ("FREQ=HOURLY;COUNT=3", "høyst én dato om dagen"),
        ("FREQ=WEEKLY;FREQ=DAILY", "to ganger"),
        ("FREQ=WEEKLY;BYEASTER=1", "ukjent del: BYEASTER"),
        ("FREQ=WEEKLY;BYHOUR=8", "Klokkeslettet"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "ikke begge"),
        ("FREQ=WEEKLY;COUNT=0", "COUNT"),
        ("FREQ=WEEKLY;COUNT=9999", "1000"),
        ("FREQ=WEEKLY;COUNT=-1", "COUNT"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL"),
        ("FREQ=WEEKLY;UNTIL=igår", "UNTIL"),
        ("FREQ=WEEKLY;UNTIL=20271340", "UNTIL"),
        ("FREQ=WEEKLY;UNTIL=20260101", "før den første"),
        ("FREQ=WEEKLY;BYDAY=XX", "ukedag"),
        ("FREQ=WEEKLY;BYDAY=0TU", "ukedag"),
        ("FREQ=WEEKLY;BYDAY=1TU", "hver måned"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYYEARDAY=5", "BYYEARDAY"),
        ("FREQ=YEARLY;BYWEEKNO=5", "BYWEEKNO"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31", "har ikke dag 31"),
        ("FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31", "Ingen av månedene"),
        ("FREQ=WEEKLY;BYDAY=TU;BYSETPOS=4", "ingen datoer"),
        ("FREQ=DAILY", "270 datoer"),
        ("FREQ=WEEKLY;WKST=FOO", "WKST"),
        ("FREQ=WEEKLY;BYMONTH=" + "1," * 200, "for lang"),
    ],
)
def test_impossible_rules_are_refused_with_a_reason(rule, message):
    with pytest.raises(RuleError, match=message):
        check_rule(rule, FIRST)


@pytest.mark.parametrize(
    "rule",
    ["rrule:freq=weekly;byday=tu", " FREQ = WEEKLY ; BYDAY=MO,TU,WE,TH,FR ;", "FREQ=DAILY;COUNT=5"],
)
def test_small_letters_a_prefix_and_spaces_are_no_mistakes(rule):
    assert str(check_rule(rule, FIRST)).startswith("FREQ=")


def test_the_last_day_of_a_rule_that_ends():
    assert last_day(read_rule("FREQ=WEEKLY;COUNT=6"), FIRST) == dt.date(2026, 10, 6)
    assert last_day(read_rule("FREQ=WEEKLY;UNTIL=20261008"), FIRST) == dt.date(2026, 10, 6)
    assert last_day(read_rule("FREQ=WEEKLY"), FIRST) is None


# --- In words ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "bokmal", "english"),
    [
        ("FREQ=WEEKLY", "Hver tirsdag kl. 08.00", "Every Tuesday at 08:00"),
        (
            "FREQ=WEEKLY;BYDAY=TH,TU",
            "Hver tirsdag og torsdag kl. 08.00",
            "Every Tuesday and Thursday at 08:00",
        ),
        ("FREQ=WEEKLY;INTERVAL=2", "Annenhver tirsdag kl. 08.00", "Every other Tuesday at 08:00"),
        (
            "FREQ=WEEKLY;INTERVAL=3",
            "Hver 3. uke på tirsdag kl. 08.00",
            "Every 3 weeks on Tuesday at 08:00",
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "Mandag til fredag kl. 08.00",
            "Monday to Friday at 08:00",
        ),
        (
            "FREQ=WEEKLY;COUNT=6",
            "Hver tirsdag kl. 08.00, 6 ganger",
            "Every Tuesday at 08:00, 6 times",
        ),
        (
            "FREQ=WEEKLY;UNTIL=20270612",
            "Hver tirsdag kl. 08.00, til og med 12. juni 2027",
            "Every Tuesday at 08:00, until 12 June 2027",
        ),
        (
            "FREQ=MONTHLY;BYDAY=1TH",
            "Første torsdag i måneden kl. 08.00",
            "First Thursday of the month at 08:00",
        ),
        (
            "FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1",
            "Første torsdag i måneden kl. 08.00",
            "First Thursday of the month at 08:00",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1FR",
            "Siste fredag i måneden kl. 08.00",
            "Last Friday of the month at 08:00",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=2MO",
            "Andre mandag hver 2. måned kl. 08.00",
            "Second Monday every 2 months at 08:00",
        ),
        ("FREQ=MONTHLY", "Den 1. i måneden kl. 08.00", "Day 1 of the month at 08:00"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "Siste dag i måneden kl. 08.00",
            "Last day of the month at 08:00",
        ),
        ("FREQ=YEARLY", "Hvert år 1. september kl. 08.00", "Every year on 1 September at 08:00"),
        ("FREQ=DAILY;COUNT=3", "Hver dag kl. 08.00, 3 ganger", "Every day at 08:00, 3 times"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
        ),
        (
            "FREQ=MONTHLY;BYMONTH=1;BYDAY=1TH",
            "FREQ=MONTHLY;BYMONTH=1;BYDAY=1TH",
            "FREQ=MONTHLY;BYMONTH=1;BYDAY=1TH",
        ),
    ],
)
def test_a_rule_in_words(rule, bokmal, english):
    assert rule_text(read_rule(rule), FIRST) == bokmal
    with translation.override("en"):
        assert rule_text(read_rule(rule), FIRST) == english


def test_the_plain_questions_make_a_rule():
    assert (
        str(make_rule(repeats="weekly", weekdays=[3, 1], interval=2, count=6))
        == "FREQ=WEEKLY;INTERVAL=2;COUNT=6;BYDAY=TU,TH"
    )
    assert (
        str(make_rule(repeats="monthly", weekdays=[3], ordinal=-1, until=dt.date(2027, 6, 30)))
        == "FREQ=MONTHLY;UNTIL=20270630;BYDAY=-1TH"
    )
