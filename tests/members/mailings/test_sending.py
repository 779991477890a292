import base64
import datetime
import email
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members.mailings import claiming, marking, sending
from members.mailings.ledger import Message, enqueue, enqueue_many
from members.mailings.models import (
    Delivery,
    DeliveryState,
    MailBody,
    MailJob,
    MailKind,
    Suppression,
)
from tests.members.mailings.factories import NOW, DeliveryFactory, MailBodyFactory
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(params=["one by one", "in groups"])
def sink(sink: Sink, request: pytest.FixtureRequest) -> Sink:
    """Every test here runs against a server that wants one command at a time, and one that takes groups."""
    sink.takes_groups = request.param == "in groups"
    return sink


def at(moment: datetime.datetime = NOW) -> Callable[[], datetime.datetime]:
    return lambda: moment


def state(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def test_every_due_message_is_sent_once_over_one_connection(sink: Sink):
    rows = DeliveryFactory.create_batch(120)
    later = DeliveryFactory.create(next_attempt_at=NOW + MINUTE)

    report = sending.send_due(clock=at())
    again = sending.send_due(clock=at())

    assert (report.sent, again.sent) == (120, 0)
    assert sorted(r.message_id for r in sink.received) == sorted(r.message_id for r in rows)
    assert sink.connections == 1
    assert state(later) == DeliveryState.QUEUED
    job = MailJob.objects.get(name="send-due-mail")
    assert (job.ran_at, job.waiting) == (NOW, 0)


def test_a_message_from_the_ledger_arrives_whole(sink: Sink):
    enqueue(
        kind=MailKind.EVENT_MOVED,
        subject="event-1-v2",
        recipient="Kari@Example.no",
        title="Frokostmøtet er flyttet\r\nBcc: all@example.no",
        text="Ny tid: kl. 08.30",
        html="<p>Ny tid: kl. 08.30</p>",
        headers={"X-Event": "1"},
        at=NOW,
    )

    sending.send_due(clock=at())

    (received,) = sink.received
    assert received.recipient == "kari@example.no"
    assert received.message["Subject"] == "Frokostmøtet er flyttet Bcc: all@example.no"
    assert received.message["X-Event"] == "1"
    assert received.message["Bcc"] is None


def test_a_picture_goes_over_the_wire_as_it_is(sink: Sink):
    picture = bytes(range(256))
    enqueue(
        kind=MailKind.SIGNUP_RECEIPT,
        subject="signup-1",
        recipient="kari@example.no",
        title="Du har plass",
        text="Velkommen",
        attachments=[
            {
                "name": "billett.png",
                "type": "image/png",
                "content": base64.b64encode(picture).decode(),
                "encoding": "base64",
            }
        ],
        at=NOW,
    )

    sending.send_due(clock=at())

    (attachment,) = sink.received[0].message.iter_attachments()
    assert attachment.get_content() == picture


def test_urgent_mail_overtakes_a_newsletter(sink: Sink):
    body = MailBodyFactory.create()
    DeliveryFactory.create_batch(30, kind=MailKind.NEWSLETTER, body=body)
    DeliveryFactory.create(recipient="urgent@example.no", next_attempt_at=NOW)

    sending.send_due(clock=at(), size=5)

    assert sink.received[0].recipient == "urgent@example.no" or "urgent@example.no" in [
        r.recipient for r in sink.received[:5]
    ]
    assert len(sink.received) == 31


def test_too_late_is_missed_and_never_sent(sink: Sink):
    stale = DeliveryFactory.create(stale_at=NOW - MINUTE, next_attempt_at=NOW - 60 * MINUTE)
    fresh = DeliveryFactory.create(stale_at=NOW + MINUTE)

    report = sending.send_due(clock=at())

    assert (report.sent, report.missed) == (1, 1)
    assert (state(stale), state(fresh)) == (DeliveryState.MISSED, DeliveryState.SENT)
    assert stale.finished_at == NOW


def test_a_dead_workers_rows_wait_for_the_lease_and_keep_their_message_id(sink: Sink):
    row = DeliveryFactory.create()
    batch = claiming.claim(size=10, at=NOW)
    assert [r.pk for r in batch.rows] == [row.pk]

    assert sending.send_due(clock=at(batch.until)).sent == 0
    assert sending.send_due(clock=at(batch.until + MINUTE)).sent == 1
    assert sink.received[0].message_id == row.message_id


def test_a_worker_that_lost_its_lease_marks_nothing(sink: Sink):
    row = DeliveryFactory.create()
    old = claiming.claim(size=10, at=NOW)
    claiming.claim(size=10, at=NOW + 5 * MINUTE)

    assert marking.Marks().finish(old.rows[0], old, DeliveryState.SENT, at=NOW) == 0
    assert state(row) == DeliveryState.SENDING


def test_a_worker_without_time_left_gives_the_rest_back(sink: Sink, settings):
    rows = DeliveryFactory.create_batch(5)
    moments = iter([NOW, NOW, NOW, NOW, *[NOW + 45 * datetime.timedelta(seconds=1)] * 200])
    batch = claiming.claim(size=10, at=NOW)
    sender = sending._Sender(lambda: next(moments))

    sender.send_batch(batch)
    sender.transport.close()

    assert 0 < len(sink.received) < 5
    assert sender.report.released == 5 - len(sink.received)
    assert {state(row) for row in rows} == {DeliveryState.SENT, DeliveryState.QUEUED}


def test_a_temporary_refusal_is_tried_again_with_growing_waits(sink: Sink):
    row = DeliveryFactory.create()
    sink.answers[row.recipient] = ["451 4.3.0 later", "450 4.2.0 grey", "250 OK"]
    other = DeliveryFactory.create()

    first = sending.send_due(clock=at())
    row.refresh_from_db()
    assert (first.sent, first.retried) == (1, 1)
    assert (row.attempts, row.next_attempt_at) == (1, NOW + MINUTE)
    assert "451" in row.error
    assert state(other) == DeliveryState.SENT

    sending.send_due(clock=at(NOW + MINUTE))
    row.refresh_from_db()
    assert (row.attempts, row.next_attempt_at) == (2, NOW + 4 * MINUTE)

    sending.send_due(clock=at(NOW + 4 * MINUTE))
    assert state(row) == DeliveryState.SENT
    assert len(sink.to(row.recipient)) == 1
    assert not Suppression.objects.exists()


def test_an_endless_temporary_refusal_ends_as_failed(sink: Sink):
    row = DeliveryFactory.create(attempts=sending.MAX_ATTEMPTS - 1)
    sink.answers[row.recipient] = ["451 later"]

    sending.send_due(clock=at())

    assert state(row) == DeliveryState.FAILED
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("answer", "at_data", "expected", "is_suppressed"),
    [
        ("550 5.1.1 no such user", False, DeliveryState.BOUNCED, True),
        ("550 no such user", False, DeliveryState.BOUNCED, True),
        ("550 5.7.1 policy", False, DeliveryState.FAILED, False),
        ("552 5.2.2 mailbox full", False, DeliveryState.FAILED, False),
        ("554 5.7.1 spam", True, DeliveryState.FAILED, False),
    ],
    ids=["gone", "plain", "policy", "full", "spam"],
)
def test_a_refusal_for_good_stops_this_one_alone(
    sink: Sink, answer: str, at_data: bool, expected: str, is_suppressed: bool
):
    rows = DeliveryFactory.create_batch(3)
    (sink.at_data if at_data else sink.answers)[rows[1].recipient] = [answer]

    report = sending.send_due(clock=at())

    assert (report.sent, report.failed) == (2, 1)
    assert state(rows[1]) == expected
    assert Suppression.objects.filter(email=rows[1].recipient).exists() is is_suppressed


