"""
What the files of a picture are called, and the addresses that lead to them.

An address holds the picture's token and a name such as "3-800.avif": the third crop, 800 pixels wide. It
says nothing of who took the picture or who is in it, and opens only as `access` decides.
"""

import datetime
import re
from typing import TYPE_CHECKING

from django.core import signing
from django.utils.http import urlencode

if TYPE_CHECKING:
    from members.posts.models.picture import Picture

PREFIX = "/bilder/"
ORIGINAL = "original"
# The best first: a browser takes the first that it reads.
FORMATS = {"avif": "image/avif", "webp": "image/webp"}
TYPES = {**FORMATS, "jpg": "image/jpeg", "png": "image/png"}
# Widths in pixels; a picture that is narrower is made as wide as it is.
WIDTHS = (400, 800, 1200, 1600)
JPEG_WIDTH = 1200
NAME = re.compile(r"^(?:(\d{1,6})-(?:(\d{1,4})\.(avif|webp)|bilde\.jpg)|original)$")
_ADDRESS = re.compile(re.escape(PREFIX) + r"([0-9a-f]{32})/[\w.-]+")

PREVIEW_KEY = "forhandsvisning"
PREVIEW_LASTS = datetime.timedelta(days=30)
_SALT = "vekst.picture.preview"


def url(picture: "Picture", name: str) -> str:
    """Return the address of one file, the same in every language."""
    found = f"{PREFIX}{picture.token}/{name}"
    return preview_url(found) if picture.is_preview else found


def jpeg_name(picture: "Picture") -> str:
    """Return the name of the JPEG of what is shown."""
    return f"{picture.revision}-bilde.jpg"


def size_name(revision: int, width: int, suffix: str) -> str:
    """Return the name of one size in one format."""
    return f"{revision}-{width}.{suffix}"


def sources(picture: "Picture") -> list[tuple[str, str]]:
    """Return type and `srcset` of each format that a browser may choose from."""
    if not picture.is_made:
        return []
    return [
        (
            kind,
            ", ".join(
                f"{url(picture, size_name(picture.revision, width, suffix))} {width}w"
                for width in picture.made_widths
            ),
        )
        for suffix, kind in FORMATS.items()
    ]


def shown_focus(picture: "Picture") -> tuple[int, int]:
    """Return the focus in percent of what is shown, to the nearest five."""
    across = _inside(picture.focus_x, picture.cut_left, picture.cut_right)
    down = _inside(picture.focus_y, picture.cut_top, picture.cut_bottom)
    return across, down


def _inside(focus: int, before: int, after: int) -> int:
    share = (focus - before) / max(100 - before - after, 1)
    return round(min(max(share, 0), 1) * 20) * 5


def tokens_in(text: str) -> set[str]:
    """Return the tokens of the pictures whose addresses stand in the text."""
    return set(_ADDRESS.findall(text))


def preview_url(address: str) -> str:
    """Return the address with a key that opens it for 30 days, for who sees a post before its readers."""
    token = address.removeprefix(PREFIX).partition("/")[0]
    key = signing.TimestampSigner(salt=_SALT).sign(token).rpartition(token)[2].lstrip(":")
    return f"{address}?{urlencode({PREVIEW_KEY: key})}"


def is_preview_key(token: str, key: str) -> bool:
    """Tell whether the key opens this picture still."""
    try:
        signing.TimestampSigner(salt=_SALT).unsign(f"{token}:{key}", max_age=PREVIEW_LASTS)
    except signing.BadSignature:
        return False
    return True
