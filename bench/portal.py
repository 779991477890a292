"""A whole portal of its own for a trial: database, Valkey, web, and worker and beat when asked for."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.servers import ROOT, Server, granian
from vekst import embedded


@dataclass
class Portal:
    """What a trial works on."""

    env: dict[str, str]
    var: Path
    server: Server
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def python(self, code: str) -> str:
        """Run code with Django set up on this portal, and return what it printed."""
        head = "import django; django.setup()\n"
        return subprocess.run(
            [sys.executable, "-c", head + code],
            cwd=ROOT,
            env={**os.environ, **self.env},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def begin(self, code: str) -> subprocess.Popen[bytes]:
        """Run code with Django set up in a process of its own, without waiting for it."""
        head = "import django; django.setup()\n"
        return subprocess.Popen(
            [sys.executable, "-c", head + code], cwd=ROOT, env={**os.environ, **self.env}
        )

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a background process of the portal; it ends with the trial."""
        log = (self.var / f"{command[-1].strip('-')}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "vekst", *command],
            cwd=ROOT,
            env={**os.environ, **self.env},
            stdout=log,
            stderr=log,
        )
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker for both queues, one process."""
        return self.start(
            "worker", "--queues", "default,mail", "--concurrency", "1", "--loglevel", "WARNING"
        )

    def start_beat(self) -> subprocess.Popen[bytes]:
        """Start the clock of the recurring jobs."""
        return self.start("beat", "--pidfile", "", "--loglevel", "WARNING")


def _environment(var: Path, smtp_port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "vekst.settings.dev",
        "VAR_DIR": str(var),
        "DATABASE_URL": embedded.database_url(var),
        "REDIS_URL": embedded.redis_url(var),
        "SECRET_KEY": "only-for-the-trials-" + "x" * 40,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SITE_URL": "http://127.0.0.1",
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "DEFAULT_FROM_EMAIL": "vekst@example.no",
        "OUTSIDE_SOURCES_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        "MAIL_LEASE_SECONDS": "15",
        # Everybody here comes from one address.
        "SIGNUP_RATE": "1000000/h",
    }


@contextlib.contextmanager
def running_portal(name: str, *, port: int, smtp_port: int = 1) -> Iterator[Portal]:
    """Bring up an empty portal under var/bench/<name>, and take everything down again."""
    var = ROOT / "var" / "bench" / name
    env = _environment(var, smtp_port)
    embedded.start(var, durable=True)
    try:
        for command in (
            ["migrate", "--verbosity", "0"],
            ["flush", "--noinput", "--verbosity", "0"],
            ["sync_roles"],
            ["collectstatic", "--noinput", "--verbosity", "0"],
        ):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env={**os.environ, **env},
                check=True,
                capture_output=True,
            )
        with granian("vekst.wsgi:application", port=port, env=env) as server:
            portal = Portal(env, var, server)
            try:
                yield portal
            finally:
                for process in portal.processes:
                    process.terminate()
                for process in portal.processes:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(10)
                    process.kill()
                    process.wait()
    finally:
        embedded.stop(var)
