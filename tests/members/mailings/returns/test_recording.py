import datetime
import threading
from functools import partial
from typing import Any

import pytest
from django.db import connection

from members.accounts.models import User
from members.mailings import ledger, sending
from members.mailings.models import (
    Bounce,
    BounceKind,
    BounceSource,
    Delivery,
    DeliveryState,
    MailKind,
    Suppression,
    SuppressionReason,
)
from members.mailings.returns import recording
from tests.members.mailings.factories import NOW, DeliveryFactory
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
KARI = "kari@example.no"


def sent(at: datetime.datetime, recipient: str = KARI) -> Delivery:
    return DeliveryFactory.create(
        recipient=recipient, state=DeliveryState.SENT, created_at=at, finished_at=at
    )


def comes_back(
    delivery: Delivery, kind: BounceKind, *, at: datetime.datetime, detail: str = "550"
) -> bool:
    return recording.record(
        delivery=delivery,
        kind=kind,
        source=BounceSource.PROVIDER,
        detail=detail,
        happened_at=None,
        at=at,
    )


@pytest.mark.parametrize(
    ("kind", "reason", "state"),
    [
        (BounceKind.HARD, SuppressionReason.HARD_BOUNCE, DeliveryState.BOUNCED),
        (BounceKind.COMPLAINT, SuppressionReason.COMPLAINT, DeliveryState.SENT),
        (BounceKind.SOFT, None, DeliveryState.BOUNCED),
        (BounceKind.REFUSED, None, DeliveryState.BOUNCED),
        (BounceKind.DELAYED, None, DeliveryState.SENT),
    ],
)
def test_what_a_return_leads_to(kind, reason, state):
    delivery = sent(NOW)

    assert comes_back(delivery, kind, at=NOW)

    delivery.refresh_from_db()
    assert delivery.state == state
    assert list(Suppression.objects.values_list("reason", flat=True)) == (
        [reason] if reason else []
    )


def test_the_same_told_again_changes_nothing():
    delivery = sent(NOW)
    comes_back(delivery, BounceKind.HARD, at=NOW)
    before = list(Suppression.objects.values())

    assert not comes_back(delivery, BounceKind.HARD, at=NOW + DAY, detail="other words")

    assert Bounce.objects.get().received_at == NOW
    assert list(Suppression.objects.values()) == before


def test_failures_that_may_pass_block_only_several_in_a_row():
    for number in range(3):
        at = NOW + 7 * number * DAY
        assert not Suppression.objects.exists()
        comes_back(sent(at), BounceKind.SOFT, at=at)

    assert Suppression.objects.get().reason == SuppressionReason.SOFT_BOUNCES


def test_failures_far_apart_do_not_block():
    for number in range(5):
        at = NOW + 40 * number * DAY
        comes_back(sent(at), BounceKind.SOFT, at=at)

    assert not Suppression.objects.exists()


def test_a_message_that_nobody_complains_of_for_a_day_begins_the_count_anew():
    for number in range(6):
        at = NOW + 7 * number * DAY
        if number in (2, 4):
            sent(at)
            continue
        comes_back(sent(at), BounceKind.SOFT, at=at)

    assert not Suppression.objects.exists()
    assert Bounce.objects.exclude(forgiven_at=None).count() == 3


def test_a_message_of_this_hour_is_no_success_yet():
    for number in range(2):
        at = NOW + 7 * number * DAY
        comes_back(sent(at), BounceKind.SOFT, at=at)
    at = NOW + 14 * DAY
    sent(at - datetime.timedelta(hours=2))
    comes_back(sent(at), BounceKind.SOFT, at=at)

    assert Suppression.objects.exists()


def test_a_delay_is_neither_failure_nor_success():
    for number in range(5):
        at = NOW + 3 * number * DAY
        kind = BounceKind.DELAYED if number % 2 else BounceKind.SOFT
        comes_back(sent(at), kind, at=at)

    assert Suppression.objects.get().reason == SuppressionReason.SOFT_BOUNCES


