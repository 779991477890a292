"""What is marked as sent between two messages stays sent, whoever dies before the ledger's row says so."""

import datetime
import threading

import pytest
from django.db import connection, transaction

from members.mailings import claiming, sending
from members.mailings.models import Delivery, DeliveryState, MailKind, SentMark
from tests.members.mailings.factories import NOW, DeliveryFactory
from tests.members.mailings.smtp_sink import Sink

LATER = NOW + datetime.timedelta(hours=1)


def left_behind(*, is_marked: bool) -> Delivery:
    """Return a row of a worker that died after its message had gone out, or before."""
    row = DeliveryFactory.create()
    claiming.claim(size=10, at=NOW)
    if is_marked:
        SentMark.objects.create(delivery=row, sent_at=NOW)
    return row


@pytest.mark.django_db
def test_what_a_dead_worker_had_marked_is_not_sent_again(sink: Sink):
    marked, unmarked = left_behind(is_marked=True), left_behind(is_marked=False)

    sending.send_due(clock=lambda: LATER)

    assert [found.recipient for found in sink.received] == [unmarked.recipient]
    marked.refresh_from_db()
    assert (marked.state, marked.finished_at) == (DeliveryState.SENT, NOW)
    assert not SentMark.objects.exists()


@pytest.mark.django_db
def test_no_mark_is_left_when_a_run_is_over(sink: Sink):
    DeliveryFactory.create_batch(12, kind=MailKind.NEWSLETTER)

    sending.send_due(clock=lambda: NOW, size=5)

    assert not SentMark.objects.exists()
    assert set(Delivery.objects.values_list("state", "finished_at")) == {("sent", NOW)}


@pytest.mark.django_db(transaction=True)
def test_a_row_whose_mark_is_being_written_into_the_ledger_is_not_taken():
    row = left_behind(is_marked=True)
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(SentMark.objects.select_for_update())
            is_held.set()
            is_over.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(10)
    try:
        assert claiming.claim(size=10, at=LATER).rows == []
    finally:
        is_over.set()
        holder.join()

    assert claiming.claim(size=10, at=LATER).rows == []
    row.refresh_from_db()
    assert row.state == DeliveryState.SENT


@pytest.mark.parametrize(
    ("size", "seconds", "expected"),
    [
        (50, 0.05, 100),  # twice as many at most
        (100, 0.25, 200),
        (400, 0.1, 500),  # and never so many that a dead worker holds up half the town
        (100, 5, 10),  # a slow server: what somebody waits for comes soon
        (200, 1, 100),
    ],
)
def test_a_batch_is_what_half_a_second_sends(size: int, seconds: float, expected: int):
    assert sending.next_size(size, seconds=seconds) == expected
