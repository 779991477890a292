from celery import shared_task
from django.utils import timezone

from projects.digital_stemme import membership, moderation, nav_feed


@shared_task
def import_nav_jobs() -> None:
    nav_feed.import_now()


@shared_task
def expire_listings() -> None:
    now = timezone.now()
    moderation.expire_due(at=now)
    moderation.warn_before_expiry(at=now)
    membership.refresh_member_employers(at=now)
