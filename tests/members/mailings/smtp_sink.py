"""A real SMTP server on this machine that keeps what it gets, and misbehaves where a test asks it to."""

import asyncio
import email
import email.policy
import socket
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """One message that the sink took in."""

    recipient: str
    raw: bytes
    sender: str = ""

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"]).strip()


@dataclass
class Sink:
    """
    Answers by recipient: `answers["a@example.no"] = ["451 later", "250 OK"]`, one for each try.

    The words "drop" and "stall" instead of an answer break the line, or keep silent for `stall_seconds`.
    `at_data` does the same after the text; `at_mail` for the sender's command, whoever the recipient is.
    With `takes_groups` it says that it takes commands in groups, as most servers in use do.
    """

    received: list[Received] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    at_data: dict[str, list[str]] = field(default_factory=dict)
    at_mail: list[str] = field(default_factory=list)
    stall_seconds: float = 5
    takes_groups: bool = False
    connections: int = 0
    port: int = 0
    after_each: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def clear(self) -> None:
        self.received.clear()
        self.answers.clear()
        self.at_data.clear()
        self.at_mail.clear()
        self.connections = 0
        self.after_each = None
        self.stall_seconds = 5
        self.takes_groups = False

    def to(self, recipient: str) -> list[Received]:
        return [found for found in self.received if found.recipient == recipient]

    async def _act(self, server: SMTP, script: list[str] | None) -> str | None:
        if not script:
            return None
        answer = script.pop(0)
        if answer == "drop":
            transport: Any = server.transport
            transport.abort()
            return "421 gone"
        if answer == "stall":
            await asyncio.sleep(self.stall_seconds)
            return None
        return None if answer.startswith("250") else answer

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], *["250-PIPELINING"] * self.takes_groups, *responses[1:]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._act(server, self.at_mail)
        if answer:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._act(server, self.answers.get(address))
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipient = envelope.rcpt_tos[0]
        answer = await self._act(server, self.at_data.get(recipient))
        if answer:
            return answer
        assert isinstance(envelope.content, bytes)
        with self.lock:
            self.received.append(Received(recipient, envelope.content, envelope.mail_from or ""))
        if self.after_each is not None:
            self.after_each(self)
        return "250 taken"


class _Server(SMTP):
    def connection_made(self, transport: Any) -> None:
        self.event_handler.connections += 1
        super().connection_made(transport)


class SinkController(Controller):
    """Runs the sink in a thread on a port of its own."""

    def factory(self) -> SMTP:
        return _Server(self.handler, hostname="sink.example.no", enable_SMTPUTF8=False)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_sink() -> tuple[Sink, SinkController]:
    """Start a sink; `sink.port` tells where."""
    sink = Sink(port=free_port())
    controller = SinkController(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=10)
    controller.start()
    return sink, controller
