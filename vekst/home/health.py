"""Whether the process lives, and whether it can do its work."""

import datetime
import logging

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vekst.home.models import Heartbeat

logger = logging.getLogger(__name__)

# Beat writes every 10 seconds; three missed beats are more than a slow moment.
BEAT_MAY_BE_SILENT = datetime.timedelta(seconds=60)


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer without asking anything: the process lives."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, broker and beat all live, else 503; the body says which does not."""
    found = {
        "database": _database_answers(),
        "broker": _broker_answers(),
    }
    found["beat"] = found["database"] and _beat_is_fresh(timezone.now())
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer.")
        return False
    return True


def _broker_answers() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1
        ) as client:
            client.ping()
    except (redis.RedisError, OSError):
        logger.warning("The broker does not answer.")
        return False
    return True


def _beat_is_fresh(at: datetime.datetime) -> bool:
    return Heartbeat.objects.filter(name="beat", beat_at__gte=at - BEAT_MAY_BE_SILENT).exists()
