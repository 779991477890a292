"""From draft to page: the legal moves, four eyes, and what is left behind by each move."""

import datetime
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from members.accounts.models import Role, User
from members.mailings.models import Delivery
from members.posts import publishing, workflow
from members.posts.editing import pieces, versions
from members.posts.models import EditorialRules, Post, PostMove, PostState, PostVersion
from tests.members.accounts.factories import UserFactory
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
S = PostState


@pytest.fixture
def bo() -> User:
    return UserFactory.create(role=Role.EDITOR, first_name="Bo", last_name="Berg")


@pytest.fixture
def post(editor: User) -> Post:
    post = PostFactory.create(week=11, author=editor)
    PostItemFactory.create(post=post)
    return post


@pytest.fixture
def four_eyes() -> EditorialRules:
    return EditorialRules.objects.create(four_eyes=True)


def write_in(post: Post, *, at: datetime.datetime, by: User) -> None:
    post.refresh_from_db()
    fields = {"title": f"Tittel {at:%H.%M}", "intro": post.intro}
    seen = pieces.Seen(version=post.version, was_public=post.state in publishing.PUBLIC_STATES)
    pieces.change_head(post=post, fields=fields, seen=seen, at=at, by=by)


def state(post: Post) -> str:
    return Post.objects.get(pk=post.pk).state


def test_each_move_says_who_when_and_why_and_keeps_the_words(post: Post, editor: User, bo: User):
    workflow.submit(post=post, at=NOW, by=editor, why="Klar.")
    workflow.approve(post=post, at=NOW + HOUR, by=bo)
    publishing.schedule(post=post, for_time=NOW + 5 * HOUR, at=NOW + 2 * HOUR, by=bo)
    publishing.publish_due(at=NOW + 5 * HOUR)

    moves = PostMove.objects.order_by("pk")
    assert list(moves.values_list("from_state", "to_state", "by", "at", "why")) == [
        (S.DRAFT, S.REVIEW, editor.pk, NOW, "Klar."),
        (S.REVIEW, S.APPROVED, bo.pk, NOW + HOUR, ""),
        (S.APPROVED, S.SCHEDULED, bo.pk, NOW + 2 * HOUR, ""),
        (S.SCHEDULED, S.PUBLISHED, None, NOW + 5 * HOUR, ""),
    ]
    names = PostVersion.objects.order_by("number").values_list("name", flat=True)
    assert list(names) == ["Til gjennomlesing", "Godkjent", "Planlagt", "Publisert"]
    assert [move.version and move.version.name for move in moves] == list(names)


@pytest.mark.parametrize(
    ("start", "do"),
    [
        (S.PUBLISHED, lambda post, by: workflow.submit(post=post, at=NOW, by=by)),
        (S.PUBLISHED, lambda post, by: workflow.approve(post=post, at=NOW, by=by)),
        (S.CORRECTED, lambda post, by: workflow.send_back(post=post, at=NOW, by=by, why="x")),
        (S.SCHEDULED, lambda post, by: workflow.submit(post=post, at=NOW, by=by)),
        (S.DRAFT, lambda post, by: workflow.unschedule(post=post, at=NOW, by=by)),
        (S.REVIEW, lambda post, by: publishing.correct(post=post, text="x", at=NOW, by=by)),
        (S.APPROVED, lambda post, by: publishing.withdraw(post=post, text="x", at=NOW, by=by)),
        (
            S.PUBLISHED,
            lambda post, by: publishing.schedule(post=post, for_time=NOW + HOUR, at=NOW, by=by),
        ),
    ],
    ids=[
        *("submit public", "approve public", "send back corrected", "submit scheduled"),
        *("unschedule draft", "correct unread", "withdraw unread", "schedule public"),
    ],
)
def test_what_is_no_legal_move_changes_nothing(
    post: Post, editor: User, start: PostState, do: Callable[[Post, User], object]
):
    Post.objects.filter(pk=post.pk).update(state=start, published_at=NOW, publish_at=NOW)

    with pytest.raises(workflow.WrongStateError):
        do(post, editor)

    assert state(post) == start
    assert not PostMove.objects.exists()


def test_a_post_without_pieces_is_not_submitted(editor: User):
    with pytest.raises(workflow.WrongStateError, match="ingen biter"):
        workflow.submit(post=PostFactory.create(), at=NOW, by=editor)


