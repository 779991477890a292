"""People who change their mind at the very moment they are written to, and runs that die or meet each other."""

import datetime
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction

from members.mailings import digest, digest_content, newsletters, subscribing
from members.mailings.models import (
    Delivery,
    DeliveryState,
    DigestEdition,
    Frequency,
    Subscriber,
    Topic,
)
from members.mailings.newsletter_content import Block, Item
from tests.members.mailings.factories import ConsentFactory, NewsletterFactory
from tests.members.mailings.test_killed_worker import database_url
from tests.projects.digital_stemme.factories import HomeFactory
from vekst.celery import app as celery_app

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

MONDAY = datetime.datetime(2026, 4, 6, 5, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _broker() -> Iterator[None]:
    """Leave the sending to nobody: only what is written is looked at."""
    celery_app.conf.task_always_eager = False
    yield
    celery_app.conf.task_always_eager = True


def meet(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Run `first`, and `second` while it is not yet committed; `second` waits for it or does not see it."""
    is_done, may_commit = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                first()
                is_done.set()
                may_commit.wait(20)
        finally:
            is_done.set()
            connection.close()

    def follow() -> None:
        try:
            second()
        finally:
            connection.close()

    holder, follower = threading.Thread(target=hold), threading.Thread(target=follow)
    holder.start()
    is_done.wait(20)
    follower.start()
    until = time.monotonic() + 20
    while not _somebody_waits() and follower.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    may_commit.set()
    holder.join()
    follower.join()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("first", ["leaves", "sends"])
@pytest.mark.parametrize("kind", ["newsletter", "digest"])
def test_who_leaves_while_they_are_written_to_gets_nothing(
    kind: str, first: str, monkeypatch: pytest.MonkeyPatch
):
    homes = {Topic.WEEKLY: lambda since, at: Block("Nytt", [Item("Bolig", url="/bolig/x/")])}
    monkeypatch.setattr(digest_content, "DIGEST_TOPICS", homes)
    frequency = Frequency.EACH if kind == "newsletter" else Frequency.WEEKLY
    consent = ConsentFactory.create(subscriber__frequency=frequency)
    other = ConsentFactory.create(subscriber__frequency=frequency)
    newsletter = NewsletterFactory.create()

    def leave() -> None:
        subscribing.withdraw(subscriber=consent.subscriber, source="x", at=MONDAY)

    def send() -> None:
        if kind == "newsletter":
            newsletters.start(newsletter=newsletter, at=MONDAY, by=None)
        else:
            digest.write_due(at=MONDAY)

    meet(*((leave, send) if first == "leaves" else (send, leave)))

    open_rows = Delivery.objects.filter(state=DeliveryState.QUEUED)
    assert list(open_rows.values_list("recipient", flat=True)) == [other.subscriber.email]


def test_who_pauses_while_they_are_written_to_gets_nothing():
    consent, other = ConsentFactory.create_batch(2)
    newsletter = NewsletterFactory.create()

    def pause() -> None:
        subscribing.choose(
            subscriber=consent.subscriber,
            topics=[Topic.WEEKLY],
            audiences=[],
            frequency=Frequency.EACH,
            language="nb",
            paused_until=(MONDAY + 7 * DAY).date(),
            source="x",
            at=MONDAY,
        )

    meet(lambda: newsletters.start(newsletter=newsletter, at=MONDAY, by=None), pause)

    open_rows = Delivery.objects.filter(state=DeliveryState.QUEUED)
    assert list(open_rows.values_list("recipient", flat=True)) == [other.subscriber.email]


def test_runs_that_meet_write_to_everybody_once(monkeypatch: pytest.MonkeyPatch):
    HomeFactory.create(published_at=MONDAY - DAY)
    _readers(30)
    monkeypatch.setattr(digest, "BATCH", 4)

    def run() -> None:
        digest.write_due(at=MONDAY)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Delivery.objects.count() == 30
    assert DigestEdition.objects.get(frequency=Frequency.WEEKLY).written_count == 30


_RUN = """
import datetime, django
django.setup()
from members.mailings import digest
digest.BATCH = 5
digest.write_due(at=datetime.datetime(2026, 4, 6, 5, tzinfo=datetime.UTC))
"""


def test_a_killed_run_is_taken_up_and_nobody_is_skipped_or_written_to_twice():
    HomeFactory.create(published_at=MONDAY - DAY)
    emails = _readers(300)
    environment = {**os.environ, "DATABASE_URL": database_url(), "LOG_LEVEL": "ERROR"}
    for written in (20, 90, 300):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _RUN], cwd=settings.BASE_DIR, env=environment
        )
        until = time.monotonic() + 60
        while Delivery.objects.count() < written and time.monotonic() < until:
            time.sleep(0.005)
        if written < 300:
            os.kill(process.pid, signal.SIGKILL)
        process.wait(60)

    got = Counter(Delivery.objects.values_list("recipient", flat=True))
    assert got == Counter(emails)
    edition = DigestEdition.objects.get(frequency=Frequency.WEEKLY)
    assert (edition.state, edition.written_count) == ("done", 300)


def _readers(number: int) -> list[str]:
    for _ in range(number):
        ConsentFactory.create(topic=Topic.HOMES, subscriber__frequency=Frequency.WEEKLY)
    return list(Subscriber.objects.values_list("email", flat=True))
