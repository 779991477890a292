"""The picture that stands beside a link to a post where people share it: the title, and the post's own picture."""

import io
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, ImageOps

from members.posts.models import Picture
from members.posts.pictures.addresses import shown_focus
from members.posts.pictures.sizes import cut
from members.posts.reading import Story
from vekst.formats import date_range_text

# What the large services show uncut.
SIZE = (1200, 630)
_TEXT_WIDTH = 560
_PICTURE_X, _MARGIN = 680, 60
_GREEN, _PALE, _WHITE, _GOLD = "#00594f", "#d7ebe8", "#ffffff", "#f2c14e"
_LARGEST, _SMALLEST, _MOST_LINES = 68, 40, 6
_FONT, _DRAWING = "build/inter-variable.woff2", "images/social.png"

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def alt_text(story: Story) -> str:
    """Return what the picture says, for those who do not see it."""
    post = story.post
    return _("Uka oppsummert, uke %(week)s: %(title)s") % {"week": post.week, "title": post.title}


def draw(story: Story) -> bytes:
    """Return the picture as JPEG. A cover whose file has gone gives way to the drawing of the town."""
    canvas = Image.new("RGB", SIZE, _GREEN)
    canvas.paste(_right_side(story), (_PICTURE_X, 0))
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((_PICTURE_X - 8, 0, _PICTURE_X - 1, SIZE[1]), fill=_GOLD)
    post = story.post
    above = _("Uka oppsummert · uke %(week)s") % {"week": post.week}
    pen.text((_MARGIN, 62), above, font=_font(30, weight=600), fill=_GOLD)
    y = 122
    font, lines = _fitted(post.title)
    for line in lines:
        pen.text((_MARGIN, y), line, font=font, fill=_WHITE)
        y += round(_height(font) * 1.14)
    days = date_range_text(post.monday, post.sunday)
    pen.text((_MARGIN, 500), days, font=_font(28, weight=400), fill=_PALE)
    pen.text((_MARGIN, 546), settings.PROGRAMME_NAME, font=_font(28, weight=600), fill=_PALE)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _right_side(story: Story) -> Image.Image:
    size = (SIZE[0] - _PICTURE_X, SIZE[1])
    if story.cover is not None:
        try:
            return _cover(story.cover.picture, size)
        except (OSError, ValueError):
            # The file has gone, or is no picture any more.
            pass
    drawing = finders.find(_DRAWING)
    if not isinstance(drawing, str):
        return Image.new("RGB", size, _PALE)
    with Image.open(drawing) as picture:
        return ImageOps.fit(picture.convert("RGB"), size)


def _cover(picture: Picture, size: tuple[int, int]) -> Image.Image:
    x, y = shown_focus(picture)
    with picture.file.open() as file, Image.open(file) as original:
        shown = cut(original.convert("RGB"), picture)
        return ImageOps.fit(shown, size, centering=(x / 100, y / 100))


def _fitted(title: str) -> tuple[Font, list[str]]:
    """Return the title in lines, as large as there is room for; the rest of a very long one is left out."""
    for size in range(_LARGEST, _SMALLEST - 1, -4):
        font = _font(size, weight=600)
        lines = _wrapped(title, font)
        if len(lines) * size * 1.14 <= 360 and all(
            font.getlength(line) <= _TEXT_WIDTH for line in lines
        ):
            return font, lines
    lines = _wrapped(title, font, chop=True)
    kept = lines[:_MOST_LINES]
    if len(lines) > len(kept):
        kept[-1] += " …"
    return font, kept


def _wrapped(text: str, font: Font, *, chop: bool = False) -> list[str]:
    lines = [""]
    for word in text.split():
        while chop and font.getlength(word) > _TEXT_WIDTH:
            fits = next(
                n for n in range(len(word), 0, -1) if font.getlength(word[:n]) <= _TEXT_WIDTH
            )
            lines += [word[:fits]]
            word = word[fits:]
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > _TEXT_WIDTH:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _height(font: Font) -> float:
    return font.size if isinstance(font, ImageFont.FreeTypeFont) else 12


def _font(size: int, *, weight: int) -> Font:
    raw = _font_file()
    if raw is None:
        return ImageFont.load_default(size)
    font = ImageFont.truetype(io.BytesIO(raw), size)
    font.set_variation_by_axes([32, weight])
    return font


@lru_cache(maxsize=1)
def _font_file() -> bytes | None:
    found = finders.find(_FONT)
    return Path(found).read_bytes() if isinstance(found, str) else None
