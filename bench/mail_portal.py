"""A portal of its own for the mail benchmarks: servers, readers, a sink and real Celery workers."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from vekst import embedded

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench" / "mail"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(port: int, *, lease_seconds: int) -> None:
    """Start the servers and set up Django in this process, for a mail server at `port`."""
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "vekst.settings.dev",
            "VAR_DIR": str(VAR),
            "DATABASE_URL": embedded.database_url(VAR),
            "REDIS_URL": embedded.redis_url(VAR),
            "SECRET_KEY": "only-for-the-benchmarks-" + "x" * 40,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "SITE_URL": "http://127.0.0.1",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "DEFAULT_FROM_EMAIL": "vekst@example.no",
            "MAIL_LEASE_SECONDS": str(lease_seconds),
            "MAIL_RETRY_SECONDS": "1",
            "LOG_LEVEL": "WARNING",
        }
    )
    embedded.start(VAR, durable=True)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def stop() -> None:
    """Stop the servers."""
    from django.db import connections

    connections.close_all()
    embedded.stop(VAR)


def newsletter_to(readers: int) -> float:
    """Write so many readers and a newsletter to all of them; return the seconds for the ledger rows."""
    from django.db import connection
    from django.utils import timezone

    from members.mailings import demo, newsletters
    from members.mailings.newsletter_content import Block, Item

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE mailings_delivery, mailings_newsletter, mailings_newslettermove,"
            " mailings_mailbody, mailings_sentmark, mailings_consent, mailings_subscriber,"
            " mailings_suppression CASCADE"
        )
    demo.scale(readers, at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailings_consent, mailings_subscriber")
    text = "Over tretti var med, og praten gikk lenge etter at kaffen tok slutt. " * 6
    blocks = [
        Block(f"Del {part}", [Item(f"Sak {n}", text, "/jobb/", "Torsdag") for n in range(4)])
        for part in range(3)
    ]
    newsletter = newsletters.build_newsletter(
        title="Uka oppsummert", intro="Kort om uka.", blocks=blocks, at=timezone.now()
    )
    started = time.monotonic()
    newsletters.start(newsletter=newsletter, at=timezone.now(), by=None)
    return time.monotonic() - started


@contextlib.contextmanager
def sink(port: int, log: Path, *, module: str = "bench.mail_sink") -> Iterator[None]:
    """Run a mail server: the one that takes everything, or another."""
    log.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, "-m", module, str(port), str(log)], cwd=ROOT)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


class Worker:
    """A real Celery worker, in a process group of its own."""

    def __init__(self, *, processes: int = 2) -> None:
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "vekst", "worker"]
        command += ["--queues", "mail", "--concurrency", str(processes)]
        command += ["--loglevel", "WARNING"]
        command += ["--without-gossip", "--without-mingle"]
        log = (VAR / "worker.log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=ROOT, start_new_session=True, stdout=log, stderr=log
        )

    def kill(self) -> None:
        """End every process of the worker the hard way."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask the worker to end."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


@contextlib.contextmanager
def beat() -> Iterator[None]:
    """Ask for the sending twice a second, as beat does every few seconds."""
    from vekst.celery import app

    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.5):
            app.send_task("members.mailings.tasks.send_due_mail", expires=2)

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    yield
    done.set()
    thread.join()