def test_a_refused_sender_blames_no_recipient(sink: Sink):
    rows = DeliveryFactory.create_batch(8)
    sink.at_mail.extend(["550 5.7.1 sender not allowed"] * 20)

    report = sending.send_due(clock=at())

    assert report.server_down
    assert {state(row) for row in rows} == {DeliveryState.QUEUED}
    assert not Suppression.objects.exists()


def test_suppressed_addresses_get_only_what_they_must_have(sink: Sink):
    news = DeliveryFactory.create(kind=MailKind.NEWSLETTER, recipient="kari@example.no")
    receipt = DeliveryFactory.create(recipient="kari@example.no", mandatory=True)
    marking.suppress(email="kari@example.no", reason="hard-bounce", detail="550", at=NOW)

    report = sending.send_due(clock=at())

    assert (report.sent, report.suppressed) == (1, 1)
    assert (state(news), state(receipt)) == (DeliveryState.SUPPRESSED, DeliveryState.SENT)


def test_a_lifted_suppression_lets_mail_through(sink: Sink):
    row = DeliveryFactory.create(recipient="kari@example.no")
    marking.suppress(email="kari@example.no", reason="hard-bounce", detail="550", at=NOW)
    Suppression.objects.update(lifted_at=NOW)

    sending.send_due(clock=at())

    assert state(row) == DeliveryState.SENT


