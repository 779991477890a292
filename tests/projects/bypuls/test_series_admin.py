import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls.events.series import make_dates
from projects.bypuls.models import Event, EventSeries, SchoolHoliday
from tests.projects.bypuls.factories import NOW, EventFactory
from tests.projects.bypuls.test_series import TUESDAY, a_series, days, joined, on

pytestmark = pytest.mark.django_db
SECOND, THIRD = (TUESDAY.date() + dt.timedelta(weeks=week) for week in (1, 2))
WEEKLY = {
    "repeats": "weekly",
    "interval": "1",
    "ordinal": "1",
    "signup_mode": "per-date",
    "skips_public_holidays": "on",
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _loose_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Unfold's own templates name variables that are not always given.
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


@pytest.fixture
def office(client: Client, programme_officer: User) -> Client:
    client.force_login(programme_officer)
    return client


def of_event(event: Event, step: str) -> str:
    return reverse(f"admin:bypuls_event_{step}", args=[event.pk])


def of_series(series: EventSeries, step: str) -> str:
    return reverse(f"admin:bypuls_eventseries_{step}", args=[series.pk])


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- Made ------------------------------------------------------------------------------------------
def test_a_series_is_made_of_an_event_after_a_look_at_its_dates(office: Client):
    SchoolHoliday.objects.create(
        name="Vinterferie", first_date=dt.date(2026, 12, 7), last_date=dt.date(2026, 12, 11)
    )
    event = EventFactory.create(title="Frokostmøte", starts_at=TUESDAY)
    asked = WEEKLY | {"title_nb": "Tirsdagsfrokost", "count": "4", "skips_school_holidays": "on"}

    seen = office.post(of_event(event, "begin_series_one"), {**asked, "preview": "1"})

    assert "tirsdag 1. desember 2026 kl. 08.00" in text(seen)
    assert "tirsdag 8. desember 2026 Hopper over: Vinterferie" in text(seen)
    assert not EventSeries.objects.exists()
    office.post(of_event(event, "begin_series_one"), {**asked, "save": "1"})
    series = EventSeries.objects.get()
    assert (series.title, series.rule) == ("Tirsdagsfrokost", "FREQ=WEEKLY;COUNT=4")
    assert len(days(series)) == 3


def test_the_first_thursday_of_the_month_needs_no_rule_by_hand(office: Client):
    event = EventFactory.create(starts_at=TUESDAY + dt.timedelta(days=2))

    office.post(
        of_event(event, "begin_series_one"),
        {**WEEKLY, "repeats": "monthly", "title_nb": "Kveld", "weekdays": ["3"], "save": "1"},
    )

    assert EventSeries.objects.get().rule == "FREQ=MONTHLY;BYDAY=1TH"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"repeats": "raw", "raw": "FREQ=SECONDLY"}, "høyst én dato om dagen"),
        ({"repeats": "raw", "raw": ""}, "Skriv hvordan serien gjentas"),
        ({"repeats": "raw", "raw": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31"}, "gir ingen datoer"),
        ({"until": "2026-11-25"}, "før den første"),
        ({"until": "2027-01-01", "count": "3"}, "enten et antall"),
        ({"count": "0"}, "større enn eller lik 1"),
        ({"weekdays": ["2"]}, "Regelen har ikke datoen til arrangementet, tirsdag 1. desember"),
        ({"weekdays": ["9"]}, "gyldig valg"),
    ],
)
def test_what_cannot_be_gets_a_message_and_what_was_typed_stays(office: Client, typed, message):
    event = EventFactory.create(starts_at=TUESDAY)

    page = office.post(
        of_event(event, "begin_series_one"),
        {**WEEKLY, "title_nb": "Min serie", **typed, "save": "1"},
    )

    assert page.status_code == 200
    assert message in text(page)
    assert 'value="Min serie"' in page.content.decode()
    assert not EventSeries.objects.exists()


def test_a_series_from_scratch_is_drafts_until_they_are_published(office: Client):
    address = reverse("admin:bypuls_eventseries_add")
    asked = WEEKLY | {
        "title_nb": "Språkkafé",
        "summary": "Snakk norsk",
        "starts_at": "2026-12-03T18:00",
        "ends_at": "2026-12-03T19:30",
        "place": "Biblioteket",
        "organiser": "Biblioteket",
        "topic": "sosialt",
        "count": "3",
    }
    wrong = office.post(address, asked | {"ends_at": "2026-12-03T17:00", "place": "", "save": "1"})
    assert "Slutten må være etter starten." in text(wrong)
    assert "Velg et sted" in text(wrong)

    office.post(address, asked | {"save": "1"})

    series = EventSeries.objects.get()
    assert days(series, publication="draft") == [dt.date(2026, 12, day) for day in (3, 10, 17)]
    office.post(of_series(series, "publish_step"), {"save": "1"})
    assert len(days(series, publication="published")) == 3