def test_what_the_provider_delivered_begins_the_count_anew_and_opens_the_address():
    for number in range(3):
        comes_back(sent(NOW + number * DAY), BounceKind.SOFT, at=NOW + number * DAY)
    receipt = sent(NOW + 4 * DAY)

    assert recording.arrived(delivery=receipt, happened_at=None, at=NOW + 4 * DAY)
    assert not recording.arrived(delivery=receipt, happened_at=None, at=NOW + 5 * DAY)

    row = Suppression.objects.get()
    assert row.lifted_at == NOW + 4 * DAY
    assert row.lift_note
    assert not Bounce.objects.filter(forgiven_at=None).exists()


def test_what_was_delivered_does_not_open_an_address_that_does_not_exist_or_complained():
    comes_back(sent(NOW), BounceKind.COMPLAINT, at=NOW)
    recording.arrived(delivery=sent(NOW + DAY), happened_at=None, at=NOW + DAY)

    assert Suppression.objects.get().lifted_at is None


@pytest.mark.parametrize("failure_first", [True, False])
def test_a_failure_that_the_provider_got_over_is_over_in_whatever_order_it_is_told(failure_first):
    delivery = sent(NOW)
    hour = datetime.timedelta(hours=1)

    def fail():
        recording.record(
            delivery=delivery,
            kind=BounceKind.SOFT,
            source=BounceSource.PROVIDER,
            detail="452",
            happened_at=NOW + hour,
            at=NOW + 3 * hour,
        )

    def arrive():
        recording.arrived(delivery=delivery, happened_at=NOW + 2 * hour, at=NOW + 3 * hour)

    for step in (fail, arrive) if failure_first else (arrive, fail):
        step()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (DeliveryState.SENT, "")
    assert Bounce.objects.get().forgiven_at


def test_must_have_mail_still_tries_an_address_that_was_blocked_and_newsletters_do_not(sink: Sink):
    for number in range(3):
        comes_back(sent(NOW + number * DAY), BounceKind.SOFT, at=NOW + number * DAY)
    at = NOW + 4 * DAY
    common: dict[str, Any] = {"recipient": KARI, "title": "Hei", "text": "Hei", "at": at}
    ledger.enqueue(kind=MailKind.NEWSLETTER, subject="a", **common)
    ledger.enqueue(kind=MailKind.SIGNUP_RECEIPT, subject="b", mandatory=True, **common)

    sending.send_due(clock=lambda: at)

    states = dict(Delivery.objects.filter(created_at=at).values_list("kind", "state"))
    assert states == {"newsletter": "suppressed", "signup-receipt": "sent"}
    assert len(sink.to(KARI)) == 1


def test_a_lifted_block_counts_from_nought_and_old_news_do_not_bring_it_back(editor: User):
    rows = [sent(NOW + number * DAY) for number in range(4)]
    for delivery in rows[:3]:
        comes_back(delivery, BounceKind.SOFT, at=delivery.created_at)
    at = NOW + 5 * DAY
    row = Suppression.objects.get()

    assert recording.lift(suppression=row, note="Ringte, tømt.", at=at, by=editor)
    assert not recording.lift(suppression=row, note="Igjen", at=at, by=editor)
    # A report about last week that comes only now.
    recording.record(
        delivery=rows[3],
        kind=BounceKind.HARD,
        source=BounceSource.MAILBOX,
        detail="5.1.1",
        happened_at=NOW + 3 * DAY,
        at=at + DAY,
    )
    comes_back(sent(at + DAY), BounceKind.SOFT, at=at + DAY)

    row.refresh_from_db()
    assert (row.lifted_by, row.lift_note) == (editor, "Ringte, tømt.")
    assert not Suppression.objects.filter(lifted_at=None).exists()


