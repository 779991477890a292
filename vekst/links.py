"""Signed links: an address in a mail that lets its holder do one thing to one row, without an account."""

import datetime

from django.core import signing


class BadLinkError(Exception):
    """The link is not one of ours, belongs to another purpose, or is too old (`expired`)."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired" if expired else "not a link of this portal")
        self.expired = expired


def make_token(purpose: str, pk: int) -> str:
    """Return a token that `read_token` takes back for the same purpose only. It holds no personal data."""
    return signing.dumps(pk, salt=f"vekst.link.{purpose}")


def read_token(purpose: str, token: str, *, max_age: datetime.timedelta | None = None) -> int:
    """Return the primary key that the token was made for. Raises BadLinkError."""
    try:
        pk = signing.loads(token, salt=f"vekst.link.{purpose}", max_age=max_age)
    except signing.SignatureExpired as error:
        raise BadLinkError(expired=True) from error
    except signing.BadSignature as error:
        raise BadLinkError from error
    if not isinstance(pk, int):
        raise BadLinkError
    return pk
