import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from members.mailings.models.delivery import Delivery
from projects.ung import demo, matching
from projects.ung.enrolment import own_url
from projects.ung.models import Match, MeetingPlace, Mentee, Mentor, MentorScheme
from tests.projects.ung.factories import (
    PUBLISHED,
    MeetingPlaceFactory,
    MenteeFactory,
    MentorFactory,
    MentorSchemeFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_summer")]


@pytest.fixture
def _summer():
    with time_machine.travel("2026-08-01T12:00:00+02:00", tick=False):
        yield


def text(response):
    return " ".join(response.content.decode().split())


FORM = {
    "name": "Kari Nordmann",
    "email": "kari@example.no",
    "workplace": "Krona",
    "field": "ict",
    "languages": ["nb", "en"],
    "topics": ["career"],
    "consent": "on",
}


def own_path(person):
    return own_url(person).removeprefix("http://testserver")


def test_landing_costs_the_same_for_many(client, django_assert_max_num_queries):
    MentorSchemeFactory.create()
    for _ in range(5):
        MeetingPlaceFactory.create()

    with django_assert_max_num_queries(8):
        response = client.get("/ung/")

    assert text(response).count('class="card card--link place') == 5


def test_filters_stand_in_the_address(client):
    MeetingPlaceFactory.create(name="Kafeen", is_free=True, language="engelsk")
    MeetingPlaceFactory.create(name="Fjellet", kind="sport", is_free=True, language="norsk")
    MeetingPlaceFactory.create(name="Hallen", kind="sport", language="begge", cost_text="50 kr")

    page = text(client.get("/ung/?type=sport&sprak=engelsk"))

    assert "Hallen" in page
    assert "Kafeen" not in page
    assert "Fjellet" not in page
    # Each choice is counted with all filters but its own.
    assert 'href="?sprak=engelsk" >' not in page
    assert 'Sosialt <span class="choice__count">1</span>' in page
    assert 'Gratis <span class="choice__count">0</span>' in page
    assert 'Norsk <span class="choice__count">2</span>' in page


def test_words_that_are_no_filters_show_everything(client):
    MeetingPlaceFactory.create(name="Kafeen")

    assert "Kafeen" in text(client.get("/ung/?type=tull&gratis=ja&sprak=gresk&etter=x"))


def test_empty_answer_leads_back(client):
    MeetingPlaceFactory.create()

    assert "Vis alle møteplasser" in text(client.get("/ung/?type=kultur"))


def test_paging_keeps_the_filters(client):
    for _ in range(30):
        MeetingPlaceFactory.create(kind="sport")

    page = text(client.get("/ung/?type=sport"))
    cursor = page.split("etter=")[1].split('"')[0]
    second = text(client.get(f"/ung/?type=sport&etter={cursor}"))

    assert "?type=sport&amp;etter=" in page
    assert second.count('class="card card--link place') == 6


def test_paging_in_english_loses_nobody(client):
    for number in range(30):
        MeetingPlaceFactory.create(name_en="Place" if number % 3 else None)

    page = text(client.get("/en/ung/"))
    cursor = page.split("etter=")[1].split('"')[0]
    second = text(client.get(f"/en/ung/?etter={cursor}"))

    assert [p.count('class="card card--link place') for p in (page, second)] == [24, 6]


def test_place_page_shows_others_of_its_kind(client, django_assert_max_num_queries):
    place = MeetingPlaceFactory.create(is_example=True)
    MeetingPlaceFactory.create(name="Naboen")
    MeetingPlaceFactory.create(name="Skjult", published_at=None)

    with django_assert_max_num_queries(8):
        page = text(client.get(place.get_absolute_url()))

    assert "Naboen" in page
    assert "Skjult" not in page
    assert "Dette tilbudet er oppdiktet" in page


def test_small_groups_are_not_counted_in_public(client, django_assert_max_num_queries):
    scheme = MentorSchemeFactory.create()
    for _ in range(5):
        mentor = MentorFactory.create(scheme=scheme, name="Hemmelig Navn")
    MenteeFactory.create(scheme=scheme)
    MentorFactory.create(scheme=scheme, state="unconfirmed")

    with django_assert_max_num_queries(8):
        page = text(client.get("/ung/mentor/"))

    assert '<dd class="mentor-numbers__value">5</dd>' in page
    assert page.count("færre enn 5") == 2
    assert mentor.name not in page


def test_draft_scheme_stays_hidden(client):
    MentorSchemeFactory.create(state="draft", title="Hemmelig ordning")

    assert "Hemmelig" not in text(client.get("/ung/mentor/"))
    assert "stengt" in text(client.get("/ung/mentor/fa-mentor/"))


def test_mentee_signs_up_confirms_and_leaves_by_mail(client):
    MentorSchemeFactory.create()

    response = client.post("/ung/mentor/fa-mentor/", {**FORM, "wishes": "Råd"})
    assert response.headers["Location"] == "/ung/mentor/takk/"
    mentee = Mentee.objects.get()
    assert own_path(mentee) in Delivery.objects.get().body.text

    assert "Ja, jeg vil være med" in text(client.get(own_path(mentee)))
    mentee.refresh_from_db()
    assert mentee.state == "unconfirmed"
    client.post(own_path(mentee), {"confirm": "1"})
    assert "Du er med!" in text(client.get(own_path(mentee)))
    client.post(own_path(mentee), {"withdraw": "1"})
    page = text(client.get(own_path(mentee)))
    assert "Du har trukket deg" in page
    assert 'name="withdraw"' not in page


def test_mentor_signs_up(client):
    MentorSchemeFactory.create(max_mentees_per_mentor=2)

    client.post("/ung/mentor/bli-mentor/", {**FORM, "capacity": "2", "about": "Hei"})

    mentor = Mentor.objects.get()
    assert (mentor.capacity, mentor.about, mentor.languages) == (2, "Hei", ["nb", "en"])
    assert mentor.consent_text.startswith("Jeg samtykker")
    assert "Hei" in text(client.get(own_path(mentor)))


@pytest.mark.parametrize("lacking", ["name", "email", "workplace", "field", "languages", "consent"])
def test_nothing_typed_is_lost_when_a_field_is_wrong(client, lacking):
    MentorSchemeFactory.create()
    form = {name: value for name, value in FORM.items() if name != lacking}

    response = client.post("/ung/mentor/fa-mentor/", {**form, "wishes": "Dette skrev jeg"})

    page = text(response)
    assert response.status_code == 200
    assert "Dette skrev jeg" in page
    assert "Rett opp dette" in page
    assert not Mentee.objects.exists()


def test_more_than_the_scheme_allows_is_told_beside_the_field(client):
    MentorSchemeFactory.create(max_mentees_per_mentor=2)

    page = text(client.post("/ung/mentor/bli-mentor/", {**FORM, "capacity": "5"}))

    assert "Høyst 2 i denne ordningen." in page


def test_too_many_posts_are_stopped(client, settings):
    settings.RATELIMIT_ENABLE = True
    MentorSchemeFactory.create()

    answers = [client.post("/ung/mentor/fa-mentor/", {}).status_code for _ in range(21)]

    assert (answers[0], answers[-1]) == (200, 429)


def test_pages_read_in_english(client):
    MentorSchemeFactory.create()
    MeetingPlaceFactory.create(name="Kafeen", name_en="The café")

    MeetingPlaceFactory.create(name="Stranda")

    page = text(client.get("/en/ung/"))
    assert "The café" in page
    assert re.search(r'lang="nb"\s*><a href="[^"]*"\s*>Stranda', page)
    assert "How it works" in text(client.get("/en/ung/mentor/"))


def test_pages_hold_nothing_about_the_visitor(client):
    MentorSchemeFactory.create()
    place = MeetingPlaceFactory.create()

    for url in ("/ung/", "/ung/mentor/", "/ung/mentor/takk/", place.get_absolute_url()):
        response = client.get(url)
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in text(response)


def test_one_scheme_is_open_at_a_time():
    MentorSchemeFactory.create()

    with pytest.raises(ValidationError, match="alt en ordning"):
        MentorSchemeFactory.build().validate_constraints()


def test_free_place_has_no_price():
    with pytest.raises(IntegrityError):
        MeetingPlaceFactory.create(is_free=True, cost_text="50 kr")


def test_demo_is_idempotent_and_marked(client):
    demo.load(at=PUBLISHED)
    demo.load(at=PUBLISHED)

    assert MeetingPlace.objects.count() == 10
    assert all(p.is_example == p.name.startswith("Eksempel") for p in MeetingPlace.objects.all())
    assert all(person.name.startswith("Eksempel") for person in Mentor.objects.all())
    assert Match.objects.live().count() == 3
    assert MentorScheme.objects.get().is_example
    assert "Jonsknuten" in text(client.get("/ung/"))
    assert client.get("/ung/jonsknuten/").status_code == 200


# --- Admin ------------------------------------------------------------------------------------------
def test_coordinator_proposes_and_accepts_in_the_admin(client, programme_officer):
    scheme = MentorSchemeFactory.create()
    MentorFactory.create(scheme=scheme)
    MenteeFactory.create(scheme=scheme)
    client.force_login(
        programme_officer, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    chosen = {"action": "propose_pairs", "_selected_action": [scheme.pk]}
    client.post("/admin/ung/mentorscheme/", chosen)
    match = Match.objects.get()
    client.post("/admin/ung/match/", {"action": "accept", "_selected_action": [match.pk]})

    match.refresh_from_db()
    assert match.state == "accepted"
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("model", ["meetingplace", "mentorscheme", "mentor", "mentee", "match"])
def test_admin_lists_and_forms_open(client, programme_officer, model):
    mentor = MentorFactory.create()
    mentee = MenteeFactory.create(scheme=mentor.scheme)
    MeetingPlaceFactory.create()
    matching.propose_pair(mentor=mentor, mentee=mentee, at=PUBLISHED)
    client.force_login(
        programme_officer, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    assert client.get(f"/admin/ung/{model}/?q=a").status_code == 200
    found = {
        "meetingplace": MeetingPlace, "mentorscheme": MentorScheme, "mentor": Mentor,
        "mentee": Mentee, "match": Match,
    }[model]._default_manager.first()  # fmt: skip
    assert found is not None
    assert client.get(f"/admin/ung/{model}/{found.pk}/change/").status_code == 200
