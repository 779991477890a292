"""Read the content generation, a few times a second at most in each process."""

import logging
import threading
import time

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

# An edit is seen by strangers within 1 s; a quarter of it leaves room for the page itself.
READ_EVERY_SECONDS = 0.25


class GenerationReader:
    """The generation as this process last read it. Only one thread at a time asks the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._value: int | None = None

    def current(self) -> int | None:
        """
        Return the generation, at most 0.25 s old.

        When the database does not answer, the last known one: pages that are held go on being served.
        None when it was never read.
        """
        if time.monotonic() - self._read_at >= READ_EVERY_SECONDS and self._lock.acquire(
            blocking=self._value is None
        ):
            try:
                self._refresh()
            finally:
                self._lock.release()
        return self._value

    def _refresh(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT coalesce(sum(value), 0)::bigint FROM pagecache_generation")
                row = cursor.fetchone()
        except DatabaseError:
            logger.warning("The content generation could not be read; pages held are kept.")
            connection.close()
        else:
            self._value = int(row[0])
        self._read_at = time.monotonic()
