"""The editing page as its users meet it: two editors in two browsers, with and without JavaScript."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.posts import publishing
from members.posts.editing import versions
from members.posts.models import PieceDraft, Post, PostItem, PostVersion
from tests.members.posts.editing.desk import address, form_of
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db


def test_a_post_is_written_piece_by_piece(anna: Client, editor: User):
    added = anna.post(
        reverse("admin:posts_post_add"),
        {
            "title": "Uka i april",
            "intro": "Kort.",
            "year": 2026,
            "week": 15,
            "photos-TOTAL_FORMS": 0,
            "photos-INITIAL_FORMS": 0,
        },
    )
    post = Post.objects.get()
    assert added["Location"] == address("edit", post)
    assert post.author == editor

    new = address("edit_new", post)
    data = form_of(anna, new) | {"heading": "Frokostmøte", "body": "Over 30 var med.\n\nGod prat."}
    assert anna.post(new, data, follow=True).status_code == 200
    anna.post(new, data)

    item = post.items.get()
    assert item.body == "<p>Over 30 var med.</p>\n\n<p>God prat.</p>"
    assert item.updated_by == editor
    head = address("edit_head", post)
    anna.post(head, form_of(anna, head) | {"title": "Ny tittel"})
    page = anna.get(address("edit", post)).content.decode()
    assert "Ny tittel" in page
    assert "God prat." in page


def test_two_editors_at_one_piece_see_both_texts_and_choose(anna: Client, bo: Client):
    item = PostItemFactory.create(heading="Bussen", body="<p>Bussen går hver time.</p>")
    url = address("edit_piece", item.post, item.pk)
    annas, bos = form_of(anna, url), form_of(bo, url)
    anna.post(url, annas | {"body": "<p>Bussen går hvert kvarter.</p>"})

    refused = bo.post(url, bos | {"body": "<p>Bussen går aldri.</p>", "heading": "Bos"})

    page = refused.content.decode()
    assert "<p>Bussen går hvert kvarter.</p>" in page
    assert "&lt;p&gt;Bussen går aldri.&lt;/p&gt;" in page
    assert re.search(r"<del>.*hvert kvarter", page, re.DOTALL)
    assert PieceDraft.objects.get().fields["heading"] == "Bos"
    item.refresh_from_db()
    assert item.heading == "Bussen"

    # Keep mine: what the form holds now.
    again = {field.name: field.value() for field in refused.context["opened"].form}
    bo.post(url, {name: value or "" for name, value in again.items()} | {"place": "piece"})
    item.refresh_from_db()
    assert item.body == "<p>Bussen går aldri.</p>"
    assert not PieceDraft.objects.exists()


def test_the_others_text_can_be_kept_instead(anna: Client, bo: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    bos = form_of(bo, url)
    anna.post(url, form_of(anna, url) | {"heading": "Annas"})
    bo.post(url, bos | {"heading": "Bos"})

    bo.post(address("discard_draft", item.post), {"place": "piece", "item": item.pk})

    assert not PieceDraft.objects.exists()
    assert form_of(bo, url)["heading"] == "Annas"


def test_two_editors_at_different_pieces_and_in_the_title_do_not_meet(anna: Client, bo: Client):
    one = PostItemFactory.create()
    other = PostItemFactory.create(post=one.post)
    urls = [address("edit_piece", one.post, item.pk) for item in (one, other)]
    forms = [form_of(anna, urls[0]), form_of(bo, urls[1])]
    head = address("edit_head", one.post)
    title = form_of(bo, head)

    assert anna.post(urls[0], forms[0] | {"heading": "A"}).status_code == 302
    assert bo.post(urls[1], forms[1] | {"heading": "B"}).status_code == 302
    assert bo.post(head, title | {"title": "T"}).status_code == 302

    one.post.refresh_from_db()
    headings = one.post.items.order_by("position", "pk").values_list("heading", flat=True)
    assert [one.post.title, *headings] == ["T", "A", "B"]


def test_two_titles_at_once_are_told_apart(anna: Client, bo: Client):
    post = PostFactory.create()
    head = address("edit_head", post)
    bos = form_of(bo, head)
    anna.post(head, form_of(anna, head) | {"title": "Annas tittel"})

    page = bo.post(head, bos | {"title": "Bos tittel"}).content.decode()

    assert "Annas tittel" in page
    assert 'value="Bos tittel"' in page


def test_a_form_from_before_publishing_says_that_it_corrects(anna: Client, editor: User):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    data = form_of(anna, url) | {"heading": "Rettet"}
    publishing.publish(post=item.post, at=NOW, by=editor)

    told = anna.post(url, data)

    assert "publisert mens du skrev" in told.content.decode()
    again = {field.name: field.value() or "" for field in told.context["opened"].form}
    assert again["heading"] == "Rettet"
    anna.post(url, again)
    item.refresh_from_db()
    assert item.heading == "Rettet"


def test_a_new_piece_from_before_publishing_says_that_readers_see_it(anna: Client, editor: User):
    post = PostItemFactory.create().post
    url = address("edit_new", post)
    data = form_of(anna, url) | {"heading": "Sent inn", "body": "Litt til."}
    publishing.publish(post=post, at=NOW, by=editor)

    told = anna.post(url, data)

    assert "publisert mens du skrev" in told.content.decode()
    assert post.items.count() == 1
    again = {field.name: field.value() or "" for field in told.context["opened"].form}
    assert again["heading"] == "Sent inn"
    anna.post(url, again)
    assert post.items.filter(heading="Sent inn").exists()


@pytest.mark.parametrize("pressed", ["restore", "proposal", "version"])
def test_a_button_from_before_publishing_does_not_change_what_readers_see(
    anna: Client, editor: User, pressed: str
):
    post = PostItemFactory.create().post
    kept = versions.keep(post=post, name="Før", at=NOW, by=editor)
    late = PostItemFactory.create(post=post, dropped_at=NOW)
    publishing.publish(post=post, at=NOW, by=editor)
    PostItem.objects.filter(post=post).update(heading="Slik leserne ser den")
    url, data = {
        "restore": (address("restore_piece", post, late.pk), {}),
        "proposal": (address("take", post), {"only": "event-held:1"}),
        "version": (address("bring_back", post, kept.number), {}),
    }[pressed]

    told = anna.post(url, data | {"was_public": "False"}, follow=True)

    assert "er publisert" in told.content.decode()
    assert [item.heading for item in post.items.all()] == ["Slik leserne ser den"]


def test_putting_a_piece_back_does_not_write_over_words_that_came_before_it_was_dropped(
    anna: Client, bo: Client
):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    annas = form_of(anna, url) | {"heading": "Annas"}
    bo.post(url, form_of(bo, url) | {"heading": "Bos"})
    bo.post(address("drop_piece", item.post, item.pk), {"version": 1})
    assert "Legg biten tilbake og lagre" in anna.post(url, annas).content.decode()

    told = anna.post(url, annas | {"restore": "1"})

    assert told.context["opened"].conflict.theirs.heading == "Bos"
    assert item.post.items.get().heading == "Bos"
    again = {field.name: field.value() or "" for field in told.context["opened"].form}
    anna.post(url, again)
    assert item.post.items.get().heading == "Annas"


def test_a_piece_dropped_while_somebody_writes_can_be_put_back(anna: Client, bo: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    data = form_of(anna, url) | {"heading": "Annas"}
    dropped = bo.post(address("drop_piece", item.post, item.pk), {"version": 0}, follow=True)
    assert "Angre" in dropped.content.decode()

    told = anna.post(url, data)
    assert "Legg biten tilbake og lagre" in told.content.decode()
    anna.post(url, data | {"restore": "1"})

    assert item.post.items.get().heading == "Annas"


def test_wrong_input_stands_beside_the_field_and_nothing_is_lost(anna: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)

    page = anna.post(
        url, form_of(anna, url) | {"link_path": "https://ond.no/", "heading": "Skrevet lenge"}
    ).content.decode()

    assert "Lenken må gå til en side i portalen" in page
    assert 'value="Skrevet lenge"' in page


def test_what_word_and_worse_puts_in_the_form_is_cleaned(anna: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    pasted = (
        "<p class=MsoNormal style='mso-bidi-font-size:12pt'><b>Viktig</b> møte<o:p></o:p></p>"
        "<!--[if gte mso 9]><xml>x</xml><![endif]--><img src=x onerror=alert(1)>"
        "<script>alert(1)</script><a href='javascript:alert(1)'>her</a>"
    )

    anna.post(url, form_of(anna, url) | {"body": pasted})

    item.refresh_from_db()
    assert item.body.startswith("<p><strong>Viktig</strong> møte</p>")
    for trace in ("mso", "o:p", "script", "onerror", "<img", "<!--"):
        assert trace not in item.body


def test_autosave_fifty_times_makes_no_version_and_is_offered_again(anna: Client, bo: Client):
    item = PostItemFactory.create(heading="Som lagret")
    url, keep = address("edit_piece", item.post, item.pk), address("keep_draft", item.post)
    data = form_of(anna, url)
    for number in range(50):
        answer = anna.post(keep, data | {"heading": f"Utkast {number}"})

    assert "Utkast tatt vare på" in answer.content.decode()
    assert PieceDraft.objects.count() == 1
    assert not PostVersion.objects.exists()
    page = anna.get(address("edit", item.post)).content.decode()
    assert "Du har ulagret tekst fra" in page
    assert form_of(anna, url)["heading"] == "Utkast 49"
    assert form_of(bo, url)["heading"] == "Som lagret"
    item.refresh_from_db()
    assert item.heading == "Som lagret"


def test_an_old_draft_does_not_write_over_what_came_later(anna: Client, bo: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    anna.post(address("keep_draft", item.post), form_of(anna, url) | {"heading": "Annas utkast"})
    bo.post(url, form_of(bo, url) | {"heading": "Bos"})

    told = anna.post(url, form_of(anna, url))

    assert told.context["opened"].conflict.theirs.heading == "Bos"


def test_an_open_form_that_nobody_typed_in_leaves_no_draft(anna: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)

    anna.post(address("keep_draft", item.post), form_of(anna, url))
    new = form_of(anna, address("edit_new", item.post))
    anna.post(address("keep_draft", item.post), new)

    assert not PieceDraft.objects.exists()


def test_autosave_that_arrives_after_the_new_piece_is_saved_leaves_no_ghost(anna: Client):
    post = PostFactory.create()
    url = address("edit_new", post)
    data = form_of(anna, url) | {"heading": "Frokost", "body": "Kaffe."}
    anna.post(url, data)

    anna.post(address("keep_draft", post), data)

    assert not PieceDraft.objects.exists()


def test_a_nul_in_a_field_is_no_error(anna: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    typed = form_of(anna, url) | {"heading": "Fro\x00kost"}

    assert anna.post(url, typed).status_code == 200
    assert anna.post(address("keep_draft", item.post), typed).status_code == 200
    assert PieceDraft.objects.get().fields["heading"] == "Frokost"
    for name, args in (("choose_photo", ()), ("cards", (item.pk,))):
        found = anna.get(address(name, item.post, *args), {"q": "\x00", "slag": "\x00"})
        assert found.status_code == 200


def test_who_else_writes_where_is_shown(anna: Client, bo: Client):
    item = PostItemFactory.create(heading="Bussen")
    url = address("edit_piece", item.post, item.pk)
    bo.post(address("keep_draft", item.post), form_of(bo, url))

    assert "Bo Berg skriver i «Bussen»" in anna.get(address("edit", item.post)).content.decode()
    assert "Bo Berg skriver i" in anna.get(address("who_is_here", item.post)).content.decode()
    answer = anna.post(address("keep_draft", item.post), form_of(anna, url)).content.decode()
    assert "Bo Berg skriver her akkurat nå" in answer


def test_pieces_are_moved_dropped_and_restored(anna: Client):
    post = PostFactory.create()
    first, second = (PostItemFactory.create(post=post, heading=name) for name in "AB")

    anna.post(address("move_piece", post, second.pk), {"position": 0})
    anna.post(address("move_piece", post, second.pk), {"position": "tull"})
    assert list(post.items.order_by("position").values_list("heading", flat=True)) == ["B", "A"]
    anna.post(address("drop_piece", post, first.pk), {"version": 0})
    anna.post(address("drop_piece", post, first.pk), {"version": 0})
    assert post.items.count() == 1
    anna.post(address("restore_piece", post, first.pk))
    assert post.items.count() == 2


def test_a_piece_changed_meanwhile_is_not_dropped(anna: Client, bo: Client):
    item = PostItemFactory.create()
    url = address("edit_piece", item.post, item.pk)
    bo.post(url, form_of(bo, url) | {"heading": "Bos"})

    page = anna.post(address("drop_piece", item.post, item.pk), {"version": 0}).content.decode()

    assert "Noen andre har endret" in page
    assert item.post.items.exists()


def test_settings_saved_beside_do_not_touch_the_words(anna: Client):
    post = PostFactory.create(title="Tittelen", week=9)

    anna.post(
        reverse("admin:posts_post_change", args=[post.pk]),
        {
            "title": "Noe annet",
            "year": 2026,
            "week": 10,
            "photos-TOTAL_FORMS": 0,
            "photos-INITIAL_FORMS": 0,
        },
    )

    post.refresh_from_db()
    assert (post.title, post.week) == ("Tittelen", 10)


@pytest.mark.parametrize("state", ["scheduled", "published", "corrected", "withdrawn"])
def test_the_week_is_the_address_and_stays_once_readers_may_know_it(
    anna: Client, editor: User, state: str
):
    post = PostItemFactory.create(post=PostFactory.create(week=9)).post
    PostFactory.create(week=10, published=True)
    if state == "withdrawn":
        publishing.publish(post=post, at=NOW, by=editor)
        publishing.withdraw(post=post, text="Feil.", at=NOW, by=editor)
    else:
        Post.objects.filter(pk=post.pk).update(state=state, published_at=NOW, publish_at=NOW)
    url = reverse("admin:posts_post_change", args=[post.pk])
    assert "Uka kan ikke endres" in anna.get(url).content.decode()

    for week in (10, 11):
        assert anna.post(url, {"year": 2026, "week": week}).status_code == 302

    post.refresh_from_db()
    assert post.week == 9


def test_another_week_gives_other_dates_and_asks_for_a_new_approval(anna: Client, editor: User):
    post = PostItemFactory.create(post=PostFactory.create(week=9)).post

    anna.post(reverse("admin:posts_post_change", args=[post.pk]), {"year": 2026, "week": 10})

    post.refresh_from_db()
    assert (post.week, post.last_written_by) == (10, editor)
