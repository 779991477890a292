"""
300 people sign up at the same moment for an event with 40 seats and a waiting list of 20.

Run `python -m bench.signup_rush`: exactly 40 attend, 20 wait and 240 are told that it is full, or it
exits with 1. Singles only, so that the figures are plain.
"""

import collections
import json
import re
import sys
import threading
import time

import httpx

from bench.portal import Portal, running_portal

PEOPLE, SEATS, WAITING = 300, 40, 20

MAKE_EVENT = f"""
import datetime
from django.utils import timezone
from projects.bypuls.models import Event, Publication
start = timezone.now() + datetime.timedelta(days=14)
event = Event.objects.create(
    title="Eksempel: kappløp om plass", slug="eksempel-kapplop", summary="Til prøve.",
    starts_at=start, ends_at=start + datetime.timedelta(hours=2), place="Krona", organiser="Eksempel",
    topic="sosialt", takes_signups=True, capacity={SEATS}, waiting_list_capacity={WAITING},
    publication=Publication.PUBLISHED, published_at=timezone.now(),
)
print(event.get_absolute_url())
"""
COUNT = """
import json
from django.db.models import Sum
from members.mailings.models import Delivery
from projects.bypuls.models import Event, SignUp
event = Event.objects.get(slug="eksempel-kapplop")
rows = SignUp.objects.filter(event=event)
print(json.dumps({
    "attending": rows.filter(state="attending").count(),
    "waiting": rows.filter(state="waiting").count(),
    "seats_taken": event.seats_taken, "waiting_taken": event.waiting_taken,
    "receipts": Delivery.objects.filter(kind="signup-receipt").count(),
}))
"""


def sign_up(
    base: str,
    path: str,
    number: int,
    gate: threading.Barrier,
    outcomes: list[str],
    times: list[float],
) -> None:
    with httpx.Client(base_url=base, timeout=60, follow_redirects=True) as client:
        form = client.get(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        assert found, form.status_code
        gate.wait()
        started = time.monotonic()
        answer = client.post(
            path,
            data={
                "csrfmiddlewaretoken": found.group(1),
                "name": f"Eksempel {number}",
                "email": f"person{number}@example.no",
                "size": "1",
            },
            headers={"Referer": base + path},
        )
        times.append(time.monotonic() - started)
        outcomes.append(
            f"{answer.status_code} {'receipt' if '/pamelding/' not in str(answer.url) or answer.history else 'form'}"
        )


def rush(portal: Portal) -> bool:
    path = portal.python(MAKE_EVENT) + "pamelding/"
    gate = threading.Barrier(PEOPLE)
    outcomes: list[str] = []
    times: list[float] = []
    threads = [
        threading.Thread(
            target=sign_up, args=(portal.server.address, path, number, gate, outcomes, times)
        )
        for number in range(PEOPLE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = json.loads(portal.python(COUNT))
    times.sort()
    sys.stdout.write(f"answers: {dict(collections.Counter(outcomes))}\n")
    sys.stdout.write(
        f"slowest answer {times[-1]:.2f} s, p99 {times[int(len(times) * 0.99)]:.2f} s\n"
    )
    sys.stdout.write(f"in the database: {found}\n")
    wanted = {
        "attending": SEATS,
        "waiting": WAITING,
        "seats_taken": SEATS,
        "waiting_taken": WAITING,
        "receipts": SEATS + WAITING,
    }
    right = found == wanted and len(outcomes) == PEOPLE
    sys.stdout.write(f"{'right' if right else f'WRONG, wanted {wanted}'}\n")
    return right


def main() -> None:
    with running_portal("rush", port=8981) as portal:
        right = rush(portal)
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
