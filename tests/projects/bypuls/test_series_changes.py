import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from members.mailings.models.delivery import Delivery
from projects.bypuls.events import announcing
from projects.bypuls.events.changes import StaleError, move_event
from projects.bypuls.events.series import SeriesError, Surplus, leave_out, make_dates
from projects.bypuls.events.series_changes import Change, Scope, change_dates
from projects.bypuls.models import Event, EventSeries, SeriesSignUp
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory, VenueFactory
from tests.projects.bypuls.test_series import TUESDAY, a_series, days, joined, on

pytestmark = pytest.mark.django_db
SECOND, THIRD, FOURTH = (TUESDAY.date() + dt.timedelta(weeks=week) for week in (1, 2, 3))


@pytest.fixture
def series() -> EventSeries:
    return a_series("FREQ=WEEKLY;COUNT=5")


def titles(series: EventSeries) -> list[str]:
    return list(series.events.order_by("starts_at").values_list("title", flat=True))


def change(event: Event, scope: Scope, *, at: dt.datetime = NOW, **what: Any) -> Any:
    more = {name: what.pop(name) for name in ("overwrites", "seen", "reason") if name in what}
    return change_dates(event.pk, scope, Change(**what), at=at, **more)


NEW_TITLE: dict[str, Any] = {"fields": {"title_nb": "Ny"}}


# --- The three scopes ------------------------------------------------------------------------------
def test_this_date_only(series):
    report = change(on(series, SECOND), Scope.ONE, **NEW_TITLE)

    assert report.changed == 1
    assert titles(series) == ["Frokostmøte", "Ny", *["Frokostmøte"] * 3]
    assert on(series, SECOND).is_detached


def test_all_leaves_what_was_changed_for_itself_and_names_it(series):
    change(on(series, SECOND), Scope.ONE, fields={"title_nb": "Julebord"})

    report = change(on(series, THIRD), Scope.ALL, **NEW_TITLE)

    assert [event.title for event in report.left] == ["Julebord"]
    assert titles(series) == ["Ny", "Julebord", "Ny", "Ny", "Ny"]


def test_all_may_overwrite_what_was_changed_for_itself(series):
    change(on(series, SECOND), Scope.ONE, fields={"title_nb": "Julebord"})

    report = change(on(series, THIRD), Scope.ALL, overwrites=True, **NEW_TITLE)

    assert (report.changed, report.left, set(titles(series))) == (5, [], {"Ny"})
    assert not series.events.filter(is_detached=True).exists()


def test_what_is_over_is_not_rewritten(series):
    later = TUESDAY + dt.timedelta(days=8)

    report = change(on(series, FOURTH), Scope.ALL, at=later, **NEW_TITLE)

    assert report.changed == 3
    assert titles(series) == ["Frokostmøte", "Frokostmøte", "Ny", "Ny", "Ny"]


def test_this_and_later_goes_on_in_a_new_series_with_the_same_events(series):
    third = on(series, THIRD)
    joined(third, "a")
    before = {event.pk: (event.slug, event.uid) for event in series.events.all()}

    report = change(third, Scope.LATER, **NEW_TITLE)

    later = report.series
    series.refresh_from_db()
    assert (later.continues_id, later.rule) == (series.pk, "FREQ=WEEKLY;COUNT=3;BYDAY=TU")
    assert series.rule == "FREQ=WEEKLY;UNTIL=20261214"
    assert titles(series) == ["Frokostmøte", "Frokostmøte"]
    assert titles(later) == ["Ny", "Ny", "Ny"]
    after = {event.pk: (event.slug, event.uid) for event in Event.objects.all()}
    assert after == before
    third.refresh_from_db()
    assert third.seats_taken == 1
    assert series.family() == later.family() == [series.pk, later.pk]
    assert make_dates(series.pk, at=NOW) == make_dates(later.pk, at=NOW) == []


def test_this_and_later_from_the_first_date_is_all_of_it(series):
    assert change(on(series, TUESDAY.date()), Scope.LATER, **NEW_TITLE).series == series
    assert set(titles(series)) == {"Ny"}


def test_every_other_week_stays_every_other_week_after_the_split():
    series = a_series("FREQ=WEEKLY;INTERVAL=2")
    third = series.events.order_by("starts_at")[2]

    later = change(third, Scope.LATER, **NEW_TITLE).series

    (new,) = make_dates(later.pk, at=NOW + dt.timedelta(days=14))
    assert (timezone.localdate(new.starts_at) - timezone.localdate(third.starts_at)).days % 14 == 0
    assert make_dates(series.pk, at=NOW + dt.timedelta(days=14)) == []


def test_those_who_come_to_all_of_it_and_left_out_days_go_along(series):
    leave_out(series.pk, FOURTH, surplus=Surplus.KEEP, reason="", at=NOW)
    person = SeriesSignUp.objects.create(series=series, email="a@example.no", created_at=NOW)

    later = change(on(series, THIRD), Scope.LATER, **NEW_TITLE).series

    person.refresh_from_db()
    assert person.series == later
    assert [row.date for row in later.exceptions.all()] == [FOURTH]


# --- Time, place and room --------------------------------------------------------------------------
def test_a_new_time_of_day_moves_every_date_and_tells_those_who_are_signed_up(series):
    joined(on(series, SECOND), "a")

    report = change(on(series, TUESDAY.date()), Scope.ALL, clock=dt.time(9, 15), reason="Bussen")

    assert report.told == 1
    starts = [timezone.localtime(event.starts_at) for event in series.events.all()]
    assert {start.time() for start in starts} == {dt.time(9, 15)}
    assert days(series) == [TUESDAY.date() + dt.timedelta(weeks=week) for week in range(5)]
    mail = Delivery.objects.get(kind="event-moved")
    assert "skulle vært 8. desember 2026 kl. 08.00" in mail.body.text
    assert {event.is_detached for event in series.events.all()} == {False}
    # The dates are known by their new time, so none is made again.
    assert make_dates(series.pk, at=NOW) == []


