"""Rates, quiet hours, and how a claim passes by what is paused."""

import datetime
import threading

import pytest
from django.core.cache import cache
from django.db import connection

from members.mailings import claiming, newsletters, pacing, sending
from members.mailings.models import (
    Delivery,
    DeliveryState,
    MailKind,
    MailRules,
    Newsletter,
    Pace,
)
from members.mailings.models.delivery import BULK_KINDS
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    DeliveryFactory,
    MailBodyFactory,
    NewsletterFactory,
)
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


class Clock:
    """A clock that goes only while somebody waits for it."""

    def __init__(self, now: datetime.datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime.datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += datetime.timedelta(seconds=seconds)


def rules(**values: object) -> MailRules:
    found, _created = MailRules.objects.update_or_create(pk=1, defaults=values)
    return found


def newsletter_rows(n: int, **values: object) -> list[Delivery]:
    """Rows of one newsletter, each to a domain of its own unless told otherwise."""
    body = MailBodyFactory.create()
    return [
        DeliveryFactory.create(
            **{
                "kind": MailKind.NEWSLETTER,
                "subject": "newsletter-0",
                "recipient": f"leser{index}@domene{index}.example.no",
                "body": body,
                **values,
            }
        )
        for index in range(n)
    ]


def moments_of(sink: Sink, clock: Clock) -> list[tuple[str, float]]:
    """Collect who got a message how many seconds after the start."""
    taken: list[tuple[str, float]] = []

    def note(sink: Sink) -> None:
        seconds = (clock.now - NOW).total_seconds()
        taken.append((sink.received[-1].recipient, round(seconds, 3)))

    sink.after_each = note
    return taken


def test_messages_leave_at_the_rate_one_step_apart(sink: Sink):
    rules(rate_per_second=10)
    newsletter_rows(25)
    clock = Clock()
    taken = moments_of(sink, clock)

    report = sending.send_due(clock=clock, sleep=clock.sleep)

    assert report.sent == 25
    assert [seconds for _recipient, seconds in taken] == [round(n / 10, 3) for n in range(25)]


def test_without_a_rate_nobody_waits_and_no_pace_is_kept(sink: Sink):
    newsletter_rows(25)
    clock = Clock()

    assert sending.send_due(clock=clock, sleep=clock.sleep).sent == 25

    assert clock.now == NOW
    assert not Pace.objects.exists()


def test_each_domain_has_a_rate_of_its_own_and_holds_up_no_other(sink: Sink):
    rules(domain_rate_per_minute=30)
    for n in range(6):
        newsletter_rows(1, recipient=f"leser{n}@stor.example.no", subject=f"newsletter-{n}")
    newsletter_rows(5)
    clock = Clock()
    taken = moments_of(sink, clock)

    report = sending.send_due(clock=clock, sleep=clock.sleep)

    assert report.sent == 11
    big = [seconds for recipient, seconds in taken if recipient.endswith("@stor.example.no")]
    others = [seconds for recipient, seconds in taken if "@domene" in recipient]
    assert len(big) == 6
    assert all(later - earlier >= 2 for earlier, later in zip(big, big[1:], strict=False))
    assert big[-1] <= 11
    assert max(others) < 1


def test_both_rates_hold_together(sink: Sink):
    rules(rate_per_second=2, domain_rate_per_minute=60)
    for n in range(4):
        newsletter_rows(1, recipient=f"leser{n}@stor.example.no", subject=f"newsletter-{n}")
    newsletter_rows(4)
    clock = Clock()
    taken = moments_of(sink, clock)

    sending.send_due(clock=clock, sleep=clock.sleep)

    assert len(taken) == 8
    at = [seconds for _recipient, seconds in taken]
    big = [seconds for recipient, seconds in taken if recipient.endswith("@stor.example.no")]
    assert all(later - earlier >= 0.499 for earlier, later in zip(at, at[1:], strict=False))
    assert all(later - earlier >= 0.999 for earlier, later in zip(big, big[1:], strict=False))


def test_a_receipt_waits_for_the_servers_rate_alone(sink: Sink):
    rules(rate_per_second=1, domain_rate_per_minute=1)
    for n in range(3):
        newsletter_rows(1, recipient=f"leser{n}@stor.example.no", subject=f"newsletter-{n}")
    receipts = [DeliveryFactory.create(recipient=f"gjest{n}@stor.example.no") for n in range(3)]
    clock = Clock()
    taken = moments_of(sink, clock)

    sending.send_due(clock=clock, sleep=clock.sleep, seconds=2)

    assert [recipient for recipient, _seconds in taken[:3]] == [r.recipient for r in receipts]
    assert [seconds for _recipient, seconds in taken[:3]] == [0, 1, 2]


def test_a_run_that_was_held_up_catches_up_no_faster_than_the_rate(sink: Sink):
    rules(rate_per_second=10)
    newsletter_rows(20)
    clock = Clock()
    taken = moments_of(sink, clock)
    note = sink.after_each

    def stall(sink: Sink) -> None:
        note(sink)
        if len(taken) == 3:
            clock.sleep(5)

    sink.after_each = stall
    sending.send_due(clock=clock, sleep=clock.sleep)

    at = [seconds for _recipient, seconds in taken]
    assert len(at) == 20
    assert all(later - earlier >= 0.099 for earlier, later in zip(at, at[1:], strict=False))


@pytest.mark.django_db(transaction=True)
def test_many_workers_hold_one_rate_together_with_valkey_emptied():
    rules(rate_per_second=20)
    newsletter_rows(60)
    drawn: list[datetime.datetime] = []
    lock, start = threading.Lock(), threading.Barrier(4)

    def work() -> None:
        start.wait()
        for second in range(3):
            at = NOW + second * SECOND
            for _ in range(5):
                batch = claiming.claim(size=7, at=at)
                with lock:
                    drawn.extend(batch.moments.values())
            cache.clear()
            start.wait()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # A turn is drawn once, whoever drew it: never two within a step.
    drawn.sort()
    assert len(drawn) == 60
    steps = [later - earlier for earlier, later in zip(drawn, drawn[1:], strict=False)]
    assert min(steps) >= SECOND / 20


@pytest.mark.parametrize("kind", BULK_KINDS)
def test_a_sign_in_code_stands_behind_no_bulk(kind: MailKind):
    rules(rate_per_second=1, domain_rate_per_minute=1)
    for n in range(3):
        DeliveryFactory.create(
            kind=kind, recipient=f"leser{n}@stor.example.no", next_attempt_at=NOW - 9 * HOUR
        )
    code = DeliveryFactory.create(kind=MailKind.SIGN_IN, recipient="kari@stor.example.no")

    assert [row.pk for row in claiming.claim(size=1, at=NOW).rows] == [code.pk]


@pytest.mark.parametrize(
    ("kind", "goes"),
    [
        (MailKind.NEWSLETTER, False),
        (MailKind.DIGEST, False),
        (MailKind.WELCOME, False),
        (MailKind.SIGNUP_RECEIPT, True),
        (MailKind.SIGN_IN, True),
        (MailKind.EVENT_CANCELLED, True),
        (MailKind.NEWSLETTER_TEST, True),
    ],
)
def test_in_the_quiet_hours_only_what_somebody_waits_for_goes(
    sink: Sink, kind: MailKind, goes: bool
):
    rules(quiet_from=datetime.time(22), quiet_until=datetime.time(7))
    night = datetime.datetime(2026, 3, 13, 23, tzinfo=datetime.UTC)
    row = DeliveryFactory.create(kind=kind, next_attempt_at=night)

    assert sending.send_due(clock=lambda: night).sent == goes
    assert sending.send_due(clock=lambda: night + 8 * HOUR).sent == (not goes)

    row.refresh_from_db()
    assert row.state == DeliveryState.SENT


def test_what_a_dead_worker_left_waits_for_the_morning_too(sink: Sink):
    newsletter_rows(3)
    batch = claiming.claim(size=10, at=NOW)
    rules(quiet_from=datetime.time(0), quiet_until=datetime.time(23, 59))

    assert len(batch.rows) == 3
    assert sending.send_due(clock=lambda: batch.until + MINUTE).sent == 0


def test_a_paused_newsletter_is_passed_by_and_another_goes(sink: Sink):
    ConsentFactory.create_batch(4)
    held = newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    going = newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    Newsletter.objects.filter(pk=held.pk).update(state="paused")

    assert sending.send_due(clock=lambda: NOW).sent == 4

    assert newsletters.progress(held) == {"queued": 4}
    assert newsletters.progress(going) == {"sent": 4}


def test_what_is_paused_and_was_left_by_a_dead_worker_stays_too(sink: Sink):
    ConsentFactory.create_batch(2)
    held = newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    batch = claiming.claim(size=10, at=NOW)
    Newsletter.objects.filter(pk=held.pk).update(state="paused")

    assert sending.send_due(clock=lambda: batch.until + MINUTE).sent == 0
    Newsletter.objects.filter(pk=held.pk).update(state="sending")
    assert sending.send_due(clock=lambda: batch.until + MINUTE).sent == 2


def test_a_newsletter_does_not_wait_behind_one_that_was_stopped(sink: Sink, editor):
    rules(domain_rate_per_minute=60)
    for n in range(120):
        ConsentFactory.create(subscriber__email=f"leser{n}@stor.example.no")
    old = newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=editor)
    claiming.claim(size=200, at=NOW)
    newsletters.cancel(newsletter=old, at=NOW, by=editor)

    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW + MINUTE, by=editor)
    batch = claiming.claim(size=200, at=NOW + MINUTE)

    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED)
    last = waiting.order_by("-next_attempt_at").values_list("next_attempt_at", flat=True)[0]
    assert batch.rows
    assert last < NOW + 4 * MINUTE


