"""
The page cache: the outermost WSGI layer, in the process's own memory.

It answers a stranger's GET of a public page without waking Django: from bodies that are compressed
once, with 304 where the visitor has the page already. What it holds is right as long as the content
generation stands; anyone with a session goes past it.
"""

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import brotli

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Key = tuple[str, ...]

# Pages that change with the clock ("i dag", "om 3 dager") are made anew at least this often. One that is
# right only until a certain moment ("åpent nå") says so in a header; see `vekst.http.hold_until`.
MAX_AGE_SECONDS = 60.0
MAX_TOTAL_BYTES = 64 * 1024 * 1024
MAX_BODY_BYTES = 2 * 1024 * 1024
_COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/xml",
    "application/atom+xml",
    "application/feed+json",
    "image/svg+xml",
)
# A page about the visitor; a file that is compressed already, or says itself how long it may be held.
_NEVER_KEPT = {"set-cookie", "content-encoding", "cache-control"}
HOLDS_UNTIL = "x-holds-until"
_NOT_SENT_ON = {"content-length", "vary", "etag", "expires", HOLDS_UNTIL}


class ReadsGeneration(Protocol):
    """What tells the content generation; None when it is not known."""

    def current(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One page as it is sent: the body in each coding with its headers, and until when it is right."""

    generation: int
    right_until: float
    etag: str
    bodies: dict[str, tuple[bytes, Headers]]
    not_modified_headers: Headers
    size: int


class PageCache:
    """Wraps a WSGI application. `hits` and `misses` count for the tests and the benchmarks."""

    def __init__(
        self,
        application: WSGIApp,
        generation: ReadsGeneration,
        *,
        session_cookie: str,
        max_total_bytes: int = MAX_TOTAL_BYTES,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._application = application
        self._generation = generation
        self._session_cookie = session_cookie + "="
        self._max_total_bytes = max_total_bytes
        self._clock = clock
        self._wall_clock = wall_clock
        self._entries: dict[Key, Entry] = {}
        self._total_bytes = 0
        self._write_lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not self._may_be_shared(environ):
            return self._application(environ, start_response)
        generation = self._generation.current()
        if generation is None:
            return self._application(environ, start_response)
        key = _key(environ)
        entry = self._entries.get(key)
        if entry is not None and self._is_right(entry, generation):
            self.hits += 1
            return _send(entry, environ, start_response)
        if environ["REQUEST_METHOD"] != "GET":
            return self._application(environ, start_response)
        self.misses += 1
        return self._render(key, generation, environ, start_response)

    def _may_be_shared(self, environ: Environ) -> bool:
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and self._session_cookie not in environ.get("HTTP_COOKIE", "")
            and "HTTP_AUTHORIZATION" not in environ
            and "HTTP_RANGE" not in environ
        )

    def _is_right(self, entry: Entry, generation: int) -> bool:
        return entry.generation == generation and self._clock() < entry.right_until

    def _render(
        self, key: Key, generation: int, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Let Django answer; keep the answer when it is a whole public page, else pass it on untouched."""
        started: list[Any] = []

        def remember(
            status: str, headers: Headers, exc_info: Any = None
        ) -> Callable[[bytes], object]:
            started[:] = [status, headers, exc_info]
            return lambda data: None

        result = self._application(environ, remember)
        status, headers, exc_info = started
        if not _may_be_kept(status, headers):
            start_response(status, headers, exc_info) if exc_info else start_response(
                status, headers
            )
            return result
        try:
            body = b"".join(result)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        lasts = min(MAX_AGE_SECONDS, _holds_until(headers) - self._wall_clock())
        entry = _make_entry(body, headers, generation, self._clock() + lasts)
        self._keep(key, entry)
        return _send(entry, environ, start_response)

    def _keep(self, key: Key, entry: Entry) -> None:
        with self._write_lock:
            old = self._entries.pop(key, None)
            self._total_bytes += entry.size - (old.size if old else 0)
            self._entries[key] = entry
            # The oldest go first; dictionaries keep the order in which pages came.
            while self._total_bytes > self._max_total_bytes:
                oldest = next(iter(self._entries))
                self._total_bytes -= self._entries.pop(oldest).size


def _key(environ: Environ) -> Key:
    """Address (with language in its path), host, scheme, and the part that htmx asked for."""
    return (
        environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("HTTP_X_FORWARDED_PROTO", "") or environ.get("wsgi.url_scheme", ""),
        environ.get("HTTP_HX_REQUEST", ""),
        environ.get("HTTP_HX_BOOSTED", ""),
        environ.get("HTTP_HX_TARGET", ""),
    )


def _may_be_kept(status: str, headers: Headers) -> bool:
    if not status.startswith("200"):
        return False
    length = None
    for name, value in headers:
        lower = name.lower()
        if lower in _NEVER_KEPT:
            return False
        if lower == "vary" and "cookie" in value.lower():
            return False
        if lower == "content-length":
            length = int(value)
    # Without a length the answer is a stream, such as a file.
    return length is not None and length <= MAX_BODY_BYTES


def _holds_until(headers: Headers) -> float:
    """The moment until which the page said that it is right, in seconds since 1970; else never."""
    for name, value in headers:
        if name.lower() == HOLDS_UNTIL:
            return float(value)
    return float("inf")


def _make_entry(body: bytes, headers: Headers, generation: int, right_until: float) -> Entry:
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    etag = f'W/"{digest}"'
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    shared = [(name, value) for name, value in headers if name.lower() not in _NOT_SENT_ON]
    shared += [
        ("ETag", etag),
        ("Cache-Control", "public, max-age=0, must-revalidate"),
        ("Vary", "Accept-Encoding, HX-Request, HX-Boosted, HX-Target"),
    ]
    codings = {"": body}
    if content_type.startswith(_COMPRESSIBLE) and len(body) > 256:
        codings["br"] = brotli.compress(body, quality=5)
        codings["gzip"] = gzip.compress(body, 6, mtime=0)
    bodies = {}
    for coding, coded in codings.items():
        extra = [("Content-Length", str(len(coded)))]
        if coding:
            extra.append(("Content-Encoding", coding))
        bodies[coding] = (coded, shared + extra)
    bare = [(name, value) for name, value in shared if name.lower() != "content-type"]
    size = sum(len(coded) for coded in codings.values()) + 2048
    return Entry(generation, right_until, etag, bodies, bare, size)


def _accepted_coding(accepted: str) -> str:
    if "br" in accepted and "br;q=0" not in accepted.replace(" ", ""):
        return "br"
    if "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", ""):
        return "gzip"
    return ""


def _send(entry: Entry, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    held = environ.get("HTTP_IF_NONE_MATCH")
    if held is not None and (entry.etag in held or held == "*"):
        start_response("304 Not Modified", entry.not_modified_headers)
        return (b"",)
    bodies = entry.bodies
    coding = _accepted_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body, headers = bodies.get(coding) or bodies[""]
    start_response("200 OK", headers)
    return (b"",) if environ["REQUEST_METHOD"] == "HEAD" else (body,)
