"""Start background work after the commit, whatever state the broker is in."""

import logging
from functools import partial
from typing import Any

from celery import Task, current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def on_commit_run(task: "Task[..., Any] | str", *args: object) -> None:
    """
    Ask a worker to run the task, or the task of that name, as soon as the transaction is committed.

    Only a hint to be quick: the work itself stands in rows, and a beat job finds it there. So a broker
    that is down is logged and the visitor's request goes on.
    """
    name = task if isinstance(task, str) else task.name
    transaction.on_commit(partial(_start, name, args))


def _start(name: str, args: tuple[object, ...]) -> None:
    try:
        current_app.signature(name, args=args).apply_async()
    except (OperationalError, RedisError, OSError):
        logger.warning("The broker did not take %s; the next beat does the work.", name)
