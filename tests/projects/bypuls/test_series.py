import datetime as dt
from typing import Any

import icalendar
import pytest
import time_machine
from django.utils import timezone

from members.mailings.models.delivery import Delivery
from projects.bypuls.events.recurrence import RuleError
from projects.bypuls.events.series import (
    SeriesError,
    Surplus,
    add_day,
    begin_series,
    cancel_rest,
    end_series,
    leave_out,
    make_dates,
    make_due,
    planned_dates,
    reconcile,
)
from projects.bypuls.models import (
    Event,
    EventOrganiser,
    EventSeries,
    Question,
    ReminderRule,
    SchoolHoliday,
    SeriesException,
)
from projects.bypuls.signups.reminder_rules import save_rule
from projects.bypuls.signups.reminders import write_due
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory

pytestmark = pytest.mark.django_db
TUESDAY = dt.datetime(2026, 12, 1, 8, 0, tzinfo=OSLO)


def a_series(
    rule: str = "FREQ=WEEKLY", *, event: Event | None = None, **fields: Any
) -> EventSeries:
    first = event or EventFactory.create(
        title="Frokostmøte", slug="frokostmote", starts_at=TUESDAY, capacity=20
    )
    series = EventSeries(title="Frokostmøte", rule=rule, **fields)
    return begin_series(series, first.pk, at=NOW)


def days(series: EventSeries, **fields: Any) -> list[dt.date]:
    starts = (
        series.events.filter(**fields).order_by("starts_at").values_list("starts_at", flat=True)
    )
    return [timezone.localdate(start) for start in starts]


def on(series: EventSeries, day: dt.date) -> Event:
    return next(
        event for event in series.events.all() if timezone.localdate(event.starts_at) == day
    )


def joined(event: Event, *letters: str) -> None:
    for letter in letters:
        sign_up(event.pk, Party(name=letter, email=f"{letter}@example.no"), at=NOW)


# --- Rows made ahead -----------------------------------------------------------------------------
def test_an_event_becomes_the_first_of_its_series_and_keeps_what_it_is():
    event = EventFactory.create(title="Frokostmøte", slug="fm", starts_at=TUESDAY, capacity=20)
    joined(event, "a")

    series = a_series(event=event)

    first = series.events.get(pk=event.pk)
    assert (first.slug, first.uid, first.seats_taken) == ("fm", event.uid, 1)
    others = series.events.exclude(pk=event.pk)
    # Thirteen months of Tuesdays, without the one that is Thursday 24's neighbour: none is a red day.
    assert len(others) == 55
    assert others.filter(seats_taken=0, publication="published", capacity=20).count() == 55
    assert len({other.uid for other in others} | {event.uid}) == 56
    assert on(series, dt.date(2026, 12, 8)).slug == "frokostmote-2026-12-08"


def test_eight_o_clock_stays_eight_o_clock_over_both_changes_of_summer_time():
    series = a_series()

    starts = [timezone.localtime(event.starts_at) for event in series.events.all()]
    assert {start.time() for start in starts} == {dt.time(8)}
    assert {start.utcoffset() for start in starts} == {dt.timedelta(hours=1), dt.timedelta(hours=2)}


def test_making_dates_twice_makes_them_once_and_time_brings_more():
    series = a_series()
    before = series.events.count()

    assert make_dates(series.pk, at=NOW) == []
    assert make_due(at=NOW + dt.timedelta(days=28)) == 4
    assert make_due(at=NOW + dt.timedelta(days=28)) == 0
    assert series.events.count() == before + 4


def test_a_job_that_was_away_for_months_makes_no_date_in_the_past():
    series = a_series()

    make_due(at=NOW + dt.timedelta(days=800))

    gap = [day for day in days(series) if dt.date(2028, 1, 20) < day < dt.date(2029, 1, 30)]
    assert gap == []
    assert days(series)[-1] > dt.date(2030, 1, 1)


