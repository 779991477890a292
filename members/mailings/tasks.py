from celery import shared_task
from django.utils import timezone

from members.mailings import newsletters, sending


@shared_task
def send_due_mail() -> None:
    sending.send_due_in_turn()


@shared_task
def start_due_newsletters() -> None:
    newsletters.start_due(at=timezone.now())
