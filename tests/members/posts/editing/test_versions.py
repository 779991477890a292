"""Versions of a post: few, named, readable side by side, and brought back without loss."""

import pytest

from members.accounts.models import User
from members.companies.models import Company
from members.posts import cards, publishing
from members.posts.editing import differences, photos, pieces, versions
from members.posts.editing.pieces import Seen
from members.posts.models import CardKind, Photo, Picture, Post, PostCard, PostVersion, VersionKind
from members.posts.pictures import consents
from tests.members.companies.factories import ForumFactory, MembershipFactory
from tests.members.posts.factories import (
    NOW,
    PhotoFactory,
    PictureFactory,
    PostFactory,
    PostItemFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


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

    found = {
        part.heading: part for part in versions.compare(before, versions.content_of(post), at=NOW)
    }

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

    made = versions.bring_back(version=old, at=NOW, by=editor).version

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
        versions.compare(other, content, at=NOW)


# --- Pictures and cards ------------------------------------------------------------------------
@pytest.fixture
def pictured() -> Post:
    """A post with a picture on top, and a piece with two pictures and two cards."""
    item = PostItemFactory.create(heading="Frokosten")
    PhotoFactory.create(post=item.post, alt="Tårnet")
    for number, alt in enumerate(("Salen", "Baristaen")):
        PhotoFactory.create(
            post=item.post, item=item, alt=alt, caption="", credit="", position=number
        )
        company = MembershipFactory.create(company__name=f"Bedrift {number} AS").company
        PostCard.objects.create(item=item, kind=CardKind.COMPANY, key=company.pk, position=number)
    return item.post


def photo_of(post: Post, alt: str) -> Photo:
    return Photo.objects.get(post=post, alt=alt)


def change_all_attached(post: Post, editor: User) -> None:
    """Drop, describe and add pictures; drop, move and add cards."""
    item = post.items.get()
    photos.drop(post=post, photo_id=photo_of(post, "Tårnet").pk, at=NOW, by=editor)
    salen = photo_of(post, "Salen")
    told = {"alt": "Full sal", "caption": "Seksti kom.", "credit": "Eli", "item_id": item.pk}
    photos.change(post=post, photo_id=salen.pk, fields=told, at=NOW, by=editor)
    photos.move(post=post, photo_id=salen.pk, step=1, at=NOW, by=editor)
    new = PictureFactory.create(description="Kaffen")
    photos.put_in(post=post, picture=new, item=item, at=NOW, by=editor)
    first, _second = PostCard.objects.filter(item=item).order_by("position")
    cards.remove(card=first, at=NOW, by=editor)
    late = MembershipFactory.create(company__name="Sen AS").company
    cards.add(item=item, kind=CardKind.COMPANY, key=late.pk, at=NOW, by=editor)


def read(difference: differences.Difference, kind: str) -> str:
    return "".join(part.text for part in difference.segments if part.kind in ("same", kind))


def test_a_version_tells_which_pictures_and_cards_changed(pictured: Post, editor: User):
    before = versions.content_of(pictured)
    change_all_attached(pictured, editor)

    top, piece = versions.compare(before, versions.content_of(pictured), at=NOW)

    assert (top.heading, piece.heading) == ("Bildene øverst i posten", "Frokosten")
    assert "Tårnet" in read(top.fields[0], "removed")
    assert read(top.fields[0], "added") == ""
    told, shown = piece.fields
    assert (told.label, shown.label) == ("Bilder", "Kort")
    lines = read(told, "added").splitlines()
    assert [line.partition(": ")[2] for line in lines] == [
        "Baristaen",
        "Full sal – bildetekst: Seksti kom. – foto: Eli",
        "Kaffen – foto: Eksempel",
    ]
    assert read(shown, "removed").splitlines()[0].startswith("Medlem: Bedrift 0 AS")
    assert "Sen AS" in read(shown, "added")


def test_pictures_and_cards_come_back_with_their_version(pictured: Post, editor: User):
    old = versions.keep(post=pictured, name="Før", at=NOW, by=editor)
    change_all_attached(pictured, editor)

    found = versions.bring_back(version=old, at=NOW, by=editor)

    assert found.missing == []
    assert versions.content_of(pictured) == old.content == found.version.content
    # What had come since is in the version that was made first.
    versions.bring_back(version=PostVersion.objects.get(kind=VersionKind.BEFORE), at=NOW, by=editor)
    assert Photo.objects.filter(post=pictured, alt="Kaffen").exists()
    assert not Photo.objects.filter(post=pictured, alt="Tårnet").exists()


def test_what_no_longer_exists_is_told_plainly(pictured: Post, editor: User):
    tower, gone = photo_of(pictured, "Tårnet"), photo_of(pictured, "Salen")
    old = versions.keep(post=pictured, name="Før", at=NOW, by=editor)
    change_all_attached(pictured, editor)
    consents.withdraw(picture_id=tower.picture_id, at=NOW, by=editor)
    Photo.objects.filter(picture=gone.picture_id).delete()
    Picture.objects.filter(pk=gone.picture_id).delete()
    Company.objects.get(name="Bedrift 0 AS").delete()

    found = versions.bring_back(version=old, at=NOW, by=editor)

    assert found.missing == [
        "Et bilde er trukket, og kan ikke hentes fram.",
        "Bildet «Salen» finnes ikke lenger.",
        "Et kort under «Frokosten» kom ikke tilbake: Bedriften er ikke lenger medlem.",
    ]
    assert [photo.alt for photo in pictured.photos.all()] == ["Baristaen"]
    assert PostCard.objects.get(item__post=pictured).position == 1


def test_no_version_tells_who_was_in_a_picture_that_was_withdrawn(pictured: Post, editor: User):
    photo = photo_of(pictured, "Salen")
    Photo.objects.filter(pk=photo.pk).update(caption="Kari Nordmann holder tale.")
    Photo.objects.filter(post=pictured, item=None).update(picture=photo.picture_id)
    version = versions.keep(post=pictured, name="Før", at=NOW, by=editor)

    consents.withdraw(picture_id=photo.picture_id, at=NOW, by=editor)

    version.refresh_from_db()
    assert "Kari" not in str(version.content)
    assert "Salen" not in str(version.content)
    assert "Tårnet" not in str(version.content)
    assert "Baristaen" in str(version.content)


def test_a_version_from_before_leaves_pictures_and_cards_alone(pictured: Post, editor: User):
    version = versions.keep(post=pictured, name="Før", at=NOW, by=editor)
    del version.content["photos"]
    for piece in version.content["pieces"]:
        del piece["photos"], piece["cards"]
    version.save()
    before = versions.content_of(pictured)

    assert versions.compare(version.content, before, at=NOW) == []
    found = versions.bring_back(version=version, at=NOW, by=editor)

    assert found.missing == []
    assert versions.content_of(pictured) == before


def test_a_piece_that_was_deleted_comes_back_with_pictures_and_cards(pictured: Post, editor: User):
    old = versions.keep(post=pictured, name="Før", at=NOW, by=editor)
    pictured.items.get().delete()

    assert versions.bring_back(version=old, at=NOW, by=editor).missing == []

    item = pictured.items.get()
    assert [photo.alt for photo in item.photos.order_by("position")] == ["Salen", "Baristaen"]
    assert item.cards.count() == 2


def test_reading_and_comparing_cost_the_same_with_more(
    pictured: Post, editor: User, django_assert_num_queries
):
    for _ in range(5):
        item = PostItemFactory.create(post=pictured)
        PhotoFactory.create(post=pictured, item=item)
        company = MembershipFactory.create().company
        cards.add(item=item, kind=CardKind.COMPANY, key=company.pk, at=NOW, by=editor)
    with django_assert_num_queries(3):
        content = versions.content_of(pictured)
    with django_assert_num_queries(1):
        versions.compare({**content, "pieces": []}, content, at=NOW)
