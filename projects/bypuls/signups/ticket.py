"""The ticket of a sign-up: a signed code, short enough to be typed, and its QR code."""

import base64
import io
from typing import Any
from urllib.parse import urlencode

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.pil import PilImage

from members.mailings.ledger import Attachment
from projects.bypuls.models import SignUp

# Crockford's alphabet: no letter that looks like a digit. Source: crockford.com/base32.html, 2026-11-25.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", " -\u2013\t\r\n")
_SALT = "bypuls.ticket"
# 40 bits, in letters of five bits each. Codes are tried by organisers only.
_SIGNATURE = 8
_LONGEST = 32


def ticket_code(signup: SignUp) -> str:
    """
    Return the code of a ticket, in groups for reading aloud: `7-K2QX-9FMB`.

    The same for as long as the row lives, also after a move to another date.
    """
    number, signature = _written(signup.pk), _signature(signup.pk, settings.SECRET_KEY)
    return f"{number}-{signature[:4]}-{signature[4:]}"


def signup_for_code(code: str) -> SignUp | None:
    """
    Return the sign-up whose ticket has this code, with its event; None for any other text.

    Small letters, spaces, missing hyphens and O for 0 are forgiven. Whether the sign-up still has a
    seat, and at which event, is for the caller to see. One query.
    """
    plain = code[: 4 * _LONGEST].upper().translate(_READ_AS)
    number, signature = plain[:-_SIGNATURE], plain[-_SIGNATURE:]
    if not number or len(plain) > _LONGEST or set(plain) - set(_ALPHABET):
        return None
    pk = _read(number)
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(signature, _signature(pk, key)) for key in keys):
        return None
    return SignUp.objects.select_related("event").filter(pk=pk).first()


def check_in_url(signup: SignUp) -> str:
    """Return the address that the QR code holds: the organiser's check-in page with this ticket found."""
    query = urlencode({"kode": ticket_code(signup)})
    return f"{settings.SITE_URL}{signup.event.get_absolute_url()}innsjekk/?{query}"


def ticket_svg(signup: SignUp) -> SafeString:
    """Return the QR code as an SVG element without size of its own, to stand in a page."""
    drawn = _code(signup).make_image(image_factory=qrcode.image.svg.SvgPathImage)
    text = drawn.to_string(encoding="unicode")
    # Drawn from numbers alone, so nothing in it comes from outside.
    return mark_safe(text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S308


def ticket_file(signup: SignUp) -> Attachment:
    """Return the QR code as a picture to go with a mail."""
    stream = io.BytesIO()
    _code(signup).make_image(image_factory=PilImage).save(stream, format="PNG")
    content = base64.b64encode(stream.getvalue()).decode()
    return {"name": "billett.png", "type": "image/png", "content": content, "encoding": "base64"}


def _code(signup: SignUp) -> "qrcode.QRCode[Any]":
    # Readers take any mask. Trying all eight costs 7 ms, while others wait for the lock on the event.
    code: qrcode.QRCode[Any] = qrcode.QRCode(
        error_correction=qrcode.ERROR_CORRECT_M, box_size=8, border=4, mask_pattern=2
    )
    code.add_data(check_in_url(signup))
    return code


def _signature(pk: int, key: str) -> str:
    digest = salted_hmac(_SALT, str(pk), secret=key, algorithm="sha256").digest()
    return _written(int.from_bytes(digest[:5]), width=_SIGNATURE)


def _written(number: int, *, width: int = 1) -> str:
    digits = ""
    while number or len(digits) < width:
        number, digit = divmod(number, 32)
        digits = _ALPHABET[digit] + digits
    return digits


def _read(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 32 + _ALPHABET.index(letter)
    return number
