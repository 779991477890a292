"""Reading outside sources over HTTP: time-outs always, conditional requests, a bound on the size."""

import datetime
import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

MAX_BYTES = 30 * 1024 * 1024
TIMEOUT = httpx.Timeout(20.0, connect=5.0)
# An answer that trickles in has to be over by then.
LONGEST_SECONDS = 60.0


class SourceUnavailableError(Exception):
    """The source did not answer, answered too late, too much, or with an error. The message says which."""


@dataclass(frozen=True)
class Fetched:
    """What a source answered. `not_modified` when our copy is still the newest; `content` is then empty."""

    url: str
    status: int
    content: bytes
    etag: str
    last_modified: str
    fetched_at: datetime.datetime

    @property
    def not_modified(self) -> bool:
        return self.status == httpx.codes.NOT_MODIFIED


def fetch(
    url: str,
    *,
    at: datetime.datetime,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    etag: str = "",
    last_modified: str = "",
    accept_statuses: tuple[int, ...] = (),
    json: Any = None,
    timeout: float | None = None,
    max_bytes: int = MAX_BYTES,
    public_only: bool = False,
) -> Fetched:
    """
    Ask the source once and return its answer.

    `etag` and `last_modified` are those of the copy we hold. Statuses from 400 raise
    SourceUnavailableError unless they stand in `accept_statuses`; so do time-outs, broken
    connections, redirects and answers above `max_bytes` (30 MB). `timeout` in seconds is for a page
    that waits. `public_only` is for addresses that people type in: nothing inside our own network is
    asked.
    """
    if not settings.OUTSIDE_SOURCES_ENABLED:
        raise SourceUnavailableError("outside sources are turned off for this installation")
    sent = {"User-Agent": f"vekst-i-kongsberg (+{settings.SITE_URL})", **(headers or {})}
    asked = httpx.URL(url)
    extensions: dict[str, str] = {}
    if public_only and not settings.SOURCES_MAY_BE_PRIVATE:
        asked, sent["Host"], extensions = _at_public_address(asked)
    if etag:
        sent["If-None-Match"] = etag
    if last_modified:
        sent["If-Modified-Since"] = last_modified
    started = time.monotonic()
    try:
        with (
            httpx.Client(timeout=timeout or TIMEOUT) as client,
            client.stream(
                method, asked, headers=sent, json=json, extensions=extensions
            ) as response,
        ):
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > max_bytes:
                    raise SourceUnavailableError(f"{url}: the answer is above {max_bytes} bytes")
                if time.monotonic() - started > LONGEST_SECONDS:
                    raise SourceUnavailableError(f"{url}: the answer takes too long")
            status = response.status_code
            kept = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
    except httpx.HTTPError as error:
        raise SourceUnavailableError(f"{url}: {error.__class__.__name__}: {error}") from error
    good = status in (httpx.codes.OK, httpx.codes.NOT_MODIFIED) or status in accept_statuses
    if not good:
        raise SourceUnavailableError(f"{url}: status {status}: {bytes(content[:200])!r}")
    return Fetched(url, status, bytes(content), *kept, at)


def _at_public_address(url: httpx.URL) -> tuple[httpx.URL, str, dict[str, str]]:
    """
    Return the address with the server's number in place of its name, the name, and what TLS needs of it.

    The number that was looked at is the number that is asked: a name that answers differently the next
    time leads nowhere else.
    """
    if url.scheme not in ("http", "https") or not url.host:
        raise SourceUnavailableError(f"{url}: only http and https are read")
    try:
        found = socket.getaddrinfo(url.host, url.port or url.scheme, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceUnavailableError(f"{url}: {error}") from error
    numbers = [str(entry[4][0]) for entry in found]
    if not numbers or not all(_is_public(number) for number in numbers):
        raise SourceUnavailableError(f"{url}: the address is not a public one")
    name = url.netloc.decode().rpartition("@")[2]
    return url.copy_with(host=numbers[0]), name, {"sni_hostname": url.host}


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast
