"""
A newsletter on the worst of days: `python -m bench.mail_storm [readers] [kills]`.

Two real Celery workers send to `bench.storm_sink`, which refuses, hangs up and stalls. Meanwhile one worker
after another gets SIGKILL at random moments, Valkey is emptied twice, and PostgreSQL is restarted once
without time to say goodbye. Afterwards every row of the ledger is held against the lines of the server's
log: everybody got the newsletter once, or the same Message-ID again at most once for each kill. Exits with 1
when one row disagrees.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import mail_portal, storm_sink
from vekst import embedded

LIMIT_SECONDS = 900
WORKERS = 2
# As in production: a worker waits a third of it for a database that comes back.
LEASE_SECONDS = 60
VALKEY_EMPTIED, POSTGRES_RESTARTED = 2, 1


@dataclass
class Told:
    """What the server's log says about one recipient."""

    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_gone: bool = False


class Storm:
    """The workers, and what is done to them after so many messages."""

    def __init__(self, readers: int, kills: int) -> None:
        self.log = mail_portal.VAR / "storm.log"
        self.chance = random.Random()  # noqa: S311
        self.workers = [mail_portal.Worker(processes=1) for _ in range(WORKERS)]
        deeds: list[Callable[[], None]] = [self.kill_a_worker] * kills
        deeds += [empty_valkey] * VALKEY_EMPTIED + [restart_postgres] * POSTGRES_RESTARTED
        self.chance.shuffle(deeds)
        after = self.chance.sample(range(readers // 20, readers * 9 // 10), len(deeds))
        self.plan = list(zip(sorted(after), deeds, strict=True))
        self.done: list[str] = []

    def lines(self) -> int:
        return len(self.log.read_bytes().splitlines()) if self.log.exists() else 0

    def blow(self) -> None:
        """Do what is due after the messages that the server has answered by now."""
        answered = self.lines()
        while self.plan and answered >= self.plan[0][0]:
            after, deed = self.plan.pop(0)
            time.sleep(self.chance.random() / 20)
            deed()
            self.done.append(f"{deed.__name__} after {after}")

    def kill_a_worker(self) -> None:
        number = self.chance.randrange(WORKERS)
        self.workers[number].kill()
        self.workers[number] = mail_portal.Worker(processes=1)

    def stop(self) -> None:
        for worker in self.workers:
            worker.stop()


def empty_valkey() -> None:
    from django.conf import settings
    from redis import Redis

    Redis.from_url(settings.REDIS_URL).flushall()


def restart_postgres() -> None:
    """Stop the database at once, without a checkpoint and with everybody on the line, and start it again."""
    from django.db import connections

    connections.close_all()
    data = mail_portal.VAR / "postgres"
    pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGQUIT)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.05)
    embedded.start(mail_portal.VAR, durable=True)


def main(readers: int, kills: int) -> int:
    port = mail_portal.free_port()
    mail_portal.prepare(port, lease_seconds=LEASE_SECONDS)
    prepared = mail_portal.newsletter_to(readers)
    started = time.monotonic()
    log = mail_portal.VAR / "storm.log"
    with mail_portal.sink(port, log, module="bench.storm_sink"), mail_portal.beat():
        storm = Storm(readers, kills)
        try:
            while _waiting() and time.monotonic() - started < LIMIT_SECONDS:
                storm.blow()
                time.sleep(0.02)
        finally:
            storm.stop()
    seconds = time.monotonic() - started
    told = _read(log.read_text())
    repeats = sum(max(len(one.taken) - 1, 0) for one in told.values())
    faults = [f"not done: {deed.__name__} after {after}" for after, deed in storm.plan]
    faults += [f"{repeats} repeats for {kills} kills"] if repeats > kills else []
    faults += [*_compare(told), *_newsletter_is_closed()]
    result = {
        "readers": readers,
        "rows_written_in_s": round(prepared, 2),
        "what_was_done": storm.done,
        "seconds": round(seconds, 1),
        "answers": dict(Counter(line.split(" ")[0] for line in log.read_text().splitlines())),
        "repeats_under_the_same_id": repeats,
        "states": _states(),
        "faults": faults[:20],
    }
    mail_portal.stop()
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 1 if faults else 0


def _waiting() -> bool:
    from members.mailings.models import Delivery

    return Delivery.objects.filter(state__in=["queued", "sending"]).exists()


def _read(log: str) -> dict[str, Told]:
    told: dict[str, Told] = defaultdict(Told)
    for line in log.splitlines():
        what, message_id, recipient = line.split(" ")
        if what == "taken":
            told[recipient].taken.append(message_id)
        elif what == "gone":
            told[recipient].is_gone = True
        else:
            told[recipient].refused.append(message_id)
    return told


def _compare(told: dict[str, Told]) -> list[str]:
    """Hold each row of the ledger against the lines about its recipient; return what disagrees."""
    from members.mailings.models import Delivery, Suppression

    suppressed = set(Suppression.objects.filter(lifted_at=None).values_list("email", flat=True))
    left = dict(told)
    faults = []
    rows = Delivery.objects.values_list("recipient", "message_id", "state", "attempts")
    for recipient, message_id, state, attempts in rows.iterator():
        one = left.pop(recipient, Told())
        is_gone = storm_sink.fate(recipient) < 0
        if (
            state != ("bounced" if is_gone else "sent")
            or one.is_gone != is_gone
            or (recipient in suppressed) != is_gone
            or bool(one.taken) == is_gone
            or set(one.taken + one.refused) - {message_id}
            or attempts < len(one.refused)
        ):
            faults.append(f"{recipient} {message_id}: {state}, {attempts} attempts, but {one}")
    return faults + [f"{recipient} is in no row, but {one}" for recipient, one in left.items()]


def _states() -> dict[str, int]:
    from members.mailings.models import Delivery

    return dict(Counter(Delivery.objects.values_list("state", flat=True)))


def _newsletter_is_closed() -> list[str]:
    """Once nobody waits, the newsletter is marked as sent, and does not start again."""
    from django.utils import timezone

    from members.mailings import newsletter_moves, newsletters
    from members.mailings.models import Newsletter

    newsletters.finish_sent(at=timezone.now())
    newsletter = Newsletter.objects.get()
    faults = [] if newsletter.state == "sent" else [f"the newsletter is {newsletter.state}"]
    try:
        newsletters.start(newsletter=newsletter, at=timezone.now(), by=None)
    except newsletter_moves.IllegalMoveError:
        return faults
    return [*faults, "the newsletter could be started again"]


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [20_000, 10][len(arguments) :])))