def test_a_new_date_is_like_the_latest_that_nobody_changed_for_itself():
    event = EventFactory.create(
        title="Frokostmøte",
        starts_at=TUESDAY,
        signup_closes_at=TUESDAY - dt.timedelta(hours=20),
        asks_diet=True,
    )
    Question.objects.create(event=event, text="Buss?", kind="yes-no", purpose="Plass i bussen")
    EventOrganiser.objects.create(event=event, email="kari@example.no", added_at=NOW)
    series = a_series(event=event)
    last = series.events.order_by("-starts_at").first()
    assert last
    Event.objects.filter(pk=last.pk).update(title="Julebord", is_detached=True)

    (new,) = make_dates(series.pk, at=NOW + dt.timedelta(days=7))

    assert (new.title, new.asks_diet) == ("Frokostmøte", True)
    assert new.signup_closes_at == new.starts_at - dt.timedelta(hours=20)
    assert [question.text for question in new.questions.all()] == ["Buss?"]
    assert [person.email for person in new.organisers.all()] == ["kari@example.no"]


def test_a_course_of_six_evenings_ends_by_itself():
    series = a_series("FREQ=WEEKLY;COUNT=6")

    assert len(days(series)) == 6
    assert make_due(at=NOW + dt.timedelta(days=30)) == 0


# --- Holidays ------------------------------------------------------------------------------------
def test_red_days_and_school_holidays_are_skipped_by_choice():
    SchoolHoliday.objects.create(
        name="Vinterferie", first_date=dt.date(2027, 2, 22), last_date=dt.date(2027, 2, 26)
    )
    # Mondays: Easter Monday and 17 May fall on them, and the winter holiday begins on one.
    monday = dt.datetime(2026, 12, 7, 18, 0, tzinfo=OSLO)
    event = EventFactory.create(starts_at=monday)

    series = a_series(event=event, skips_public_holidays=True, skips_school_holidays=True)

    skipped = {
        date.day: date.skipped
        for date in planned_dates(series, first=dt.date(2026, 12, 1), last=dt.date(2027, 6, 30))
        if date.skipped
    }
    assert skipped == {
        dt.date(2027, 2, 22): "Vinterferie",
        dt.date(2027, 3, 29): "Andre påskedag",
        dt.date(2027, 5, 17): "Andre pinsedag, Grunnlovsdag",
    }
    assert not set(skipped) & set(days(series))
    series.skips_public_holidays = series.skips_school_holidays = False
    series.save()
    assert len(reconcile(series.pk, surplus=Surplus.KEEP, reason="", at=NOW).made) == 3


def test_christmas_and_new_year_are_skipped():
    thursday = dt.datetime(2026, 12, 3, 8, 0, tzinfo=OSLO)

    series = a_series(event=EventFactory.create(starts_at=thursday))

    assert dt.date(2026, 12, 17) in days(series)
    assert not {dt.date(2026, 12, 24), dt.date(2026, 12, 31)} & set(days(series))


# --- Exceptions ----------------------------------------------------------------------------------
def test_leaving_out_a_day_with_people_calls_it_off_and_tells_them():
    series = a_series()
    event = on(series, dt.date(2026, 12, 8))
    joined(event, "a", "b")

    outcome = leave_out(
        series.pk, dt.date(2026, 12, 8), surplus=Surplus.CANCEL, reason="Julebord", at=NOW
    )

    assert outcome.told == 2
    event.refresh_from_db()
    assert (event.status, event.status_reason) == ("cancelled", "Julebord")
    assert Delivery.objects.filter(kind="event-cancelled").count() == 2
    assert make_dates(series.pk, at=NOW) == []


def test_or_the_day_is_kept_and_nobody_is_told():
    series = a_series()
    event = on(series, dt.date(2026, 12, 8))
    joined(event, "a")

    leave_out(series.pk, dt.date(2026, 12, 8), surplus=Surplus.KEEP, reason="", at=NOW)

    event.refresh_from_db()
    assert (event.status, event.is_detached) == ("planned", True)
    assert not Delivery.objects.filter(kind="event-cancelled").exists()


def test_a_day_that_nobody_ever_saw_just_goes():
    event = EventFactory.create(starts_at=TUESDAY, publication="draft", published_at=None)
    series = a_series(event=event)

    outcome = leave_out(series.pk, dt.date(2026, 12, 8), surplus=Surplus.CANCEL, reason="", at=NOW)

    assert outcome.removed == 1
    assert dt.date(2026, 12, 8) not in days(series)