def test_the_claim_reads_only_what_it_takes():
    newsletter = NewsletterFactory.create(sent=True)
    Newsletter.objects.filter(pk=newsletter.pk).update(state="paused")
    newsletter_rows(300, subject=newsletter.occasion)
    newsletter_rows(20, subject="newsletter-999999")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailings_delivery")
        cursor.execute("SET LOCAL enable_seqscan TO off")
        cursor.execute(
            "EXPLAIN (ANALYZE, FORMAT TEXT, TIMING OFF) " + claiming._PICK,
            {"at": NOW, "size": 10, "look": 10, "with_bulk": True},
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "mailings_delivery_campaign" in plan
    assert "mailings_delivery_urgent" in plan
    assert "mailings_delivery_personal" in plan
    assert "rows=300" not in plan


def test_idle_paces_are_forgotten():
    Pace.objects.create(domain="gammel.example.no", next_at=NOW, spread_until=NOW)
    Pace.objects.create(domain="ny.example.no", next_at=NOW + 30 * HOUR, spread_until=NOW)

    assert pacing.forget_idle(NOW + 25 * HOUR, True) == 1
    assert pacing.forget_idle(NOW + 25 * HOUR, False) == 1
    assert [pace.domain for pace in Pace.objects.all()] == ["ny.example.no"]