@pytest.mark.parametrize("when", ["recipient", "data"])
def test_a_dropped_line_costs_one_message_a_wait(sink: Sink, when: str):
    rows = DeliveryFactory.create_batch(6)
    script = sink.answers if when == "recipient" else sink.at_data
    script[rows[2].recipient] = ["drop", "drop"]

    first = sending.send_due(clock=at())
    second = sending.send_due(clock=at(NOW + 2 * MINUTE))
    third = sending.send_due(clock=at(NOW + 10 * MINUTE))

    assert first.sent == 5
    assert first.sent + second.sent + third.sent == 6
    assert {state(row) for row in rows} == {DeliveryState.SENT}
    assert len(sink.received) == 6


def test_a_server_that_hangs_up_between_messages_costs_nothing(sink: Sink):
    rows = DeliveryFactory.create_batch(6)
    sink.at_mail.extend(["250", "250", "421 too many", "250", "drop"])

    report = sending.send_due(clock=at())

    assert report.sent == 6
    assert {state(row) for row in rows} == {DeliveryState.SENT}


def test_a_stalling_server_costs_its_patience_and_no_more(sink: Sink, settings):
    settings.EMAIL_TIMEOUT = 0.5
    sink.stall_seconds = 1.5
    rows = DeliveryFactory.create_batch(3)
    sink.answers[rows[0].recipient] = ["stall"]

    report = sending.send_due(clock=at())

    assert (report.sent, report.retried) == (2, 1)
    assert state(rows[0]) == DeliveryState.QUEUED


def test_a_server_that_is_down_skips_nobody(sink: Sink, settings):
    rows = DeliveryFactory.create_batch(4)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    down = sending.send_due(clock=at())

    assert down.server_down
    assert {state(row) for row in rows} == {DeliveryState.QUEUED}
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}
    settings.EMAIL_PORT = port
    assert sending.send_due(clock=at(NOW + 2 * MINUTE)).sent == 4


def test_a_broken_row_fails_alone(sink: Sink):
    rows = DeliveryFactory.create_batch(3)
    Delivery.objects.filter(pk=rows[1].pk).update(headers={"X\nBcc": "all@example.no"})
    unknown = DeliveryFactory.create(
        body=MailBodyFactory.create(text="Hei {{name}}"), merge={"other": 1}
    )
    odd = DeliveryFactory.create(body=MailBodyFactory.create(attachments=[{"name": "x"}]))

    report = sending.send_due(clock=at())

    assert (report.sent, report.failed) == (2, 3)
    assert {state(row) for row in (rows[1], unknown, odd)} == {DeliveryState.FAILED}
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("how", ["sent", "missed"])
def test_a_sign_in_code_is_gone_from_the_ledger_afterwards(sink: Sink, how: str):
    row = DeliveryFactory.create(
        kind=MailKind.SIGN_IN,
        body=MailBodyFactory.create(text="Koden er ABC123", html="<p>ABC123</p>"),
        stale_at=NOW - MINUTE if how == "missed" else None,
    )

    sending.send_due(clock=at())

    assert state(row) == how
    row.body.refresh_from_db()
    assert "ABC123" not in row.body.text + row.body.html
    assert len(sink.received) == (how == "sent")


