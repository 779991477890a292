"""
How fast a newsletter is prepared and sent: `python -m bench.mail_speed [readers]`, and part of `make bench`.

Two processes against two, the same server and the same messages: the bare ones read finished bytes from
memory, ours claim rows, fill in each reader's own links, and mark every row before the next message. The
memory is that of our processes, each started afresh as a worker is.
"""

import multiprocessing
import os
import smtplib
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bench import mail_portal

READERS = 100_000
PROCESSES = 2
# Finished messages that the bare loop holds in memory, and how long ours may send.
BARE_MESSAGES, OUR_SECONDS = 6_000, 20
MOST_SECONDS, LEAST_SHARE, MOST_MB = 10, 0.6, 150


@dataclass(frozen=True)
class Result:
    """What was measured. Memory is resident, in MB: the most, and the growth from the first seconds on."""

    readers: int
    prepared_in_seconds: float
    bare_per_second: float
    ours_per_second: float
    memory_mb: float
    memory_growth_mb: float

    @property
    def share(self) -> float:
        """Our speed as a part of the bare loop's."""
        return self.ours_per_second / self.bare_per_second

    @property
    def holds(self) -> bool:
        """Tell whether all three targets are met."""
        is_fast = self.prepared_in_seconds <= MOST_SECONDS and self.share >= LEAST_SHARE
        return is_fast and self.memory_mb <= MOST_MB


def measure(readers: int = READERS) -> Result:
    """Prepare a newsletter to so many readers, and send it for a while beside the bare loop."""
    port = mail_portal.free_port()
    mail_portal.prepare(port, lease_seconds=60)
    prepared = mail_portal.newsletter_to(readers)
    with mail_portal.sink(port, mail_portal.VAR / "sink.log"):
        parts = _rendered(min(readers, BARE_MESSAGES))
        bare = _in_processes(_bare, [(port, part) for part in parts])
        ours = _in_processes(_ours, [()] * PROCESSES)
    mail_portal.stop()
    return Result(
        readers=readers,
        prepared_in_seconds=round(prepared, 2),
        bare_per_second=round(sum(one["messages"] / one["seconds"] for one in bare)),
        ours_per_second=round(sum(one["messages"] / one["seconds"] for one in ours)),
        memory_mb=max(one["memory"] for one in ours),
        memory_growth_mb=max(one["growth"] for one in ours),
    )


def verdicts(result: Result) -> list[str]:
    """Return the lines for the end of `make bench`."""
    return [
        f"newsletter to {result.readers} readers: rows written in {result.prepared_in_seconds:.1f} s "
        f"(target {MOST_SECONDS})",
        f"newsletter sent by two processes: {result.ours_per_second:.0f}/s, {result.share:.2f} of the bare "
        f"smtplib loop's {result.bare_per_second:.0f}/s (target {LEAST_SHARE})",
        f"memory of a sending process: {result.memory_mb:.0f} MB at most, {result.memory_growth_mb:+.1f} MB "
        f"after the first seconds (target {MOST_MB})",
    ]


def _rendered(messages: int) -> list[list[tuple[str, bytes]]]:
    from django.db import connections
    from django.utils import timezone

    from members.mailings.message import Letter
    from members.mailings.models import Delivery

    rows = list(Delivery.objects.select_related("body").order_by("pk")[:messages])
    letter = Letter(rows[0].body, has_fields=True, from_email=rows[0].from_email)
    now = timezone.now()
    ready = [(row.recipient, letter.for_reader(row, at=now)) for row in rows]
    connections.close_all()
    return [ready[part::PROCESSES] for part in range(PROCESSES)]


def _in_processes(
    target: Callable[..., None], arguments: list[tuple[Any, ...]]
) -> list[dict[str, float]]:
    """Run `target` in a fresh process for each of the arguments, all at once; return what each says."""
    fresh = multiprocessing.get_context("spawn")
    start, answers = fresh.Barrier(PROCESSES), fresh.Queue()
    processes = [fresh.Process(target=target, args=(start, answers, *given)) for given in arguments]
    for process in processes:
        process.start()
    found = [answers.get(timeout=300) for _process in processes]
    for process in processes:
        process.join()
    return found


def _bare(start: Any, answers: Any, port: int, ready: list[tuple[str, bytes]]) -> None:
    start.wait()
    started = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for recipient, raw in ready:
            server.sendmail("vekst@example.no", [recipient], raw)
    answers.put({"messages": len(ready), "seconds": time.monotonic() - started})


def _ours(start: Any, answers: Any) -> None:
    import django

    django.setup()
    import psutil

    from members.mailings.sending import send_due

    start.wait()
    memory: list[float] = []
    done = threading.Event()
    me = psutil.Process(os.getpid())

    def watch() -> None:
        while not done.wait(0.5):
            memory.append(me.memory_info().rss / 1024 / 1024)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    started = time.monotonic()
    report = send_due(seconds=OUR_SECONDS)
    seconds = time.monotonic() - started
    done.set()
    watcher.join()
    # The first seconds fill the caches: templates, encoded texts, prepared statements.
    early = memory[min(3, len(memory) - 1)]
    answers.put(
        {
            "messages": report.sent,
            "seconds": seconds,
            "memory": max(memory),
            "growth": memory[-1] - early,
        }
    )


def main(readers: int) -> int:
    result = measure(readers)
    for line in verdicts(result):
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"{asdict(result)}\n")
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else READERS))
