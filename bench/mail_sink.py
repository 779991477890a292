"""
A mail server that takes everything and writes one line for each message: `python -m bench.mail_sink PORT LOG`.

As little work as SMTP allows, so that the senders are measured and not the receiver. Each line holds the
Message-ID and the recipient, in the order in which the server said yes.
"""

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)
_END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self, log: TextIO) -> None:
        self.log = log
        self.buffer = b""
        self.recipient = ""
        self.is_recipient_taken = False
        self.is_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            if self.is_text:
                text, end, rest = self.buffer.partition(_END)
                if not end:
                    return
                self.buffer, self.is_text = rest, False
                found = _ID.search(text)
                self.end_of_text(found.group(1).decode() if found else "-")
            else:
                line, end, rest = self.buffer.partition(b"\r\n")
                if not end:
                    return
                self.buffer = rest
                self._command(line)

    def end_of_text(self, message_id: str) -> None:
        """Answer to a whole message."""
        self.note(message_id)
        self.transport.write(b"250 taken\r\n")

    def note(self, line: str) -> None:
        """Write a line about the present recipient."""
        self.log.write(f"{line} {self.recipient}\n")
        self.log.flush()

    def recipient_named(self) -> None:
        """Answer to the name of a recipient."""
        self.is_recipient_taken = True
        self.transport.write(b"250 ok\r\n")

    def _command(self, line: bytes) -> None:
        word = line[:4].upper()
        if word == b"DATA" and not self.is_recipient_taken:
            # Said in one breath with a recipient that was refused.
            self.transport.write(b"503 no recipient\r\n")
        elif word == b"DATA":
            self.is_text, self.is_recipient_taken = True, False
            self.transport.write(b"354 go on\r\n")
        elif word == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        elif word == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            self.recipient_named()
        elif word == b"EHLO":
            self.transport.write(b"250-sink\r\n250 PIPELINING\r\n")
        else:
            self.transport.write(b"250 ok\r\n")


async def serve(port: int, log: Path, protocol: Callable[[TextIO], Sink] = Sink) -> None:
    """Take mail until the process is ended, each connection by a `protocol` of its own."""
    with log.open("a", encoding="utf-8") as lines:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: protocol(lines), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
