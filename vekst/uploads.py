"""
What people send: pictures are written anew before they are kept, documents are checked by what they hold.
"""

import io
import secrets
import struct
import warnings
import zipfile
import zlib
from typing import Any, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2400
_FORMATS = ("JPEG", "PNG", "WEBP")
# What Pillow raises for files that are broken, cut off, or made to harm. UnidentifiedImageError is an OSError.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    struct.error,
    zlib.error,
)
# Nothing under this folder of the uploaded files is served by its own address; each view decides who gets it.
CLOSED_FOLDER = "lukket"


def clean_picture(upload: UploadedFile) -> "ContentFile[bytes]":
    """
    Return the picture re-encoded as JPEG or, with transparency, PNG: no EXIF, no position, no stowaways.

    At most 2400 pixels on the longest side. The name is random; the sender's file name is dropped.
    Raises ValidationError with a message for the sender.
    """
    if upload.size is None or upload.size > MAX_BYTES:
        raise ValidationError(_("Bildet er større enn 15 MB. Velg et mindre bilde."))
    try:
        upload.seek(0)
        with warnings.catch_warnings():
            # Our own limit, just below, is the lower one.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(upload, formats=_FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError(_("Bildet har for mange bildepunkter. Velg et mindre bilde."))
        picture.load()
        picture = bare_picture(picture)
    except Image.DecompressionBombError as error:
        raise ValidationError(
            _("Bildet har for mange bildepunkter. Velg et mindre bilde.")
        ) from error
    except _UNREADABLE as error:
        raise ValidationError(
            _("Filen er ikke et bilde vi kan lese. Bruk JPEG, PNG eller WebP.")
        ) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "PNG", optimize=True)
    else:
        picture.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    suffix = "png" if picture.mode == "RGBA" else "jpg"
    return ContentFile(out.getvalue(), name=f"{secrets.token_hex(8)}.{suffix}")


def bare_picture(picture: Image.Image) -> Image.Image:
    """
    Return the pixels alone, upright and in the colours of the web, as RGB or, with transparency, RGBA.

    What a file says besides (camera, position, comments, earlier versions) is not carried over: Pillow
    writes some of it into the next file by itself.
    """
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    has_alpha = upright.has_transparency_data
    mode: Literal["RGB", "RGBA"] = "RGBA" if has_alpha else "RGB"
    found = _in_srgb(upright, profile, mode) if profile else upright.convert(mode)
    found.info = {}
    return found


def _in_srgb(picture: Image.Image, profile: bytes, mode: Literal["RGB", "RGBA"]) -> Image.Image:
    """Return the picture with the colours that its profile says; without them when it says nonsense."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if picture.mode not in (("RGBA",) if mode == "RGBA" else ("RGB", "CMYK", "L")):
            picture = picture.convert(mode)
        target = ImageCms.createProfile("sRGB")
        found = ImageCms.profileToProfile(picture, source, target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        found = None
    return found if found is not None else picture.convert(mode)


MAX_DOCUMENT_BYTES = 25 * 1024 * 1024
# The part that makes an Office file what it is.
_OFFICE = {"ppt/presentation.xml": "pptx", "word/document.xml": "docx"}
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.text": "odt",
}
DOCUMENT_TYPES = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
}


def clean_document(upload: UploadedFile) -> "ContentFile[bytes]":
    """
    Return the file under a random name, when its content is a PDF or an Office or OpenDocument file.

    The name and the type that the sender gives count for nothing. Files with macros are refused. Raises
    ValidationError with a message for the sender.
    """
    if upload.size is None or upload.size > MAX_DOCUMENT_BYTES:
        raise ValidationError(
            _("Filen er større enn 25 MB. Gjør den mindre, eller legg inn en lenke.")
        )
    upload.seek(0)
    content = upload.read()
    suffix = "pdf" if content.startswith(b"%PDF-") else _kind_of_archive(content)
    if not suffix:
        raise ValidationError(
            _("Vi tar imot PDF, PowerPoint, Word og OpenDocument. Lagre filen som en av dem.")
        )
    return ContentFile(content, name=f"{secrets.token_hex(8)}.{suffix}")


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise ValidationError(_("Filen har makroer. Lagre den uten, eller som PDF."))
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in _OFFICE.items() if part in names), "")
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    return _OPEN_DOCUMENT.get(member.read(100).strip(), "")
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return ""
    return ""


class PictureForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of a thing with a `picture`, which is re-encoded when a new one comes in."""

    def clean_picture(self) -> Any:
        picture = self.cleaned_data.get("picture")
        return clean_picture(picture) if isinstance(picture, UploadedFile) else picture
