"""The editors' calendar: planned against what came, empty weeks, and what else is on."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings.models import Newsletter
from members.posts import calendar
from members.posts.models import EditorialRules, PostState
from tests.members.posts.factories import NOW, PostFactory
from tests.projects.bypuls.factories import EventFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 3, 9)
HOUR = datetime.timedelta(hours=1)
FRIDAY = datetime.datetime(2026, 3, 13, 13, tzinfo=datetime.UTC)
URL = "admin:posts_post_calendar"


@pytest.fixture(autouse=True)
def _in_week_eleven():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def week(number: int = 0, at: datetime.datetime = NOW) -> calendar.CalendarWeek:
    return calendar.weeks(MONDAY, 4, at=at)[number]


def test_what_was_planned_stands_beside_what_came(editor: User):
    PostFactory.create(
        week=11,
        planned_at=FRIDAY,
        state=PostState.PUBLISHED,
        published_at=FRIDAY + 48 * HOUR,
        responsible=editor,
    )
    PostFactory.create(week=12, planned_at=FRIDAY + 168 * HOUR, publish_at=None)

    late, coming = week().posts[0], week(1).posts[0]

    assert (late.actual_at, late.is_late, late.is_live) == (FRIDAY + 48 * HOUR, True, True)
    assert (coming.actual_at, coming.is_late, coming.is_live) == (None, False, False)
    assert week(1, at=FRIDAY + 169 * HOUR).posts[0].is_late


def test_an_empty_week_is_marked_and_a_quiet_one_is_not(desk: Client):
    EditorialRules.objects.create(quiet_weeks=[12])

    assert (week(0).is_empty, week(1).is_empty, week(2).is_empty) == (True, False, True)
    page = desk.get(reverse(URL)).content.decode()
    assert "Tom uke: ingen har begynt." in page
    assert "Stille uke" in page
    assert f"{reverse('admin:posts_post_add')}?year=2026&amp;week=13" in page


def test_begin_on_an_empty_week(desk: Client):
    page = desk.get(reverse("admin:posts_post_add"), {"year": 2026, "week": 13}).content.decode()

    assert 'value="13"' in page


def test_events_and_newsletters_stand_in_their_weeks(desk: Client):
    sunday_late = datetime.datetime(2026, 3, 15, 22, 30, tzinfo=datetime.UTC)
    for number in range(7):
        EventFactory.create(
            title=f"Kurs {number}", starts_at=sunday_late - number * HOUR,
            ends_at=sunday_late + HOUR,
        )  # fmt: skip
    EventFactory.create(
        title="Mandagsmøtet", starts_at=sunday_late + HOUR, ends_at=sunday_late + 2 * HOUR
    )
    Newsletter.objects.create(title="Ukas brev", created_at=NOW, scheduled_at=FRIDAY)

    [(_label, listing)] = week().others
    assert [entry.title for entry in listing.entries] == [f"Kurs {n}" for n in (6, 5, 4, 3, 2)]
    assert listing.more == 2
    [(_label, after)] = week(1).others
    assert [entry.title for entry in after.entries] == ["Mandagsmøtet"]
    assert [entry.title for entry in week().newsletters] == ["Ukas brev"]
    page = desk.get(reverse(URL)).content.decode()
    assert "og 2 til" in page
    assert "/arrangementer/?fra=2026-03-09&amp;til=2026-03-15" in page


def test_the_weeks_go_back_and_forth_over_the_turn_of_the_year(desk: Client):
    PostFactory.create(year=2026, week=53, title="Siste uke")
    PostFactory.create(year=2027, week=1, title="Første uke")

    page = desk.get(reverse(URL), {"fra": "2026-52"}).content.decode()

    assert page.index("Siste uke") < page.index("Første uke")
    assert "fra=2026-43" in page
    assert "fra=2027-8" in page


@pytest.mark.parametrize("raw", ["x", "2026-54", "2026-0", "1999-1", "2025-53", "2026-11'"])
def test_what_is_no_week_shows_the_weeks_around_now(desk: Client, raw: str):
    response = desk.get(reverse(URL), {"fra": raw})

    assert response.status_code == 200
    assert response.context["weeks"][2].is_now


def test_the_calendar_takes_a_fixed_number_of_queries(
    desk: Client, editor: User, django_assert_num_queries
):
    for number in range(9, 15):
        PostFactory.create(week=number, responsible=editor)
        day = datetime.datetime.combine(
            datetime.date.fromisocalendar(2026, number, 3), datetime.time(12), datetime.UTC
        )
        EventFactory.create_batch(3, starts_at=day, ends_at=day + HOUR)
        Newsletter.objects.create(title=f"Brev {number}", created_at=day)
    desk.get(reverse(URL))

    with django_assert_num_queries(5):
        calendar.weeks(MONDAY - datetime.timedelta(days=14), 10, at=NOW)
