"""What every test has: real PostgreSQL and Valkey, strict templates, no way out to the Internet."""

import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from members.accounts.models import Role, User
from tests.members.accounts.factories import UserFactory
from vekst import embedded
from vekst.roles import sync_roles


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start the servers of our own, unless addresses were given; the first process to come starts them."""
    servers = embedded.start(settings.VAR, durable=False)
    yield
    servers.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        sync_roles()


@pytest.fixture(autouse=True)
def _roles_after_a_flush(request: pytest.FixtureRequest) -> None:
    """A test with real transactions empties every table when it ends, the roles' groups too."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        sync_roles()


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    marked = request.node.get_closest_marker("django_db") is not None
    if marked or "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        # Only this worker's keys: clear() would empty the server under the feet of the others.
        cache.delete_pattern("*")


@pytest.fixture(autouse=True)
def _bokmal() -> Iterator[None]:
    """A page in English leaves its language behind in the thread; what is written next is Bokmål again."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


_connect = socket.socket.connect


def _connect_at_home(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
        "127.0.0.1",
        "::1",
        "localhost",
    ):
        raise AssertionError(f"a test tried to reach {address}")
    _connect(self, address)


@pytest.fixture(scope="session", autouse=True)
def _no_internet() -> Iterator[None]:
    socket.socket.connect = _connect_at_home  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


# --- People -----------------------------------------------------------------------------------------
@pytest.fixture
def programme_officer(db: None) -> User:
    return UserFactory.create(first_name="Pia", last_name="Program", role=Role.PROGRAMME_OFFICE)


@pytest.fixture
def editor(db: None) -> User:
    return UserFactory.create(first_name="Eli", last_name="Editor", role=Role.EDITOR)


@pytest.fixture
def superuser(db: None) -> User:
    return UserFactory.create(
        first_name="Siri", last_name="Super", is_staff=True, is_superuser=True
    )


@pytest.fixture
def resident(db: None) -> User:
    return UserFactory.create(first_name="Rolf", last_name="Resident")


# --- Outside sources ----------------------------------------------------------------------------------
Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@dataclass
class FakeSource:
    """
    A local HTTP server that plays an outside source, good or bad.

    `answers` maps a path (without query) to a function that writes the answer; `requests` holds what came in.
    """

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def serve(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        """Answer `path` with this body from now on."""
        raw = body.encode() if isinstance(body, str) else body

        def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", content_type)
            for name, value in (headers or {}).items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(raw)))
            handler.end_headers()
            handler.wfile.write(raw)

        self.answers[path] = answer

    def hang_up(self, path: str) -> None:
        """Close the connection in the middle of the answer."""

        def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"{")

        self.answers[path] = answer


@pytest.fixture
def fake_source() -> Iterator[FakeSource]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            path = self.path.partition("?")[0]
            source.requests.append((self.command, self.path, dict(self.headers), body))
            if path in source.answers:
                source.answers[path](self)
            else:
                self.send_error(404)

        do_GET = _answer  # noqa: N815
        do_POST = _answer  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    source = FakeSource(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield source
    server.shutdown()
    server.server_close()
    thread.join()
