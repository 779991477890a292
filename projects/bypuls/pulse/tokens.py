"""The secret with which a counter reports. It is shown once; the database holds its hash only."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils.crypto import constant_time_compare

from projects.bypuls.models import Counter

# What the hash is compared with when there is no such counter, so that both answers take as long.
_NOBODYS = hashlib.sha256(b"").hexdigest()


def _hashed(token: str) -> str:
    # 256 bits of chance need no slow hash: nobody guesses them.
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_token(counter_id: int, *, at: dt.datetime) -> str:
    """Return a new secret for the counter. The old one is no good from now on."""
    token = f"puls_{secrets.token_urlsafe(32)}"
    Counter.objects.filter(pk=counter_id).update(token_hash=_hashed(token), token_made_at=at)
    return token


@transaction.atomic
def withdraw_token(counter_id: int) -> None:
    """Let nobody report for the counter any more."""
    Counter.objects.filter(pk=counter_id).update(token_hash="", token_made_at=None)


def counter_by_token(slug: str, token: str) -> Counter | None:
    """Return the counter if the token is its own. Unknown counters and wrong tokens look the same."""
    counter = Counter.objects.filter(slug=slug).first()
    kept = counter.token_hash if counter and counter.token_hash else _NOBODYS
    is_right = constant_time_compare(_hashed(token), kept)
    return counter if is_right and counter and counter.token_hash and token else None
