"""Real Celery workers over a real SMTP server, killed the hard way in the midst of a newsletter."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from members.mailings import newsletters
from members.mailings.models import Delivery, DeliveryState
from tests.members.mailings.factories import ConsentFactory, NewsletterFactory
from tests.members.mailings.smtp_sink import Sink
from vekst import embedded

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    # The tests run tasks on the spot; `send_task` goes to the broker all the same, as is wanted here.
    pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored"),
]

READERS, KILL_AFTER, LIMIT_SECONDS = 200, (30, 110), 90


def database_url() -> str:
    given = connection.get_connection_params()
    user, password = given.get("user", ""), given.get("password") or ""
    host, port = given.get("host", ""), given.get("port", "")
    return (
        f"postgres://{quote(user)}:{quote(password)}@/{given['dbname']}"
        f"?host={quote(host, safe='')}" + (f"&port={port}" if port else "")
    )


def own_redis_url() -> str:
    """A database of the broker that no other test process uses."""
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    base = settings.REDIS_URL.partition("?")[0]
    return f"{base}?db={number}"


class Worker:
    def __init__(self, sink: Sink) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "vekst.settings.test",
            "DATABASE_URL": database_url(),
            "REDIS_URL": own_redis_url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "MAIL_LEASE_SECONDS": "3",
            "LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "--app", "vekst"]
        command += ["worker", "--queues", "mail", "--pool", "solo", "--loglevel", "ERROR"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, start_new_session=True
        )

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def only_workers_send() -> Iterator[None]:
    """Leave the sending to the workers; this process would do it as soon as the rows are written."""
    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = False
    yield
    current_app.conf.task_always_eager = before


@pytest.mark.usefixtures("only_workers_send")
def test_a_killed_worker_skips_nobody_and_repeats_one_message_at_most(sink: Sink):
    ConsentFactory.create_batch(READERS)
    newsletters.start(newsletter=NewsletterFactory.create(), at=timezone.now(), by=None)
    beat = Celery(broker=embedded.celery_url(own_redis_url()), set_as_current=False)
    beat.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    kills, asked_at = list(KILL_AFTER), 0.0
    worker = Worker(sink)
    deadline = time.monotonic() + LIMIT_SECONDS
    try:
        while is_waiting() and time.monotonic() < deadline:
            if kills and len(sink.received) >= kills[0]:
                worker.kill()
                kills.pop(0)
                worker = Worker(sink)
            if time.monotonic() - asked_at > 0.5:
                asked_at = time.monotonic()
                beat.send_task("members.mailings.tasks.send_due_mail", queue="mail", expires=2)
            time.sleep(0.02)
    finally:
        worker.kill()
        beat.close()

    rows = dict(Delivery.objects.values_list("recipient", "message_id"))
    got: dict[str, list[str]] = defaultdict(list)
    for received in sink.received:
        got[received.recipient].append(received.message_id)
    assert not kills
    assert set(got) == set(rows)
    assert all(set(ids) == {rows[recipient]} for recipient, ids in got.items())
    assert len(sink.received) - READERS <= len(KILL_AFTER)
    assert Counter(Delivery.objects.values_list("state", flat=True)) == {"sent": READERS}


def is_waiting() -> bool:
    return Delivery.objects.filter(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING]).exists()
