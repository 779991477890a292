import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from vekst import formats

OSLO = ZoneInfo("Europe/Oslo")
MONDAY = dt.datetime(2026, 1, 12, 14, 30, tzinfo=OSLO)
NBSP = "\u00a0"


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def test_norwegian_dates():
    assert formats.date_text(MONDAY) == "12. januar 2026"
    assert formats.short_date_text(MONDAY) == "12. jan. 2026"
    assert formats.weekday_date_text(MONDAY) == "mandag 12. januar"
    assert formats.time_text(MONDAY) == "kl. 14.30"
    assert formats.moment_text(MONDAY) == "12. januar 2026 kl. 14.30"


def test_english_dates(english):
    assert formats.date_text(MONDAY) == "12 January 2026"
    assert formats.short_date_text(MONDAY) == "12 Jan 2026"
    assert formats.weekday_date_text(MONDAY) == "Monday 12 January"
    assert formats.time_text(MONDAY) == "14:30"
    assert formats.moment_text(MONDAY) == "12 January 2026 at 14:30"


def test_a_moment_is_shown_in_the_time_zone_of_the_portal():
    late = dt.datetime(2026, 6, 30, 22, 15, tzinfo=dt.UTC)

    assert formats.moment_text(late) == "1. juli 2026 kl. 00.15"
    assert formats.weekday_name(late) == "onsdag"


def test_a_time_of_day_without_a_date():
    assert formats.time_text(dt.time(8, 5)) == "kl. 08.05"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((2026, 1, 12), None, "12. januar 2026"),
        ((2026, 1, 12), (2026, 1, 12), "12. januar 2026"),
        ((2026, 1, 12), (2026, 1, 14), "12.–14. januar 2026"),
        ((2026, 1, 30), (2026, 2, 2), "30. januar – 2. februar 2026"),
        ((2025, 12, 30), (2026, 1, 2), "30. desember 2025 – 2. januar 2026"),
    ],
)
def test_days_say_month_and_year_once(start, end, text):
    assert formats.date_range_text(dt.date(*start), dt.date(*end) if end else None) == text


def test_how_long_something_lasts():
    evening = MONDAY + dt.timedelta(hours=1, minutes=30)
    next_day = MONDAY + dt.timedelta(days=1)

    assert formats.moment_range_text(MONDAY, evening) == "12. januar 2026 kl. 14.30–16.00"
    assert formats.moment_range_text(MONDAY, None) == "12. januar 2026 kl. 14.30"
    assert (
        formats.moment_range_text(MONDAY, next_day)
        == "12. januar 2026 kl. 14.30 – 13. januar 2026 kl. 14.30"
    )


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (28793, None, f"28{NBSP}793"),
        (999, None, "999"),
        (1234567, None, f"1{NBSP}234{NBSP}567"),
        (Decimal("3.50"), None, "3,50"),
        (3.14159, 1, "3,1"),
        (2.65, 1, "2,7"),
        (Decimal("12500.5"), 0, f"12{NBSP}501"),
        (0.1, None, "0,1"),
        (-1200, None, f"\u22121{NBSP}200"),
        (0, None, "0"),
    ],
)
def test_norwegian_numbers(value, decimals, text):
    assert formats.number_text(value, decimals) == text


def test_english_numbers(english):
    assert formats.number_text(28793) == "28,793"
    assert formats.number_text(Decimal("3.5")) == "3.5"
    assert formats.nok_text(12500) == f"NOK{NBSP}12,500"


def test_kroner_are_whole():
    assert formats.nok_text(Decimal("12500.00")) == f"12{NBSP}500{NBSP}kr"


def test_organisation_number_in_threes():
    assert formats.orgnr_text("942402465") == f"942{NBSP}402{NBSP}465"
    assert formats.orgnr_text("12") == "12"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("32866000", f"32{NBSP}86{NBSP}60{NBSP}00"),
        ("+4791234567", f"+47{NBSP}912{NBSP}34{NBSP}567"),
        ("+46 8 123 456", "+46 8 123 456"),
    ],
)
def test_telephone_numbers(value, text):
    assert formats.phone_text(value) == text


def test_what_lasts_from_midnight_to_midnight_is_whole_days():
    midnight = dt.datetime(2026, 12, 5, tzinfo=OSLO)
    day = dt.timedelta(days=1)

    assert formats.moment_range_text(midnight, midnight + day) == "5. desember 2026"
    assert formats.moment_range_text(midnight, midnight + 2 * day) == "5.–6. desember 2026"
    assert formats.start_text(midnight, midnight + day) == "Hele dagen"
    with translation.override("en"):
        assert formats.start_text(midnight, midnight + day) == "All day"
    assert formats.start_text(midnight, midnight + 2 * day) == "5.–6. desember 2026"
    assert formats.start_text(midnight, midnight + day / 2) == "kl. 00.00"


def test_the_day_when_the_clock_is_set_is_a_whole_day_too():
    night = dt.datetime(2027, 3, 28, tzinfo=OSLO)
    next_night = dt.datetime(2027, 3, 29, tzinfo=OSLO)

    assert formats.moment_range_text(night, next_night) == "28. mars 2027"
