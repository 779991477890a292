"""A portal of its own with demo content, served as in production, and Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from vekst import embedded

ROOT = Path(settings.BASE_DIR)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Without these Chromium asks hosts on the Internet at each start.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Portal:
    """A running portal: its address, and the environment in which `manage.py` works on it."""

    url: str
    env: dict[str, str]

    def manage(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a management command on this portal and return what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            input=stdin,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def shell(self, code: str) -> str:
        """Run Python on this portal's database and return what it printed."""
        return self.manage("shell", "--verbosity", "0", "-c", code).strip()


def _fresh_database(name: str) -> str:
    given = urlsplit(os.environ["DATABASE_URL"])
    user = urlunsplit(given).replace("postgres://", "postgresql://", 1)
    with psycopg.connect(user, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(given._replace(path=f"/{name}"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    servers = embedded.start(settings.VAR, durable=False)
    var = tmp_path_factory.mktemp("portal")
    port = _free_port()
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "vekst.settings.dev",
        "DATABASE_URL": _fresh_database("vekst_browser"),
        "VAR_DIR": str(var),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": f"filemail:///{var}/mail",
        "OUTSIDE_SOURCES_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
    }
    portal = Portal(url=f"http://127.0.0.1:{port}", env=env)
    for command in (
        ["migrate", "--verbosity", "0"],
        ["sync_roles"],
        ["demo"],
        ["index_everything"],
    ):
        portal.manage(*command)
    portal.manage("collectstatic", "--noinput", "--verbosity", "0")
    log = (var / "web.log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"),
            "vekst.wsgi:application",
        ],
        cwd=ROOT,
        env=env,
        stdout=log,
        stderr=log,
    )
    try:
        _wait(portal.url + "/healthz/")
        yield portal
    finally:
        process.terminate()
        process.wait(20)
        log.close()
        servers.stop()


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer")


def chromium() -> str:
    found = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not found:
        pytest.fail("the browser tests need Chromium (on Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, portal: Portal) -> Iterator[Page]:
    """A page of a visitor who has been nowhere yet. Errors in the console fail the test."""
    context = browser.new_context(base_url=portal.url, locale="nb-NO")
    page = context.new_page()
    problems: list[str] = []
    page.on(
        "console",
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems
