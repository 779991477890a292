from celery import shared_task
from django.utils import timezone

from projects.bypuls import counts, life, reminders


@shared_task
def write_event_reminders() -> None:
    reminders.write_due(at=timezone.now())


@shared_task
def settle_events() -> None:
    now = timezone.now()
    life.close_signups(at=now)
    life.mark_held(at=now)
    counts.tidy(at=now)
