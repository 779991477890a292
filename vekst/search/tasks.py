from celery import shared_task
from django.utils import timezone

from vekst.search import index

# A worker that falls behind catches up in one go, but gives way to others in between.
ROUNDS = 20


@shared_task
def index_changes() -> None:
    for _ in range(ROUNDS):
        if index.index_changes(at=timezone.now()) < index.BATCH:
            return
