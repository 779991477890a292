import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from members.mailings.returns import webhooks

logger = logging.getLogger(__name__)


# The provider's computer posts here, without cookies: its signature is the permission.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["HEAD", "POST"])
def provider_returns(request: HttpRequest, provider: str) -> HttpResponse:
    if not provider or provider != settings.MAIL_PROVIDER:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    now = timezone.now()
    try:
        news = [
            webhooks.take_in(event, provider, at=now)
            for event in webhooks.events_in(request, provider, at=now)
        ]
    except webhooks.ForgedError as error:
        logger.warning("A return by %s was refused: %s", provider, error)
        return HttpResponse("Forged", status=403, content_type="text/plain")
    except webhooks.UnreadableError as error:
        logger.warning("A return by %s could not be read: %s", provider, error)
        return HttpResponse("Unreadable", status=400, content_type="text/plain")
    return HttpResponse(f"{sum(news)} new", content_type="text/plain")
