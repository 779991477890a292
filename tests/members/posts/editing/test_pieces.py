"""Two editors at one post: nobody's words are lost, and nobody waits."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction

from members.accounts.models import User
from members.posts import publishing
from members.posts.editing import drafts, pieces
from members.posts.editing.pieces import Seen
from members.posts.models import (
    EditingPresence,
    EditPlace,
    PieceDraft,
    Post,
    PostItem,
    PostVersion,
)
from members.posts.newsletter import block_from_post
from members.posts.reading import with_photos
from tests.members.posts.factories import NOW, PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db
FRESH = Seen(version=0, was_public=False)


@pytest.fixture
def anna(editor: User) -> User:
    return editor


@pytest.fixture
def bo(programme_officer: User) -> User:
    return programme_officer


def words(**changed: object) -> dict[str, object]:
    return {
        "weekday": 4,
        "heading": "Frokostmøte",
        "body": "<p>Over 30 var med.</p>",
        "topic": "",
        "forum_id": None,
        "company_id": None,
        "link_label": "",
        "link_path": "",
        **changed,
    }


def order(post: Post) -> list[str]:
    return list(post.items.order_by("position", "pk").values_list("heading", flat=True))


def test_who_would_write_over_another_gets_both_texts(anna: User, bo: User):
    item = PostItemFactory.create()
    pieces.change(
        post=item.post, item_id=item.pk, fields=words(heading="Annas"), seen=FRESH, at=NOW, by=anna
    )

    with pytest.raises(pieces.ConflictError) as conflict:
        pieces.change(
            post=item.post, item_id=item.pk, fields=words(heading="Bos"), seen=FRESH, at=NOW, by=bo
        )

    theirs = conflict.value.theirs
    assert isinstance(theirs, PostItem)
    assert theirs.heading == "Annas"
    assert theirs.updated_by == anna
    item.refresh_from_db()
    assert item.heading == "Annas"


def test_who_has_seen_the_others_words_may_write_over_them(anna: User, bo: User):
    item = PostItemFactory.create()
    pieces.change(
        post=item.post, item_id=item.pk, fields=words(heading="Annas"), seen=FRESH, at=NOW, by=anna
    )

    after = pieces.change(
        post=item.post,
        item_id=item.pk,
        fields=words(heading="Bos"),
        seen=Seen(version=1, was_public=False),
        at=NOW,
        by=bo,
    )

    assert (after.heading, after.version) == ("Bos", 2)


def test_two_editors_at_different_pieces_never_meet(anna: User, bo: User):
    one = PostItemFactory.create()
    other = PostItemFactory.create(post=one.post)
    for item, by in ((one, anna), (other, bo)):
        pieces.change(
            post=one.post,
            item_id=item.pk,
            fields=words(heading=f"Av {by.pk}"),
            seen=FRESH,
            at=NOW,
            by=by,
        )
    pieces.change_head(
        post=one.post, fields={"title": "Ny", "intro": "Kort"}, seen=FRESH, at=NOW, by=bo
    )

    assert order(one.post) == [f"Av {anna.pk}", f"Av {bo.pk}"]


def test_a_double_click_changes_once(anna: User):
    item = PostItemFactory.create()
    for _click in range(2):
        found = pieces.change(
            post=item.post, item_id=item.pk, fields=words(), seen=FRESH, at=NOW, by=anna
        )
    token = uuid.uuid4()
    for _click in range(2):
        pieces.add(post=item.post, fields=words(heading="Ny"), form_token=token, at=NOW, by=anna)
        pieces.drop(
            post=item.post,
            item_id=item.pk,
            seen=Seen(version=1, was_public=False),
            at=NOW,
            by=anna,
        )

    assert found.version == 1
    assert order(item.post) == ["Ny"]


def test_title_and_introduction_have_a_version_of_their_own(anna: User, bo: User):
    post = PostFactory.create()
    pieces.change_head(
        post=post, fields={"title": "Annas", "intro": "x"}, seen=FRESH, at=NOW, by=anna
    )

    with pytest.raises(pieces.ConflictError) as conflict:
        pieces.change_head(
            post=post, fields={"title": "Bos", "intro": "y"}, seen=FRESH, at=NOW, by=bo
        )

    assert conflict.value.theirs.title == "Annas"  # type: ignore[union-attr]
    newest = post.history.latest()
    assert newest.history_user == anna


def test_a_form_from_before_publishing_does_not_change_what_readers_see(anna: User, bo: User):
    item = PostItemFactory.create()
    publishing.publish(post=item.post, at=NOW, by=bo)

    with pytest.raises(pieces.PublishedMeanwhileError):
        pieces.change(
            post=item.post, item_id=item.pk, fields=words(heading="X"), seen=FRESH, at=NOW, by=anna
        )
    knowing = Seen(version=0, was_public=True)
    pieces.change(
        post=item.post, item_id=item.pk, fields=words(heading="Y"), seen=knowing, at=NOW, by=anna
    )

    assert order(item.post) == ["Y"]


def test_pieces_are_ordered_by_saying_where(anna: User):
    post = PostFactory.create()
    made = [pieces.add(post=post, fields=words(heading=name), at=NOW, by=anna) for name in "ABC"]

    pieces.move(post=post, item_id=made[2].pk, position=0, at=NOW)
    pieces.move(post=post, item_id=made[2].pk, position=0, at=NOW)
    assert order(post) == ["C", "A", "B"]
    pieces.move(post=post, item_id=made[2].pk, position=99, at=NOW)
    assert order(post) == ["A", "B", "C"]
    pieces.add(post=post, fields=words(heading="D"), position=1, at=NOW, by=anna)
    assert order(post) == ["A", "D", "B", "C"]


def test_a_dropped_piece_is_nowhere_and_comes_back_whole(anna: User):
    item = PostItemFactory.create(heading="Borte en stund")
    post = item.post
    PhotoFactory.create(post=post, item=item)

    pieces.drop(post=post, item_id=item.pk, seen=FRESH, at=NOW, by=anna)

    story = with_photos([Post.objects.whole().get(pk=post.pk)])[0]
    assert (story.pieces, story.photos, story.cover) == ([], [], None)
    assert block_from_post(post, at=NOW).items == ()
    assert [gone.heading for gone in pieces.dropped(post)] == ["Borte en stund"]

    pieces.restore(post=post, item_id=item.pk, at=NOW, by=anna)

    story = with_photos([Post.objects.whole().get(pk=post.pk)])[0]
    assert len(story.pieces[0].photos) == 1
    assert pieces.dropped(post) == []


def test_writing_in_a_piece_that_was_dropped_says_so(anna: User, bo: User):
    item = PostItemFactory.create()
    pieces.drop(post=item.post, item_id=item.pk, seen=FRESH, at=NOW, by=bo)

    with pytest.raises(pieces.DroppedError):
        pieces.change(
            post=item.post, item_id=item.pk, fields=words(heading="X"), seen=FRESH, at=NOW, by=anna
        )


def test_a_piece_that_was_changed_since_is_not_dropped_unseen(anna: User, bo: User):
    item = PostItemFactory.create()
    pieces.change(
        post=item.post, item_id=item.pk, fields=words(heading="X"), seen=FRESH, at=NOW, by=bo
    )

    with pytest.raises(pieces.ConflictError):
        pieces.drop(post=item.post, item_id=item.pk, seen=FRESH, at=NOW, by=anna)


def test_a_proposal_taken_again_keeps_the_dropped_one_out(anna: User):
    post = PostFactory.create()
    first = pieces.add(post=post, fields=words(), source="event:1", at=NOW, by=anna)
    pieces.drop(post=post, item_id=first.pk, seen=FRESH, at=NOW, by=anna)
    pieces.add(post=post, fields=words(), source="event:1", at=NOW, by=anna)

    with pytest.raises(pieces.EditingError):
        pieces.restore(post=post, item_id=first.pk, at=NOW, by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostItem.everything.filter(pk=first.pk).update(dropped_at=None)


def test_what_is_written_is_cleaned_whoever_writes_it(anna: User):
    body = '<p class="MsoNormal" onclick="x()">Tekst<o:p></o:p></p><script>x()</script>'
    item = pieces.add(post=PostFactory.create(), fields=words(body=body), at=NOW, by=anna)

    assert item.body == "<p>Tekst</p>"


def test_fifty_autosaves_are_one_row_and_no_version(anna: User):
    item = PostItemFactory.create()
    for number in range(50):
        drafts.keep(
            post=item.post,
            item=item,
            place=EditPlace.PIECE,
            fields=words(heading=f"Utkast {number}"),
            base_version=0,
            at=NOW + datetime.timedelta(seconds=number),
            by=anna,
        )

    draft = PieceDraft.objects.get()
    assert draft.fields["heading"] == "Utkast 49"
    assert not PostVersion.objects.exists()
    assert item.post.history.count() == 1
    item.refresh_from_db()
    assert item.version == 0


def test_drafts_are_each_persons_own(anna: User, bo: User):
    post = PostFactory.create()
    for by in (anna, bo):
        drafts.keep(
            post=post,
            item=None,
            place=EditPlace.HEAD,
            fields={"title": str(by.pk), "intro": ""},
            base_version=0,
            at=NOW,
            by=by,
        )

    drafts.discard(post=post, item=None, place=EditPlace.HEAD, by=anna)

    assert drafts.of_person(post=post, by=anna) == {}
    assert list(drafts.of_person(post=post, by=bo)) == [("head", None)]


def test_who_is_here_is_shown_for_some_seconds(anna: User, bo: User):
    item = PostItemFactory.create(heading="Bussen")
    drafts.be_here(post=item.post, item=item, place=EditPlace.PIECE, at=NOW, by=bo)

    soon, later = NOW + datetime.timedelta(seconds=30), NOW + datetime.timedelta(seconds=60)
    here = drafts.others_here(post=item.post, at=soon, by=anna)
    assert [drafts.presence_text(found) for found in here] == [f"{bo} skriver i «Bussen»"]
    assert not drafts.others_here(post=item.post, at=soon, by=bo)
    assert not drafts.others_here(post=item.post, at=later, by=anna)


def test_old_drafts_and_presences_go(anna: User):
    post = PostFactory.create()
    drafts.keep(
        post=post,
        item=None,
        place=EditPlace.NEW,
        fields={},
        base_version=0,
        at=NOW,
        by=anna,
    )
    drafts.be_here(post=post, item=None, place=EditPlace.NEW, at=NOW, by=anna)
    month_later = NOW + datetime.timedelta(days=31)

    assert drafts.remove_old(NOW, False) == 0
    assert drafts.remove_old(month_later, True) == drafts.remove_old(month_later, False) == 2
    assert not EditingPresence.objects.exists()
