from celery import shared_task
from django.utils import timezone

from members.mailings import clicks, digest, newsletters, reader_counting, sending, welcome
from members.mailings.returns import mailbox, recording


@shared_task
def send_due_mail() -> None:
    sending.send_due_in_turn()


@shared_task
def start_due_newsletters() -> None:
    newsletters.start_due(at=timezone.now())


@shared_task
def write_due_digests() -> None:
    digest.write_due(at=timezone.now())


@shared_task
def write_due_welcome_mails() -> None:
    welcome.write_due(at=timezone.now())


@shared_task
def read_returns() -> None:
    now = timezone.now()
    mailbox.read_returns(at=now)
    recording.settle(at=now)
    recording.note_refusals(at=now)


@shared_task
def store_clicks() -> None:
    clicks.store(at=timezone.now())


@shared_task
def count_readers() -> None:
    reader_counting.count_days(at=timezone.now())
