"""Versions of a post: few, named, readable side by side, and brought back without loss."""

import pytest

from members.accounts.models import User
from members.posts import publishing
from members.posts.editing import differences, pieces, versions
from members.posts.editing.pieces import Seen
from members.posts.models import PostVersion, VersionKind
from tests.members.companies.factories import ForumFactory
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db


def test_the_same_name_for_the_same_words_is_one_version(editor: User):
    post = PostItemFactory.create().post
    first = versions.keep(post=post, name="Før gjennomlesing", at=NOW, by=editor)
    again = versions.keep(post=post, name=" Før gjennomlesing ", at=NOW, by=editor)

    assert first == again
    assert (first.number, first.kind) == (1, VersionKind.NAMED)


def test_each_move_of_the_post_keeps_a_version(editor: User):
    post = PostItemFactory.create(body="<p>Det som sto der.</p>").post
    publishing.publish(post=post, at=NOW, by=editor)
    publishing.withdraw(post=post, text="Feil uke.", at=NOW, by=editor)

    kept = list(PostVersion.objects.order_by("number").values_list("kind", "name"))
    assert kept == [("move", "Publisert"), ("move", "Kladd")]
    content = PostVersion.objects.get(number=1).content
    assert content["pieces"][0]["body"] == "<p>Det som sto der.</p>"


def test_two_versions_are_compared_word_by_word(editor: User):
    item = PostItemFactory.create(heading="Frokost", body="<p>Over 30 var med i salen.</p>")
    post, other = item.post, PostItemFactory.create(post=item.post, heading="Bussen")
    before = versions.content_of(post)
    forum = ForumFactory.create()
    pieces.change(
        post=post,
        item_id=item.pk,
        fields={"body": "<p>Over 40 var med i salen.</p>", "forum_id": forum.pk},
        seen=Seen(version=0, was_public=False),
        at=NOW,
        by=editor,
    )
    pieces.move(post=post, item_id=other.pk, position=0, at=NOW)
    pieces.add(post=post, fields={"heading": "Ny bit", "body": "<p>Hei</p>"}, at=NOW, by=editor)

    found = {part.heading: part for part in versions.compare(before, versions.content_of(post))}

    body, at_forum = found["Frokost"].fields
    kinds = [(segment.kind, segment.text) for segment in body.segments]
    assert ("removed", "30") in kinds
    assert ("added", "40") in kinds
    assert at_forum.segments[-1].text == str(forum)
    assert found["Bussen"].what == "Flyttet"
    assert found["Ny bit"].what == "Ny"


def test_a_change_of_layout_alone_is_named(editor: User):
    found = differences.of_field("Tekst", "<p>Ord</p>", "<p><strong>Ord</strong></p>", is_html=True)

    assert found is not None
    assert found.note
    assert [segment.kind for segment in found.segments] == ["same"]


def test_links_and_lists_read_as_words():
    html = '<ul><li>Én</li><li>To <a href="/bolig/">bolig</a></li></ul><p>Slutt &amp; ferdig</p>'
    assert differences.readable(html) == "• Én\n• To bolig (/bolig/)\nSlutt & ferdig"


def test_a_rewritten_sentence_reads_as_one_change():
    found = differences.word_by_word("Vi møttes på torget i går.", "Vi samlet oss på torget i går.")

    changes = [(segment.kind, segment.text) for segment in found if segment.kind != "same"]
    assert changes == [("removed", "møttes"), ("added", "samlet oss")]


def test_a_version_is_brought_back_and_what_was_there_is_kept(editor: User):
    item = PostItemFactory.create(heading="Først", body="<p>Gammelt</p>")
    post = item.post
    old = versions.keep(post=post, name="Før gjennomlesing", at=NOW, by=editor)
    pieces.change(
        post=post,
        item_id=item.pk,
        fields={"heading": "Nytt", "body": "<p>Nytt</p>"},
        seen=Seen(version=0, was_public=False),
        at=NOW,
        by=editor,
    )
    late = pieces.add(post=post, fields={"heading": "Sen", "body": "<p>x</p>"}, at=NOW, by=editor)

    made = versions.bring_back(version=old, at=NOW, by=editor)

    post.refresh_from_db()
    assert versions.content_of(post) == old.content == made.content
    assert made.kind == VersionKind.BROUGHT_BACK
    kept = PostVersion.objects.get(kind=VersionKind.BEFORE)
    assert [piece["heading"] for piece in kept.content["pieces"]] == ["Nytt", "Sen"]
    assert [gone.pk for gone in pieces.dropped(post)] == [late.pk]
    # Who had the piece open meanwhile is told.
    item.refresh_from_db()
    assert item.version == 2


def test_a_version_outlives_forums_and_deleted_pieces(editor: User):
    forum = ForumFactory.create()
    item = PostItemFactory.create(forum=forum, heading="Fra forumet")
    post = item.post
    old = versions.keep(post=post, name="Med forum", at=NOW, by=editor)
    item.delete()
    forum.delete()

    versions.bring_back(version=old, at=NOW, by=editor)

    assert post.items.get().heading == "Fra forumet"
    assert post.items.get().forum is None


def test_comparing_costs_the_same_with_more_pieces(editor: User, django_assert_num_queries):
    post = PostFactory.create()
    forum = ForumFactory.create()
    PostItemFactory.create_batch(12, post=post, forum=forum)
    content = versions.content_of(post)
    other = {**content, "pieces": []}
    with django_assert_num_queries(1):
        versions.compare(other, content)
