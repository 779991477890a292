from celery import shared_task
from django.utils import timezone

from members.posts import publishing
from members.posts.editing import comments


@shared_task
def publish_due_posts() -> None:
    publishing.publish_due(at=timezone.now())


@shared_task
def mail_new_comments() -> None:
    comments.mail_new(at=timezone.now())
