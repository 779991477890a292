"""What editors say to each other: one talk, one mail."""

import datetime
import uuid

import pytest

from members.accounts.models import User
from members.mailings.models import Delivery
from members.posts.editing import comments
from members.posts.models import PostComment
from members.posts.retention import remove_old_comments
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


def test_a_talk_becomes_one_mail_to_each_of_those_it_concerns(
    editor: User, programme_officer: User, superuser: User
):
    post = PostFactory.create(author=editor, responsible=superuser)
    item = PostItemFactory.create(post=post, heading="Bussen")
    first = comments.write(post=post, item=item, text="Stemmer tallet?", at=NOW, by=superuser)
    comments.write(post=post, answers=first, text="Ja, 30.", at=NOW + MINUTE, by=editor)
    comments.write(post=post, text="Fin uke.", at=NOW + 2 * MINUTE, by=programme_officer)

    assert comments.mail_new(at=NOW + 3 * MINUTE) == 0
    assert comments.mail_new(at=NOW + 13 * MINUTE) == 2
    assert comments.mail_new(at=NOW + 14 * MINUTE) == 0

    sent = {delivery.recipient: delivery.body.text for delivery in Delivery.objects.all()}
    assert set(sent) == {editor.email, superuser.email}
    assert "Stemmer tallet?" in sent[editor.email]
    assert "Fin uke." in sent[editor.email]
    assert sent[editor.email].count("Ja, 30.") == 0
    assert "Ja, 30." in sent[superuser.email]
    assert "Bussen" in sent[superuser.email]


def test_a_talk_that_never_rests_is_mailed_within_the_hour(editor: User, superuser: User):
    post = PostFactory.create(author=editor)
    for number in range(13):
        comments.write(post=post, text=f"Nr. {number}", at=NOW + 5 * number * MINUTE, by=superuser)

    assert comments.mail_new(at=NOW + 59 * MINUTE) == 0
    assert comments.mail_new(at=NOW + 61 * MINUTE) == 1


def test_nobody_is_mailed_their_own_words(editor: User):
    post = PostFactory.create(author=editor)
    comments.write(post=post, text="Husk bildet.", at=NOW, by=editor)

    assert comments.mail_new(at=NOW + 11 * MINUTE) == 0
    assert not Delivery.objects.exists()


def test_the_same_form_twice_is_one_comment(editor: User):
    post, token = PostFactory.create(), uuid.uuid4()
    for _click in range(2):
        comments.write(post=post, text="Én gang.", form_token=token, at=NOW, by=editor)

    assert PostComment.objects.count() == 1


def test_an_answer_opens_a_resolved_thread(editor: User, superuser: User):
    post = PostFactory.create()
    first = comments.write(post=post, text="Sjekk navnet.", at=NOW, by=editor)
    comments.resolve(comment=first, at=NOW, by=editor)
    comments.resolve(comment=first, at=NOW + MINUTE, by=superuser)
    first.refresh_from_db()
    assert (first.resolved_at, first.resolved_by) == (NOW, editor)

    comments.write(post=post, answers=first, text="Fortsatt galt.", at=NOW, by=superuser)

    first.refresh_from_db()
    assert first.resolved_at is None


def test_a_dropped_or_deleted_piece_leaves_the_comment(editor: User):
    item = PostItemFactory.create()
    comments.write(post=item.post, item=item, text="Om biten.", at=NOW, by=editor)
    item.delete()

    assert PostComment.objects.get().item is None


def test_old_comments_go_with_their_answers(editor: User):
    post = PostFactory.create()
    first = comments.write(post=post, text="Gammel.", at=NOW, by=editor)
    late = NOW + datetime.timedelta(days=300)
    comments.write(post=post, answers=first, text="Svar.", at=late, by=editor)
    at = NOW + datetime.timedelta(days=366)

    assert remove_old_comments(at, True) == remove_old_comments(at, False) == 2
