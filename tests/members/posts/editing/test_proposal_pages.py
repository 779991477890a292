"""Proposals and cards on the editing page, as an editor without JavaScript meets them."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.posts.models import Post, PostCard, PostState
from projects.bypuls.models import EventStatus
from tests.members.accounts.factories import UserFactory
from tests.members.posts.editing.desk import address, signed_in
from tests.members.posts.factories import PostFactory, PostItemFactory
from tests.projects.bypuls.factories import EventFactory

pytestmark = pytest.mark.django_db

OSLO = timezone.get_default_timezone()
# A Friday in week 47.
FRIDAY = datetime.datetime(2026, 11, 20, 10, tzinfo=OSLO)


@pytest.fixture(autouse=True)
def _friday(time_machine) -> None:
    time_machine.move_to(FRIDAY, tick=False)


@pytest.fixture
def anna(editor: User) -> Client:
    return signed_in(editor)


@pytest.fixture
def post() -> Post:
    return PostFactory.create(year=2026, week=47)


def held(title: str = "Frokostmøte", day: int = 19, **fields):
    return EventFactory.create(
        title=title,
        starts_at=datetime.datetime(2026, 11, day, 8, tzinfo=OSLO),
        status=EventStatus.HELD,
        **fields,
    )


def page(client: Client, post: Post) -> str:
    return client.get(address("edit", post)).content.decode()


def test_a_new_post_comes_with_the_week_chosen_and_its_proposals_waiting(anna: Client):
    held(attendance=42)
    form = anna.get(reverse("admin:posts_post_add")).context["adminform"].form
    assert form.initial == {"year": 2026, "week": 47, "title": "Uke 47 i Kongsberg"}

    photos = {"photos-TOTAL_FORMS": 0, "photos-INITIAL_FORMS": 0}
    answer = anna.post(reverse("admin:posts_post_add"), form.initial | photos, follow=True)

    shown = answer.content.decode()
    assert "Ett forslag venter." in shown
    assert "42 til stede" in shown
    # This week is begun: the next new post is for the next one.
    form = anna.get(reverse("admin:posts_post_add")).context["adminform"].form
    assert form.initial["week"] == 48


def test_one_press_makes_a_piece_with_a_card_and_a_second_changes_nothing(
    anna: Client, post: Post, editor: User
):
    event = held(attendance=42)
    data = {"only": f"event-held:{event.pk}"}

    shown = anna.post(address("take", post), data, follow=True).content.decode()
    again = anna.post(address("take", post), data, follow=True).content.decode()

    item = post.items.get()
    assert (item.heading, item.weekday, item.updated_by) == ("Frokostmøte", 4, editor)
    assert [(card.kind, card.key) for card in item.cards.all()] == [("event", event.pk)]
    assert "Tatt med. Biten står blant de andre" in shown
    assert "Det står alt i posten." in again
    assert "Du har tatt stilling til alt" in again
    assert f'href="#bit-{item.pk}"' in again


def test_several_are_taken_by_ticking_and_none_ticked_says_so(anna: Client, post: Post):
    events = [held(f"Møte {day}", day) for day in (16, 17, 18)]

    nothing = anna.post(address("take", post), {}, follow=True).content.decode()
    ticked = [f"event-held:{event.pk}" for event in events[:2]]
    shown = anna.post(address("take", post), {"source": ticked}, follow=True).content.decode()

    assert "Kryss av for minst ett forslag." in nothing
    assert [item.heading for item in post.items.order_by("position")] == ["Møte 16", "Møte 17"]
    assert "Bitene står blant de andre" in shown
    assert "Ett forslag venter." in shown


def test_a_dropped_piece_stands_in_the_panel_with_who_dropped_it(anna: Client, post: Post):
    event = held()
    anna.post(address("take", post), {"only": f"event-held:{event.pk}"})
    item = post.items.get()
    anna.post(address("drop_piece", post, item.pk), {"version": item.version})

    panel = page(anna, post).partition('id="forslag"')[2].partition("</section>")[0]
    assert "Fjernet av" in panel
    assert "Legg tilbake" in panel

    anna.post(address("take", post), {"only": f"event-held:{event.pk}"})
    assert post.items.get() == item


def test_an_event_that_was_called_off_meanwhile_is_not_taken(anna: Client, post: Post):
    event = held()
    event.status, event.status_reason = EventStatus.CANCELLED, "Syk"
    event.save()

    data = {"only": f"event-held:{event.pk}"}
    shown = anna.post(address("take", post), data, follow=True).content.decode()

    assert "Det foreslås ikke lenger" in shown
    assert not post.items.exists()


def test_what_readers_would_see_at_once_is_taken_by_who_has_seen_that_they_do(
    anna: Client, post: Post
):
    event = held()
    data = {"only": f"event-held:{event.pk}", "was_public": "False"}
    Post.objects.filter(pk=post.pk).update(state=PostState.PUBLISHED, published_at=FRIDAY)

    shown = anna.post(address("take", post), data, follow=True).content.decode()
    assert "Det du tar med nå, ser leserne med en gang." in shown
    assert not post.items.exists()

    assert 'name="was_public" value="True"' in shown
    anna.post(address("take", post), data | {"was_public": "True"})
    assert post.items.count() == 1


def test_a_quiet_week_says_where_proposals_come_from(anna: Client, post: Post):
    shown = page(anna, post)

    assert "Portalen har ingenting å foreslå for denne uka." in shown
    assert "Forslagene kommer av seg selv" in shown


def test_the_page_costs_the_same_with_more_proposals_and_cards(
    anna: Client, post: Post, django_assert_max_num_queries
):
    for number in range(3):
        event = held(f"Møte {number}")
        item = PostItemFactory.create(post=post)
        PostCard.objects.create(item=item, kind="event", key=event.pk)
    with django_assert_max_num_queries(40) as few:
        page(anna, post)
    for number in range(3, 9):
        event = held(f"Møte {number}")
        item = PostItemFactory.create(post=post)
        PostCard.objects.create(item=item, kind="event", key=event.pk)

    with django_assert_max_num_queries(len(few)):
        page(anna, post)


def test_get_takes_nothing_and_only_editors_may(anna: Client, post: Post):
    event = held()
    data = {"only": f"event-held:{event.pk}"}
    reader = signed_in(UserFactory.create())

    assert anna.get(address("take", post), data).status_code == 405
    assert reader.post(address("take", post), data).status_code in (302, 403)
    assert Client().post(address("take", post), data).status_code == 302
    assert not post.items.exists()


# --- Cards -------------------------------------------------------------------------------------
def test_a_card_is_found_added_moved_and_taken_away(anna: Client, post: Post):
    item = PostItemFactory.create(post=post, heading="Tall og kaffe")
    first, second = held("Frokost"), held("Kveldskurs")
    url = address("cards", post, item.pk)

    found = anna.get(url, {"slag": "event", "q": "kveld"}).content.decode()
    assert "Kveldskurs" in found
    assert "Frokost" not in found
    for event in (first, second, second):
        anna.post(url, {"slag": "event", "key": event.pk})
    assert [card.key for card in item.cards.order_by("position")] == [first.pk, second.pk]
    assert "Står under biten" in anna.get(url, {"slag": "event"}).content.decode()

    last = item.cards.get(key=second.pk)
    anna.post(address("move_card", post, item.pk, last.pk), {"position": 0})
    assert [card.key for card in item.cards.order_by("position")] == [second.pk, first.pk]

    remove = address("remove_card", post, item.pk, last.pk)
    shown = anna.post(remove, follow=True).content.decode()
    assert "Kortet er fjernet." in shown
    assert anna.post(remove).status_code == 302
    assert [card.key for card in item.cards.all()] == [first.pk]


@pytest.mark.parametrize(
    "data",
    [
        {"slag": "event", "key": "0"},
        {"slag": "event", "key": "999999999999999999999"},
        {"slag": "ingenting", "key": "1"},
        {"slag": "event"},
        {},
    ],
    ids=str,
)
def test_a_made_up_card_is_refused_with_a_message(anna: Client, post: Post, data):
    item = PostItemFactory.create(post=post)

    shown = anna.post(address("cards", post, item.pk), data)

    assert shown.status_code == 200
    assert "Søk og velg på nytt." in shown.content.decode()
    assert not PostCard.objects.exists()


def test_a_search_for_no_kind_of_ours_says_so(anna: Client, post: Post):
    item = PostItemFactory.create(post=post)

    shown = anna.get(address("cards", post, item.pk), {"slag": "hemmelig", "q": "<b>"})

    assert shown.status_code == 200
    assert re.search(r'role="alert"', shown.content.decode())


def test_cards_of_another_post_are_not_at_hand(anna: Client, post: Post):
    other = PostItemFactory.create()
    card = PostCard.objects.create(item=other, kind="event", key=held().pk)

    assert anna.get(address("cards", post, other.pk)).status_code == 404
    assert (
        anna.post(address("move_card", post, other.pk, card.pk), {"position": 0}).status_code == 404
    )
    assert anna.post(address("remove_card", post, other.pk, card.pk)).status_code == 404
    assert PostCard.objects.exists()


def test_a_post_on_its_page_shows_a_new_card_as_of_now(anna: Client, client: Client):
    post = PostFactory.create(year=2026, week=46, state=PostState.PUBLISHED, published_at=FRIDAY)
    item = PostItemFactory.create(post=post)
    event = held(attendance=42)

    anna.post(address("cards", post, item.pk), {"slag": "event", "key": event.pk})

    assert "Holdt, 42 til stede" in client.get(post.get_absolute_url()).content.decode()
