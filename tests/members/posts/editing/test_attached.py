"""Pictures and cards of a post: changing them is writing in it, so that the approval no longer holds."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from members.accounts.models import Role, User
from members.posts import cards, publishing, workflow
from members.posts.models import CardKind, EditorialRules, Photo, Post, PostCard, PostItem
from members.posts.pictures import keeping
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import MembershipFactory
from tests.members.posts.factories import (
    NOW,
    PhotoFactory,
    PictureFactory,
    PostFactory,
    PostItemFactory,
)

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def bo() -> User:
    return UserFactory.create(role=Role.EDITOR, first_name="Bo", last_name="Berg")


@pytest.fixture
def post() -> Post:
    """A post with a piece that has two pictures and two cards."""
    item: PostItem = PostItemFactory.create(post=PostFactory.create(week=11))
    for position in (0, 1):
        PhotoFactory.create(post=item.post, item=item, position=position)
        company = MembershipFactory.create().company
        PostCard.objects.create(item=item, kind=CardKind.COMPANY, key=company.pk, position=position)
    return item.post


def place(post: Post, name: str, *arguments: int) -> str:
    return reverse(f"admin:posts_post_{name}", args=[post.pk, *arguments])


def first(post: Post) -> Photo:
    found = post.photos.order_by("position", "pk").first()
    assert found is not None
    return found


def first_card(post: Post) -> PostCard:
    return PostCard.objects.filter(item__post=post).order_by("position", "pk")[0]


def card_place(post: Post, name: str) -> str:
    card = first_card(post)
    return place(post, name, card.item_id, card.pk)


def put_in_a_picture(desk: Client, post: Post) -> None:
    picture = PictureFactory.create()
    desk.post(place(post, "choose_photo"), {"picture": picture.pk})


def tell_otherwise(desk: Client, post: Post) -> None:
    desk.post(place(post, "edit_photo", first(post).pk), {"alt": "Noe annet"})


def move_a_picture(desk: Client, post: Post) -> None:
    desk.post(place(post, "move_photo", first(post).pk), {"down": "1"})


def take_a_picture_out(desk: Client, post: Post) -> None:
    desk.post(place(post, "drop_photo", first(post).pk))


def cut_a_picture(desk: Client, post: Post) -> None:
    picture = first(post).picture
    form = {
        "description": picture.description,
        **{name: getattr(picture, name) for name in keeping.CROP_FIELDS},
        "cut_left": 50,
        "consents-TOTAL_FORMS": 0,
        "consents-INITIAL_FORMS": 0,
    }
    desk.post(reverse("admin:posts_picture_change", args=[picture.pk]), form)


def add_a_card(desk: Client, post: Post) -> None:
    company = MembershipFactory.create().company
    address = place(post, "cards", post.items.get().pk)
    desk.post(address, {"slag": CardKind.COMPANY, "key": company.pk})


def move_a_card(desk: Client, post: Post) -> None:
    desk.post(card_place(post, "move_card"), {"position": 1})


def take_a_card_away(desk: Client, post: Post) -> None:
    desk.post(card_place(post, "remove_card"))


CHANGES = {
    "picture-in": put_in_a_picture,
    "picture-told": tell_otherwise,
    "picture-moved": move_a_picture,
    "picture-out": take_a_picture_out,
    "picture-cut": cut_a_picture,
    "card-added": add_a_card,
    "card-moved": move_a_card,
    "card-gone": take_a_card_away,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of_a_picture_or_a_card_asks_for_another_approval(
    desk: Client, post: Post, editor: User, bo: User, change: Callable[[Client, Post], None]
):
    EditorialRules.objects.create(four_eyes=True)
    workflow.submit(post=post, at=NOW, by=editor)
    workflow.approve(post=post, at=NOW, by=bo)

    change(desk, post)

    post.refresh_from_db()
    assert post.last_written_by == editor
    with pytest.raises(workflow.NotAllowedError, match="godkjennes på nytt"):
        publishing.publish(post=post, at=NOW + HOUR, by=bo)
    # Nor does the one who changed it approve.
    with pytest.raises(workflow.NotAllowedError):
        workflow.approve(post=post, at=NOW + HOUR, by=editor)


def say_the_same(desk: Client, post: Post) -> None:
    photo = first(post)
    words = {"alt": photo.alt, "caption": photo.caption, "credit": photo.credit}
    desk.post(place(post, "edit_photo", photo.pk), {**words, "item": photo.item_id})


def move_the_first_up(desk: Client, post: Post) -> None:
    desk.post(place(post, "move_photo", first(post).pk), {"up": "1"})


def take_out_what_is_out(desk: Client, post: Post) -> None:
    desk.post(place(post, "drop_photo", 987654))


def cut_nothing(desk: Client, post: Post) -> None:
    picture = first(post).picture
    keeping.change(picture_id=picture.pk, fields={"credit": "Ola"}, at=NOW + HOUR, by=None)


def add_the_same_card(desk: Client, post: Post) -> None:
    card = first_card(post)
    desk.post(place(post, "cards", card.item_id), {"slag": card.kind, "key": card.key})


def move_the_card_to_its_place(desk: Client, post: Post) -> None:
    desk.post(card_place(post, "move_card"), {"position": 0})


NO_CHANGES = {
    "same-words": say_the_same,
    "first-up": move_the_first_up,
    "out-already": take_out_what_is_out,
    "no-new-crop": cut_nothing,
    "same-card": add_the_same_card,
    "card-in-place": move_the_card_to_its_place,
}


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES.keys())
def test_what_changes_nothing_leaves_the_approval(
    desk: Client, post: Post, bo: User, change: Callable[[Client, Post], None]
):
    workflow.approve(post=post, at=NOW, by=bo)
    before = Post.objects.values("updated_at", "last_written_at").get(pk=post.pk)

    change(desk, post)

    assert Post.objects.values("updated_at", "last_written_at").get(pk=post.pk) == before


def test_a_new_crop_does_not_date_what_readers_have(post: Post, editor: User):
    publishing.publish(post=post, at=NOW, by=editor)

    keeping.change(
        picture_id=first(post).picture_id, fields={"cut_left": 50}, at=NOW + HOUR, by=editor
    )

    assert Post.objects.get(pk=post.pk).last_written_at is None


def test_a_picture_that_goes_to_another_piece_stands_last_there(desk: Client, post: Post):
    moved, stays = post.photos.order_by("position", "pk")
    PhotoFactory.create(post=post, position=7)

    desk.post(place(post, "edit_photo", moved.pk), {"alt": moved.alt, "item": ""})

    on_top = post.photos.filter(item=None).order_by("position", "pk")
    assert list(on_top)[-1] == moved
    assert post.photos.exclude(item=None).get() == stays


def test_words_for_a_picture_that_somebody_took_out_are_answered_plainly(desk: Client, post: Post):
    address = place(post, "edit_photo", first(post).pk)
    take_a_picture_out(desk, post)

    page = desk.post(address, {"alt": "Sol over Krona"}, follow=True).content.decode()

    assert "Noen har tatt bildet ut av posten." in page
    assert post.photos.count() == 1


def test_taking_a_card_away_twice_is_once(post: Post, editor: User):
    card = first_card(post)
    cards.remove(card=card, at=NOW, by=editor)
    cards.remove(card=card, at=NOW + HOUR, by=editor)

    assert Post.objects.get(pk=post.pk).last_written_at == NOW
