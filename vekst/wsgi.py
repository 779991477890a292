"""The portal as a WSGI application: the page cache in front of Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vekst.settings.base")
django_application = get_wsgi_application()

# Only now can settings and models be read.
from django.conf import settings  # noqa: E402

from vekst.pagecache.generation import GenerationReader  # noqa: E402
from vekst.pagecache.wsgi import PageCache  # noqa: E402

application = (
    PageCache(django_application, GenerationReader(), session_cookie=settings.SESSION_COOKIE_NAME)
    if settings.PAGE_CACHE
    else django_application
)
