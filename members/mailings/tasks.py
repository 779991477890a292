from celery import shared_task

from members.mailings import sending


@shared_task
def send_due_mail() -> None:
    sending.send_due()


@shared_task
def start_due_newsletters() -> None:
    return
