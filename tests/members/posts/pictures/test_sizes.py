"""What readers get of a picture: cut, in several widths and formats, and nothing of what was cut away."""

import datetime
import io
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from PIL import Image

from members.posts.models import Picture
from members.posts.pictures import addresses, keeping, sizes
from members.posts.tasks import make_picture_sizes, tend_pictures
from tests.members.posts.factories import NOW, PictureFactory
from tests.members.posts.pictures.images import jpeg

pytestmark = pytest.mark.django_db
LATER = NOW + datetime.timedelta(minutes=5)


def names(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def opened(media: Path, name: str) -> Image.Image:
    (path,) = media.rglob(name)
    return Image.open(io.BytesIO(path.read_bytes()))


def test_one_jpeg_is_there_at_once_and_the_rest_from_a_worker(media: Path):
    picture = PictureFactory.create(content=jpeg())
    assert names(media) == ["1-bilde.jpg", "original.jpg"]
    assert (picture.sources, picture.shown_width, picture.shown_height) == ([], 1200, 800)

    make_picture_sizes(picture.pk)
    make_picture_sizes(picture.pk)

    picture.refresh_from_db()
    assert picture.is_made
    assert names(media) == sorted(
        ["1-bilde.jpg", "original.jpg"]
        + [f"1-{width}.{suffix}" for width in (400, 800, 1200, 1600) for suffix in ("avif", "webp")]
    )
    for suffix in ("avif", "webp"):
        small = opened(media, f"1-400.{suffix}")
        assert (small.format, small.size) == (suffix.upper(), (400, 267))
    kinds = [kind for kind, _srcset in picture.sources]
    assert kinds == ["image/avif", "image/webp"]
    assert "1-800.avif 800w" in picture.sources[0][1]


def test_a_small_picture_is_not_blown_up(media: Path):
    picture = PictureFactory.create(content=jpeg((500, 300)))

    sizes.make_sizes(picture_id=picture.pk)

    picture.refresh_from_db()
    assert picture.made_widths == [400, 500]


def test_a_crop_makes_new_files_and_removes_the_old(media: Path):
    picture = PictureFactory.create(content=jpeg())
    sizes.make_sizes(picture_id=picture.pk)

    keeping.change(picture_id=picture.pk, fields={"cut_left": 50, "focus_x": 75}, at=LATER, by=None)

    picture.refresh_from_db()
    assert (picture.shown_width, picture.shown_height) == (900, 1200)
    # Only the right half is left, which is blue.
    red, _green, blue = opened(media, "2-bilde.jpg").tobytes()[:3]
    assert blue > 150 > red
    assert not picture.is_made
    assert picture.focus_classes == "focus-x-50 focus-y-50"
    with transaction.atomic():
        assert sizes.make_sizes(picture_id=picture.pk)


def test_the_same_crop_once_more_makes_nothing(media: Path):
    picture = PictureFactory.create(content=jpeg())

    keeping.change(picture_id=picture.pk, fields={"cut_left": 0, "credit": "Ny"}, at=LATER, by=None)

    picture.refresh_from_db()
    assert (picture.revision, picture.credit) == (1, "Ny")


@pytest.mark.django_db(transaction=True)
def test_the_files_of_an_earlier_crop_go_when_the_new_ones_are_there(media: Path):
    # A worker of the tests makes the sizes as soon as the transaction is through.
    picture = PictureFactory.create(content=jpeg((600, 400)))

    keeping.change(picture_id=picture.pk, fields={"cut_top": 20}, at=LATER, by=None)

    assert {name.partition("-")[0] for name in names(media)} == {"2", "original.jpg"}


def test_a_worker_that_never_came_is_made_up_for(media: Path):
    picture = PictureFactory.create(content=jpeg((600, 400)))

    assert sizes.make_missing(at=NOW) == 0
    tend_pictures()

    picture.refresh_from_db()
    assert picture.is_made


def test_an_original_that_is_gone_is_tried_five_times(media: Path, caplog):
    picture = PictureFactory.create(content=jpeg((600, 400)))
    (original,) = media.rglob("original.jpg")
    original.unlink()

    made = [sizes.make_missing(at=LATER) for _ in range(7)]

    picture.refresh_from_db()
    assert (made, picture.attempts, picture.is_made) == ([0] * 7, sizes.MOST_ATTEMPTS, False)


def test_a_photo_from_before_shows_its_file_until_the_sizes_are_there(media: Path):
    (media / "ukeposter" / "2025").mkdir(parents=True)
    (media / "ukeposter" / "2025" / "a.jpg").write_bytes(jpeg((600, 400)))
    old = Picture(changed_at=NOW, uploaded_at=NOW, description="Gammelt bilde", shows_people=False)
    old.file.name = "ukeposter/2025/a.jpg"
    old.width, old.height, old.shown_width, old.shown_height = 600, 400, 600, 400
    old.save()
    with old.open() as file:
        assert file.read() == jpeg((600, 400))

    tend_pictures()

    old.refresh_from_db()
    assert (old.revision, old.is_made) == (1, True)


def test_an_old_file_that_makes_no_sizes_is_tried_five_times_too(media: Path):
    (media / "ukeposter").mkdir(parents=True)
    (media / "ukeposter" / "a.jpg").write_bytes(jpeg((600, 400)))
    old = Picture.objects.create(
        file="ukeposter/a.jpg", width=600, height=400, changed_at=NOW, uploaded_at=NOW
    )
    # The JPEG can be written there; the sizes cannot.
    for name in ("1-400.avif", "1-600.avif"):
        (media / "lukket" / "redaksjon" / old.token / name / "in-the-way").mkdir(parents=True)

    made = [sizes.make_missing(at=LATER) for _ in range(7)]

    old.refresh_from_db()
    assert (made, old.attempts) == ([0] * 7, sizes.MOST_ATTEMPTS)


@pytest.mark.parametrize(
    "fields",
    [{"cut_left": 60, "cut_right": 40}, {"cut_top": 90, "cut_bottom": 1}, {"focus_x": 101}],
)
def test_a_crop_leaves_something(fields: dict[str, int]):
    picture = PictureFactory.create()
    for name, value in fields.items():
        setattr(picture, name, value)

    with pytest.raises(ValidationError):
        picture.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Picture.objects.filter(pk=picture.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "focus-x-50 focus-y-50"),
        ({"focus_x": 0, "focus_y": 100}, "focus-x-0 focus-y-100"),
        ({"focus_x": 33, "focus_y": 68}, "focus-x-35 focus-y-70"),
        # A focus that was cut away stays at the edge.
        ({"focus_x": 10, "cut_left": 50}, "focus-x-0 focus-y-50"),
        ({"focus_x": 75, "cut_left": 50}, "focus-x-50 focus-y-50"),
    ],
)
def test_the_focus_follows_the_crop(fields: dict[str, int], expected: str):
    assert Picture(**fields).focus_classes == expected


def test_a_preview_key_opens_one_picture_for_a_while():
    token, other = "a" * 32, "b" * 32
    key = addresses.preview_url(f"/bilder/{token}/1-bilde.jpg").partition("=")[2]
    key = key.replace("%3A", ":")

    assert addresses.is_preview_key(token, key)
    assert not addresses.is_preview_key(other, key)
    assert not addresses.is_preview_key(token, "")
    assert not addresses.is_preview_key(token, key + "x")
