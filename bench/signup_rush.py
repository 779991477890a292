"""
500 parties, singles and groups, sign up at the same moment for 40 seats with a queue; then people leave
and the capacity is raised, at the same moment too.

Run `python -m bench.signup_rush`. Once for each policy of the queue, against a running portal with web,
worker and beat. Every row is held against `bench.signup_model`; one wrong row, one mail too many or a
p99 over five seconds, and it exits with 1.
"""

import collections
import json
import random
import sys
import time
from dataclasses import dataclass

from bench.burst import Reply, send_at_once, visit
from bench.portal import Portal, running_portal
from bench.signup_model import Hall

PEOPLE, SEATS, WAITING, MORE, LEAVERS = 500, 40, 80, 5, 6
POLICIES = ("strict", "fill", "split")
TARGET_SECONDS = 5.0

MAKE_EVENT = """
import datetime
from django.utils import timezone
from projects.bypuls.models import Event, Publication
start = timezone.now() + datetime.timedelta(days=14)
event = Event.objects.create(
    title="Eksempel: kappløp om plass", slug="eksempel-kapplop-{name}", summary="Til prøve.",
    starts_at=start, ends_at=start + datetime.timedelta(hours=2), place="Krona", organiser="Eksempel",
    topic="sosialt", takes_signups=True, capacity={seats}, waiting_list_capacity={waiting},
    max_group_size=4, queue_policy="{policy}", publication=Publication.PUBLISHED, published_at=timezone.now(),
)
print(event.get_absolute_url())
"""
READ = """
import json
from members.mailings.models import Delivery
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.mails import my_signup_url
from projects.bypuls.signups.seats import counter_drift
event = Event.objects.get(slug="eksempel-kapplop-{name}")
rows = [
    dict(pk=s.pk, email=s.email, size=s.size, state=s.state, offered=s.offered_size or 0,
         number=s.queue_number, url=my_signup_url(s))
    for s in SignUp.objects.filter(event=event).order_by("pk")
]
mails = list(
    Delivery.objects.filter(recipient__endswith="@{name}.example.no").values_list("recipient", "kind")
)
print(json.dumps(dict(
    capacity=event.capacity, seats=event.seats_taken, waiting=event.waiting_taken, rows=rows,
    mails=mails, drift=counter_drift(),
)))
"""
RAISE = """
from django.utils import timezone
from projects.bypuls.models import Event
from projects.bypuls.signups.queue import change_capacity
event = Event.objects.get(slug="eksempel-kapplop-{name}")
offered = change_capacity(
    event.pk, capacity={capacity}, waiting_list_capacity={waiting}, at=timezone.now()
)
print(len(offered))
"""


@dataclass(frozen=True)
class Result:
    """What one rush came to."""

    name: str
    p50_seconds: float
    p99_seconds: float
    slowest_seconds: float
    in_seconds: float
    faults: tuple[str, ...]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def sizes(mixed: bool) -> list[int]:
    draw = random.Random(2026)  # noqa: S311
    return [draw.choice((1, 1, 1, 2, 3, 4)) if mixed else 1 for _ in range(PEOPLE)]


