"""Addresses of events that turned out to be the same as another lead on to that one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone

from projects.bypuls.models import Event

View = Callable[..., HttpResponse]


def leads_on(view: View) -> View:
    """Let a view that finds no event of that slug lead, for ever, to the one it is the same as."""

    @wraps(view)
    def found_or_leading_on(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, slug=slug, **kwargs)
        except Http404:
            kept = (
                Event.objects.public(timezone.now())
                .filter(replaces__slug=slug)
                .values_list("slug", flat=True)
                .first()
            )
            if kept is None or request.resolver_match is None:
                raise
            address = reverse(request.resolver_match.view_name, args=[kept])
            return HttpResponsePermanentRedirect(address)

    return found_or_leading_on
