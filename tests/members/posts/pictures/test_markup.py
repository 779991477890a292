"""What the pages hold for a browser to choose from."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from members.posts.models import Picture
from members.posts.pictures import consents, sizes
from tests.members.posts.factories import NOW, PhotoFactory, PictureFactory, PostFactory
from tests.members.posts.pictures.images import jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def picture() -> Picture:
    picture = PictureFactory.create(content=jpeg((900, 600)))
    post = PostFactory.create(published=True, week=11)
    PhotoFactory.create(post=post, picture=picture, alt="Sol over Nymoen")
    return picture


def test_a_page_offers_sizes_and_formats_and_says_how_large_the_picture_is(
    client: Client, picture: Picture
):
    address = "/uka-oppsummert/2026/11/"
    plain = client.get(address).content.decode()
    assert "<source" not in plain
    sizes.make_sizes(picture_id=picture.pk)

    page = client.get(address).content.decode()

    shown = page.partition('<picture class="picture">')[2].partition("</picture>")[0]
    assert shown.index('type="image/avif"') < shown.index('type="image/webp"')
    for width in (400, 800, 900):
        assert f"/bilder/{picture.token}/1-{width}.avif {width}w" in shown
    assert 'width="900" height="600" alt="Sol over Nymoen"' in shown
    assert f'src="/bilder/{picture.token}/1-bilde.jpg"' in shown
    assert 'sizes="' in shown


def test_the_front_page_offers_them_too(client: Client, picture: Picture):
    sizes.make_sizes(picture_id=picture.pk)

    assert f"{picture.token}/1-400.avif 400w" in client.get("/").content.decode()


def test_a_preview_says_that_a_picture_is_gone(desk: Client, picture: Picture):
    consents.withdraw(picture_id=picture.pk, at=NOW, by=None)
    post = picture.photos.get().post

    page = desk.get(reverse("admin:posts_post_preview", args=[post.pk])).content.decode()
    article = page.partition("<article")[2]

    assert "Bildet er tatt bort." in article
    assert picture.token not in article


def test_a_list_keeps_the_focus_in_frames_of_another_shape(client: Client, picture: Picture):
    Picture.objects.update(focus_x=80, focus_y=20)
    sizes.make_sizes(picture_id=picture.pk)

    page = client.get(reverse("posts:post_list")).content.decode()

    assert 'class="card__media focus-x-80 focus-y-20"' in page
    assert 'alt="" fetchpriority="high"' in page
    sheet = Path(str(finders.find("css/pictures.css"))).read_text()
    for number in range(0, 101, 5):
        assert f".focus-x-{number} " in sheet
        assert f".focus-y-{number} " in sheet