def test_pressing_twice_is_one_move(post: Post, editor: User, bo: User):
    for _press in range(2):
        workflow.submit(post=post, at=NOW, by=editor)
    for _press in range(2):
        workflow.approve(post=post, at=NOW, by=bo)
    for _press in range(2):
        workflow.send_back(post=post, at=NOW, by=bo, why="Bildet mangler.")

    assert PostMove.objects.count() == 3


def test_without_the_rule_one_person_may_do_it_all(post: Post, editor: User):
    publishing.publish(post=post, at=NOW, by=editor)

    assert state(post) == S.PUBLISHED


def test_who_submitted_may_not_approve(post: Post, editor: User, bo: User, four_eyes):
    workflow.submit(post=post, at=NOW, by=editor)

    with pytest.raises(workflow.NotAllowedError, match="En annen må godkjenne"):
        workflow.approve(post=post, at=NOW, by=editor)
    assert state(post) == S.REVIEW
    workflow.approve(post=post, at=NOW, by=bo)
    assert state(post) == S.APPROVED


def test_who_wrote_last_may_not_approve_but_may_hand_it_on(
    post: Post, editor: User, bo: User, four_eyes
):
    workflow.submit(post=post, at=NOW, by=editor)
    write_in(post, at=NOW + HOUR, by=bo)

    with pytest.raises(workflow.NotAllowedError, match="Du skrev sist"):
        workflow.approve(post=post, at=NOW + 2 * HOUR, by=bo)
    workflow.submit(post=post, at=NOW + 3 * HOUR, by=bo)
    workflow.approve(post=post, at=NOW + 4 * HOUR, by=editor)

    assert state(post) == S.APPROVED
    assert PostMove.objects.filter(from_state=S.REVIEW, to_state=S.REVIEW, by=bo).exists()


@pytest.mark.parametrize("start", [S.DRAFT, S.REVIEW])
def test_what_nobody_approved_does_not_go_out(
    post: Post, editor: User, four_eyes, start: PostState
):
    Post.objects.filter(pk=post.pk).update(state=start)

    with pytest.raises(workflow.NotAllowedError):
        publishing.publish(post=post, at=NOW, by=editor)
    with pytest.raises(workflow.NotAllowedError):
        publishing.schedule(post=post, for_time=NOW + HOUR, at=NOW, by=editor)
    assert state(post) == start


def test_a_change_after_the_approval_asks_for_another(
    post: Post, editor: User, bo: User, four_eyes
):
    workflow.submit(post=post, at=NOW, by=editor)
    workflow.approve(post=post, at=NOW, by=bo)
    write_in(post, at=NOW + HOUR, by=editor)

    with pytest.raises(workflow.NotAllowedError, match="godkjennes på nytt"):
        publishing.publish(post=post, at=NOW + 2 * HOUR, by=editor)
    workflow.approve(post=post, at=NOW + 2 * HOUR, by=bo)
    assert publishing.publish(post=post, at=NOW + 3 * HOUR, by=editor).state == S.PUBLISHED


def test_a_change_that_waited_for_the_approval_comes_after_it(
    post: Post, editor: User, bo: User, four_eyes
):
    workflow.submit(post=post, at=NOW, by=editor)
    workflow.approve(post=post, at=NOW + HOUR, by=bo)
    # The clock was read before the lock was free.
    write_in(post, at=NOW + HOUR - datetime.timedelta(seconds=1), by=editor)

    with pytest.raises(workflow.NotAllowedError, match="godkjennes på nytt"):
        publishing.publish(post=post, at=NOW + 2 * HOUR, by=editor)


def test_a_scheduled_post_that_was_changed_is_held_back_and_told_of(
    post: Post, editor: User, bo: User, four_eyes
):
    Post.objects.filter(pk=post.pk).update(responsible=bo)
    workflow.submit(post=post, at=NOW, by=editor)
    workflow.approve(post=post, at=NOW, by=bo)
    publishing.schedule(post=post, for_time=NOW + 2 * HOUR, at=NOW, by=bo)
    write_in(post, at=NOW + HOUR, by=editor)
    Delivery.objects.all().delete()

    assert publishing.publish_due(at=NOW + 2 * HOUR) == 0
    assert publishing.publish_due(at=NOW + 2 * HOUR) == 0

    assert state(post) == S.REVIEW
    sent = {delivery.recipient: delivery.body for delivery in Delivery.objects.all()}
    assert set(sent) == {editor.email, bo.email}
    assert "ble ikke publisert" in sent[bo.email].title
    assert "godkjennes på nytt" in sent[bo.email].text


