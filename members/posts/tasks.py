from celery import shared_task
from django.utils import timezone

from members.posts import missing, notices, publishing
from members.posts.editing import comments
from members.posts.pictures import consents, sizes


@shared_task
def publish_due_posts() -> None:
    publishing.publish_due(at=timezone.now())


@shared_task
def mail_new_comments() -> None:
    comments.mail_new(at=timezone.now())


@shared_task
def make_picture_sizes(picture_id: int) -> None:
    sizes.make_sizes(picture_id=picture_id)


@shared_task
def tend_pictures() -> None:
    """Make the sizes that are missing, and hide and remove what may no longer be shown."""
    now = timezone.now()
    consents.expire_due(at=now)
    consents.remove_left_files(at=now)
    sizes.make_missing(at=now)


@shared_task
def write_post_notices() -> None:
    """Write what deadlines ask for, and what a week without its post does."""
    now = timezone.now()
    notices.write_due(at=now)
    missing.remind_of_missing_post(at=now)
