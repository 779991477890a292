"""Weeks with and without a post: what is expected, what is quiet, and who is reminded."""

import datetime

import pytest
import time_machine

from members.accounts.models import Role, User
from members.mailings.models import Delivery
from members.posts import missing, rules
from members.posts.models import EditorialRules, Post, PostState
from members.posts.tasks import write_post_notices
from members.posts.weeks import week_of
from projects.bypuls.models import SchoolHoliday
from tests.members.accounts.factories import UserFactory
from tests.members.posts.factories import PostFactory

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
# Friday of week 11 at 14 here: the usual time.
FRIDAY = datetime.datetime(2026, 3, 13, 13, tzinfo=datetime.UTC)


def told() -> dict[str, str]:
    return {delivery.recipient: delivery.body.text for delivery in Delivery.objects.all()}


def test_editors_are_reminded_once_when_nobody_has_begun(editor: User, programme_officer: User):
    other = UserFactory.create(role=Role.EDITOR)

    assert missing.remind_of_missing_post(at=FRIDAY - 5 * HOUR) == 0
    assert missing.remind_of_missing_post(at=FRIDAY - 4 * HOUR) == 2
    assert missing.remind_of_missing_post(at=FRIDAY - 3 * HOUR) == 0
    assert missing.remind_of_missing_post(at=FRIDAY + 48 * HOUR) == 0

    assert set(told()) == {editor.email, other.email}
    assert "?year=2026&week=11" in told()[editor.email]


def test_once_a_week_even_when_somebody_begins_afterwards(editor: User, superuser: User):
    missing.remind_of_missing_post(at=FRIDAY - HOUR)
    PostFactory.create(week=11, responsible=superuser)

    assert missing.remind_of_missing_post(at=FRIDAY) == 0


def test_the_responsible_is_reminded_of_what_was_begun(editor: User, superuser: User):
    PostFactory.create(week=11, title="Halvveis", responsible=superuser, state=PostState.REVIEW)

    assert missing.remind_of_missing_post(at=FRIDAY) == 1

    assert set(told()) == {superuser.email}
    assert "«Halvveis» er begynt på" in told()[superuser.email]


@pytest.mark.parametrize("state", [PostState.SCHEDULED, PostState.PUBLISHED, PostState.CORRECTED])
def test_no_reminder_of_what_is_out_or_on_its_way(editor: User, state: PostState):
    PostFactory.create(week=11, state=state, publish_at=FRIDAY, published_at=FRIDAY)

    assert missing.remind_of_missing_post(at=FRIDAY) == 0


def test_no_reminder_in_a_quiet_week(editor: User):
    EditorialRules.objects.create(quiet_weeks=[10, 11])

    assert missing.remind_of_missing_post(at=FRIDAY) == 0


def test_no_reminder_while_the_schools_have_winter_holiday(editor: User):
    SchoolHoliday.objects.create(
        name="Vinterferie",
        first_date=datetime.date(2026, 3, 9),
        last_date=datetime.date(2026, 3, 13),
    )

    assert missing.remind_of_missing_post(at=FRIDAY) == 0
    assert week_of(2026, 11, rules=rules.current()).quiet_why == "Vinterferie"


def test_christmas_is_quiet_and_the_week_of_one_red_day_is_not():
    current = rules.current()

    # 24, 25 and 26 December 2025 are Wednesday to Friday.
    assert "Julaften" in week_of(2025, 52, rules=current).quiet_why
    assert week_of(2026, 18, rules=current).quiet_why == ""


def test_a_red_friday_moves_the_post_to_the_day_before():
    # 1 May 2026 is a Friday.
    week = week_of(2026, 18, rules=rules.current())

    assert (week.publication.date(), week.publication.hour) == (datetime.date(2026, 4, 30), 14)


def test_the_set_day_and_time_decide(editor: User):
    EditorialRules.objects.create(
        publication_weekday=3, publication_time=datetime.time(9), alarm_hours_before=1
    )
    wednesday = datetime.datetime(2026, 3, 11, 7, tzinfo=datetime.UTC)

    assert missing.remind_of_missing_post(at=wednesday - HOUR) == 0
    assert missing.remind_of_missing_post(at=wednesday) == 1


def test_a_year_has_its_own_weeks(editor: User):
    # 2026 has a week 53; week 1 of 2027 begins on 4 January.
    friday = datetime.datetime(2027, 1, 8, 13, tzinfo=datetime.UTC)

    assert missing.remind_of_missing_post(at=friday) == 1

    assert Delivery.objects.get().subject == "post-missing-2027-01"


def test_the_beat_reminds_by_the_clock(editor: User):
    with time_machine.travel(FRIDAY, tick=False):
        write_post_notices()
        write_post_notices()

    assert Delivery.objects.count() == 1
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("text", "weeks", "again"),
    [
        ("28–31, 52", [28, 29, 30, 31, 52], "28–31, 52"),
        (" 8 28 - 30 ;29", [8, 28, 29, 30], "8, 28–30"),
        ("", [], ""),
    ],
)
def test_weeks_are_read_as_people_write_them(text: str, weeks: list[int], again: str):
    assert rules.weeks_from_text(text) == weeks
    assert rules.text_of_weeks(weeks) == again


@pytest.mark.parametrize("text", ["54", "0", "påske", "31–28", "-3", "1–2–3"])
def test_what_is_no_week_is_refused(text: str):
    with pytest.raises(rules.WeeksError):
        rules.weeks_from_text(text)
