from celery import shared_task
from django.utils import timezone

from members.mailings import newsletters, sending


@shared_task
def send_due_mail() -> None:
    with sending.free_slot() as is_free:
        if is_free:
            sending.send_due()


@shared_task
def start_due_newsletters() -> None:
    newsletters.start_due(at=timezone.now())
