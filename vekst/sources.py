"""Reading outside sources over HTTP: time-outs always, conditional requests, a bound on the size."""

import datetime
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

MAX_BYTES = 30 * 1024 * 1024
TIMEOUT = httpx.Timeout(20.0, connect=5.0)


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
) -> Fetched:
    """
    Ask the source once and return its answer.

    `etag` and `last_modified` are those of the copy we hold. Statuses from 400 raise
    SourceUnavailableError unless they stand in `accept_statuses`; so do time-outs, broken
    connections, redirects and answers above 30 MB. `timeout` in seconds is for a page that waits.
    """
    if not settings.OUTSIDE_SOURCES_ENABLED:
        raise SourceUnavailableError("outside sources are turned off for this installation")
    sent = {"User-Agent": f"vekst-i-kongsberg (+{settings.SITE_URL})", **(headers or {})}
    if etag:
        sent["If-None-Match"] = etag
    if last_modified:
        sent["If-Modified-Since"] = last_modified
    try:
        with (
            httpx.Client(timeout=timeout or TIMEOUT) as client,
            client.stream(method, url, headers=sent, json=json) as response,
        ):
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise SourceUnavailableError(f"{url}: the answer is above {MAX_BYTES} bytes")
            status = response.status_code
            kept = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
    except httpx.HTTPError as error:
        raise SourceUnavailableError(f"{url}: {error.__class__.__name__}: {error}") from error
    good = status in (httpx.codes.OK, httpx.codes.NOT_MODIFIED) or status in accept_statuses
    if not good:
        raise SourceUnavailableError(f"{url}: status {status}: {content[:200]!r}")
    return Fetched(url, status, content, *kept, at)