def test_approving_again_keeps_the_time_of_a_scheduled_post(
    post: Post, editor: User, bo: User, four_eyes
):
    workflow.submit(post=post, at=NOW, by=editor)
    workflow.approve(post=post, at=NOW, by=bo)
    publishing.schedule(post=post, for_time=NOW + 4 * HOUR, at=NOW, by=bo)
    write_in(post, at=NOW + HOUR, by=editor)
    workflow.approve(post=post, at=NOW + 2 * HOUR, by=bo)

    assert publishing.publish_due(at=NOW + 4 * HOUR) == 1


def test_off_the_schedule_an_approved_post_stays_approved(post: Post, editor: User, bo: User):
    workflow.approve(post=post, at=NOW, by=bo)
    publishing.schedule(post=post, for_time=NOW + HOUR, at=NOW, by=editor)

    workflow.unschedule(post=post, at=NOW, by=editor)

    post.refresh_from_db()
    assert (post.state, post.publish_at, post.approved_by) == (S.APPROVED, None, bo)


def test_sent_back_it_needs_a_new_approval_and_the_sender_is_told_why(
    post: Post, editor: User, bo: User, four_eyes
):
    workflow.submit(post=post, at=NOW, by=editor)

    workflow.send_back(post=post, at=NOW, by=bo, why="Tallet i første bit er feil.")

    post.refresh_from_db()
    assert (post.state, post.approved_by, post.submitted_by) == (S.DRAFT, None, None)
    notice = Delivery.objects.get(recipient=editor.email)
    assert "Tallet i første bit er feil." in notice.body.text


def test_those_who_answer_for_the_post_are_told_that_it_waits(post: Post, editor: User, bo: User):
    Post.objects.filter(pk=post.pk).update(responsible=bo, stand_in=editor)

    workflow.submit(post=post, at=NOW, by=editor, why="Sjekk navnene.")

    notice = Delivery.objects.get()
    assert notice.recipient == bo.email
    assert "Sjekk navnene." in notice.body.text
    assert f"/admin/posts/post/{post.pk}/rediger/" in notice.body.text


def test_a_correction_is_kept_with_the_words_before_and_after(post: Post, editor: User):
    publishing.publish(post=post, at=NOW, by=editor)
    item = post.items.get()
    seen = pieces.Seen(version=item.version, was_public=True)
    fields = {"body": "<p>Over 40 var med.</p>"}
    pieces.change(post=post, item_id=item.pk, fields=fields, seen=seen, at=NOW + HOUR, by=editor)

    for _press in range(2):
        publishing.correct(post=post, text="Det var 40.", at=NOW + 2 * HOUR, by=editor)

    assert state(post) == S.CORRECTED
    note = post.notes.get()
    before = PostVersion.objects.get(name="Publisert")
    change = versions.compare(before.content, note.version.content, at=NOW)
    assert [difference.what for difference in change] == ["Endret"]
    publishing.correct(post=post, text="Og det var en onsdag.", at=NOW + 3 * HOUR, by=editor)
    assert post.notes.count() == 2


def test_a_withdrawn_post_can_come_out_again_with_its_notes(post: Post, editor: User):
    publishing.publish(post=post, at=NOW, by=editor)
    for _press in range(2):
        publishing.withdraw(post=post, text="Navn uten samtykke.", at=NOW, by=editor)
    assert state(post) == S.DRAFT

    publishing.publish(post=post, at=NOW + HOUR, by=editor)

    assert [note.text for note in post.notes.all()] == ["Navn uten samtykke."]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_first(post: Post, editor: User, bo: User):
    workflow.submit(post=post, at=NOW, by=editor)
    started = threading.Barrier(2)
    outcomes: list[str] = []

    def decide(act: Callable[[], object]) -> None:
        started.wait()
        try:
            act()
            outcomes.append("done")
        except workflow.WrongStateError:
            outcomes.append("refused")
        finally:
            connection.close()

    acts = (
        lambda: publishing.publish(post=post, at=NOW, by=bo),
        lambda: workflow.send_back(post=post, at=NOW, by=editor, why="Vent."),
    )
    threads = [threading.Thread(target=decide, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    path = list(PostMove.objects.order_by("pk").values_list("from_state", "to_state"))
    # Whoever came first, each move starts where the one before ended.
    assert all(one[1] == two[0] for one, two in zip(path, path[1:], strict=False))
    assert path[-1][1] == state(post)
