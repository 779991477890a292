"""
How fast the ledger is sent, beside bare smtplib: `python -m bench.mail_speed [messages]`.

Two processes against two, the same server and the same messages: the bare ones read finished bytes from
memory, ours claim rows, fill in each reader's own links, and mark every row before the next message.
"""

import json
import multiprocessing
import smtplib
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import mail_portal

PROCESSES = 2


def main(messages: int) -> int:
    port = mail_portal.free_port()
    mail_portal.prepare(port, lease_seconds=60)
    prepared = mail_portal.newsletter_to(messages)
    with mail_portal.sink(port, mail_portal.VAR / "sink.log"):
        bare = _timed(_bare, [(port, part) for part in _rendered(messages)])
        ours = _timed(_ours, [()] * PROCESSES)
    left = _left()
    result = {
        "messages": messages,
        "rows_written_in_s": round(prepared, 2),
        "bare_smtplib_per_s": round(messages / bare),
        "ledger_per_s": round((messages - left) / ours),
        "ratio": round(bare / ours, 2),
        "left": left,
    }
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 1 if left else 0


def _rendered(messages: int) -> list[list[tuple[str, bytes]]]:
    from django.utils import timezone

    from members.mailings.message import Letter
    from members.mailings.models import Delivery

    rows = list(Delivery.objects.select_related("body").order_by("pk")[:messages])
    letter = Letter(rows[0].body, has_fields=True, from_email=rows[0].from_email)
    now = timezone.now()
    ready = [(row.recipient, letter.for_reader(row, at=now)) for row in rows]
    return [ready[part::PROCESSES] for part in range(PROCESSES)]


def _timed(target: Callable[..., None], arguments: list[tuple[Any, ...]]) -> float:
    from django.db import connections

    connections.close_all()
    start = multiprocessing.Barrier(PROCESSES + 1)
    processes = [
        multiprocessing.Process(target=target, args=(start, *given)) for given in arguments
    ]
    for process in processes:
        process.start()
    start.wait()
    started = time.monotonic()
    for process in processes:
        process.join()
    return time.monotonic() - started


def _bare(start: Any, port: int, ready: list[tuple[str, bytes]]) -> None:
    start.wait()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for recipient, raw in ready:
            server.sendmail("vekst@example.no", [recipient], raw)


def _ours(start: Any) -> None:
    from members.mailings.sending import send_due

    start.wait()
    send_due(seconds=60)


def _left() -> int:
    from members.mailings.models import Delivery

    return Delivery.objects.exclude(state="sent").count()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000))
