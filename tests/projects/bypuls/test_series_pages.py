import datetime as dt
import json
import re

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.test import Client

from projects.bypuls.demo import load
from projects.bypuls.events.changes import cancel_event, move_event
from projects.bypuls.events.series import Surplus, leave_out
from projects.bypuls.events.series_changes import Change, Scope, change_dates
from projects.bypuls.models import Event, EventSeries, SchoolHoliday
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory
from tests.projects.bypuls.test_series import TUESDAY, a_series, joined, on

pytestmark = pytest.mark.django_db
SECOND, THIRD = (TUESDAY.date() + dt.timedelta(weeks=week) for week in (1, 2))


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def page(series: EventSeries, path: str = "") -> str:
    return Client().get(path or series.get_absolute_url()).content.decode()


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def move(event: Event, start: dt.datetime) -> None:
    move_event(
        event.pk,
        starts_at=start,
        ends_at=start + dt.timedelta(hours=2),
        venue=None,
        place="Biblioteket",
        reason="Møterommet er opptatt.",
        at=NOW,
    )


def test_the_page_shows_every_date_what_has_changed_and_why_days_are_skipped():
    SchoolHoliday.objects.create(
        name="Juleferie", first_date=dt.date(2026, 12, 21), last_date=dt.date(2027, 1, 1)
    )
    series = a_series("FREQ=WEEKLY;COUNT=7", skips_school_holidays=True)
    cancel_event(on(series, SECOND).pk, reason="Snø.", at=NOW)
    move(on(series, THIRD), dt.datetime(2026, 12, 16, 9, 30, tzinfo=OSLO))
    joined(on(series, dt.date(2027, 1, 5)), *"abcdefghijklm")

    shown = text(page(series))

    assert "Hver tirsdag kl. 08.00, 7 ganger" in shown
    assert "Tirsdag 1. desember kl. 08.00 Ledige plasser" in shown
    assert "Tirsdag 8. desember kl. 08.00 Snø. Avlyst" in shown
    assert (
        "Onsdag 16. desember kl. 09.30 Flyttet fra tirsdag 15. desember kl. 08.00 Biblioteket "
        "Møterommet er opptatt. Ledige plasser"
    ) in shown
    assert "Tirsdag 22. desember Hopper over: Juleferie" in shown
    assert "Tirsdag 5. januar kl. 08.00 7 plasser igjen" in shown
    assert "Tirsdag 12. januar kl. 08.00" in shown
    assert "4 datoer framover" in shown


def test_a_day_that_was_left_out_says_why():
    series = a_series(
        event=EventFactory.create(starts_at=TUESDAY, publication="draft", published_at=None)
    )
    leave_out(series.pk, SECOND, surplus=Surplus.CANCEL, reason="Vi er på messe", at=NOW)
    Event.objects.update(publication="published", published_at=NOW)

    assert "Tirsdag 8. desember Hopper over: Vi er på messe" in text(page(series))


def test_a_series_whose_dates_are_not_public_is_not_there():
    draft = a_series(event=EventFactory.create(starts_at=TUESDAY, publication="draft"))
    closed = a_series(event=EventFactory.create(starts_at=TUESDAY, is_unlisted=True))

    for series in (draft, closed):
        assert Client().get(series.get_absolute_url()).status_code == 404
        assert Client().get(f"/arrangementer/serie/{series.slug}.ics").status_code == 404


def test_the_series_goes_on_at_both_addresses_after_it_was_split():
    series = a_series("FREQ=WEEKLY;COUNT=4")
    later = change_dates(
        on(series, THIRD).pk, Scope.LATER, Change(fields={"title_nb": "Ny"}), at=NOW
    ).series

    for found in (series, later):
        shown = text(page(found))
        assert "4 datoer framover" in shown
        assert "Tirsdag 22. desember kl. 08.00" in shown
        calendar = Client().get(f"/arrangementer/serie/{found.slug}.ics")
        assert calendar.content.decode().count("BEGIN:VEVENT") == 4


def test_the_page_of_a_date_leads_to_the_others_and_not_to_itself():
    series = a_series("FREQ=WEEKLY;COUNT=3")

    html = page(series, on(series, SECOND).get_absolute_url())

    assert f'href="{series.get_absolute_url()}"' in html
    block = html.partition('id="other-dates"')[2].partition("</section>")[0]
    assert "Tirsdag 1. desember" in block
    assert "Tirsdag 15. desember" in block
    assert "Tirsdag 8. desember" not in block
    assert "Mer av det samme" not in html


