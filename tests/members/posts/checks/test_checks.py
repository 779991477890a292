"""What an editor is told about a post before its readers see it."""

import re
from itertools import pairwise

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.posts import checks, publishing
from members.posts.models import Post, PostState
from tests.members.posts.factories import NOW, PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def post() -> Post:
    post = PostFactory.create(week=11)
    PostItemFactory.create(post=post, heading="Frokost i Krona")
    return post


def codes(post: Post) -> list[str]:
    return [problem.code for problem in checks.check_post(post)]


def test_a_good_post_has_no_problems(post: Post):
    PhotoFactory.create(post=post)

    assert checks.check_post(post) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h3>Mer</h3><p>Tekst.</p>", "heading-order"),
        ("<h2>Mer</h2><h4>Enda mer</h4><p>Tekst.</p>", "heading-order"),
        ("<h2>Mer</h2><h3>Enda mer</h3><h2>Slutt</h2><p>Tekst.</p>", None),
        ("<p><strong>Program for kvelden</strong></p><p>Tekst.</p>", "heading-fake"),
        ("<p><strong>Alle er velkomne!</strong></p><p>Tekst.</p>", None),
        ("<p><strong>Viktig:</strong> ta med sko.</p>", None),
    ],
    ids=["begins-low", "skipped", "in-order", "bold-heading", "bold-sentence", "bold-start"],
)
def test_headings_in_order(post: Post, body: str, expected: str | None):
    PostItemFactory.create(post=post, body=body)

    assert codes(post) == ([expected] if expected else [])


@pytest.mark.parametrize("body", ["<h2>A</h2><h3>B</h3>", "<h3>A</h3>", "<h2>A</h2><h4>B</h4>"])
def test_the_page_skips_a_level_where_the_check_says_so(client: Client, post: Post, body: str):
    Post.objects.filter(pk=post.pk).update(state=PostState.PUBLISHED, published_at=NOW)
    item = PostItemFactory.create(post=post, body=f"{body}<p>Tekst.</p>")

    page = client.get(post.get_absolute_url()).content.decode()
    piece = page.partition(f'id="bit-{item.pk}"')[2].partition("</section>")[0]
    levels = [int(level) for level in re.findall(r"<h([1-6])", piece)]

    skips = any(after > before + 1 for before, after in pairwise(levels))
    assert skips == ("heading-order" in codes(post))


def test_two_pieces_of_one_name(post: Post):
    PostItemFactory.create(post=post, heading="Frokost  i krona")

    assert codes(post) == ["heading-twice"]


@pytest.mark.parametrize(
    ("alt", "expected"),
    [
        ("IMG_2034.JPG", ["alt-missing"]),
        ("DSC 0042", ["alt-missing"]),
        ("frokost_krona_2", ["alt-missing"]),
        (" ", ["alt-missing"]),
        ("Bilde av en sal", ["alt-poor"]),
        ("Et foto fra salen som viser folk", []),
        ("foto av salen", ["alt-poor"]),
        ("Torsdag morgen på Nymoen.", ["alt-poor"]),
        ("Bildekunst på veggen i Krona", []),
        ("Over 30 personer i salen", []),
    ],
)
def test_alternative_text(post: Post, alt: str, expected: list[str]):
    PhotoFactory.create(post=post, alt=alt)

    assert codes(post) == expected


def test_what_else_a_picture_needs(post: Post):
    photo = PhotoFactory.create(post=post, caption="", credit=" ", shows_people=True)

    problems = checks.check_post(post)

    assert [p.code for p in problems] == ["credit", "consent", "caption"]
    assert {p.photo_id for p in problems} == {photo.pk}
    assert [p.is_blocking for p in problems] == [True, True, False]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p><a href="/finnes/ikke/">Bli med</a></p>', ["link-dead"]),
        (f'<p><a href="{settings.SITE_URL}/finnes/ikke/">Bli med</a></p>', ["link-dead"]),
        (f'<p><a href="{settings.SITE_URL}/jobb/#ny">Ledige jobber</a></p>', []),
        ('<p><a href="/en/bolig/?type=hybel">Hybler</a></p>', []),
        ('<p><a href="https://finnes-ikke.example/">Et annet sted</a></p>', []),
        ('<p>Meld deg på <a href="/jobb/">her</a>.</p>', ["link-vague"]),
        ('<p><a href="/jobb/">Klikk her!</a></p>', ["link-vague"]),
        ('<p><a href="/jobb/">https://example.no/jobb</a></p>', ["link-vague"]),
        ('<p><a href="https://knf.example">www.knf.example</a></p>', ["link-vague"]),
        ('<p><a href="/jobb/"><em> </em></a>Tekst</p>', ["link-vague"]),
        ('<p><a href="mailto:post@knf.example">post@knf.example</a></p>', []),
        ('<p><a href="/jobb/">Se alle</a> og <a href="/bolig/">se alle</a></p>', ["link-same"]),
        ('<p><a href="/jobb/">Se alle</a> og <a href="/jobb/">se alle</a></p>', []),
    ],
)
def test_links(post: Post, body: str, expected: list[str]):
    PostItemFactory.create(post=post, body=body)

    assert codes(post) == expected


def test_one_name_for_two_pages_in_two_pieces(post: Post):
    PostItemFactory.create(post=post, link_label="Se mer", link_path="/jobb/")
    last = PostItemFactory.create(post=post, link_label="Se mer", link_path="/bolig/")

    (problem,) = checks.check_post(post)

    assert (problem.code, problem.item_id) == ("link-same", last.pk)


def test_settings_say_what_blocks(post: Post, editor: User):
    photo = PhotoFactory.create(post=post, caption="", credit="")

    blocking = {p.code for p in checks.check_post(post, blocking={"caption"}) if p.is_blocking}

    assert blocking == {"caption"}
    photo.delete()
    post.items.all().delete()
    # Some things no setting lets through.
    assert [p.is_blocking for p in checks.check_post(post, blocking=set())] == [True]
    with pytest.raises(publishing.NotReadyError):
        publishing.publish(post=post, at=NOW, by=editor)


def test_a_warning_does_not_stop_the_post(post: Post, editor: User):
    PhotoFactory.create(post=post, caption="")

    assert publishing.publish(post=post, at=NOW, by=editor).state == PostState.PUBLISHED


def test_the_checks_cost_the_same_with_more_to_look_at(post: Post, django_assert_num_queries):
    for item in PostItemFactory.create_batch(6, post=post):
        PhotoFactory.create(post=post, item=item)

    with django_assert_num_queries(4):
        checks.check_post(post)


def test_the_editor_sees_them_beside_the_piece_and_as_a_list(post: Post, editor: User):
    item = PostItemFactory.create(post=post, body='<p><a href="/jobb/">Klikk her</a></p>')
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")

    desk = client.get(reverse("admin:posts_post_edit", args=[post.pk])).content.decode()
    listed = client.get(reverse("admin:posts_post_publish_page", args=[post.pk])).content.decode()

    piece = desk.partition(f'id="bit-{item.pk}"')[2]
    assert 'data-code="link-vague"' in piece
    address = reverse("admin:posts_post_edit", args=[post.pk])
    assert f'href="{address}#bit-{item.pk}"' in listed
    assert "Bør sees på:" in listed
