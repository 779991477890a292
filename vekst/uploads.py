"""Pictures that people send: checked by what they hold, and written anew before they are kept."""

import io
import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2400
_FORMATS = ("JPEG", "PNG", "WEBP")


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
        picture: Any = Image.open(upload, formats=_FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError(_("Bildet har for mange bildepunkter. Velg et mindre bilde."))
        picture.load()
        picture = ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(
            _("Filen er ikke et bilde vi kan lese. Bruk JPEG, PNG eller WebP.")
        ) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    out = io.BytesIO()
    if has_alpha:
        picture.convert("RGBA").save(out, "PNG", optimize=True)
    else:
        picture.convert("RGB").save(out, "JPEG", quality=85, optimize=True, progressive=True)
    suffix = "png" if has_alpha else "jpg"
    return ContentFile(out.getvalue(), name=f"{secrets.token_hex(8)}.{suffix}")


class PictureForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of a thing with a `picture`, which is re-encoded when a new one comes in."""

    def clean_picture(self) -> Any:
        picture = self.cleaned_data.get("picture")
        return clean_picture(picture) if isinstance(picture, UploadedFile) else picture
