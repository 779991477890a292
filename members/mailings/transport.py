"""The way out: SMTP over one connection, or whatever other backend Django's settings name."""

import contextlib
import datetime
import smtplib
import time
from enum import Enum
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from members.mailings.message import ascii_address, django_message
from members.mailings.models.delivery import Delivery
from members.mailings.returns.identity import envelope_sender

# The answers after which the conversation goes on.
_WELCOME = {"MAIL": (250,), "RCPT": (250, 251), "DATA": (354,)}
# smtplib says -1 when it got no answer it can read; 421 is a server that says goodbye.
_HUNG_UP = (-1, 421)


class Outcome(Enum):
    """Why a message was refused for good."""

    NO_SUCH_ADDRESS = "no such address"
    NOT_THIS_MESSAGE = "not this message"


class RefusedError(Exception):
    """The server refused for good. The address is to blame only with NO_SUCH_ADDRESS."""

    def __init__(self, text: str, outcome: Outcome) -> None:
        super().__init__(text)
        self.outcome = outcome


class TemporaryError(Exception):
    """This message did not get through now. `may_be_server`: several in a row mean the server itself."""

    def __init__(self, text: str, *, may_be_server: bool = True) -> None:
        super().__init__(text)
        self.may_be_server = may_be_server


class ServerDownError(Exception):
    """The server cannot be reached or takes nobody's mail; the message was not offered to it."""


class Transport:
    """A connection that is opened with the first message and used until `close()`."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.takes_bytes = isinstance(backend, SmtpBackend)

    def send_bytes(self, row: Delivery, raw: bytes, *, patience: float) -> None:
        """
        Offer one message to the SMTP server, in at most `patience` seconds.

        Raises RefusedError, TemporaryError or ServerDownError.
        """
        deadline = time.monotonic() + patience
        sender = ascii_address(envelope_sender(row.from_email, row.message_id))
        recipient = ascii_address(row.recipient)
        was_open = self._backend.connection is not None
        try:
            self._offer_address(sender, recipient, deadline)
        except TemporaryError:
            # A server that hung up while we were quiet has not been offered this message yet.
            if not was_open or self._backend.connection is not None:
                raise
            self._offer_address(sender, recipient, deadline)
        self._offer_text(raw, deadline)

    def _offer_address(self, sender: str, recipient: str, deadline: float) -> None:
        """Say everything that comes before the text, until the server waits for it."""
        smtp = self._connected(deadline)
        code = 0
        try:
            _expect(smtp, deadline)
            refused = _refused_envelope(smtp, sender, recipient, deadline)
            if refused:
                command, code, answer = refused
                raise _refusal(command, code, answer)
        except (RefusedError, TemporaryError):
            self._reset(deadline, hung_up=code in _HUNG_UP)
            raise
        except (smtplib.SMTPException, OSError) as error:
            self.close(politely=False)
            raise TemporaryError(f"{type(error).__name__}: {error}") from error

    def _offer_text(self, raw: bytes, deadline: float) -> None:
        smtp: smtplib.SMTP = self._backend.connection
        try:
            _expect(smtp, deadline)
            smtp.send(_text_with_end(raw))
            code, answer = smtp.getreply()
            if code != 250:
                raise _refusal("DATA", code, answer)
        except (RefusedError, TemporaryError):
            self._reset(deadline, hung_up=code in _HUNG_UP)
            raise
        except (smtplib.SMTPException, OSError) as error:
            # The line is gone, and with it the answer: the same Message-ID is offered again later.
            self.close(politely=False)
            raise TemporaryError(f"{type(error).__name__}: {error}") from error

    def send_message(self, row: Delivery, *, at: datetime.datetime) -> None:
        """Hand one message to a backend that is not SMTP. Raises TemporaryError."""
        message = django_message(row, at=at)
        try:
            self._backend.send_messages([message])
        except Exception as error:  # each backend has exceptions of its own
            raise TemporaryError(f"{type(error).__name__}: {error}") from error

    def close(self, *, politely: bool = True) -> None:
        """Leave the server. Never raises: what was sent is sent."""
        smtp = self._backend.connection if self.takes_bytes else None
        if smtp is None:
            return
        self._backend.connection = None
        try:
            if politely:
                if smtp.sock is not None:
                    smtp.sock.settimeout(2)
                smtp.quit()
        except (smtplib.SMTPException, OSError):
            pass
        finally:
            smtp.close()

    def _connected(self, deadline: float) -> smtplib.SMTP:
        if self._backend.connection is None:
            self._backend.timeout = max(0.5, deadline - time.monotonic())
            try:
                self._backend.open()
                opened: smtplib.SMTP | None = self._backend.connection
                if opened is not None:
                    opened.ehlo_or_helo_if_needed()
            except (smtplib.SMTPException, OSError) as error:
                self.close(politely=False)
                raise ServerDownError(f"{type(error).__name__}: {error}") from error
        smtp: smtplib.SMTP = self._backend.connection
        return smtp

    def _reset(self, deadline: float, *, hung_up: bool) -> None:
        """Forget the refused message. A server that hung up is called again for the next one."""
        smtp = self._backend.connection
        if hung_up or smtp is None or smtp.sock is None:
            self.close(politely=False)
            return
        try:
            _expect(smtp, deadline)
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.close(politely=False)


def open_transport() -> Transport:
    """Return the way out that Django's EMAIL_* settings name. Nothing is connected yet."""
    return Transport(get_connection())


