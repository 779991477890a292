import datetime as dt

import pytest
import time_machine
from django.test import Client

from members.accounts.models import User
from projects.bypuls import own_data
from projects.bypuls.events.survey import (
    FEWEST,
    SurveyError,
    answer,
    answer_key,
    survey_results,
)
from projects.bypuls.models import Event, SignUp, SurveyAnswer
from projects.bypuls.signups.reminder_mails import survey_url
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory

pytestmark = pytest.mark.django_db
AFTER = NOW + dt.timedelta(days=8)


def path(signup: SignUp) -> str:
    return "/" + survey_url(signup).split("/", 3)[3]


def rate(signup: SignUp, rating: int, *, at: dt.datetime = AFTER, text: str = "") -> SurveyAnswer:
    return answer(signup, rating=rating, would_come_again=rating > 2, text=text, at=at)


def an_answered_event(*ratings: int) -> Event:
    event = EventFactory.create()
    for rating in ratings:
        rate(SignUpFactory.create(event=event), rating, text=f"Gir {rating}")
    return event


def test_an_answer_takes_three_fields_and_is_kept_without_the_person(client: Client):
    signup = SignUpFactory.create(name="Kari Nordmann", email="kari@example.no")
    with time_machine.travel(AFTER, tick=False):
        page = client.get(path(signup)).content.decode()
        assert page.count('type="radio"') == 7
        sent = client.post(
            path(signup),
            {"rating": "4", "would_come_again": "ja", "text": "Fint!"},
            follow=True,
        ).content.decode()

    assert "Takk for svaret!" in sent
    row = SurveyAnswer.objects.get()
    assert (row.rating, row.would_come_again, row.text) == (4, True, "Fint!")
    assert str(signup.pk) not in row.key
    held = SurveyAnswer.objects.values_list(flat=False).get()
    assert "kari@example.no" not in str(held)
    assert "Kari" not in str(held)


def test_a_second_answer_takes_the_place_of_the_first(client: Client):
    signup = SignUpFactory.create()
    with time_machine.travel(AFTER, tick=False):
        client.post(path(signup), {"rating": "2"})
        page = client.get(path(signup)).content.decode()
        client.post(path(signup), {"rating": "5"})

    assert "Du har svart." in page
    assert SurveyAnswer.objects.get().rating == 5
    assert SurveyAnswer.objects.get().would_come_again is None


def test_without_a_mark_the_page_says_so_beside_the_field_and_loses_nothing(client: Client):
    signup = SignUpFactory.create()
    with time_machine.travel(AFTER, tick=False):
        page = client.post(path(signup), {"text": "Alt jeg skrev"}).content.decode()
        odd = client.post(path(signup), {"rating": "9"}).content.decode()

    assert "Velg en karakter." in page
    assert "Alt jeg skrev" in page
    assert "ds-validation-message" in odd
    assert not SurveyAnswer.objects.exists()


@pytest.mark.parametrize(
    ("fields", "at", "reason"),
    [
        ({}, NOW, "ikke over ennå"),
        ({}, AFTER + dt.timedelta(days=20), "avsluttet"),
        ({"state": "cancelled", "cancelled_at": NOW}, AFTER, "dem som var med"),
    ],
    ids=["before", "too late", "signed off"],
)
def test_the_page_says_why_one_cannot_answer(client: Client, fields, at, reason):
    signup = SignUpFactory.create(**fields)
    with time_machine.travel(at, tick=False):
        page = client.post(path(signup), {"rating": "1"}).content.decode()

    assert reason in page
    assert not SurveyAnswer.objects.exists()
    with pytest.raises(SurveyError, match=reason):
        rate(signup, 1, at=at)


def test_fewer_than_five_answers_are_shown_to_nobody():
    event = an_answered_event(*[5] * (FEWEST - 1))

    results = survey_results(event)

    assert (results.is_shown, results.count, results.missing) == (False, 4, 1)
    assert (results.mean, results.texts, results.bars) == (None, (), ())


def test_from_five_answers_on_the_results_are_there():
    event = an_answered_event(5, 5, 4, 3, 1)

    results = survey_results(event)

    assert (results.mean, results.again_percent) == (3.6, 80)
    assert results.bars == ((5, 2, 40), (4, 1, 20), (3, 1, 20), (2, 0, 0), (1, 1, 20))
    assert len(results.texts) == 5


def test_the_same_key_is_another_for_another_sign_up():
    assert answer_key(1) != answer_key(2)
    assert len(answer_key(1)) == 64


def test_the_person_finds_the_answer_in_their_own_data():
    user: User = UserFactory.create(email="kari@example.no")
    rate(SignUpFactory.create(email="kari@example.no"), 4, text="Fint")
    rate(SignUpFactory.create(), 1)

    (row,) = own_data.own_data(user)["survey_answers"]

    assert (row["rating"], row["text"]) == (4, "Fint")
