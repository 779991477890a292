import json
from typing import Any

import pytest
from django.template import engines
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from members.accounts.models import User
from members.companies.models import (
    Company,
    Forum,
    Minutes,
    MinutesItem,
    MinutesVisibility,
    Seat,
)
from tests.conftest import FakeSource
from tests.members.companies.factories import (
    CompanyContactFactory,
    CompanyFactory,
    ForumFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
)
from tests.members.companies.test_brreg import ENTITY

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FACTORIES: dict[str, Any] = {
    "company": CompanyFactory,
    "forum": ForumFactory,
    "meeting": MeetingFactory,
    "minutes": MinutesFactory,
}


@pytest.fixture(autouse=True)
def _loose_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Unfold's own templates ask for variables that are not there.
    django: Any = engines["django"]
    monkeypatch.setattr(django.engine, "string_if_invalid", "")


@pytest.fixture
def office(client: Client, programme_officer: User) -> Client:
    client.force_login(programme_officer, backend=BACKEND)
    return client


def page(model: str, view: str, *args: object) -> str:
    return reverse(f"admin:companies_{model}_{view}", args=args)


@pytest.mark.parametrize("model", FACTORIES)
def test_every_page_opens_for_the_office(office: Client, model: str):
    row = FACTORIES[model].create()
    CompanyContactFactory.create()
    SeatFactory.create()

    assert office.get(page(model, "changelist")).status_code == 200
    assert office.get(page(model, "add")).status_code == 200
    assert office.get(page(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", FACTORIES)
def test_a_list_costs_the_same_with_more_rows(
    office: Client, model: str, django_assert_max_num_queries
):
    FACTORIES[model].create_batch(6)

    with django_assert_max_num_queries(14):
        office.get(page(model, "changelist"))


def test_details_are_fetched_at_a_click(
    office: Client,
    fake_source: FakeSource,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
):
    settings.BRREG_API_URL = fake_source.url
    fake_source.serve("/enheter/310000019", json.dumps(ENTITY))
    company = CompanyFactory.create(orgnr="310000019")

    with django_capture_on_commit_callbacks(execute=True):
        office.post(
            page("company", "changelist"),
            {"action": "fetch_from_register", "_selected_action": [company.pk]},
        )

    assert Company.objects.get().employees == 42


def test_an_editor_sees_closed_minutes_only_as_secretary(client: Client, editor: User):
    client.force_login(editor, backend=BACKEND)
    closed = MinutesFactory.create(title="Hemmelig flytting")
    changelist = page("minutes", "changelist")

    assert "Hemmelig flytting" not in client.get(changelist).content.decode()
    assert client.get(page("minutes", "change", closed.pk)).status_code == 302
    assert client.get(page("minutes", "history", closed.pk)).status_code == 302
    assert client.post(page("minutes", "delete", closed.pk), {"post": "yes"}).status_code == 302
    assert "Hemmelig flytting" not in client.get(changelist + "?q=Hemmelig").content.decode()
    autocomplete = reverse("admin:autocomplete")
    query = f"{autocomplete}?app_label=companies&model_name=minutes&field_name=meeting&term=forum"
    assert client.get(query).json()["results"] == []
    assert Minutes.objects.filter(pk=closed.pk).exists()

    closed.meeting.forum.secretary = editor
    closed.meeting.forum.save()
    assert "Hemmelig flytting" in client.get(changelist).content.decode()


def test_an_editor_is_not_shown_closed_minutes_before_deleting_a_forum(
    client: Client, editor: User
):
    client.force_login(editor, backend=BACKEND)
    closed = MinutesFactory.create(title="Hemmelig flytting")

    response = client.get(page("forum", "delete", closed.meeting.forum.pk))

    assert response.status_code == 403


def test_a_wrong_number_is_refused_in_words(office: Client):
    response = office.post(
        page("company", "add"),
        {"orgnr": "942402466", "name": "Eksempel AS", "slug": "eksempel", "industry": "annet"},
    )

    assert response.status_code == 200
    assert "riktig kontrollsiffer" in response.content.decode()


def test_confidential_matters_of_public_minutes_are_the_forums_own(client: Client, editor: User):
    client.force_login(editor, backend=BACKEND)
    minutes = MinutesFactory.create(title="Åpent møte", visibility=MinutesVisibility.PUBLIC)
    MinutesItem.objects.create(
        minutes=minutes, number=1, title="Hemmelig flytting", is_confidential=True
    )
    change = page("minutes", "change", minutes.pk)

    assert "Hemmelig flytting" not in client.get(change, follow=True).content.decode()
    assert client.get(change).status_code == 302

    Forum.objects.update(secretary=editor)
    assert "Hemmelig flytting" in client.get(change).content.decode()


def seat_rows(**fields: object) -> dict[str, object]:
    """The part of a forum's form that holds its seats: one new, with these fields."""
    values = {f"seats-0-{name}": value for name, value in fields.items()}
    return {"seats-TOTAL_FORMS": 1, "seats-INITIAL_FORMS": 0, **values}


def forum_form(forum: Forum, **fields: object) -> dict[str, object]:
    return {
        "name": forum.name,
        "slug": forum.slug,
        "mandate_nb": forum.mandate,
        "seat_privacy": forum.seat_privacy,
        "rank": forum.rank,
        **fields,
    }


def test_an_editor_does_not_let_people_into_a_forum(client: Client, editor: User):
    client.force_login(editor, backend=BACKEND)
    forum = ForumFactory.create(is_closed=True)
    company = CompanyFactory.create()
    change = page("forum", "change", forum.pk)
    assert client.get(change).status_code == 200
    people = {"delegate": editor.pk, "deputy": editor.pk}
    seat = seat_rows(company=company.pk, since_date="2020-01-01", **people)

    response = client.post(change, forum_form(forum, secretary=editor.pk, **seat))

    assert response.status_code == 302, response.content.decode()[-3000:]
    forum.refresh_from_db()
    assert forum.secretary is None
    made = Seat.objects.get()
    assert (made.company, made.delegate, made.deputy) == (company, None, None)


def test_an_editor_does_not_open_an_own_seat_anew(client: Client, editor: User):
    client.force_login(editor, backend=BACKEND)
    seat = SeatFactory.create(
        delegate=editor, until_date="2021-01-01", delegate_name="Dagny Delegat"
    )

    text = client.get(page("forum", "change", seat.forum.pk)).content.decode()

    assert "Dagny Delegat" not in text


def test_the_office_chooses_people(office: Client, programme_officer: User, editor: User):
    forum = ForumFactory.create()
    company = CompanyFactory.create()
    seat = seat_rows(company=company.pk, since_date="2020-01-01", delegate=editor.pk)

    office.post(page("forum", "change", forum.pk), forum_form(forum, secretary=editor.pk, **seat))

    forum.refresh_from_db()
    assert forum.secretary == editor
    assert Seat.objects.get().delegate == editor
    query = "app_label=companies&model_name=forum&field_name=secretary&term=Eli"
    found = office.get(f"{reverse('admin:autocomplete')}?{query}")
    assert [row["id"] for row in found.json()["results"]] == [str(editor.pk)]


def test_an_editor_does_not_move_a_meeting_to_an_own_forum(client: Client, editor: User):
    client.force_login(editor, backend=BACKEND)
    own = ForumFactory.create(secretary=editor)
    closed = MinutesFactory.create(meeting=MeetingFactory.create(is_public=True))
    meeting = closed.meeting

    response = client.post(
        page("meeting", "change", meeting.pk),
        {
            "forum": own.pk,
            "starts_at_0": "2026-03-02",
            "starts_at_1": "09:00",
            "place": "Krona",
            "state": meeting.state,
            "is_public": "on",
        },
    )

    assert response.status_code == 302
    meeting.refresh_from_db()
    assert meeting.forum != own
    assert client.get(page("minutes", "change", closed.pk)).status_code == 302


def test_an_editor_gives_nobody_a_company_to_write_for(client: Client, editor: User):
    client.force_login(editor, backend=BACKEND)
    contact = CompanyContactFactory.create()
    company = contact.company
    change = page("company", "change", company.pk)

    text = client.get(change).content.decode()

    assert str(contact.user) in text
    assert 'name="contacts-0-user"' not in text
    assert 'name="contacts-1-role"' not in text
    assert client.get(page("company", "add")).status_code == 200