def _refused_envelope(
    smtp: smtplib.SMTP, sender: str, recipient: str, deadline: float
) -> tuple[str, int, bytes] | None:
    """
    Name sender and recipient and ask to send the text; return the first command that is refused, if any.

    A server that takes commands in groups gets all three at once: two journeys for each message instead
    of four. Source: RFC 2920 section 3.1.
    """
    lines = {
        "MAIL": f"MAIL FROM:{smtplib.quoteaddr(sender)}\r\n",
        "RCPT": f"RCPT TO:{smtplib.quoteaddr(recipient)}\r\n",
        "DATA": "DATA\r\n",
    }
    is_grouped = smtp.has_extn("pipelining")
    if is_grouped:
        smtp.send("".join(lines.values()))
    refused = None
    for command, line in lines.items():
        if not is_grouped:
            smtp.send(line)
        _expect(smtp, deadline)
        code, answer = smtp.getreply()
        if code not in _WELCOME[command]:
            refused = (command, code, answer)
            break
    if refused and is_grouped and code not in _HUNG_UP:
        _read_rest(smtp, list(lines)[list(lines).index(command) + 1 :], deadline)
    return refused


def _read_rest(smtp: smtplib.SMTP, commands: list[str], deadline: float) -> None:
    """Read the answers to what was said in the same breath as the refused command."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        for command in commands:
            _expect(smtp, deadline)
            code, _answer = smtp.getreply()
            if command == "DATA" and code == 354:
                # It waits for a text to nobody: an empty one, which it refuses.
                smtp.send(".\r\n")
                smtp.getreply()


def _text_with_end(raw: bytes) -> bytes:
    """Return the text as it goes over the line. Source: RFC 5321 section 4.5.2 (transparency)."""
    text = raw.replace(b"\n.", b"\n..")
    return text + (b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n")


def _expect(smtp: smtplib.SMTP, deadline: float) -> None:
    """Give the next answer no more time than is left of this message's."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the server is too slow")
    if smtp.sock is not None:
        smtp.sock.settimeout(left)


def _text(command: str, code: int, answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{command}: {code} {' '.join(said.split())}"


def _refusal(command: str, code: int, answer: bytes | str) -> RefusedError | TemporaryError:
    """
    Tell what the server's answer means.

    Source: RFC 5321 section 4.2 and RFC 3463: x.1.x is about the address; a full mailbox (5.2.2) or a
    policy (5.7.x) is not.
    """
    text = _text(command, code, answer)
    if command == "MAIL":
        # About us or about the hour, never about the recipient.
        return TemporaryError(text)
    if code == -1 or not 500 <= code < 600:
        # smtplib says -1 when the line broke. A 4xx at RCPT is about this recipient (greylisting).
        return TemporaryError(text, may_be_server=command != "RCPT" or code in (-1, 421))
    said = text.partition(" ")[2].partition(" ")[2]
    enhanced = said.split(" ")[0].split(".")
    if len(enhanced) == 3 and all(part.isdigit() for part in enhanced):
        gone = enhanced[1] == "1" or (enhanced[1] == "2" and enhanced[2] == "1")
    else:
        gone = code in (550, 551, 553)
    if command == "RCPT" and gone:
        return RefusedError(text, Outcome.NO_SUCH_ADDRESS)
    return RefusedError(text, Outcome.NOT_THIS_MESSAGE)
