"""Send many forms at the same moment, with as little work on this side as it takes."""

import asyncio
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What one form got, and after how many seconds."""

    status: int
    location: str
    body: str
    seconds: float


@dataclass(frozen=True)
class Visitor:
    """A CSRF cookie with its token; all forms of a burst share one, since only the server is measured."""

    cookie: str
    token: str


def visit(base: str, path: str) -> Visitor:
    """Open a page with a form, as a browser does before it sends one."""
    with urllib.request.urlopen(base + path, timeout=30) as response:
        page = response.read().decode()
        cookies = response.headers.get_all("Set-Cookie") or []
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    cookie = next(text.partition(";")[0] for text in cookies if text.startswith("csrftoken="))
    assert token
    return Visitor(cookie, token.group(1))


def send_at_once(
    base: str, visitor: Visitor, forms: Sequence[tuple[str, dict[str, str]]]
) -> list[Reply]:
    """Send the (path, fields) all at once on connections of their own; return the replies in order."""
    return asyncio.run(_send(base, visitor, forms))


async def _send(
    base: str, visitor: Visitor, forms: Sequence[tuple[str, dict[str, str]]]
) -> list[Reply]:
    gate = asyncio.Event()
    requests = [_request(base, visitor, path, fields) for path, fields in forms]
    tasks = [asyncio.create_task(_one(base, request, gate)) for request in requests]
    await asyncio.sleep(0)
    gate.set()
    return list(await asyncio.gather(*tasks))


def _request(base: str, visitor: Visitor, path: str, fields: dict[str, str]) -> bytes:
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": visitor.token, **fields}).encode()
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: {urllib.parse.urlsplit(base).netloc}",
        f"Cookie: {visitor.cookie}",
        f"Referer: {base}{path}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def _one(base: str, request: bytes, gate: asyncio.Event) -> Reply:
    address = urllib.parse.urlsplit(base)
    await gate.wait()
    started = time.monotonic()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(request)
    await writer.drain()
    answer = (await reader.read()).decode(errors="replace")
    seconds = time.monotonic() - started
    writer.close()
    head, _gap, body = answer.partition("\r\n\r\n")
    status = re.match(r"HTTP/1\.1 (\d+)", head)
    location = re.search(r"^location: (\S+)", head, re.IGNORECASE | re.MULTILINE)
    return Reply(
        int(status.group(1)) if status else 0, location.group(1) if location else "", body, seconds
    )
