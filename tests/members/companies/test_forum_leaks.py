"""Closed minutes, closed meetings and confidential matters reach nobody but the forum."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from members.accounts.models import User
from members.companies.access import minutes_for
from members.companies.models import (
    Forum,
    MeetingState,
    Minutes,
    MinutesItem,
    MinutesVisibility,
    SeatPrivacy,
)
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import (
    CompanyContactFactory,
    ForumFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db

SECRET = "Flytting av hovedkontoret"


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def forum() -> Forum:
    return ForumFactory.create(is_closed=True)


@pytest.fixture
def closed(forum: Forum) -> Minutes:
    minutes = MinutesFactory.create(
        title=SECRET, text=SECRET, meeting=MeetingFactory.create(forum=forum, agenda=SECRET)
    )
    MinutesItem.objects.create(minutes=minutes, number=1, title=SECRET, text=SECRET)
    return minutes


def delegate_of(forum: Forum, **fields: object) -> User:
    contact = CompanyContactFactory.create()
    SeatFactory.create(forum=forum, company=contact.company, delegate=contact.user, **fields)
    return contact.user


def pages_of(minutes: Minutes) -> list[str]:
    forum = minutes.meeting.forum
    return [
        reverse("companies:forum_list"),
        forum.get_absolute_url(),
        minutes.get_absolute_url(),
        reverse("companies:company_list"),
        reverse("companies:my_page"),
        reverse("companies:own_minutes", kwargs={"pk": minutes.pk}),
    ]


def test_no_page_of_anybody_else_holds_a_word_of_closed_minutes(
    closed: Minutes, resident: User, editor: User
):
    people = [None, resident, editor, delegate_of(ForumFactory.create())]
    for person in people:
        client = Client()
        if person:
            sign_in(client, person)
        for page in pages_of(closed):
            assert SECRET not in client.get(page).content.decode(), (person, page)


@pytest.mark.parametrize("as_deputy", [False, True])
def test_a_delegate_and_a_deputy_read_them(
    client: Client, forum: Forum, closed: Minutes, as_deputy: bool
):
    contact = CompanyContactFactory.create()
    role = "deputy" if as_deputy else "delegate"
    SeatFactory.create(forum=forum, company=contact.company, **{role: contact.user})
    sign_in(client, contact.user)

    response = client.get(closed.get_absolute_url(), follow=True)

    assert SECRET in response.content.decode()
    assert "private" in response["Cache-Control"]
    assert SECRET in client.get(reverse("companies:my_page")).content.decode()


def test_a_seat_that_ended_yesterday_opens_nothing(client: Client, forum: Forum, closed: Minutes):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    sign_in(client, delegate_of(forum, until_date=yesterday))

    assert client.get(closed.get_absolute_url()).status_code == 404


def test_a_draft_is_not_read_by_delegates(client: Client, forum: Forum, closed: Minutes):
    Minutes.objects.update(approved_at=None)
    sign_in(client, delegate_of(forum))

    assert client.get(closed.get_absolute_url()).status_code == 404


def test_an_editor_reads_those_of_the_forum_they_are_secretary_of(
    client: Client, forum: Forum, closed: Minutes, editor: User
):
    assert closed not in minutes_for(editor, at=timezone.now())
    forum.secretary = editor
    forum.save()

    assert closed in minutes_for(editor, at=timezone.now())


def test_a_secretary_who_is_no_editor_any_more_reads_nothing(forum: Forum, closed: Minutes):
    forum.secretary = UserFactory.create()
    forum.save()

    assert closed not in minutes_for(forum.secretary, at=timezone.now())


def test_somebody_who_was_shut_out_reads_nothing(forum: Forum, closed: Minutes):
    user = delegate_of(forum)
    user.is_active = False

    assert closed not in minutes_for(user, at=timezone.now())


def test_public_minutes_hide_confidential_matters_from_strangers_only(
    client: Client, forum: Forum, closed: Minutes
):
    Minutes.objects.update(visibility=MinutesVisibility.PUBLIC, title="Møte i mars", text="")
    MinutesItem.objects.update(is_confidential=True)
    MinutesItem.objects.create(minutes=closed, number=2, title="Lærlinger", text="Flere plasser.")

    text = client.get(closed.get_absolute_url()).content.decode()
    assert "Lærlinger" in text
    assert SECRET not in text

    sign_in(client, delegate_of(forum))
    own = reverse("companies:own_minutes", kwargs={"pk": closed.pk})
    assert SECRET in client.get(own).content.decode()


def test_public_minutes_wait_for_their_approval(client: Client, closed: Minutes):
    Minutes.objects.update(
        visibility=MinutesVisibility.PUBLIC,
        approved_at=timezone.now() + datetime.timedelta(hours=1),
    )

    assert client.get(closed.get_absolute_url()).status_code == 404


def test_minutes_under_another_forums_address_do_not_exist(client: Client, closed: Minutes):
    Minutes.objects.update(visibility=MinutesVisibility.PUBLIC)
    other = ForumFactory.create()

    address = reverse("companies:minutes_detail", kwargs={"slug": other.slug, "pk": closed.pk})
    assert client.get(address).status_code == 404


def test_a_closed_meeting_is_seen_by_the_forum_only(client: Client, forum: Forum):
    MeetingFactory.create(
        forum=forum,
        starts_at=timezone.now() + datetime.timedelta(days=3),
        state=MeetingState.PLANNED,
        agenda=SECRET,
    )

    assert SECRET not in client.get(forum.get_absolute_url()).content.decode()
    sign_in(client, delegate_of(forum))
    assert SECRET in client.get(reverse("companies:my_page")).content.decode()


@pytest.mark.parametrize(
    ("privacy", "consent", "is_shown"),
    [
        (SeatPrivacy.ALL, False, True),
        (SeatPrivacy.CONSENT, False, False),
        (SeatPrivacy.CONSENT, True, True),
        (SeatPrivacy.NONE, True, False),
    ],
)
def test_seats_are_shown_as_the_forum_and_the_company_said(
    client: Client, privacy: str, consent: bool, is_shown: bool
):
    seat = SeatFactory.create(
        forum=ForumFactory.create(seat_privacy=privacy),
        shown_by_consent=consent,
        delegate_name="Kari Delegat",
    )

    text = client.get(seat.forum.get_absolute_url()).content.decode()

    assert (seat.company.name in text) == is_shown
    assert "Kari Delegat" not in text


@pytest.mark.parametrize("number", [1, 4])
def test_forum_pages_cost_the_same_for_many_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
):
    forum = ForumFactory.create()
    later = timezone.now() + datetime.timedelta(days=3)
    for n in range(number):
        SeatFactory.create(forum=forum, shown_by_consent=True)
        MinutesFactory.create(
            meeting=MeetingFactory.create(forum=forum), visibility=MinutesVisibility.PUBLIC
        )
        MeetingFactory.create(
            forum=ForumFactory.create() if n else forum,
            starts_at=later,
            is_public=True,
            state=MeetingState.PLANNED,
        )

    # One of them is for what the weekly post told of the forum.
    with django_assert_num_queries(5):
        client.get(forum.get_absolute_url())
    with django_assert_num_queries(2):
        client.get(reverse("companies:forum_list"))
