"""The last part of a listing's address."""

import secrets

from django.utils.text import slugify

_NORWEGIAN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "ae", "Ø": "o", "Å": "a"})


def listing_slug(title: str, key: str = "") -> str:
    """
    Return `<title>-<key>` for an address; it stays the same when the title changes.

    Without a key (the start of the source's UUID), one is drawn.
    """
    words = slugify(title.translate(_NORWEGIAN))[:70].strip("-")
    return f"{words or 'annonse'}-{key or secrets.token_hex(4)}"
