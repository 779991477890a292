"""Deadlines: the responsible is told in time, the stand-in when it has passed, each once."""

import datetime

import pytest

from members.accounts.models import Role, User
from members.mailings.models import Delivery
from members.posts import notices, workflow
from members.posts.models import Post
from members.posts.tasks import write_post_notices
from tests.members.accounts.factories import UserFactory
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
DEADLINE = NOW + 48 * HOUR


@pytest.fixture
def ida() -> User:
    return UserFactory.create(role=Role.EDITOR, first_name="Ida", last_name="Dal")


@pytest.fixture
def ola() -> User:
    return UserFactory.create(role=Role.EDITOR, first_name="Ola", last_name="Nes")


@pytest.fixture
def post(editor: User, ida: User, ola: User) -> Post:
    post = PostFactory.create(
        week=11, author=editor, responsible=ida, stand_in=ola, deadline_at=DEADLINE
    )
    PostItemFactory.create(post=post)
    return post


def titles(person: User) -> list[str]:
    found = Delivery.objects.filter(recipient=person.email).order_by("pk")
    return [delivery.body.title.partition(":")[0] for delivery in found]


def pass_time(*moments: datetime.datetime) -> None:
    for moment in moments:
        notices.write_due(at=moment)
        notices.write_due(at=moment)


def test_the_responsible_is_told_in_time_and_the_stand_in_when_it_is_late(
    post: Post, editor: User, ida: User, ola: User
):
    pass_time(NOW, DEADLINE - 24 * HOUR, DEADLINE - HOUR)
    assert [title.partition(" «")[0] for title in titles(ida)] == [
        "Du er ansvarlig for",
        "Fristen nærmer seg",
    ]
    assert titles(ola) == []

    pass_time(DEADLINE, DEADLINE + HOUR, DEADLINE + 30 * HOUR)
    assert titles(ida)[2:] == ["Fristen er ute"]
    assert titles(ola) == ["Ta over"]
    assert titles(editor) == []
    told = Delivery.objects.filter(recipient=ida.email).latest("pk").body.text
    assert "Ola Nes er bedt om å ta over." in told


def test_who_has_handed_it_in_hears_nothing(post: Post, ida: User, ola: User):
    workflow.submit(post=post, at=NOW, by=ida)
    Delivery.objects.all().delete()

    pass_time(DEADLINE - HOUR, DEADLINE + HOUR)

    assert not Delivery.objects.exists()


def test_a_new_deadline_is_a_new_notice(post: Post, ola: User):
    pass_time(DEADLINE + HOUR)
    Post.objects.update(deadline_at=DEADLINE + 24 * HOUR)
    pass_time(DEADLINE + 25 * HOUR)

    assert titles(ola) == ["Ta over", "Ta over"]


def test_without_a_stand_in_the_responsible_is_told(post: Post, ida: User):
    Post.objects.update(stand_in=None)

    pass_time(DEADLINE)

    assert titles(ida) == ["Fristen er ute"]


def test_an_old_deadline_is_nobodys_news(post: Post):
    write_post_notices()  # The real clock is months later.

    assert not Delivery.objects.exists()


def test_one_who_has_left_gets_no_mail(post: Post, ida: User):
    User.objects.filter(pk=ida.pk).update(is_active=False)

    pass_time(NOW, DEADLINE)

    assert titles(ida) == []


def test_notices_take_a_fixed_number_of_queries(
    post: Post, ida: User, ola: User, django_assert_num_queries
):
    for number in range(4):
        PostFactory.create(week=20 + number, responsible=ida, stand_in=ola, deadline_at=DEADLINE)
    notices.write_due(at=DEADLINE)

    # The transaction, the rules, the posts, and what is written already.
    with django_assert_num_queries(5):
        notices.write_due(at=DEADLINE)
