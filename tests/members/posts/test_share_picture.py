import io
import re
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from tests.members.posts.factories import PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db

# Where the post's own picture stands in the shared one.
IN_THE_PHOTO = (1000, 300)


def shared(client: Client, post) -> Image.Image:
    response = client.get(f"{post.get_absolute_url()}deling.jpg")
    assert response.headers["Content-Type"] == "image/jpeg"
    return Image.open(io.BytesIO(response.content))


def is_green(picture: Image.Image) -> bool:
    """Tell whether the picture of the factory stands where the post's own is to be."""
    x, y = IN_THE_PHOTO
    red, green, blue = picture.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return (red, green // 16, blue // 16) == (red, 0x59 // 16, 0x4F // 16) and red < 16


def test_a_link_to_a_post_is_shown_with_a_picture_of_a_known_size(client: Client):
    post = PostFactory.create(published=True, week=11, title='Frokost & "framdrift"')
    PhotoFactory.create(post=post)

    head = client.get(post.get_absolute_url()).content.decode().partition("</head>")[0]
    found = re.findall(r'<meta property="(og:image[^"]*|og:type)" content="([^"]*)"', head)
    # The first picture is the one that counts; the frame's own comes after it.
    tags = dict(reversed(found))

    address = f"http://testserver{post.get_absolute_url()}deling.jpg"
    assert tags["og:image"] == address
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
    assert tags["og:image:alt"] == "Uka oppsummert, uke 11: Frokost &amp; &quot;framdrift&quot;"
    assert tags["og:type"] == "article"
    assert shared(client, post).size == (1200, 630)


def test_the_picture_is_the_posts_own_when_it_may_be_shown(client: Client):
    with_photo = PostFactory.create(published=True)
    PhotoFactory.create(post=with_photo)
    without_consent = PostFactory.create(published=True)
    PhotoFactory.create(post=without_consent, shows_people=True)

    assert is_green(shared(client, with_photo))
    assert not is_green(shared(client, without_consent))


@pytest.mark.parametrize("is_gone", [True, False], ids=["file-gone", "file-broken"])
def test_a_broken_picture_gives_way_to_the_drawing_of_the_town(client: Client, is_gone: bool):
    post = PostFactory.create(published=True)
    file = Path(PhotoFactory.create(post=post).picture.file.path)
    if is_gone:
        file.unlink()
    else:
        file.write_bytes(b"no picture")

    assert not is_green(shared(client, post))


@pytest.mark.parametrize("title", ["Ny", "Næringsutviklings" * 8, "Å bygge en by " * 10, "🎉 日本"])
def test_any_title_has_room(client: Client, title: str):
    post = PostFactory.create(published=True, title=title[:150])
    PostItemFactory.create(post=post)

    assert shared(client, post).size == (1200, 630)
