"""What people send as pictures: written anew without what only the sender knew, or refused in plain words."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from tests.members.posts.pictures.images import (
    BAD,
    SECRET,
    jpeg,
    jpeg_with_secrets,
    png_with_secrets,
)
from vekst.uploads import LONGEST_SIDE, clean_picture


def sent(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("ferie.jpg", content, "image/jpeg")


def read(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_what_is_no_picture_gets_a_plain_answer(content: bytes):
    with pytest.raises(ValidationError) as error:
        clean_picture(sent(content))

    (message,) = error.value.messages
    assert "bilde" in message.lower()


@pytest.mark.parametrize("content", [jpeg_with_secrets(), png_with_secrets()], ids=["jpeg", "png"])
def test_nothing_but_pixels_is_carried_over(content: bytes):
    assert SECRET.encode() in content

    cleaned = clean_picture(sent(content)).read()

    picture = read(cleaned)
    picture.load()
    assert SECRET.encode() not in cleaned
    assert b"Exif" not in cleaned
    assert dict(picture.getexif()) == {}
    assert not {"comment", "xmp", "exif", "icc_profile", "Comment"} & set(picture.info)


def test_a_picture_on_its_side_is_put_upright():
    picture = read(clean_picture(sent(jpeg_with_secrets())).read())

    assert picture.height > picture.width
    pixels = picture.tobytes()
    top, bottom = pixels[:3], pixels[-3:]
    assert top[0] > 150 > top[2]
    assert bottom[2] > 150 > bottom[0]


def test_a_large_picture_is_made_smaller():
    picture = read(clean_picture(sent(jpeg((4000, 1000)))).read())

    assert picture.size == (LONGEST_SIDE, LONGEST_SIDE // 4)


def test_the_colours_of_another_profile_are_kept():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB", 5000)).tobytes()
    plain = read(clean_picture(sent(jpeg((60, 40)))).read())
    odd = read(clean_picture(sent(jpeg((60, 40), icc_profile=profile))).read())

    # A profile that does not fit the picture is left out; the picture is not.
    assert odd.getpixel((5, 5)) == plain.getpixel((5, 5))


def test_transparency_is_kept():
    picture = read(clean_picture(sent(png_with_secrets())).read())

    assert (picture.format, picture.mode) == ("PNG", "RGBA")
    assert picture.tobytes()[3] == 128
