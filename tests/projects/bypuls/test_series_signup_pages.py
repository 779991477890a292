import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.events.series import make_dates, publish_date
from projects.bypuls.events.series_changes import Change, Scope, change_dates
from projects.bypuls.models import Answer, Event, EventSeries, Question, SeriesSignUp, SignUp
from projects.bypuls.signups.series_signup import cancel_series_signup
from tests.projects.bypuls.factories import NOW, EventFactory
from tests.projects.bypuls.test_series import TUESDAY, a_series, joined, on

pytestmark = pytest.mark.django_db
SECOND, THIRD = (TUESDAY.date() + dt.timedelta(weeks=week) for week in (1, 2))
TYPED = {"name": "Kari", "email": "Kari@example.no", "size": "1"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def course() -> EventSeries:
    event = EventFactory.create(title="Kurs", slug="kurs", starts_at=TUESDAY, capacity=2)
    Question.objects.create(event=event, text="Nivå?", kind="text", purpose="Gruppene")
    return a_series("FREQ=WEEKLY;COUNT=3", event=event, signup_mode="whole")


def address(series: EventSeries) -> str:
    return f"{series.get_absolute_url()}pamelding/"


def text(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def test_one_form_signs_up_for_every_date_and_one_mail_tells_of_all(course):
    question = Question.objects.get(event=on(course, TUESDAY.date()))
    page = Client().get(address(course))
    assert "Du melder deg på alle 3 datoene under ett." in text(page.content)
    name = next(field.name for field in page.context["form"] if field.label == question.text)

    sent = Client().post(address(course), TYPED | {name: "Nybegynner"}, follow=True)

    assert "Takk for påmeldingen" in text(sent.content)
    assert SignUp.objects.filter(email="kari@example.no", state="attending").count() == 3
    assert Delivery.objects.filter(recipient="kari@example.no").count() == 1
    assert list(Answer.objects.values_list("text", flat=True)) == ["Nybegynner"] * 3


def test_a_full_date_is_waited_for_and_the_page_says_which(course):
    joined(on(course, SECOND), "a", "b")

    page = text(Client().get(address(course)).content)
    Client().post(address(course), TYPED)

    assert "Tirsdag 8. desember kl. 08.00 Fullt – venteliste" in page
    states = SignUp.objects.filter(email="kari@example.no").order_by("event__starts_at")
    assert list(states.values_list("state", flat=True)) == ["attending", "waiting", "attending"]


def test_twice_and_wrong_input(course):
    Client().post(address(course), TYPED)
    Client().post(address(course), TYPED)
    assert SeriesSignUp.objects.count() == 1

    wrong = Client().post(address(course), TYPED | {"email": "kari", "name": "Kari Nordmann"})
    assert wrong.status_code == 200
    assert 'value="Kari Nordmann"' in wrong.content.decode()


def test_the_way_to_the_form_from_the_series_and_from_each_date(course):
    link = f'href="{address(course)}"'
    date = on(course, SECOND)

    assert link in Client().get(course.get_absolute_url()).content.decode()
    assert link in Client().get(date.get_absolute_url()).content.decode()
    to_form = Client().get(f"{date.get_absolute_url()}pamelding/")
    assert (to_form.status_code, to_form["Location"]) == (302, address(course))


def test_a_series_of_single_dates_has_no_such_form():
    series = a_series("FREQ=WEEKLY;COUNT=2")

    assert Client().get(address(series)).status_code == 404


def test_when_it_is_over_the_form_leads_back_to_the_series(course):
    with time_machine.travel(TUESDAY + dt.timedelta(days=30), tick=False):
        assert Client().get(address(course))["Location"] == course.get_absolute_url()
        assert Client().get(f"{address(course)}takk/").status_code == 404


def test_a_date_that_is_made_later_takes_in_those_who_come_to_all_of_it():
    event = EventFactory.create(title="Kor", starts_at=TUESDAY, capacity=2)
    series = a_series(event=event, signup_mode="whole")
    Client().post(address(series), TYPED)
    before = SignUp.objects.count()

    (new,) = make_dates(series.pk, at=NOW + dt.timedelta(days=7))
    assert make_dates(series.pk, at=NOW + dt.timedelta(days=7)) == []

    assert SignUp.objects.count() == before + 1
    new.refresh_from_db()
    assert new.seats_taken == 1


def test_a_draft_takes_them_in_when_it_is_published(course):
    draft = on(course, THIRD)
    Event.objects.filter(pk=draft.pk).update(publication="draft")
    Client().post(address(course), TYPED)
    assert SignUp.objects.count() == 2

    publish_date(draft.pk, at=NOW)

    assert SignUp.objects.get(event=draft).email == "kari@example.no"


def test_after_a_split_the_same_link_signs_off_every_date_that_is_left(course):
    Client().post(address(course), TYPED)
    change_dates(on(course, THIRD).pk, Scope.LATER, Change(fields={"title_nb": "Ny"}), at=NOW)

    cancel_series_signup(SeriesSignUp.objects.get().pk, at=NOW)

    assert set(SignUp.objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(Event.objects.values_list("seats_taken", flat=True)) == {0}
