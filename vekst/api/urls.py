from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import path, re_path

from vekst.api.api import api

patterns, api_app_name, api_namespace = api.urls


def _with_head(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer HEAD as GET. The server leaves the body out; the library knows only the methods it was told."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method != "HEAD":
            return view(request, *args, **kwargs)
        request.method = "GET"
        try:
            return view(request, *args, **kwargs)
        finally:
            request.method = "HEAD"

    return answer


# Open data: no address of the API asks who the reader is.
for pattern in patterns:
    pattern.callback = login_not_required(_with_head(pattern.callback))  # type: ignore[arg-type]


@login_not_required
def unknown(request: HttpRequest) -> HttpResponse:
    """Programs read JSON, so an address that is none gets no page."""
    return JsonResponse({"detail": "Not Found"}, status=404)


urlpatterns = [
    # The library has a view for this one that finds nothing, and says so in HTML.
    path("api/v1/", unknown),
    path("api/v1/", (patterns, api_app_name, api_namespace)),
    re_path(r"^api/v1/", unknown),
]