def test_a_new_time_holds_for_the_dates_that_are_made_later_over_summer_time():
    series = a_series()

    change(on(series, SECOND), Scope.LATER, clock=dt.time(9))

    later = EventSeries.objects.get(continues=series)
    (new, *_more) = make_dates(later.pk, at=NOW + dt.timedelta(days=150))
    assert timezone.localtime(new.starts_at).time() == dt.time(9)


def test_a_new_place_and_length_for_later_dates(series):
    venue = VenueFactory.create(name="Biblioteket")

    later = change(
        on(series, FOURTH), Scope.LATER, place=(venue, "Sal 2"), duration=dt.timedelta(hours=3)
    ).series

    assert {event.place_text for event in later.events.all()} == {"Sal 2, Biblioteket"}
    assert {event.ends_at - event.starts_at for event in later.events.all()} == {
        dt.timedelta(hours=3)
    }
    assert {event.place_text for event in series.events.all()} == {"Torget"}


def test_fewer_seats_than_are_signed_up_changes_nothing_and_names_the_dates(series):
    joined(on(series, SECOND), "a", "b", "c")
    joined(on(series, FOURTH), "a", "b")

    with pytest.raises(SeriesError, match=r"8\. desember 2026 \(3\), 22\. desember 2026 \(2\)\."):
        change(on(series, TUESDAY.date()), Scope.ALL, room=(1, 0), **NEW_TITLE)

    assert set(titles(series)) == {"Frokostmøte"}
    assert {event.capacity for event in series.events.all()} == {20}


def test_more_seats_for_all_dates(series):
    change(on(series, TUESDAY.date()), Scope.ALL, room=(30, 10))

    assert {(event.capacity, event.waiting_list_capacity) for event in series.events.all()} == {
        (30, 10)
    }


def test_an_impossible_length_changes_nothing_and_names_the_date(series):
    with pytest.raises(SeriesError, match=r"1\. desember 2026: .*31 dager"):
        change(on(series, SECOND), Scope.ALL, duration=dt.timedelta(days=40), **NEW_TITLE)

    assert set(titles(series)) == {"Frokostmøte"}


def test_a_date_moved_by_itself_is_its_own_from_then_on(series):
    event = on(series, SECOND)
    start = dt.datetime(2026, 12, 9, 18, 0, tzinfo=OSLO)
    move_event(
        event.pk,
        starts_at=start,
        ends_at=start + dt.timedelta(hours=1),
        venue=None,
        place="Torget",
        reason="",
        at=NOW,
    )

    report = change(on(series, THIRD), Scope.ALL, clock=dt.time(9))

    assert [left.pk for left in report.left] == [event.pk]
    event.refresh_from_db()
    assert event.starts_at == start
    # Its place in the series is taken all the same.
    assert make_dates(series.pk, at=NOW) == []


# --- Refusals --------------------------------------------------------------------------------------
def test_an_event_outside_any_series_a_stale_form_and_a_series_that_is_over(series):
    with pytest.raises(SeriesError, match="ikke med i noen serie"):
        change(EventFactory.create(), Scope.ALL, **NEW_TITLE)
    with pytest.raises(StaleError):
        change(on(series, SECOND), Scope.ALL, seen=7, **NEW_TITLE)
    with pytest.raises(SeriesError, match="Ingen av datoene kan endres"):
        change(on(series, SECOND), Scope.ALL, at=NOW + dt.timedelta(days=99), **NEW_TITLE)
    with pytest.raises(ValueError, match="seats_taken"):
        change(on(series, SECOND), Scope.ALL, fields={"seats_taken": 3})


def test_whoever_comes_to_several_dates_has_one_mail_that_lists_them(series):
    joined(on(series, SECOND), "a", "b")
    joined(on(series, THIRD), "a")
    joined(on(series, FOURTH), "a")

    report = change(on(series, TUESDAY.date()), Scope.ALL, clock=dt.time(9, 15), reason="Bussen")

    assert report.told == 4
    (several,) = Delivery.objects.filter(kind="event-moved", recipient="a@example.no")
    for day in (8, 15, 22):
        assert f"Skulle vært {day}. desember 2026 kl. 08.00." in several.body.text
    assert several.body.text.count("kl. 09.15") == 3
    assert several.body.text.count("Bussen") == 1
    assert several.body.title == "Nye tider: Frokostmøte"
    (file,) = several.body.attachments
    assert file["content"].count("BEGIN:VEVENT") == 3
    (single,) = Delivery.objects.filter(kind="event-moved", recipient="b@example.no")
    assert single.body.title == "Ny tid: Frokostmøte"


def test_many_people_with_several_dates_are_told_once_each_by_the_job(series, monkeypatch):
    monkeypatch.setattr(announcing, "AT_ONCE", 1)
    monkeypatch.setattr(announcing, "AT_A_TIME", 1)
    letters = "abcd"
    joined(on(series, SECOND), *letters)
    joined(on(series, THIRD), *reversed(letters))

    change(on(series, TUESDAY.date()), Scope.ALL, place=(None, "Krona"))
    assert Delivery.objects.filter(kind="event-moved").count() == 2
    announcing.write_all(at=NOW)

    mails = Delivery.objects.filter(kind="event-moved").select_related("body")
    assert sorted(mail.recipient[0] for mail in mails) == list(letters)
    assert {mail.body.text.count("Nytt sted: Krona") for mail in mails} == {2}