class Rush:
    """One event of its own, what was sent to it, and what is wrong with what came of it."""

    def __init__(self, portal: Portal, name: str, policy: str, *, mixed: bool) -> None:
        self.portal, self.name, self.policy = portal, name, policy
        self.sizes = sizes(mixed)
        self.faults: list[str] = []
        self.summary = ""
        made = MAKE_EVENT.format(name=name, policy=policy, seats=SEATS, waiting=WAITING)
        self.path = portal.python(made) + "pamelding/"

    def check(self, is_right: bool, fault: str) -> None:
        if not is_right:
            self.faults.append(fault)

    def read(self) -> dict:  # type: ignore[type-arg]
        return dict(json.loads(self.portal.python(READ.format(name=self.name))))

    def everybody_signs_up(self) -> tuple[list[Reply], float]:
        base = self.portal.server.address
        visitor = visit(base, self.path)
        forms = [
            (
                self.path,
                {
                    "name": f"Eksempel {number}",
                    "email": f"p{number}@{self.name}.example.no",
                    "size": str(size),
                },
            )
            for number, size in enumerate(self.sizes)
        ]
        started = time.monotonic()
        replies = send_at_once(base, visitor, forms)
        return replies, time.monotonic() - started

    def check_sign_ups(self, replies: list[Reply]) -> dict:  # type: ignore[type-arg]
        found = self.read()
        rows = found["rows"]
        self.check(found["drift"] == [], f"counters and rows disagree: {found['drift']}")
        receipts = sum(reply.status == 302 and "kvittering" in reply.location for reply in replies)
        told_full = sum(reply.status == 200 and "fullt" in reply.body for reply in replies)
        self.check(receipts + told_full == PEOPLE, f"{receipts} receipts, {told_full} told full")
        self.check(receipts == len(rows), f"{receipts} receipts, {len(rows)} rows")
        for row in rows:
            asked = self.sizes[int(row["email"].partition("@")[0][1:])]
            self.check(row["size"] == asked, f"{row['email']} came as {asked}, is {row['size']}")
        self.check_model(found)
        mails = collections.Counter(map(tuple, found["mails"]))
        for row in rows:
            got = mails[row["email"], "signup-receipt"]
            self.check(got == 1, f"{row['email']} has {got} receipts")
        self.check(max(mails.values()) == 1, "a mail was written twice")
        return found

    def check_model(self, found: dict) -> None:  # type: ignore[type-arg]
        """Replay the order in which the rows were written: each must have what the policy gives it."""
        hall = Hall(self.policy, SEATS, WAITING)
        for row in found["rows"]:
            hall.come(row["size"])
        for row, party in zip(found["rows"], hall.parties, strict=True):
            is_right = (row["state"], row["offered"]) == (party.state, party.offered)
            self.check(is_right, f"{row['email']}: {row['state']} {row['offered']}, not {party}")
        self.check(found["seats"] == hall.taken <= SEATS, f"{found['seats']} seats, {hall.taken}")
        self.check(found["waiting"] <= WAITING, f"{found['waiting']} wait")

    def some_leave_while_seats_are_added(self, before: dict) -> None:  # type: ignore[type-arg]
        """Cancel by the mailed link, each twice, and raise the capacity in four processes, all at once."""
        base = self.portal.server.address
        attending = [row for row in before["rows"] if row["state"] == "attending"]
        leavers = attending[:: max(len(attending) // LEAVERS, 1)][:LEAVERS]
        paths = ["/" + row["url"].split("/", 3)[3] for row in leavers]
        visitor = visit(base, paths[0])
        code = RAISE.format(name=self.name, capacity=SEATS + MORE, waiting=WAITING)
        raisers = [self.portal.begin(code) for _ in range(4)]
        replies = send_at_once(base, visitor, [(path, {"action": "cancel"}) for path in paths * 2])
        for raiser in raisers:
            self.check(raiser.wait(60) == 0, "raising the capacity failed")
        statuses = collections.Counter(reply.status for reply in replies)
        self.check(set(statuses) <= {302}, f"cancelling answered {dict(statuses)}")
        self.check_offers(before, leavers)

    def check_offers(self, before: dict, leavers: list[dict]) -> None:  # type: ignore[type-arg]
        after = self.read()
        self.check(after["drift"] == [], f"counters and rows disagree: {after['drift']}")
        was = {row["pk"]: row for row in before["rows"]}
        gone = {row["pk"] for row in leavers}
        for row in after["rows"]:
            right = (
                row["state"] == "cancelled" if row["pk"] in gone else row["state"] != "cancelled"
            )
            self.check(right, f"{row['email']} is {row['state']}")
            self.check(row["size"] == was[row["pk"]]["size"], f"{row['email']} was split")
        mails = collections.Counter(map(tuple, after["mails"]))
        for row in after["rows"]:
            offers, had = mails[row["email"], "signup-offered"], was[row["pk"]]["state"]
            if row["state"] == "offered" and had == "waiting":
                # One who is asked to split may be offered the rest as well.
                most = row["offered"] if self.policy == "split" else 1
                self.check(1 <= offers <= most, f"{row['email']} has {offers} offers")
            elif row["state"] != "offered":
                self.check(offers == 0, f"{row['email']} is {row['state']} with an offer")
        self.check_room(after)
        self.check_order(after, was)
        self.summary = (
            f"{sum(row['state'] == 'offered' for row in after['rows'])} offers for "
            f"{sum(row['size'] for row in leavers) + MORE} seats"
        )

    def check_room(self, after: dict) -> None:  # type: ignore[type-arg]
        """What is left free is what nobody who waits may have."""
        free = after["capacity"] - after["seats"]
        waiting = [row for row in after["rows"] if row["state"] == "waiting"]
        self.check(free >= 0 and after["capacity"] == SEATS + MORE, f"{free} seats free")
        partly = [row for row in after["rows"] if 0 < row["offered"] < row["size"]]
        if self.policy == "strict":
            self.check(not waiting or waiting[0]["size"] > free, "the first in line fits")
        elif self.policy == "fill":
            self.check(all(row["size"] > free for row in waiting), "somebody in line fits")
        else:
            self.check(free == 0 or not waiting, f"{free} seats free, and people wait")
        self.check(len(partly) <= (self.policy == "split"), f"{len(partly)} split")

    def check_order(self, after: dict, was: dict) -> None:  # type: ignore[type-arg]
        """In strict order, and when asked to split, nobody is offered seats before those in front."""
        if self.policy == "fill":
            return
        queue = [row for row in after["rows"] if was[row["pk"]]["number"] is not None]
        states = [row["state"] for row in sorted(queue, key=lambda row: row["number"])]
        firsts = states[: states.count("offered")]
        self.check(set(firsts) <= {"offered"}, "somebody passed the line")

    def run(self) -> Result:
        replies, seconds = self.everybody_signs_up()
        before = self.check_sign_ups(replies)
        self.some_leave_while_seats_are_added(before)
        times = sorted(reply.seconds for reply in replies)
        p50, p99 = (times[int(len(times) * share)] for share in (0.5, 0.99))
        self.check(p99 <= TARGET_SECONDS, f"p99 is {p99:.2f} s")
        states = collections.Counter(row["state"] for row in before["rows"])
        say(
            f"{self.name}: {dict(states)}, {PEOPLE - len(before['rows'])} told full; then "
            f"{self.summary}; p50 {p50:.2f} s, p99 {p99:.2f} s; "
            f"{'right' if not self.faults else 'WRONG'}"
        )
        for fault in self.faults[:10]:
            say(f"  {fault}")
        return Result(self.name, p50, p99, times[-1], seconds, tuple(self.faults))


def rushes(portal: Portal) -> list[Result]:
    """Run all of them: each policy with groups, and singles for the plainest figures."""
    found = [Rush(portal, policy, policy, mixed=True).run() for policy in POLICIES]
    return [*found, Rush(portal, "singles", "strict", mixed=False).run()]


def measure() -> list[Result]:
    """Bring up a portal with worker and beat, run all, and return what came of it."""
    with running_portal("rush", port=8981) as portal:
        portal.start_worker()
        portal.start_beat()
        return rushes(portal)


def verdict(result: Result) -> str:
    """Return the line for the end of `make bench`."""
    wrong = f", WRONG: {result.faults[0]}" if result.faults else ""
    return (
        f"{PEOPLE} sign-ups at once, {result.name}: p99 {result.p99_seconds:.2f} s "
        f"(target {TARGET_SECONDS:.0f}){wrong}"
    )


def main() -> None:
    sys.exit(any(result.faults for result in measure()))


if __name__ == "__main__":
    main()
