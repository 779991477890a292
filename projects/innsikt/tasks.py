from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from projects.innsikt import ssb
from projects.innsikt.models import Indicator

# The source counts questions per minute.
_REST_SECONDS = 65


@shared_task(bind=True, max_retries=5)
def fetch_indicators(self: "Task[[], Any]") -> None:
    try:
        ssb.fetch_all(at=timezone.now())
    except ssb.SourceBusyError as error:
        raise self.retry(countdown=_REST_SECONDS, exc=error) from error


@shared_task
def fetch_indicator(indicator_pk: int) -> None:
    indicator = Indicator.objects.fetchable().filter(pk=indicator_pk).first()
    if indicator is not None:
        ssb.fetch_indicator(indicator, at=timezone.now())
