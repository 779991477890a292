from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.mailings import clicks
from members.mailings.models import CountedLink
from members.mailings.scanners import is_reader
from vekst.http import HtmxHttpRequest


@login_not_required
@never_cache
@require_safe
def follow(request: HtmxHttpRequest, token: str) -> HttpResponse:
    """Lead a reader on to where a link of a newsletter leads, and count that somebody went there."""
    link = get_object_or_404(CountedLink, token=token, newsletter__body__isnull=False)
    if request.method == "GET" and is_reader(request.headers):
        clicks.note(link, at=timezone.now())
    response = HttpResponseRedirect(link.target)
    # Where a reader comes from is not the other site's business.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
