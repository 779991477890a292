"""Start background work after the commit, whatever state the broker is in."""

import logging
import threading
import time
from functools import partial
from typing import Any

from celery import Task, current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# Seconds within which a process asks for the same work twice at most: at once, and once for the rest.
PAUSE = 0.5


class _Asked:
    """When this process last asked for each task, and until when a start that is on its way serves all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: dict[str, float] = {}
        self._served_until: dict[str, float] = {}

    def seconds_to_wait(self, name: str, *, now: float) -> float | None:
        """Return in how many seconds the task is to start; None when one starts later than `now` anyhow."""
        with self._lock:
            if now < self._served_until.get(name, now):
                return None
            if now - self._at.get(name, -PAUSE) >= PAUSE:
                self._at[name] = now
                return 0
            self._served_until[name] = now + PAUSE
            self._at[name] = now + PAUSE
            return PAUSE


_asked = _Asked()


def on_commit_run(task: "Task[..., Any] | str", *args: object) -> None:
    """
    Ask a worker to run the task, or the task of that name, as soon as the transaction is committed.

    Only a hint to be quick: the work itself stands in rows, and a beat job finds it there. So a broker
    that is down is logged and the visitor's request goes on.
    """
    name = task if isinstance(task, str) else task.name
    transaction.on_commit(partial(_start, name, args))


def on_commit_run_soon(name: str) -> None:
    """
    Ask for work that takes all there is, such as sending mail, as `on_commit_run` does.

    When many ask at the same moment, a start that is still to come serves them all: 500 sign-ups at once
    would otherwise start 500 tasks that find nothing left.
    """
    transaction.on_commit(partial(_start_soon, name))


def _start_soon(name: str) -> None:
    if current_app.conf.task_always_eager:
        _start(name, ())
        return
    wait = _asked.seconds_to_wait(name, now=time.monotonic())
    if wait is not None:
        _start(name, (), countdown=wait)


def _start(name: str, args: tuple[object, ...], *, countdown: float = 0) -> None:
    try:
        current_app.signature(name, args=args).apply_async(countdown=countdown)
    except (OperationalError, RedisError, OSError):
        logger.warning("The broker did not take %s; the next beat does the work.", name)
