from celery import shared_task
from django.utils import timezone

from members.posts import publishing


@shared_task
def publish_due_posts() -> None:
    publishing.publish_due(at=timezone.now())
