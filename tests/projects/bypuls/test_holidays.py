import datetime as dt

import pytest
from django.utils import translation

from projects.bypuls.events.holidays import school_holidays
from projects.bypuls.models import SchoolHoliday
from vekst.red_days import public_holidays


def test_red_days_move_with_easter_and_are_named():
    found = public_holidays([2026, 2027])

    assert found[dt.date(2026, 4, 3)] == "Langfredag"
    assert found[dt.date(2027, 3, 26)] == "Langfredag"
    assert found[dt.date(2027, 5, 17)] == "Andre pinsedag, Grunnlovsdag"
    assert dt.date(2027, 5, 18) not in found
    assert (found[dt.date(2026, 12, 24)], found[dt.date(2026, 12, 31)]) == (
        "Julaften",
        "Nyttårsaften",
    )


def test_red_days_in_english():
    with translation.override("en"):
        found = public_holidays([2026])

    assert found[dt.date(2026, 5, 17)] == "Constitution Day"
    assert found[dt.date(2026, 12, 24)] == "Christmas Eve"


@pytest.mark.django_db
def test_school_holidays_count_both_their_first_and_last_day(django_assert_num_queries):
    SchoolHoliday.objects.create(
        name="Vinterferie", first_date=dt.date(2027, 2, 22), last_date=dt.date(2027, 2, 26)
    )

    with django_assert_num_queries(1):
        found = school_holidays(dt.date(2027, 2, 24), dt.date(2027, 12, 31))

    assert found == {dt.date(2027, 2, day): "Vinterferie" for day in (24, 25, 26)}
    assert school_holidays(dt.date(2027, 2, 27), dt.date(2027, 3, 1)) == {}
