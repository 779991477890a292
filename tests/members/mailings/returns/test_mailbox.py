"""The mailbox for returns, read over real IMAP."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from members.mailings import ledger, sending, tasks
from members.mailings.models import (
    Bounce,
    BounceKind,
    BounceSource,
    Delivery,
    DeliveryState,
    MailJob,
    MailKind,
    Suppression,
)
from members.mailings.returns import mailbox
from tests.members.mailings.returns import reports
from tests.members.mailings.returns.imap_server import ImapServer, imap_server
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

KARI = "kari@example.no"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def imap(settings) -> Iterator[ImapServer]:
    with imap_server() as server:
        settings.MAIL_RETURNS_MAILBOX = server.mailbox
        yield server


@pytest.fixture
def delivery() -> Delivery:
    return sent(KARI)


def sent(recipient: str) -> Delivery:
    now = timezone.now()
    row = ledger.enqueue(
        kind=MailKind.NEWSLETTER,
        subject="newsletter-1",
        recipient=recipient,
        title="Uka oppsummert",
        text="Hei",
        at=now,
    )
    assert row is not None
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.SENT, finished_at=now)
    return row


def read() -> mailbox.Report:
    report = mailbox.read_returns(at=timezone.now())
    assert report is not None
    return report


def about(delivery: Delivery, **fields) -> dict[str, str]:
    return {"recipient": delivery.recipient, "message_id": delivery.message_id, **fields}


@pytest.mark.parametrize(
    ("fields", "kind", "is_blocked"),
    [
        ({}, BounceKind.HARD, True),
        ({"status": "5.0.0"}, BounceKind.HARD, True),
        ({"status": "5.2.2", "diagnostic": "552 5.2.2 Mailbox full"}, BounceKind.SOFT, False),
        ({"status": "4.4.1", "diagnostic": "connection timed out"}, BounceKind.SOFT, False),
        ({"status": "5.7.1", "diagnostic": "554 5.7.1 spam"}, BounceKind.REFUSED, False),
        ({"action": "delayed", "status": "4.4.1"}, BounceKind.DELAYED, False),
        ({"returns": "message/rfc822"}, BounceKind.HARD, True),
    ],
    ids=["gone", "unclear-status", "full", "unreachable", "policy", "delayed", "whole-original"],
)
def test_a_delivery_report(imap: ImapServer, delivery: Delivery, fields, kind, is_blocked):
    imap.put(reports.dsn(**about(delivery, **fields)))

    assert read().news == 1

    row = Bounce.objects.get()
    assert (row.delivery, row.kind, row.source) == (delivery, kind, BounceSource.MAILBOX)
    assert Suppression.objects.filter(email=KARI).exists() == is_blocked
    assert imap.folders() == {mailbox.READ: 1}


def test_a_complaint(imap: ImapServer, delivery: Delivery):
    imap.put(reports.complaint(**about(delivery)))

    read()

    assert Bounce.objects.get().kind == BounceKind.COMPLAINT
    assert Suppression.objects.get().reason == "complaint"


def test_a_report_that_it_is_no_spam_is_no_complaint(imap: ImapServer, delivery: Delivery):
    imap.put(
        reports.complaint(**about(delivery), feedback="not-spam"),
        reports.complaint(**about(delivery), feedback="auth-failure"),
    )

    assert read().nothing_new == 2
    assert not Bounce.objects.exists()


def test_a_return_in_a_form_of_its_own(imap: ImapServer, delivery: Delivery):
    imap.put(reports.exim(**about(delivery)))

    read()

    assert Bounce.objects.get().kind == BounceKind.HARD


def test_a_report_of_success(imap: ImapServer, delivery: Delivery):
    imap.put(
        reports.dsn(**about(delivery, action="delivered", status="2.0.0", diagnostic="250 ok"))
    )

    read()

    delivery.refresh_from_db()
    assert delivery.delivered_at
    assert not Bounce.objects.exists()


def test_automatic_replies_are_passed_over(imap: ImapServer, delivery: Delivery):
    imap.put(reports.holiday(**about(delivery)))

    report = read()

    assert (report.nothing_new, report.set_aside) == (1, 0)
    assert not Bounce.objects.exists()
    assert imap.folders() == {mailbox.READ: 1}


def test_what_a_person_wrote_is_left_for_a_person(imap: ImapServer, delivery: Delivery):
    imap.put(reports.letter(**about(delivery)))

    assert read().set_aside == 1
    assert imap.folders() == {mailbox.ASIDE: 1}


def test_a_return_about_a_message_that_we_never_sent_changes_nothing(
    imap: ImapServer, delivery: Delivery
):
    forged = "<0123456789abcdef0123456789abcdef@example.no>"
    imap.put(
        reports.dsn(recipient=KARI, message_id=forged),
        reports.dsn(recipient=KARI, returns=""),
        reports.complaint(recipient=KARI, message_id=forged),
    )

    assert read().set_aside == 3

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENT
    assert not Suppression.objects.exists()


def test_only_the_address_that_the_ledger_wrote_to_is_blocked(imap: ImapServer, delivery: Delivery):
    imap.put(reports.dsn(recipient="ordforer@example.no", message_id=delivery.message_id))

    read()

    assert Suppression.objects.get().email == KARI


BROKEN = [
    b"",
    b"\r\n",
    b"\xff\xfe\x00 not a mail at all",
    b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
    b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status"
    b"\r\n\r\nnothing\r\n--b--\r\n",
    b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n",
    b"Content-Type: text/plain; charset=klingon\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n",
    b"Subject: " + b"x" * 100_000 + b"\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n" * 2_000,
    b"X-Failed-Recipients: \xe6\xf8\xe5@\r\nMessage-ID: <\xe6@\xf8>\r\n\r\n\xe5\r\n",
]


def test_broken_mails_are_set_aside_and_hold_up_nobody(imap: ImapServer, delivery: Delivery):
    later = sent("ola@example.no")
    imap.put(reports.dsn(**about(delivery)), *filter(None, BROKEN), reports.dsn(**about(later)))

    report = read()

    assert report.news == 2
    assert report.set_aside == len(BROKEN) - 1
    assert set(Suppression.objects.values_list("email", flat=True)) == {KARI, "ola@example.no"}
    assert imap.folders() == {mailbox.READ: 2, mailbox.ASIDE: len(BROKEN) - 1}


def test_a_mail_that_is_too_large_is_not_fetched(imap: ImapServer, delivery: Delivery, monkeypatch):
    monkeypatch.setattr(mailbox, "LARGEST", 5_000)
    imap.put(reports.dsn(**about(delivery)) + b"x" * 5_000, reports.dsn(**about(delivery)))

    report = read()

    assert (report.news, report.set_aside) == (1, 1)


def test_the_same_mail_read_twice_changes_nothing(imap: ImapServer, delivery: Delivery):
    imap.put(reports.dsn(**about(delivery)), reports.dsn(**about(delivery)))
    first = read()
    before = (list(Bounce.objects.values()), list(Suppression.objects.values()))

    # A run that died before it could move the mail finds it again.
    with imap.opened() as box:
        box.folder.set(mailbox.READ)
        box.move(box.uids("ALL"), "INBOX")
    second = read()

    assert (first.news, first.nothing_new) == (1, 1)
    assert (second.news, second.nothing_new) == (0, 2)
    assert (list(Bounce.objects.values()), list(Suppression.objects.values())) == before


def test_what_was_read_is_removed_after_some_weeks(imap: ImapServer, delivery: Delivery):
    read()
    now = timezone.now()
    for folder in (mailbox.READ, mailbox.ASIDE):
        imap.put(b"Subject: gammel\r\n\r\nx", folder=folder, at=now - 40 * DAY)
        imap.put(b"Subject: ny\r\n\r\nx", folder=folder, at=now - 3 * DAY)
    # What has not been read is read, however old it is.
    imap.put(reports.dsn(**about(delivery)), at=now - 40 * DAY)

    report = read()

    assert report.news == 1
    assert imap.folders()[mailbox.ASIDE] == 1
    assert Bounce.objects.exists()


def test_an_address_for_each_message_tells_of_a_return_that_repeats_nothing(
    imap: ImapServer, sink: Sink, settings
):
    settings.MAIL_RETURN_ADDRESS = "retur+{id}@example.no"
    row = ledger.enqueue(
        kind=MailKind.NEWSLETTER, subject="newsletter-2", recipient=KARI, title="x", text="x"
    )
    assert row is not None
    sending.send_due()
    (received,) = sink.to(KARI)
    assert received.sender == f"retur+{row.message_id[1:33]}@example.no"
    assert "vekst@example.no" in str(received.message["From"])

    imap.put(reports.dsn(recipient=KARI, to=f"<{received.sender}>", returns=""))
    read()

    assert Bounce.objects.get().delivery == row
    row.refresh_from_db()
    assert row.state == DeliveryState.BOUNCED


@pytest.mark.parametrize("what", ["closed", "wrong-password"])
def test_a_mailbox_that_does_not_open_is_told_in_the_admin(imap: ImapServer, settings, what: str):
    changes: dict[str, Any] = {"port": 1} if what == "closed" else {"password": "feil hemmelighet"}
    settings.MAIL_RETURNS_MAILBOX = replace(imap.mailbox, **changes)

    assert read().trouble

    note = MailJob.objects.get(name="read-returns").note
    assert note
    assert "hemmelighet" not in note


def test_without_a_mailbox_nothing_happens():
    assert mailbox.read_returns(at=timezone.now()) is None
    tasks.read_returns()
    assert not MailJob.objects.exists()


def test_the_task_reads_the_mailbox(imap: ImapServer, delivery: Delivery):
    imap.put(reports.dsn(**about(delivery)))

    tasks.read_returns()

    assert Bounce.objects.exists()
    assert MailJob.objects.get(name="read-returns").note.startswith("1 ")
