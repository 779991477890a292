"""What the environment says about returned mail. A value that is malformed stops the start."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Those that prove who they are by a signature, and those that send a name and a password along.
SIGNING, NAMING = ("mailgun", "postal"), ("brevo", "postmark")
PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}


@dataclass(frozen=True)
class Mailbox:
    """Where returned mail lies, and how to get in."""

    scheme: Literal["imaps", "imap+tls", "imap"]
    host: str
    port: int
    user: str
    password: str
    folder: str


def mailbox(url: str) -> Mailbox | None:
    """Read `imaps://user:password@host:993/INBOX`; None for an empty text."""
    if not url:
        return None
    problem = ImproperlyConfigured(
        "MAIL_RETURNS_MAILBOX must read like imaps://user:password@imap.example.no/INBOX"
    )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise problem from error
    if parts.scheme not in PORTS or not (parts.hostname and parts.username and parts.password):
        raise problem
    return Mailbox(
        scheme=parts.scheme,  # type: ignore[arg-type]
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def provider(name: str, key: str) -> str:
    """Return the name of the provider whose reports are read; empty for none."""
    if not name:
        return ""
    if name not in SIGNING + NAMING:
        raise ImproperlyConfigured(f"MAIL_PROVIDER is one of {', '.join(SIGNING + NAMING)}")
    if not key or (name in NAMING and not all(key.partition(":"))):
        raise ImproperlyConfigured(f"MAIL_PROVIDER_KEY is missing or malformed for {name}")
    return name


def return_address(address: str) -> str:
    """Return the address that returns go to; empty for the sender's own."""
    if address and (address.count("@") != 1 or any(sign in address for sign in " <>\r\n")):
        raise ImproperlyConfigured("MAIL_RETURN_ADDRESS must read like retur+{id}@example.no")
    return address
