"""Small landscapes of our own for the demo content: hills and firs in the light of a day."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1600, 900)
# Sky from top to bottom, then four hills from far to near, and the sun.
PALETTES = {
    "morning": "#bfe0dc #fdf0d5 #9cc8bd #5c9a8b #2c6f61 #0f4a40 #f2c14e",
    "noon": "#9fd0e8 #eef8f6 #a3d0b8 #64a98a #2f7d63 #14543f #fff3c4",
    "evening": "#4a5d8f #f6b48f #7c7aa0 #4f5a80 #2f4562 #182c3f #ffd9a0",
    "winter": "#b9d4e6 #f6fafc #d7e4ee #a9c3d3 #6d93a8 #33566b #ffe9b8",
    "autumn": "#c8dde0 #fbe7c8 #d2a35f #b5713c #7d4a2b #4a2e20 #f7d27c",
    "night": "#0b1f33 #31506b #223f55 #183246 #102636 #091825 #f0e6c8",
}


def paint(*, palette: str, seed: int, people: int = 0) -> bytes:
    """Return a landscape as JPEG, with people in front if any; the same seed gives the same hills."""
    chance = random.Random(seed)  # noqa: S311
    top, bottom, *hills, sun = PALETTES[palette].split()
    picture = _gradient(top, bottom)
    draw = ImageDraw.Draw(picture)
    width, height = SIZE
    x, y = chance.randint(250, 1350), chance.randint(170, 330)
    draw.ellipse((x - 62, y - 62, x + 62, y + 62), fill=sun)
    for depth, colour in enumerate(hills):
        base = height * (0.46 + 0.13 * depth)
        swing = 110 - 18 * depth
        line = _ridge(chance, base, swing)
        draw.polygon([(0, height), *line, (width, height)], fill=colour)
        if depth >= 2:
            _firs(draw, chance, line, hills[min(depth + 1, 3)], size=26 + 16 * (depth - 1))
    for number in range(people):
        _person(draw, chance, x=int(width * (0.5 + 0.115 * number)), colour=hills[3])
    out = io.BytesIO()
    picture.filter(ImageFilter.SMOOTH).save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _gradient(top: str, bottom: str) -> Image.Image:
    strip = Image.new("RGB", (1, 2))
    strip.putpixel((0, 0), _rgb(top))
    strip.putpixel((0, 1), _rgb(bottom))
    return strip.resize(SIZE, Image.Resampling.BILINEAR)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _ridge(chance: random.Random, base: float, swing: float) -> list[tuple[float, float]]:
    waves = [(chance.uniform(0.6, 3.2), chance.uniform(0, math.tau)) for _ in range(4)]
    points = []
    for x in range(0, SIZE[0] + 8, 8):
        turn = x / SIZE[0] * math.tau
        rise = sum(
            math.sin(turn * speed + start) / (n + 1) for n, (speed, start) in enumerate(waves)
        )
        points.append((float(x), base - swing * rise * 0.6))
    return points


def _person(draw: ImageDraw.ImageDraw, chance: random.Random, *, x: int, colour: str) -> None:
    """A silhouette from the knees up, on the lower edge."""
    tall = chance.randint(340, 430)
    head, top = tall // 9, SIZE[1] - tall
    draw.ellipse((x - head, top, x + head, top + int(2.3 * head)), fill=colour)
    draw.rectangle((x - head // 2, top + 2 * head, x + head // 2, top + 3 * head), fill=colour)
    wide = int(1.9 * head)
    body = (x - wide, top + int(2.7 * head), x + wide, SIZE[1] + 2 * head)
    draw.rounded_rectangle(body, radius=int(1.3 * head), fill=colour)


def _firs(
    draw: ImageDraw.ImageDraw,
    chance: random.Random,
    line: list[tuple[float, float]],
    colour: str,
    *,
    size: int,
) -> None:
    for _ in range(26):
        x, y = chance.choice(line)
        tall = size * chance.uniform(1.2, 2.4)
        for level in range(3):
            top = y - tall + level * tall * 0.28
            half = size * (0.22 + 0.13 * level)
            draw.polygon(
                [(x, top), (x - half, top + tall * 0.42), (x + half, top + tall * 0.42)],
                fill=colour,
            )
        draw.rectangle((x - 2, y - tall * 0.05, x + 2, y + 10), fill=colour)