def test_a_day_is_added_beside_the_rule_or_on_a_holiday():
    thursday = dt.datetime(2026, 12, 3, 8, 0, tzinfo=OSLO)
    series = a_series(event=EventFactory.create(starts_at=thursday))

    (friday,) = add_day(series.pk, dt.date(2026, 12, 4), reason="", at=NOW).made
    (eve,) = add_day(series.pk, dt.date(2026, 12, 24), reason="Åpent likevel", at=NOW).made

    assert timezone.localtime(friday.starts_at).time() == dt.time(8)
    assert timezone.localdate(eve.starts_at) == dt.date(2026, 12, 24)
    with pytest.raises(SeriesError, match="alt et arrangement"):
        add_day(series.pk, dt.date(2026, 12, 4), reason="", at=NOW)


def test_a_day_that_is_left_out_can_come_back_unless_people_were_told():
    event = EventFactory.create(starts_at=TUESDAY, publication="draft", published_at=None)
    series = a_series(event=event)
    day = dt.date(2026, 12, 8)
    leave_out(series.pk, day, surplus=Surplus.CANCEL, reason="", at=NOW)

    assert len(add_day(series.pk, day, reason="", at=NOW).made) == 1
    Event.objects.update(publication="published", published_at=NOW)
    leave_out(series.pk, day, surplus=Surplus.CANCEL, reason="", at=NOW)
    with pytest.raises(SeriesError, match="avlyst"):
        add_day(series.pk, day, reason="", at=NOW)
    assert SeriesException.objects.get().kind == "left-out"


def test_days_that_the_series_does_not_have_or_that_are_over_are_refused():
    series = a_series()

    with pytest.raises(SeriesError, match="ingen dato onsdag 9. desember"):
        leave_out(series.pk, dt.date(2026, 12, 9), surplus=Surplus.KEEP, reason="", at=NOW)
    with pytest.raises(SeriesError, match="fram i tid"):
        add_day(series.pk, dt.date(2026, 11, 1), reason="", at=NOW)


def test_a_changed_rule_makes_new_dates_and_asks_what_becomes_of_the_old():
    series = a_series("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=8")
    busy, quiet = on(series, dt.date(2026, 12, 3)), on(series, dt.date(2026, 12, 10))
    joined(busy, "a")
    EventSeries.objects.filter(pk=series.pk).update(rule="FREQ=WEEKLY;BYDAY=TU;COUNT=8")

    outcome = reconcile(series.pk, surplus=Surplus.CANCEL, reason="Bare tirsdager", at=NOW)

    assert (outcome.told, len(outcome.made)) == (1, 4)
    assert days(series, status="planned") == [
        TUESDAY.date() + dt.timedelta(weeks=week) for week in range(8)
    ]
    for event in (busy, quiet):
        event.refresh_from_db()
        assert event.status == "cancelled"


# --- The end -------------------------------------------------------------------------------------
def test_calling_off_the_rest_tells_those_signed_up_and_makes_no_more():
    series = a_series("FREQ=WEEKLY;COUNT=4")
    joined(on(series, dt.date(2026, 12, 15)), "a")

    outcome = cancel_rest(series.pk, reason="Lokalet er solgt", at=TUESDAY + dt.timedelta(hours=3))

    assert (len(outcome.cancelled), outcome.told) == (3, 1)
    assert make_due(at=NOW + dt.timedelta(days=90)) == 0
    assert days(series, status="planned") == [dt.date(2026, 12, 1)]


def test_a_series_ends_after_a_day_and_what_people_booked_may_stay():
    series = a_series()
    joined(on(series, dt.date(2027, 1, 12)), "a")

    outcome = end_series(
        series.pk, last=dt.date(2026, 12, 31), surplus=Surplus.KEEP, reason="", at=NOW
    )

    assert len(outcome.kept) == 51
    assert not Delivery.objects.filter(kind="event-cancelled").exists()
    assert make_due(at=NOW + dt.timedelta(days=60)) == 0


# --- Bad input -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("FREQ=WEEKLY;BYDAY=WE", "tirsdag 1. desember"),
        ("FREQ=WEEKLY;UNTIL=20261101", "før den første"),
    ],
)
def test_a_rule_that_does_not_fit_the_event_makes_nothing(rule, message):
    event = EventFactory.create(starts_at=TUESDAY)

    with pytest.raises(RuleError, match=message):
        a_series(rule, event=event)

    event.refresh_from_db()
    assert (event.series_id, EventSeries.objects.count()) == (None, 0)


