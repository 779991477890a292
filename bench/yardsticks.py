"""What a WSGI server gives at most on this machine: a bare answer, and Django with a constant."""

import os
from collections.abc import Callable, Iterable

BODY = b"hello, world\n"
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))]


def bare(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", HEADERS)
    return (BODY,)


def django_constant() -> Callable[..., Iterable[bytes]]:
    """Django's handler with one view and no middleware."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    settings.configure(
        ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bench", MIDDLEWARE=[]
    )
    globals()["urlpatterns"] = [
        path("", lambda request: HttpResponse(BODY, content_type="text/plain"))
    ]
    return get_wsgi_application()
