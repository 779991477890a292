"""
Valkey is killed while the portal works, stays away, and comes back.

Run `python -m bench.valkey_outage`: pages go on answering, sign-ups are taken, and when Valkey is back every
receipt has been mailed once, without anybody's help. Exits with 1 otherwise.
"""

import collections
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import redis

from bench.portal import Portal, running_portal
from bench.servers import ROOT
from vekst import embedded

SMTP_PORT = 8984
PEOPLE_BEFORE, PEOPLE_DURING, PEOPLE_AFTER = 5, 10, 5
SECONDS_AWAY = 20

MAKE_EVENT = """
import datetime
from django.utils import timezone
from projects.bypuls.models import Event, Publication
start = timezone.now() + datetime.timedelta(days=14)
event = Event.objects.create(
    title="Eksempel: midt i et avbrudd", slug="eksempel-avbrudd", summary="Til prøve.",
    starts_at=start, ends_at=start + datetime.timedelta(hours=2), place="Krona", organiser="Eksempel",
    topic="sosialt", takes_signups=True, capacity=100, publication=Publication.PUBLISHED,
    published_at=timezone.now(),
)
print(event.get_absolute_url())
"""
PAGES = ["/", "/arrangementer/", "/bolig/", "/jobb/", "/sok/?q=avbrudd", "/samferdsel/"]


def sign_up(portal: Portal, path: str, number: int) -> float:
    """Sign up one person and return how long the answer took."""
    with httpx.Client(base_url=portal.server.address, timeout=30, follow_redirects=True) as client:
        form = client.get(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        assert found
        started = time.monotonic()
        answer = client.post(
            path,
            data={
                "csrfmiddlewaretoken": found.group(1),
                "name": f"Eksempel {number}",
                "email": f"person{number}@example.no",
                "size": "1",
            },
            headers={"Referer": portal.server.address + path},
        )
        assert answer.status_code == 200, answer.status_code
        assert answer.history, "the form came back"
        return time.monotonic() - started


def mailed(log: Path) -> collections.Counter[str]:
    """How many messages each address got."""
    lines = log.read_text().splitlines() if log.exists() else []
    return collections.Counter(line.split()[1] for line in lines)


def wait_for(log: Path, wanted: int, seconds: float) -> float:
    """Wait until so many addresses have mail, and return how long it took."""
    started = time.monotonic()
    while len(mailed(log)) < wanted and time.monotonic() - started < seconds:
        time.sleep(0.2)
    return time.monotonic() - started


def warm_up(portal: Portal, path: str, log: Path) -> None:
    """Show that mail flows before anything is taken away."""
    portal.start_worker()
    portal.start_beat()
    for number in range(PEOPLE_BEFORE):
        sign_up(portal, path, number)
    took = wait_for(log, PEOPLE_BEFORE, 90)
    say(f"before: {len(mailed(log))} of {PEOPLE_BEFORE} receipts after {took:.1f} s")


def trial(portal: Portal, log: Path) -> bool:
    path = portal.python(MAKE_EVENT) + "pamelding/"
    warm_up(portal, path, log)
    client = redis.Redis.from_url(portal.env["REDIS_URL"])
    pid = int(client.info("server")["process_id"])
    os.kill(pid, signal.SIGKILL)
    say(f"Valkey killed (SIGKILL); away for {SECONDS_AWAY} s")
    away_until = time.monotonic() + SECONDS_AWAY
    times = []
    with httpx.Client(base_url=portal.server.address, timeout=30) as visitor:
        for page in PAGES:
            started = time.monotonic()
            assert visitor.get(page).status_code == 200, page
            times.append(time.monotonic() - started)
        ready = visitor.get("/readyz/")
    say(
        f"meanwhile: {len(PAGES)} pages answer, slowest {max(times):.2f} s; readyz {ready.status_code} {ready.json()}"
    )
    slow = [sign_up(portal, path, PEOPLE_BEFORE + number) for number in range(PEOPLE_DURING)]
    say(f"meanwhile: {PEOPLE_DURING} sign-ups are taken, slowest {max(slow):.2f} s")
    time.sleep(max(0.0, away_until - time.monotonic()))

    embedded.start(portal.var, durable=True)
    say("Valkey is back")
    for number in range(PEOPLE_AFTER):
        sign_up(portal, path, PEOPLE_BEFORE + PEOPLE_DURING + number)
    everybody = PEOPLE_BEFORE + PEOPLE_DURING + PEOPLE_AFTER
    took = wait_for(log, everybody, 120)
    time.sleep(10)
    got = mailed(log)
    say(
        f"after: {len(got)} of {everybody} people have a receipt {took:.1f} s later; most to one: {max(got.values())}"
    )
    with httpx.Client(base_url=portal.server.address, timeout=30) as visitor:
        again = visitor.get("/readyz/")
    say(f"readyz {again.status_code} {again.json()}")
    return (
        len(got) == everybody
        and set(got.values()) == {1}
        and ready.status_code == 503
        and again.status_code == 200
    )


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    log = ROOT / "var" / "bench" / "outage-mail.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    sink = subprocess.Popen(
        [sys.executable, "-m", "bench.mail_sink", str(SMTP_PORT), str(log)], cwd=ROOT
    )
    try:
        with running_portal("outage", port=8983, smtp_port=SMTP_PORT) as portal:
            right = trial(portal, log)
    finally:
        sink.terminate()
        sink.wait()
    say("right" if right else "WRONG")
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
