"""
A newsletter whose workers are killed on the way: `python -m bench.mail_kill [readers] [kills]`.

Real Celery workers send to a mail server on this machine; the whole process group gets SIGKILL at random
moments. Afterwards the server's log is compared with the ledger: nobody is missing, and nobody got more
than one message, but for at most one repeat under the same Message-ID for each sending process killed.
"""

import json
import random
import sys
import time
from collections import Counter, defaultdict

from bench import mail_portal

LIMIT_SECONDS = 180
PROCESSES = 2


def main(readers: int, kills: int) -> int:
    port = mail_portal.free_port()
    mail_portal.prepare(port, lease_seconds=5)
    mail_portal.newsletter_to(readers)
    log = mail_portal.VAR / "sink.log"
    chance = random.Random()  # noqa: S311
    moments = sorted(chance.sample(range(readers // 20, readers * 9 // 10), kills))
    started = time.monotonic()
    killed_at = []
    with mail_portal.sink(port, log), mail_portal.beat():
        worker = mail_portal.Worker()
        try:
            while not _is_done() and time.monotonic() - started < LIMIT_SECONDS:
                taken = len(log.read_text().splitlines()) if log.exists() else 0
                if moments and taken >= moments[0]:
                    time.sleep(chance.random() / 50)
                    worker.kill()
                    moments.pop(0)
                    killed_at.append(taken)
                    worker = mail_portal.Worker()
                time.sleep(0.005)
        finally:
            worker.stop()
    result = _compare(log.read_text().split("\n"), readers, killed_at)
    result["seconds"] = round(time.monotonic() - started, 1)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0 if result["holds"] else 1


def _is_done() -> bool:
    from members.mailings.models import Delivery

    return not Delivery.objects.filter(state__in=["queued", "sending"]).exists()


def _compare(lines: list[str], readers: int, killed_at: list[int]) -> dict[str, object]:
    from members.mailings.models import Delivery

    rows = dict(Delivery.objects.values_list("recipient", "message_id"))
    states = Counter(Delivery.objects.values_list("state", flat=True))
    got: dict[str, list[str]] = defaultdict(list)
    for line in filter(None, lines):
        message_id, recipient = line.split(" ")
        got[recipient].append(message_id)
    repeats = sum(len(ids) - 1 for ids in got.values())
    missing = [recipient for recipient in rows if recipient not in got]
    foreign = [r for r, ids in got.items() if set(ids) != {rows.get(r, "")}]
    return {
        "readers": readers,
        "kills": len(killed_at),
        "killed_after_messages": killed_at,
        "messages_taken": sum(map(len, got.values())),
        "missing": len(missing),
        "repeats_under_the_same_id": repeats,
        "with_another_id": len(foreign),
        "states": dict(states),
        "holds": not missing
        and not foreign
        and states == {"sent": readers}
        and repeats <= len(killed_at) * PROCESSES,
    }


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [2000, 3][len(arguments) :])))