def test_a_return_that_overtakes_the_mark_is_caught_up_with():
    token = "00000000-0000-0000-0000-000000000000"
    delivery = DeliveryFactory.create(
        state=DeliveryState.SENDING, lease_until=NOW, lease_token=token
    )
    comes_back(delivery, BounceKind.HARD, at=NOW, detail="5.1.1 unknown")
    Delivery.objects.update(state=DeliveryState.SENT, finished_at=NOW)

    assert recording.settle(at=NOW + datetime.timedelta(minutes=1)) == 1
    assert recording.settle(at=NOW + datetime.timedelta(minutes=2)) == 0

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (DeliveryState.BOUNCED, "5.1.1 unknown")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (BounceKind.COMPLAINT, SuppressionReason.COMPLAINT),
        (BounceKind.HARD, SuppressionReason.HARD_BOUNCE),
    ],
    ids=["complaint", "hard"],
)
def test_what_weighs_more_than_failures_that_may_pass_is_not_opened_by_the_next_success(
    kind, reason
):
    for number in range(3):
        comes_back(sent(NOW + number * DAY), BounceKind.SOFT, at=NOW + number * DAY)
    assert Suppression.objects.get().reason == SuppressionReason.SOFT_BOUNCES

    comes_back(sent(NOW + 3 * DAY), kind, at=NOW + 3 * DAY)
    receipt = sent(NOW + 4 * DAY)
    recording.arrived(delivery=receipt, happened_at=NOW + 4 * DAY, at=NOW + 4 * DAY)

    row = Suppression.objects.get()
    assert (row.reason, row.lifted_at) == (reason, None)


@pytest.mark.parametrize(
    ("said", "held"),
    [(NOW - 9 * DAY, NOW), (NOW + 9 * DAY, NOW + DAY), (NOW + DAY / 2, NOW + DAY / 2)],
)
def test_a_clock_that_is_wrong_is_not_believed(said, held):
    recording.record(
        delivery=sent(NOW),
        kind=BounceKind.SOFT,
        source=BounceSource.MAILBOX,
        detail="a\x00b\r\nc",
        happened_at=said,
        at=NOW + DAY,
    )

    row = Bounce.objects.get()
    assert (row.happened_at, row.detail) == (held, "a b c")


@pytest.mark.django_db(transaction=True)
def test_returns_that_come_at_once_are_counted_one_by_one():
    rows = [sent(NOW) for _ in range(3)]

    def tell(delivery: Delivery) -> None:
        comes_back(delivery, BounceKind.SOFT, at=NOW)
        connection.close()

    threads = [threading.Thread(target=tell, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Bounce.objects.count() == 3
    assert Suppression.objects.get().reason == SuppressionReason.SOFT_BOUNCES


def _same(moment: datetime.datetime) -> datetime.datetime:
    return moment


def refused(answer: str, sink: Sink, *, at: datetime.datetime) -> Delivery:
    """One message to Kari that our server answers so each time it is tried, until it is given up."""
    delivery = DeliveryFactory.create(recipient=KARI, created_at=at, next_attempt_at=at)
    sink.answers[KARI] = [answer] * (sending.MAX_ATTEMPTS + 1)
    for half_day in range(2 * sending.MAX_ATTEMPTS):
        now = at + half_day * DAY / 2
        sending.send_due(clock=partial(_same, now))
        recording.note_refusals(at=now)
        recording.note_refusals(at=now)
    delivery.refresh_from_db()
    return delivery


def test_a_refusal_of_our_own_server_that_stays_counts_as_a_return(sink: Sink):
    for week in range(3):
        assert not Suppression.objects.exists()
        delivery = refused("450 4.2.2 Mailbox full", sink, at=NOW + week * 10 * DAY)
        assert delivery.state == DeliveryState.FAILED

    rows = Bounce.objects.all()
    assert {(row.kind, row.source) for row in rows} == {(BounceKind.SOFT, BounceSource.SERVER)}
    assert len(rows) == 3
    assert "Mailbox full" in rows[0].detail
    assert Suppression.objects.get().reason == SuppressionReason.SOFT_BOUNCES


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ("451 4.7.1 Greylisted", True),
        ("552 5.2.2 Mailbox full", True),
        ("421 4.3.2 Closing", False),
        ("550 5.7.1 Blocked", False),
    ],
    ids=["greylisted", "full", "closing", "policy"],
)
def test_only_what_is_said_of_the_person_and_may_pass_counts(sink: Sink, answer: str, counts: bool):
    refused(answer, sink, at=NOW)

    assert Bounce.objects.count() == counts
