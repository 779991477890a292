"""Around the pieces on the editing page: comments, versions, previews, and who may reach any of it."""

import datetime
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.accounts.models import User
from members.posts.editing import pieces, versions
from members.posts.models import PieceDraft, PostComment, PostItem
from tests.members.posts.editing.desk import address, form_of, signed_in
from tests.members.posts.factories import NOW, PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db


def test_answers_stand_in_the_order_in_which_they_were_written(anna: Client):
    first = PostComment.objects.create(post=PostFactory.create(), text="Først", written_at=NOW)
    for minute in (3, 1, 2):
        PostComment.objects.create(
            post=first.post, answers=first, text=f"Svar {minute}",
            written_at=NOW + datetime.timedelta(minutes=minute),
        )  # fmt: skip

    page = anna.get(address("edit", first.post)).content.decode()

    assert page.index("Svar 1") < page.index("Svar 2") < page.index("Svar 3")


def test_comments_are_written_answered_and_resolved(anna: Client, bo: Client):
    item = PostItemFactory.create()
    post, token = item.post, str(uuid.uuid4())
    comment = address("comment", post)
    for _click in range(2):
        bo.post(comment, {"text": "Stemmer <b>tallet</b>?", "item": item.pk, "form_token": token})
    first = PostComment.objects.get()
    anna.post(comment, {"text": "Ja.", "answers": first.pk})

    page = anna.get(address("edit", post)).content.decode()
    assert "Stemmer &lt;b&gt;tallet&lt;/b&gt;?" in page
    assert page.index("Stemmer") < page.index("Ja.")
    anna.post(address("settle_comment", post, first.pk))
    first.refresh_from_db()
    assert first.resolved_at
    anna.post(address("settle_comment", post, first.pk), {"reopen": "1"})
    first.refresh_from_db()
    assert first.resolved_at is None


def test_an_empty_comment_is_refused_where_it_was_written(anna: Client):
    item = PostItemFactory.create()

    page = anna.post(address("comment", item.post), {"text": " ", "item": item.pk})

    assert page.status_code == 200
    assert page.content.decode().count("Skriv en kommentar.") == 1
    assert not PostComment.objects.exists()


def test_versions_are_named_compared_and_brought_back(anna: Client):
    item = PostItemFactory.create(body="<p>Over 30 var med.</p>")
    post, url = item.post, address("versions", item.post)
    assert "Gi versjonen et navn." in anna.post(url, {"name": " "}).content.decode()
    anna.post(url, {"name": "Før gjennomlesing"})
    edit = address("edit_piece", post, item.pk)
    anna.post(edit, form_of(anna, edit) | {"body": "<p>Over 40 var med.</p>"})

    assert "1. Før gjennomlesing" in anna.get(url).content.decode()
    compared = anna.get(address("compare_versions", post), {"fra": "1", "til": ""})
    page = compared.content.decode()
    assert re.search(r"<del>.*?30.*?</del>", page, re.DOTALL)
    assert re.search(r"<ins>.*?40.*?</ins>", page, re.DOTALL)
    anna.post(address("bring_back", post, 1))
    item.refresh_from_db()
    assert item.body == "<p>Over 30 var med.</p>"
    assert anna.get(address("compare_versions", post), {"fra": 99}).status_code == 404
    assert anna.get(address("compare_versions", post)).status_code == 404


def test_the_editor_is_told_what_of_a_version_no_longer_exists(anna: Client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = PhotoFactory.create(alt="Full sal", caption="Seksti kom.")
    post = photo.post
    anna.post(address("versions", post), {"name": "Med bilde"})
    photo.delete()
    compared = anna.get(address("compare_versions", post), {"fra": 1}).content.decode()
    assert "Bildene øverst i posten" in compared
    assert "Full sal – bildetekst: Seksti kom." in compared
    photo.picture.delete()

    page = anna.post(address("bring_back", post, 1), follow=True).content.decode()

    assert "Bildet «Full sal» finnes ikke lenger." in page
    assert not post.photos.exists()


def test_page_mail_and_plain_text_stand_side_by_side(anna: Client):
    item = PostItemFactory.create(heading="Frokostmøte i salen")
    page = anna.get(address("preview_all", item.post)).content.decode()

    assert address("preview", item.post) in page
    assert "?del=html" in page
    assert "Frokostmøte i salen" in page
    framed = anna.get(address("preview", item.post))
    assert "X-Frame-Options" not in framed.headers
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]


def test_the_list_leads_to_the_editing_page(anna: Client):
    post = PostFactory.create()

    assert (
        address("edit", post) in anna.get(reverse("admin:posts_post_changelist")).content.decode()
    )


def test_the_page_costs_the_same_with_more_pieces(anna: Client, django_assert_num_queries):
    post = PostFactory.create()

    def fill(count: int) -> None:
        for item in PostItemFactory.create_batch(count, post=post):
            PhotoFactory.create(post=post, item=item)
            written = PostComment.objects.create(post=post, item=item, text="x", written_at=NOW)
            PostComment.objects.create(post=post, answers=written, text="y", written_at=NOW)
        versions.keep(post=post, name=f"{count}", at=NOW, by=None)

    fill(1)
    anna.get(address("edit", post))
    with CaptureQueriesContext(connection) as few:
        anna.get(address("edit", post))
    fill(12)
    with django_assert_num_queries(len(few)):
        anna.get(address("edit", post))
    assert len(few) <= 31


PAGES = ["edit", "edit_head", "edit_new", "versions", "preview_all"]


@pytest.mark.parametrize("name", [*PAGES, "who_is_here"])
def test_only_editors_reach_the_pages(name: str, resident: User, programme_officer: User):
    url = address(name, PostFactory.create())

    assert Client().get(url).status_code == 302
    assert signed_in(resident).get(url).status_code in (302, 403)
    if name != "preview_all":
        assert signed_in(programme_officer).get(url).status_code == 403


@pytest.mark.parametrize(
    "name", ["keep_draft", "discard_draft", "comment", "move_piece", "drop_piece", "restore_piece"]
)
def test_only_editors_may_write_and_only_by_post(name: str, anna: Client, programme_officer: User):
    item = PostItemFactory.create()
    url = address(name, item.post, *([item.pk] if name.endswith("piece") else []))

    assert anna.get(url).status_code == 405
    assert Client().post(url).status_code == 302
    assert signed_in(programme_officer).post(url, {"version": 0, "text": "x"}).status_code == 403
    assert PostItem.objects.exists()
    assert not PostComment.objects.exists()


def test_a_piece_of_another_post_is_not_found(anna: Client):
    item, other = PostItemFactory.create(), PostFactory.create()

    assert anna.get(address("edit_piece", other, item.pk)).status_code == 404
    assert anna.post(address("drop_piece", other, item.pk), {"version": 0}).status_code == 404


def test_a_draft_from_yesterday_names_the_day(anna: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    anna.post(address("keep_draft", item.post), form_of(anna, url) | {"heading": "X"})
    PieceDraft.objects.update(saved_at=datetime.datetime(2026, 3, 12, 13, 5, tzinfo=datetime.UTC))

    assert "12. mars 2026 kl. 14.05" in anna.get(url).content.decode()


def test_pieces_taken_elsewhere_reach_the_page(anna: Client):
    post = PostFactory.create()
    pieces.add(
        post=post,
        fields={"heading": "Forslag", "body": "<p>x</p>"},
        source="event:1",
        at=NOW,
        by=None,
    )

    assert "Forslag" in anna.get(address("edit", post)).content.decode()
