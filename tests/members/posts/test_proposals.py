"""Proposals become pieces once, where they belong, and never behind an editor's back."""

import threading

import pytest
from django.db import connection
from django.utils.translation import gettext_lazy

from members.accounts.models import User
from members.posts import proposals
from members.posts.editing import pieces
from members.posts.editing.pieces import Seen
from members.posts.models import PostItem
from members.posts.proposals import Proposal, Proposer
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db


def proposal(name: str, **fields) -> Proposal:
    return Proposal(**{"source": name, "heading": name, "text": "<p>Tekst.</p>", **fields})


@pytest.fixture
def week(monkeypatch) -> list[Proposal]:
    """What is proposed, whatever the week: the list can be changed as the world changes."""
    found: list[Proposal] = []
    monkeypatch.setattr(
        proposals,
        "PROPOSERS",
        {"test": Proposer(gettext_lazy("Forslag fra uka"), lambda week, at: list(found))},
    )
    return found


def take(post, *sources: str, by: User) -> list[PostItem]:
    return proposals.take(post=post, sources=sources, at=NOW, by=by)


def test_several_are_taken_at_once_and_pressing_twice_makes_one_piece_each(week, editor: User):
    week += [proposal("a:1"), proposal("a:2"), proposal("a:3")]
    post = PostFactory.create()

    assert len(take(post, "a:1", "a:3", by=editor)) == 2
    assert take(post, "a:1", "a:3", by=editor) == []

    assert set(post.items.values_list("source", flat=True)) == {"a:1", "a:3"}
    assert {item.updated_by for item in post.items.all()} == {editor}


def test_a_piece_keeps_what_its_editor_made_of_it_when_the_proposal_is_pressed_again(
    week, editor: User
):
    week.append(proposal("a:1"))
    post = PostFactory.create()
    [item] = take(post, "a:1", by=editor)
    pieces.change(
        post=post,
        item_id=item.pk,
        fields={"heading": "Mine ord"},
        seen=Seen(version=item.version, was_public=False),
        at=NOW,
        by=editor,
    )

    take(post, "a:1", by=editor)

    assert [found.heading for found in post.items.all()] == ["Mine ord"]


def test_a_dropped_one_says_so_and_comes_back_with_its_words(week, editor: User):
    week.append(proposal("a:1"))
    post = PostFactory.create()
    [item] = take(post, "a:1", by=editor)
    seen = Seen(version=item.version, was_public=False)
    pieces.drop(post=post, item_id=item.pk, seen=seen, at=NOW, by=editor)

    [group] = proposals.offers_for(post, at=NOW)
    assert group.offers[0].is_dropped
    assert group.left == 0

    assert take(post, "a:1", by=editor) == [item]
    assert PostItem.everything.filter(post=post).count() == 1


def test_what_is_proposed_no_longer_is_passed_over(week, editor: User):
    week.append(proposal("a:1"))
    post = PostFactory.create()
    week.clear()

    assert take(post, "a:1", by=editor) == []
    assert not post.items.exists()


def test_a_piece_goes_after_those_of_its_day_and_one_without_a_day_goes_last(week, editor: User):
    week += [proposal("a:2", weekday=2), proposal("a:4", weekday=4), proposal("a:0")]
    post = PostFactory.create()
    for position, (name, weekday) in enumerate(
        [("Velkommen", None), ("Mandag", 1), ("Onsdag", 3), ("Til slutt", None)]
    ):
        PostItemFactory.create(post=post, position=position, heading=name, weekday=weekday)

    take(post, "a:2", "a:4", "a:0", by=editor)

    order = [item.heading for item in post.items.order_by("position")]
    assert order == ["Velkommen", "Mandag", "a:2", "Onsdag", "a:4", "Til slutt", "a:0"]


def test_a_heading_that_is_too_long_is_cut(week, editor: User):
    week.append(proposal("a:1", heading="Ord " * 80))

    [item] = take(PostFactory.create(), "a:1", by=editor)

    assert item.heading.endswith("Ord…")
    assert len(item.heading) <= 150


def test_hostile_text_is_cleaned_on_its_way_in(week, editor: User):
    week.append(proposal("a:1", text="<p>Hei<script>alert(1)</script></p>"))

    [item] = take(PostFactory.create(), "a:1", by=editor)

    assert item.body == "<p>Hei</p>"


@pytest.mark.django_db(transaction=True)
def test_editors_who_press_at_the_same_moment_make_one_piece(week, editor: User):
    week += [proposal("a:1"), proposal("a:2")]
    post = PostFactory.create()
    at_once = threading.Barrier(4)
    taken: list[int] = []

    def press() -> None:
        at_once.wait(20)
        taken.append(len(take(post, "a:1", "a:2", by=editor)))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == [0, 0, 0, 2]
    assert post.items.count() == 2
