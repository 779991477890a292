import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.mailings.models import Newsletter
from members.posts.models import Post, PostState
from members.posts.pictures import consents
from tests.members.posts.factories import NOW, PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def form_data(**fields: object) -> dict[str, object]:
    return {
        "title": "Uka i april",
        "intro": "Kort fortalt.",
        "year": 2026,
        "week": 15,
        **fields,
    }


def test_an_editor_takes_a_post_from_draft_to_page(desk: Client, editor: User):
    response = desk.post(reverse("admin:posts_post_add"), form_data())
    assert response.status_code == 302, response.context["errors"]
    post = Post.objects.get()
    assert post.author == editor
    desk.post(
        reverse("admin:posts_post_edit_new", args=[post.pk]),
        {
            "version": 0,
            "heading": "Frokostmøte om tallene",
            "body": "<p>Over 30 var med.</p>",
            "weekday": 4,
        },
    )
    publish = reverse("admin:posts_post_publish_page", args=[post.pk])

    item = post.items.get()
    photo = PhotoFactory.create(post=post, item=item, shows_people=True)

    # The people in the picture have not agreed yet.
    page = desk.get(publish).content.decode()
    assert "samtykker" in page
    assert "Publiser nå" not in page
    desk.post(publish, {"publish": "1"})
    post.refresh_from_db()
    assert post.state == PostState.DRAFT
    assert desk.get(post.get_absolute_url()).status_code == 404

    consents.record(
        picture_id=photo.picture_id, people=["Kari"], given_on=NOW.date(), at=NOW, by=editor
    )
    desk.post(publish, {"publish": "1"})
    assert "Over 30 var med." in Client().get(post.get_absolute_url()).content.decode()


def test_a_schedule_in_the_admin(desk: Client):
    post = PostItemFactory.create().post
    publish = reverse("admin:posts_post_publish_page", args=[post.pk])
    tomorrow = timezone.localtime() + datetime.timedelta(days=1)

    empty = desk.post(publish, {"schedule": "1", "for_time": ""})
    assert empty.status_code == 200
    desk.post(publish, {"schedule": "1", "for_time": f"{tomorrow:%Y-%m-%dT%H:%M}"})

    post.refresh_from_db()
    assert post.state == PostState.SCHEDULED
    assert post.publish_at == tomorrow.replace(second=0, microsecond=0)
    desk.post(reverse("admin:posts_post_workflow", args=[post.pk]), {"move": "unschedule"})
    post.refresh_from_db()
    assert post.state == PostState.DRAFT


def test_previews_as_page_and_as_mail(desk: Client):
    post = PostFactory.create(title="Hemmelig kladd")
    item = PostItemFactory.create(post=post)
    PhotoFactory.create(post=post, item=item)

    page = desk.get(reverse("admin:posts_post_preview", args=[post.pk])).content.decode()
    mail = reverse("admin:posts_post_preview_mail", args=[post.pk])

    assert "Forhåndsvisning" in page
    assert item.heading in page
    assert item.heading in desk.get(mail).content.decode()
    html = desk.get(mail + "?del=html")
    assert item.heading in html.content.decode()
    assert "X-Frame-Options" not in html.headers
    assert not Newsletter.objects.exists()


@pytest.mark.parametrize("name", ["preview", "preview_mail", "publish_page", "make_newsletter"])
def test_strangers_reach_no_preview(client: Client, resident: User, name: str):
    address = reverse(f"admin:posts_post_{name}", args=[PostFactory.create().pk])

    assert client.get(address).status_code == 302
    client.force_login(resident, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(address).status_code in (302, 403)


def test_a_post_becomes_a_newsletter_in_the_admin(desk: Client, editor: User):
    post = PostItemFactory.create().post
    address = reverse("admin:posts_post_make_newsletter", args=[post.pk])

    assert desk.get(address).status_code == 200
    assert not Newsletter.objects.exists()
    desk.post(address)

    newsletter = Newsletter.objects.get()
    assert newsletter.created_by == editor
    assert newsletter.source_url == post.get_absolute_url()


def test_a_published_post_is_not_deleted_by_a_slip(desk: Client):
    post = PostFactory.create(published=True)

    desk.post(reverse("admin:posts_post_delete", args=[post.pk]), {"post": "yes"})

    assert Post.objects.exists()


def test_the_list_costs_the_same_with_more_posts(desk: Client, django_assert_max_num_queries):
    PostFactory.create_batch(8)
    with django_assert_max_num_queries(9):
        desk.get(reverse("admin:posts_post_changelist"))
