"""
A mail server on a bad day: `python -m bench.storm_sink PORT LOG`.

Of the recipients 1 % do not exist, and 5 % are refused once or twice before they are taken. Of the messages
some are lost because the server hangs up in the middle, and some wait: one second, or until the sender has
given up. Each answer is a line in the log: what was done, the Message-ID, and the recipient. What is logged
as taken was answered with yes on a connection that was still open.
"""

import asyncio
import hashlib
import random
import sys
from collections import Counter
from pathlib import Path

from bench.mail_sink import Sink, serve

GONE_IN_100, LATER_IN_100 = 1, 5
# Of ten thousand messages.
DROPPED, SLOW, STALLED = 20, 10, 3
SLOW_SECONDS = 1.0
# Longer than any sender waits: EMAIL_TIMEOUT is 20 seconds.
STALLED_SECONDS = 25.0


def fate(recipient: str) -> int:
    """Return how often a recipient is refused before it is taken; -1 is for good."""
    number = int(hashlib.sha256(recipient.encode()).hexdigest()[:8], 16) % 1000
    if number < GONE_IN_100 * 10:
        return -1
    if number < (GONE_IN_100 + LATER_IN_100) * 10:
        return 1 + number % 2
    return 0


class StormSink(Sink):
    """One connection."""

    refused: Counter[str] = Counter()
    chance = random.Random(2026)  # noqa: S311

    def recipient_named(self) -> None:
        if fate(self.recipient) < 0:
            self.note("gone -")
            self.transport.write(b"550 5.1.1 no such user\r\n")
        else:
            super().recipient_named()

    def end_of_text(self, message_id: str) -> None:
        if self.refused[self.recipient] < fate(self.recipient):
            self.refused[self.recipient] += 1
            self.note(f"later {message_id}")
            self.transport.write(b"451 4.3.0 not now\r\n")
            return
        drawn = self.chance.randrange(10_000)
        if drawn < DROPPED:
            self.note(f"dropped {message_id}")
            self.transport.abort()
        elif drawn < DROPPED + STALLED:
            self.note(f"stalled {message_id}")
            asyncio.get_running_loop().call_later(STALLED_SECONDS, self.transport.abort)
        elif drawn < DROPPED + STALLED + SLOW:
            asyncio.get_running_loop().call_later(SLOW_SECONDS, self._take, message_id)
        else:
            self._take(message_id)

    def _take(self, message_id: str) -> None:
        if self.transport.is_closing():
            self.note(f"dropped {message_id}")
            return
        self.note(f"taken {message_id}")
        self.transport.write(b"250 taken\r\n")


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), StormSink))
