"""Image files, good and bad, made for the tests."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

SECRET = "Kari Nordmanns hage"


def jpeg(size: tuple[int, int] = (1800, 1200), **options: Any) -> bytes:
    """Red to the left and blue to the right."""
    image = Image.new("RGB", size, "#d01020")
    image.paste("#1020d0", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def jpeg_with_secrets() -> bytes:
    """Camera, position, comment and XMP; lying on its side, as a phone writes it."""
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 40.0, 6.0), 3: "E", 4: (9.0, 39.0, 0.0)})
    return jpeg(exif=exif, comment=SECRET.encode(), xmp=f"<x>{SECRET}</x>".encode())


def png_with_secrets() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET)
    out = io.BytesIO()
    Image.new("RGBA", (300, 200), (10, 90, 70, 128)).save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A few bytes that say they are an enormous picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 10_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A picture whose comment swells to 100 MB."""
    raw = io.BytesIO()
    Image.new("RGB", (8, 8)).save(raw, "PNG")
    data = b"Comment\0\0" + zlib.compress(b"\0" * 100_000_000, 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + data))
    good = raw.getvalue()
    return good[:33] + chunk + good[33:]


BAD = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    "empty-jpeg": b"\xff\xd8\xff broken",
    "truncated": jpeg()[:4000],
    "truncated-png": png_with_secrets()[:120],
    "bomb": png_of(30_000, 30_000),
    "large": png_of(9_000, 9_000),
    "nonsense-size": png_of(0, 10),
    "text-bomb": text_bomb(),
    "html": b"<!doctype html><script>x()</script>",
}