def test_an_hour_that_summer_time_skips_is_refused(office: Client):
    page = office.post(
        reverse("admin:bypuls_eventseries_add"),
        WEEKLY
        | {"title_nb": "Natt", "starts_at": "2027-03-28T02:30", "ends_at": "2027-03-28T05:00"},
    )

    assert page.status_code == 200
    assert not EventSeries.objects.exists()


# --- Read ------------------------------------------------------------------------------------------
def test_lists_and_pages_open_with_the_state_of_every_date(
    office: Client, django_assert_max_num_queries: Any
):
    series = a_series()
    joined(on(series, SECOND), "a")
    SchoolHoliday.objects.create(name="Ferie", first_date=SECOND, last_date=SECOND)

    with django_assert_max_num_queries(12):
        listed = office.get(reverse("admin:bypuls_eventseries_changelist"))
    assert "Hver tirsdag kl. 08.00" in text(listed)
    with django_assert_max_num_queries(25):
        page = text(office.get(of_series(series, "change")))
    assert "tirsdag 8. desember 2026 kl. 08.00 Torget Publisert Planlagt 1 / 20" in page
    assert office.get(reverse("admin:bypuls_schoolholiday_changelist")).status_code == 200
    for step in ("rule", "leave_out", "add_day", "end", "cancel_rest", "publish"):
        assert office.get(of_series(series, f"{step}_step")).status_code == 200
    for step in ("begin_series_one", "change_series_one", "copy_one"):
        answer = office.get(of_event(on(series, SECOND), step))
        assert answer.status_code == (302 if step == "begin_series_one" else 200)


# --- Changed ---------------------------------------------------------------------------------------
def form_of(office: Client, event: Event) -> dict[str, Any]:
    """What a browser would send back from the form, hidden first values and all."""
    form = office.get(of_event(event, "change_series_one")).context["form"]
    sent: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        sent[bound.name] = (
            "on" if value is True else "" if value is None or value is False else value
        )
        if bound.field.show_hidden_initial:
            sent[bound.html_initial_name] = sent[bound.name]
    return sent


def test_this_and_later_get_a_new_time_and_the_others_do_not(office: Client):
    series = a_series("FREQ=WEEKLY;COUNT=4")
    third = on(series, THIRD)
    joined(third, "a")

    office.post(
        of_event(third, "change_series_one"),
        form_of(office, third) | {"scope": "later", "clock": "09:00", "reason": "Bussen"},
    )

    later = EventSeries.objects.get(continues=series)
    clocks = [timezone.localtime(event.starts_at).hour for event in Event.objects.order_by("pk")]
    assert (sorted(clocks), later.events.count()) == ([8, 8, 9, 9], 2)
    assert Delivery.objects.filter(kind="event-moved").count() == 1


def test_too_few_seats_names_the_dates_and_keeps_what_was_typed(office: Client):
    series = a_series("FREQ=WEEKLY;COUNT=4")
    joined(on(series, THIRD), "a", "b")
    event = on(series, SECOND)

    page = office.post(
        of_event(event, "change_series_one"),
        form_of(office, event) | {"scope": "all", "capacity": "1", "title_nb": "Frokost"},
    )

    assert "Flere enn 1 er alt påmeldt på disse datoene: 15. desember 2026 (2)." in text(page)
    assert 'value="Frokost"' in page.content.decode()
    assert not Event.objects.filter(title="Frokost").exists()


def test_two_tabs_write_only_what_each_of_them_changed(office: Client):
    series = a_series("FREQ=WEEKLY;COUNT=4")
    event = on(series, SECOND)
    first, second = form_of(office, event), form_of(office, event)

    office.post(of_event(event, "change_series_one"), first | {"scope": "all", "title_nb": "Ny"})
    office.post(of_event(event, "change_series_one"), second | {"scope": "all", "price": "50 kr"})

    event.refresh_from_db()
    assert (event.title, event.price) == ("Ny", "50 kr")
    moved = form_of(office, event)
    office.post(of_event(event, "change_series_one"), moved | {"scope": "all", "clock": "10:00"})
    stale = office.post(
        of_event(event, "change_series_one"), moved | {"scope": "all", "clock": "11:00"}
    )
    assert "Noen har endret datoen siden du åpnet skjemaet." in text(stale)


