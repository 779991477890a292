"""The conversation with a mail server, line by line: what is said in one breath, and what is read after it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from members.mailings.models import Delivery
from members.mailings.transport import RefusedError, TemporaryError, Transport, open_transport
from tests.members.mailings.factories import DeliveryFactory

pytestmark = pytest.mark.django_db
TEXT = b"Subject: Hei\r\n\r\nHei.\r\n"
HELLO = ["250-sink\r\n250 PIPELINING\r\n"]
WELCOME = "250 ok\r\n250 ok\r\n354 go on\r\n"


class Server:
    """Says the next answer of its script when it has heard a whole group, and keeps what it heard."""

    def __init__(self, script: list[str]) -> None:
        self.script = list(script)
        self.heard: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line:
                line.sendall(b"220 sink\r\n")
                while heard := line.recv(100_000):
                    self.heard.append(heard)
                    answer = self.script.pop(0) if self.script else "250 ok\r\n"
                    if answer == "hang up":
                        break
                    line.sendall(answer.encode())


@contextmanager
def talk(settings, script: list[str]) -> Iterator[tuple[Server, Transport]]:
    server = Server([*HELLO, *script])
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    transport = open_transport()
    try:
        yield server, transport
    finally:
        transport.close()
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        thread.join(5)


@pytest.fixture
def row() -> Delivery:
    return DeliveryFactory.create(recipient="kari@example.no")


def test_sender_recipient_and_wish_to_send_go_in_one_breath(settings, row: Delivery):
    with talk(settings, [WELCOME, "250 taken\r\n"]) as (server, transport):
        transport.send_bytes(row, TEXT, patience=5)

    _hello, envelope, text = server.heard[:3]
    lines = envelope.split(b"\r\n")
    assert [line.split(b":")[0] for line in lines] == [b"MAIL FROM", b"RCPT TO", b"DATA", b""]
    assert text == TEXT + b".\r\n"


def test_a_line_that_is_one_period_does_not_end_the_text(settings, row: Delivery):
    raw = b"Subject: Hei\r\n\r\n.\r\n..ellipse\r\nuten linjeskift"
    with talk(settings, [WELCOME, "250 taken\r\n"]) as (server, transport):
        transport.send_bytes(row, raw, patience=5)

    assert server.heard[2] == (b"Subject: Hei\r\n\r\n..\r\n...ellipse\r\nuten linjeskift\r\n.\r\n")


@pytest.mark.parametrize(
    "rest", ["503 no recipient\r\n", "354 go on\r\n"], ids=["refuses the text", "waits for it"]
)
def test_the_text_to_a_refused_recipient_is_never_sent(settings, row: Delivery, rest: str):
    refusal = "250 ok\r\n550 5.1.1 nobody\r\n" + rest
    after = ["554 no valid recipients\r\n"] if rest.startswith("354") else []
    script = [refusal, *after, "250 reset\r\n", WELCOME, "250 taken\r\n"]
    with talk(settings, script) as (server, transport):
        with pytest.raises(RefusedError, match=r"RCPT: 550 5.1.1 nobody"):
            transport.send_bytes(row, TEXT, patience=5)
        transport.send_bytes(row, TEXT, patience=5)

    spoken = server.heard[2:]
    assert spoken[: len(after)] == [b".\r\n"] * len(after)
    assert spoken[len(after)].lower() == b"rset\r\n"
    # The next message gets its own answers: none was left unread.
    assert spoken[len(after) + 2] == TEXT + b".\r\n"


def test_a_refusal_is_known_even_if_the_server_hangs_up_after_it(settings, row: Delivery):
    with talk(settings, ["250 ok\r\n550 5.1.1 nobody\r\n", "hang up"]) as (server, transport):
        server.listener.settimeout(None)
        with pytest.raises(RefusedError, match="550"):
            transport.send_bytes(row, TEXT, patience=1)


@pytest.mark.parametrize(
    "answer", ["421 closing\r\n", "250 ok\r\n421 closing\r\n", "250 ok\r\n450 later\r\n503 no\r\n"]
)
def test_a_no_for_now_stays_one_for_now(settings, row: Delivery, answer: str):
    with (
        talk(settings, [answer]) as (server, transport),
        pytest.raises(TemporaryError, match=r"421|450"),
    ):
        transport.send_bytes(row, TEXT, patience=5)

    assert TEXT + b".\r\n" not in server.heard


def test_a_server_that_hung_up_before_the_group_is_called_again(settings, row: Delivery):
    script = [WELCOME, "250 taken\r\n", "hang up", *HELLO, WELCOME, "250 taken\r\n"]
    with talk(settings, script) as (server, transport):
        transport.send_bytes(row, TEXT, patience=5)
        transport.send_bytes(row, TEXT, patience=5)

    assert server.heard.count(TEXT + b".\r\n") == 2
