"""
Make the files that readers get from the original: cut, in several widths, in the formats of today.

The JPEG is made at once, so that there is always something to show; the rest is made by a worker. Pixels
are all that is carried over: no camera, no position, no comment.
"""

import datetime
import io
import logging
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from members.posts.models import Picture
from members.posts.pictures import addresses
from members.posts.pictures.files import folder_of, remove_all_but
from vekst.uploads import bare_picture

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
# So that one round lasts well below the limit of a task.
AT_A_TIME = 5
# A worker that was asked at once has had its chance by then.
PATIENCE = datetime.timedelta(seconds=30)
_SETTINGS: dict[str, dict[str, Any]] = {
    "avif": {"quality": 55, "speed": 8},
    "webp": {"quality": 78, "method": 4},
    "jpg": {"quality": 82, "optimize": True, "progressive": True},
}
_SIZE_FIELDS = ("width", "height", "shown_width", "shown_height")
_PILLOW_NAMES = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}


def cut(original: Image.Image, picture: Picture) -> Image.Image:
    """Return what is shown of the original."""
    width, height = original.size
    left, top = width * picture.cut_left // 100, height * picture.cut_top // 100
    right = max(left + 1, width - width * picture.cut_right // 100)
    bottom = max(top + 1, height - height * picture.cut_bottom // 100)
    return original.crop((left, top, right, bottom))


def make_jpeg(picture: Picture) -> None:
    """
    Write the JPEG of a new crop, and note its size and number. The row is not saved.

    Raises OSError when the original cannot be read.
    """
    original = _original(picture)
    picture.width, picture.height = original.size
    shown = cut(original, picture)
    shown.thumbnail((addresses.JPEG_WIDTH, addresses.JPEG_WIDTH * 2))
    picture.revision += 1
    picture.shown_width, picture.shown_height = shown.size
    _write(picture, addresses.jpeg_name(picture), shown, "jpg")


@transaction.atomic
def make_sizes(*, picture_id: int) -> bool:
    """
    Make every size of the newest crop, and remove those of earlier ones. Returns whether they are there.

    A second worker waits and finds them made. A failure is counted on the row; after five nobody tries
    again by itself.
    """
    picture = Picture.objects.select_for_update(of=("self",)).filter(pk=picture_id).first()
    if picture is None or picture.withdrawn_at is not None:
        return False
    if picture.is_made:
        return True
    try:
        if picture.revision == 0:
            make_jpeg(picture)
        widths = _make_all(picture)
    except (OSError, ValueError, KeyError, MemoryError):
        logger.exception("the sizes of picture %s could not be made", picture.pk)
        picture.attempts += 1
        picture.save(update_fields=["attempts"])
        return False
    picture.made_revision, picture.made_widths = picture.revision, widths
    picture.save(update_fields=["revision", *_SIZE_FIELDS, "made_revision", "made_widths"])
    transaction.on_commit(lambda: remove_all_but(picture))
    return True


def make_missing(*, at: datetime.datetime) -> int:
    """Make the sizes that nobody made though it was asked for. Returns how many pictures got theirs."""
    due = Picture.objects.unmade(before=at - PATIENCE, attempts=MOST_ATTEMPTS)
    keys = list(due.order_by("changed_at", "pk").values_list("pk", flat=True)[:AT_A_TIME])
    return sum(make_sizes(picture_id=pk) for pk in keys)


def _make_all(picture: Picture) -> list[int]:
    shown = cut(_original(picture), picture)
    widths = [width for width in addresses.WIDTHS if width < shown.width]
    if len(widths) < len(addresses.WIDTHS):
        widths.append(shown.width)
    for width in widths:
        size = (width, max(1, round(shown.height * width / shown.width)))
        resized = shown.resize(size, Image.Resampling.LANCZOS)
        for suffix in addresses.FORMATS:
            name = addresses.size_name(picture.revision, width, suffix)
            _write(picture, name, resized, suffix)
    return widths


def _original(picture: Picture) -> Image.Image:
    with picture.file.open("rb") as file, Image.open(file) as original:
        bare = bare_picture(original)
    if bare.mode != "RGB":
        white = Image.new("RGBA", bare.size, "white")
        bare = Image.alpha_composite(white, bare).convert("RGB")
    return bare


def _write(picture: Picture, name: str, image: Image.Image, suffix: str) -> None:
    out = io.BytesIO()
    image.save(out, _PILLOW_NAMES[suffix], **_SETTINGS[suffix])
    path = f"{folder_of(picture)}/{name}"
    # What a worker that was killed half-way left behind.
    default_storage.delete(path)
    default_storage.save(path, ContentFile(out.getvalue()))
