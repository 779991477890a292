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


# It reads all there is; still well below the broker's visibility time-out.
@shared_task(soft_time_limit=1700, time_limit=1800)
def index_everything() -> None:
    # Mends whatever went wrong, and finds what the calendar alone made public after a pause.
    index.index_everything(at=timezone.now())
