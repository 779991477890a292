"""
Read the mailbox that returned mail comes to.

What is in the folder has not been read. A mail that was understood is moved to one folder, and one that
nobody can make sense of, or that is about no message of ours, to another for a person to look at; both
are emptied after some weeks. A run that dies between the database and the move reads a mail again, which
changes nothing. One mail at a time: a broken one stops no other.
"""

import contextlib
import datetime
import imaplib
import logging
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFetchError
from imap_tools.mailbox import BaseMailBox

from members.mailings import mail_rules
from members.mailings.models.bounce import BounceSource
from members.mailings.models.mail_job import MailJob
from members.mailings.returns import notices, recording
from members.mailings.returns.identity import delivery_of
from vekst.settings.mail import Mailbox

logger = logging.getLogger(__name__)

READ, ASIDE = "Portal-lest", "Portal-til-side"
# So many mails in one run; the next one goes on a minute later.
BATCH = 200
# A report with a whole newsletter in it is far smaller. What is larger is not fetched.
LARGEST = 5 * 1024 * 1024
PATIENCE_SECONDS = 20
RUN_LOCK = (5_333, 0)
_TROUBLE = (ImapToolsError, imaplib.IMAP4.error, OSError)


@dataclass
class Report:
    """What one run did."""

    news: int = 0
    nothing_new: int = 0
    set_aside: int = 0
    removed: int = 0
    trouble: str = ""


def read_returns(*, at: datetime.datetime) -> Report | None:
    """
    Take in what has come to the mailbox. Returns None when there is none, or another run is at it.

    A mailbox that cannot be reached is noted for the admin and tried again by the next run.
    """
    box = settings.MAIL_RETURNS_MAILBOX
    if box is None:
        return None
    with _alone() as is_alone:
        if not is_alone:
            return None
        report = Report()
        try:
            with _opened(box) as server:
                _read_all(server, report, at=at)
        except _TROUBLE as error:
            report.trouble = f"{type(error).__name__}: {error}"[:300]
            logger.warning("The mailbox for returns cannot be read: %s", report.trouble)
        _note_run(report, at=at)
    return report


def _read_all(server: BaseMailBox, report: Report, *, at: datetime.datetime) -> None:
    for folder in (READ, ASIDE):
        if not server.folder.exists(folder):
            server.folder.create(folder)
    for uid in server.uids("ALL")[:BATCH]:
        was_understood = _take_in(server, uid, report, at=at)
        report.set_aside += not was_understood
        try:
            server.move(uid, READ if was_understood else ASIDE)
        except ImapToolsError as error:
            # It is read again by the next run; the others are not to wait for it.
            logger.warning("A mail could not be moved: %s", type(error).__name__)
    kept = datetime.timedelta(days=mail_rules.current().mailbox_days)
    before = (at - kept).strftime("%d-%b-%Y")
    for folder in (READ, ASIDE):
        server.folder.set(folder)
        old = server.uids(f"BEFORE {before}")
        server.delete(old, chunks=BATCH)
        report.removed += len(old)


def _take_in(server: BaseMailBox, uid: str, report: Report, *, at: datetime.datetime) -> bool:
    """Take in one mail. Returns whether we know what it is."""
    if _size(server, uid) > LARGEST:
        return False
    try:
        fetched = next(iter(server.fetch(uid_list=uid, mark_seen=False)), None)
        # Without one somebody has removed it just now.
        outcome = take_in(fetched.obj, at=at) if fetched else False
    except MailboxFetchError:
        return False
    except (*_TROUBLE, OperationalError, InterfaceError):
        # The mailbox or the database is gone, and no mail is to blame.
        raise
    except Exception:
        logger.warning("A mail in the mailbox for returns is broken.", exc_info=True)
        return False
    if outcome is None:
        return False
    report.news += outcome
    report.nothing_new += not outcome
    return True


def take_in(mail: Message, *, at: datetime.datetime) -> bool | None:
    """
    Take in one mail: True for news about a message of ours, False for nothing new.

    None when it is nothing we know, or tells of a message that we never sent.
    """
    notice = notices.read(mail)
    if notice.verdict is notices.Verdict.UNKNOWN:
        return None
    if notice.verdict is notices.Verdict.AUTOMATIC:
        return False
    delivery = delivery_of(*notice.about)
    if delivery is None:
        return None
    if notice.kind is None:
        return recording.arrived(delivery=delivery, happened_at=notice.sent_at, at=at)
    return recording.record(
        delivery=delivery,
        kind=notice.kind,
        source=BounceSource.MAILBOX,
        detail=notice.detail,
        happened_at=notice.sent_at,
        at=at,
    )


def _size(server: BaseMailBox, uid: str) -> int:
    _answer, data = server.client.uid("FETCH", uid, "(RFC822.SIZE)")
    line = b" ".join(part for part in data if isinstance(part, bytes))
    number = line.rpartition(b"RFC822.SIZE ")[2].partition(b")")[0].split(b" ")[0]
    return int(number) if number.isdigit() else 0


@contextlib.contextmanager
def _opened(box: Mailbox) -> Iterator[BaseMailBox]:
    server: BaseMailBox
    if box.scheme == "imaps":
        trusted = ssl.create_default_context()
        server = MailBox(box.host, box.port, timeout=PATIENCE_SECONDS, ssl_context=trusted)
    elif box.scheme == "imap+tls":
        trusted = ssl.create_default_context()
        server = MailBoxStartTls(box.host, box.port, PATIENCE_SECONDS, trusted)
    else:
        server = MailBoxUnencrypted(box.host, box.port, PATIENCE_SECONDS)
    try:
        is_plain = (box.user + box.password).isascii()
        (server.login if is_plain else server.login_utf8)(box.user, box.password, box.folder)
        yield server
    finally:
        with contextlib.suppress(*_TROUBLE):
            server.logout()


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    """Hold the place of the one run there is while the block runs; tells whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", RUN_LOCK)
        is_free = bool(cursor.fetchone()[0])
    try:
        yield is_free
    finally:
        if is_free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", RUN_LOCK)


def _note_run(report: Report, *, at: datetime.datetime) -> None:
    """Leave a sign of life for the admin, where something happened or went wrong."""
    done = (
        f"{report.news} nye returer, {report.nothing_new} uten nytt, "
        f"{report.set_aside} satt til side, {report.removed} slettet"
    )
    MailJob.objects.update_or_create(
        name="read-returns", defaults={"ran_at": at, "note": report.trouble or done}
    )