def test_files_instead_of_smtp(settings, tmp_path: Path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    row = DeliveryFactory.create()

    assert sending.send_due(clock=at()).sent == 1

    (file,) = tmp_path.iterdir()
    message = email.message_from_bytes(file.read_bytes())
    assert message["Message-ID"] == row.message_id


@pytest.mark.django_db(transaction=True)
def test_parallel_claims_never_share_a_row():
    DeliveryFactory.create_batch(200)
    found: list[int] = []
    lock, start = threading.Lock(), threading.Barrier(4)

    def work() -> None:
        start.wait()
        while True:
            batch = claiming.claim(size=7, at=NOW)
            if not batch.rows:
                break
            with lock:
                found.extend(row.pk for row in batch.rows)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == len(set(found)) == 200


def test_a_run_costs_a_fixed_number_of_queries_per_batch(sink: Sink, django_assert_num_queries):
    body = MailBodyFactory.create()
    DeliveryFactory.create_batch(40, body=body, kind=MailKind.NEWSLETTER)

    # The marks go past Django's cursor: one for each message.
    with django_assert_num_queries(25):
        sending.send_due(clock=at())
    assert Delivery.objects.filter(state=DeliveryState.SENT).count() == 40


@pytest.mark.django_db(transaction=True)
def test_a_database_that_drops_the_line_forgets_no_mark(sink: Sink):
    rows = DeliveryFactory.create_batch(6, kind=MailKind.NEWSLETTER)

    def drop(sink: Sink) -> None:
        if len(sink.received) in (2, 4):
            with psycopg.connect(**connection_parameters()) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )

    sink.after_each = drop
    report = sending.send_due(clock=at())

    assert report.sent == 6
    assert len(sink.received) == 6
    assert {state(row) for row in rows} == {DeliveryState.SENT}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_crashes_between_two_batches_forgets_no_mark(sink: Sink):
    DeliveryFactory.create_batch(4, kind=MailKind.NEWSLETTER)
    leases: dict[int, tuple[Any, Any]] = {}
    crashes: list[list[int]] = []

    def clock() -> datetime.datetime:
        with psycopg.connect(**connection_parameters()) as other:
            rows = other.execute(
                "SELECT id, state, lease_token, lease_until FROM mailings_delivery"
            ).fetchall()
            leases.update({pk: (token, until) for pk, _state, token, until in rows if token})
            sent = [pk for pk, state, _token, _until in rows if state == "sent"]
            if len(sent) == 2 and not crashes:
                crashes.append(sent)
                # Commits that had not reached the disk are gone, and so is every connection.
                for pk in sent:
                    other.execute(
                        "UPDATE mailings_delivery SET state = 'sending', finished_at = NULL,"
                        " lease_token = %s, lease_until = %s WHERE id = %s",
                        [*leases[pk], pk],
                    )
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
        return NOW

    sending.send_due(clock=clock, size=2)

    assert crashes
    assert len(sink.received) == 4
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}


def connection_parameters() -> dict[str, Any]:
    given = connection.get_connection_params()
    return {key: given[key] for key in ("dbname", "user", "host", "port") if key in given}


def test_a_run_gives_way_when_enough_are_at_work(sink: Sink):
    delivery = DeliveryFactory.create()
    with psycopg.connect(**connection_parameters()) as other:
        for slot in range(claiming.PARALLEL_RUNS):
            other.execute("SELECT pg_advisory_lock(%s, %s)", [claiming.SLOT_LOCK, slot])
        sending.send_due_in_turn()
        assert state(delivery) == DeliveryState.QUEUED
        other.execute("SELECT pg_advisory_unlock_all()")
    sending.send_due_in_turn()

    assert state(delivery) == DeliveryState.SENT
    with claiming.free_slot() as is_free:
        assert is_free


def test_many_are_written_as_one_is():
    def message(name: str) -> Message:
        return Message(
            kind=MailKind.EVENT_MOVED, subject="event-1-v2", recipient=name, title="Ny", text=name
        )

    enqueue(
        kind=MailKind.EVENT_MOVED,
        subject="event-1-v2",
        recipient="a@example.no",
        title="Ny tid",
        text="x",
        at=NOW,
    )
    names = ["A@example.no", "b@example.no", " B@example.no", "c@example.no"]
    written = enqueue_many([message(name) for name in names], at=NOW)

    assert [row.recipient for row in written] == ["b@example.no", "c@example.no"]
    assert [row.body.text for row in written] == ["b@example.no", "c@example.no"]
    assert Delivery.objects.count() == MailBody.objects.count() == 3
    assert enqueue_many([message("c@example.no")], at=NOW) == []
    with pytest.raises(ValidationError):
        enqueue_many([message("d@example.no"), message("no address")], at=NOW)
    assert Delivery.objects.count() == 3