def test_nothing_changed_says_so(office: Client):
    series = a_series("FREQ=WEEKLY;COUNT=4")
    event = on(series, SECOND)

    page = office.post(
        of_event(event, "change_series_one"), form_of(office, event) | {"scope": "one"}
    )

    assert "Du har ikke endret noe." in text(page)


def test_days_are_left_out_and_added_and_impossible_ones_explained(office: Client):
    series = a_series("FREQ=WEEKLY;COUNT=4")
    joined(on(series, SECOND), "a")

    wrong = office.post(
        of_series(series, "leave_out_step"),
        {"day": "2026-12-09", "surplus": "cancel", "reason": "Messe"},
    )
    assert "Serien har ingen dato onsdag 9. desember." in text(wrong)
    assert "Messe" in wrong.content.decode()
    office.post(
        of_series(series, "leave_out_step"),
        {"day": "2026-12-08", "surplus": "cancel", "reason": "Messe"},
    )
    office.post(of_series(series, "add_day_step"), {"day": "2026-12-10"})

    assert on(series, SECOND).status == "cancelled"
    assert Delivery.objects.get(kind="event-cancelled").recipient == "a@example.no"
    assert dt.date(2026, 12, 10) in days(series)


def test_the_rule_is_changed_after_a_look_and_the_form_knows_the_rule_that_is(office: Client):
    series = a_series("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4")
    form = office.get(of_series(series, "rule_step")).context["form"]
    assert (form["repeats"].value(), form["weekdays"].value()) == ("weekly", [1, 3])
    asked = WEEKLY | {"weekdays": ["1"], "count": "3", "surplus": "cancel"}

    office.post(of_series(series, "rule_step"), asked | {"preview": "1"})
    assert len(days(series, status="planned")) == 4
    office.post(of_series(series, "rule_step"), asked | {"save": "1", "reason": "Bare tirsdag"})

    assert days(series, status="planned") == [TUESDAY.date(), SECOND, THIRD]


def test_the_rest_is_called_off(office: Client):
    series = a_series("FREQ=WEEKLY;COUNT=4")
    joined(on(series, THIRD), "a")

    office.post(of_series(series, "cancel_rest_step"), {"reason": "Slutt"})
    office.post(of_series(series, "cancel_rest_step"), {"reason": "Slutt"})

    assert days(series, status="cancelled") == days(series)
    assert Delivery.objects.filter(kind="event-cancelled").count() == 1


def test_a_date_written_by_itself_stays_when_all_are_changed(office: Client):
    series = a_series("FREQ=WEEKLY;COUNT=4")
    event = on(series, SECOND)
    address = reverse("admin:bypuls_event_change", args=[event.pk])
    form = office.get(address).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: value for name, value in data.items() if value not in (None, "", False)}
    page = office.get(address)
    for formset in page.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        sent |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}

    saved = office.post(address, sent | {"title_nb": "Julebord"})
    assert saved.status_code == 302, saved.context["errors"]

    event.refresh_from_db()
    assert (event.title, event.is_detached) == ("Julebord", True)


def test_a_date_that_staff_delete_is_not_made_again(office: Client):
    series = a_series("FREQ=WEEKLY;COUNT=4")
    second, third = on(series, SECOND), on(series, THIRD)

    office.post(reverse("admin:bypuls_event_delete", args=[second.pk]), {"post": "yes"})
    office.post(
        reverse("admin:bypuls_event_changelist"),
        {"action": "delete_selected", "_selected_action": [third.pk], "post": "yes"},
    )

    assert SECOND not in days(series)
    assert THIRD not in days(series)
    assert make_dates(series.pk, at=NOW) == []


def test_copied_as_the_next_one_on_the_guessed_day(office: Client):
    event = EventFactory.create(title="Quiz", starts_at=TUESDAY)
    form = office.get(of_event(event, "copy_one")).context["form"]
    assert form["starts_at"].value() == "2026-12-29T08:00"

    wrong = office.post(of_event(event, "copy_one"), {"starts_at": "2027-03-28T02:30"})
    assert wrong.status_code == 200
    office.post(of_event(event, "copy_one"), {"starts_at": "2026-12-29T08:00"})

    new = Event.objects.exclude(pk=event.pk).get()
    assert (new.publication, new.slug) == ("draft", "quiz")


def test_readers_and_strangers_do_not_get_in(client: Client, resident: User):
    series = a_series("FREQ=WEEKLY;COUNT=2")
    client.force_login(resident)

    for step in ("rule", "leave_out", "cancel_rest"):
        assert client.post(of_series(series, f"{step}_step")).status_code in (302, 403)
    assert days(series, status="planned") == days(series)