def test_search_engines_read_the_series_and_what_was_moved():
    series = a_series("FREQ=WEEKLY;COUNT=3")
    second = on(series, SECOND)
    move(second, dt.datetime(2026, 12, 9, 9, 0, tzinfo=OSLO))

    def data(path: str) -> dict:
        found = re.search(r'application/ld\+json">(.*?)</script>', page(series, path))
        assert found
        return json.loads(found[1])

    whole = data(series.get_absolute_url())
    assert (whole["@type"], len(whole["subEvent"])) == ("EventSeries", 3)
    one = data(second.get_absolute_url())
    assert one["superEvent"]["url"] == f"http://testserver{series.get_absolute_url()}"
    assert one["eventStatus"] == "https://schema.org/EventRescheduled"
    assert one["previousStartDate"] == "2026-12-08T08:00:00+01:00"
    assert one["startDate"] == "2026-12-09T09:00:00+01:00"


def test_the_subscription_has_one_entry_for_each_date_under_the_uid_it_has_everywhere():
    series = a_series("FREQ=WEEKLY;COUNT=4")
    gone = on(series, SECOND)
    cancel_event(gone.pk, reason="", at=NOW)
    move(on(series, THIRD), dt.datetime(2026, 12, 16, 9, 30, tzinfo=OSLO))

    response = Client().get(f"/arrangementer/serie/{series.slug}.ics")

    calendar = icalendar.Calendar.from_ical(response.content)
    entries = {str(entry["UID"]): entry for entry in calendar.walk("VEVENT")}
    # What is called off is left out, and so disappears from the calendars of those who subscribe.
    assert set(entries) == set(series.events.exclude(pk=gone.pk).values_list("uid", flat=True))
    assert {str(entry["RELATED-TO"]) for entry in entries.values()} == {
        f"serie-{series.pk}@testserver"
    }
    assert not [entry for entry in entries.values() if "RRULE" in entry]
    found = recurring_ical_events.of(calendar).between(dt.date(2026, 12, 1), dt.date(2026, 12, 31))
    assert [(entry.start.day, entry["STATUS"], entry["SEQUENCE"]) for entry in found] == [
        (1, "CONFIRMED", 0),
        (16, "CONFIRMED", 1),
        (22, "CONFIRMED", 0),
    ]
    single = Client().get(f"/arrangementer/{on(series, THIRD.replace(day=16)).slug}.ics")
    assert str(icalendar.Calendar.from_ical(single.content).walk("VEVENT")[0]["UID"]) in entries


def test_what_is_over_is_off_the_page_and_leaves_the_subscription_after_a_month():
    series = a_series("FREQ=WEEKLY;COUNT=3")
    feed = f"/arrangementer/serie/{series.slug}.ics"

    with time_machine.travel(TUESDAY + dt.timedelta(days=8), tick=False):
        assert "1 dato framover" in text(page(series))
        assert page(series, feed).count("BEGIN:VEVENT") == 3
    with time_machine.travel(TUESDAY + dt.timedelta(days=40), tick=False):
        assert "Ingen nye datoer er satt opp ennå." in text(page(series))
        assert page(series, feed).count("BEGIN:VEVENT") == 1


def test_a_year_of_dates_takes_as_few_queries_as_three(django_assert_max_num_queries):
    series = a_series()

    with django_assert_max_num_queries(9):
        assert "kl. 08.00" in page(series)
    with django_assert_max_num_queries(5):
        page(series, f"/arrangementer/serie/{series.slug}.ics")


def test_the_demo_shows_a_moved_date_one_called_off_a_holiday_and_a_course():
    load(at=NOW)
    load(at=NOW)

    breakfast = EventSeries.objects.get(slug="torsdagsfrokost")
    shown = text(page(breakfast))
    assert "Flyttet fra torsdag" in shown
    assert "Avlyst" in shown
    assert "Hopper over: Vinterferie (eksempel)" in shown
    course = EventSeries.objects.get(slug="norskkurs-seks-kvelder")
    assert (course.signup_mode, course.events.count()) == ("whole", 6)
    assert "Siste fredag i måneden kl. 19.00" in text(
        page(EventSeries.objects.get(slug="siste-fredagsquiz"))
    )