def test_an_event_is_in_one_series_only():
    series = a_series()

    with pytest.raises(SeriesError, match="alt med i en serie"):
        a_series(event=series.events.order_by("pk")[0])


def test_the_job_makes_the_dates():
    from projects.bypuls.tasks import make_series_dates

    series = a_series()
    with time_machine.travel(NOW + dt.timedelta(days=7), tick=False):
        make_series_dates()
        make_series_dates()

    assert series.events.count() == 57


def test_minutes_before_the_start_are_minutes_also_when_summer_time_begins():
    sunday = dt.datetime(2027, 3, 21, 8, tzinfo=OSLO)
    first = EventFactory.create(starts_at=sunday)
    save_rule(ReminderRule(event=first, offset_minutes=-12 * 60), at=NOW)
    series = a_series("FREQ=WEEKLY;COUNT=2", event=first, skips_public_holidays=False)
    joined(on(series, dt.date(2027, 3, 28)), "a")

    # The night to 28 March is an hour short.
    write_due(at=dt.datetime(2027, 3, 27, 19, 1, tzinfo=OSLO))

    mail = Delivery.objects.get(kind="event-reminder")
    assert (mail.recipient, mail.body.title[:9]) == ("a@example.no", "I morgen:")


def test_one_series_that_fails_stops_no_other(caplog: pytest.LogCaptureFixture):
    broken = a_series()
    whole = a_series(event=EventFactory.create(starts_at=TUESDAY))
    EventSeries.objects.filter(pk=broken.pk).update(rule="FREQ=NEVER")

    assert make_due(at=NOW + dt.timedelta(days=7)) == 1

    assert (broken.events.count(), whole.events.count()) == (56, 57)
    assert f"dates of series {broken.pk} failed" in caplog.text


# --- The night when the clock is set -------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "night"),
    [
        # Forward on Sunday 28 March 2027, from 02 to 03.
        (dt.datetime(2027, 3, 27, 1, 0, tzinfo=OSLO), dt.date(2027, 3, 28)),
        (dt.datetime(2027, 3, 28, 1, 0, tzinfo=OSLO), dt.date(2027, 3, 29)),
        # And back on 31 October 2027, from 03 to 02.
        (dt.datetime(2027, 10, 30, 1, 0, tzinfo=OSLO), dt.date(2027, 10, 31)),
    ],
    ids=["over the gap", "made after the gap", "over the overlap"],
)
def test_a_date_ends_at_the_same_local_time_on_the_night_the_clock_is_set(first, night):
    event = EventFactory.create(
        slug="natt",
        starts_at=first,
        ends_at=dt.datetime.combine(first.date(), dt.time(4), tzinfo=OSLO),
        takes_signups=False,
    )

    with time_machine.travel(first - dt.timedelta(days=2), tick=False):
        series = begin_series(
            EventSeries(title="Nattevakt", rule="FREQ=DAILY;COUNT=3", skips_public_holidays=False),
            event.pk,
            at=first - dt.timedelta(days=2),
        )

    made = on(series, night)
    assert timezone.localtime(made.ends_at).time() == dt.time(4)
    assert timezone.localdate(made.ends_at) == night


def test_whoever_comes_to_several_dates_has_one_mail_when_the_rest_is_called_off():
    series = a_series("FREQ=WEEKLY;COUNT=4")
    for event in series.events.order_by("starts_at"):
        joined(event, "a")
    joined(on(series, dt.date(2026, 12, 8)), "b")

    outcome = cancel_rest(series.pk, reason="Lokalet er solgt", at=TUESDAY + dt.timedelta(hours=3))

    assert outcome.told == 4
    mails = Delivery.objects.filter(kind="event-cancelled").select_related("body").order_by("pk")
    assert sorted(mail.recipient for mail in mails) == ["a@example.no", "b@example.no"]
    mail = next(mail for mail in mails if mail.recipient == "a@example.no")
    assert mail.body.title == "Avlyst: 3 datoer av Frokostmøte"
    for day in ("8. desember", "15. desember", "22. desember", "Lokalet er solgt"):
        assert day in mail.body.text
    calendar = icalendar.Calendar.from_ical(mail.body.attachments[0]["content"])
    assert calendar["METHOD"] == "CANCEL"
    assert [str(entry["STATUS"]) for entry in calendar.walk("VEVENT")] == ["CANCELLED"] * 3
