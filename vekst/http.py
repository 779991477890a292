"""What every view needs to know of a request, and the narrowing of a page to the part htmx asked for."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

# Read, and taken away, by the page cache.
HOLDS_UNTIL = "X-Holds-Until"


class HtmxHttpRequest(HttpRequest):
    """A request with what `django_htmx` adds to it."""

    htmx: HtmxDetails


def wants_part(request: HtmxHttpRequest) -> bool:
    """Tell whether htmx asked for a part of the page. A boosted link wants the whole page."""
    return bool(request.htmx) and not request.htmx.boosted


def render_narrowed(
    request: HtmxHttpRequest, template_name: str, part: str, context: dict[str, object]
) -> HttpResponse:
    """
    Render the page, or only its partial `part` when htmx asked for it.

    `part` is at once the partial's name, the DOM id and the hx-target. The view stands under
    `@vary_on_headers("HX-Request", "HX-Boosted")`, or a cache would serve the part as the page.
    """
    if wants_part(request):
        template_name += f"#{part}"
    return render(request, template_name, context)


def hold_until(response: HttpResponse, moment: datetime.datetime) -> HttpResponse:
    """
    Say from when on the page is no longer right ("åpent nå"), so that it is not held longer than that.

    Pages are held for a minute at most without it, which is too long for what ends on the stroke.
    """
    response.headers[HOLDS_UNTIL] = f"{moment.timestamp():.3f}"
    return response
