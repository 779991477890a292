"""A real IMAP server on this machine (pymap), with a mailbox that a test fills and looks into."""

import asyncio
import contextlib
import datetime
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

from imap_tools import MailBoxUnencrypted
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPService

from tests.members.mailings.smtp_sink import free_port
from vekst.settings.mail import Mailbox

USER, PASSWORD = "retur", "et pass=ord"


@dataclass
class ImapServer:
    """Where it listens. `put` and `folders` speak IMAP to it, as any mail program would."""

    port: int

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox("imap", "127.0.0.1", self.port, USER, PASSWORD, "INBOX")

    @contextlib.contextmanager
    def opened(self) -> Iterator[MailBoxUnencrypted]:
        with MailBoxUnencrypted("127.0.0.1", self.port, 10).login(USER, PASSWORD) as box:
            yield box

    def put(
        self, *mails: bytes, folder: str = "INBOX", at: datetime.datetime | None = None
    ) -> None:
        with self.opened() as box:
            for mail in mails:
                box.append(mail, folder, dt=at)

    def folders(self) -> dict[str, int]:
        """How many mails lie in each folder that holds any."""
        with self.opened() as box:
            counts = {}
            for info in box.folder.list():
                box.folder.set(info.name)
                counts[info.name] = len(box.uids("ALL"))
            return {name: count for name, count in counts.items() if count}


@contextlib.contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Run a server with one empty mailbox while the block runs."""
    port = free_port()
    ready, stopped = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        args = Namespace(
            host=["127.0.0.1"],
            port=str(port),
            cert=None,
            key=None,
            tls=False,
            proxy_protocol=None,
            inherited_sockets=None,
            passlib_cfg=None,
            debug=False,
            demo_data=False,
            demo_user=USER,
            demo_password=PASSWORD,
        )
        backend, config = await DictBackend.init(args)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            ready.set()
            await stopped.wait()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    if not ready.wait(20):
        raise RuntimeError("the IMAP server did not start")
    try:
        yield ImapServer(port)
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()
