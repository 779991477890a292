from celery import shared_task
from django.utils import timezone

from vekst.home import retention
from vekst.home.models import Heartbeat


@shared_task
def beat_heartbeat() -> None:
    Heartbeat.objects.update_or_create(name="beat", defaults={"beat_at": timezone.now()})


@shared_task
def apply_retention() -> None:
    retention.apply_all(at=timezone.now(), dry_run=False)
