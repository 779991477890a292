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


@shared_task
def index_everything() -> None:
    # What became public or ceased to be by the calendar alone, such as a membership, leaves no note.
    index.index_everything(at=timezone.now())
