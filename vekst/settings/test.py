"""Settings of the tests: the real PostgreSQL and Valkey, and everything else quick and strict."""

import os
import sys
from pathlib import Path

from vekst import embedded

VAR = Path(__file__).resolve().parents[2] / "var" / "test"
os.environ.setdefault("DATABASE_URL", embedded.database_url(VAR))
os.environ.setdefault("REDIS_URL", embedded.redis_url(VAR))
os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 40)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:1")
os.environ.setdefault("DEFAULT_FROM_EMAIL", "Vekst i Kongsberg <vekst@example.no>")
os.environ.setdefault("OUTSIDE_SOURCES_ENABLED", "true")

from vekst.settings.base import *  # noqa: E402, F403
from vekst.settings.base import BASE_DIR, CACHES, STORAGES, TEMPLATES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECURE_SSL_REDIRECT = False
ALLAUTH_TRUSTED_PROXY_COUNT = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0
STAFF_NEED_SECOND_FACTOR = False
CACHES["default"]["KEY_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MEDIA_ROOT = VAR / "media"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
RATELIMIT_ENABLE = False
ACCOUNT_RATE_LIMITS = False


class UndefinedVariable(str):
    """
    What a template prints for a variable that nobody gave: a failure with the variable's name.

    Templates of libraries (the admin's frame) may leave variables out; ours may not.
    """

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        template = sys._getframe(1).f_locals["context"].render_context.template
        if str(BASE_DIR / "templates") not in str(template.origin.name):
            return ""
        raise AssertionError(f"undefined template variable: {name}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
# The sources of the tests are servers on this machine.
SOURCES_MAY_BE_PRIVATE = True
# Nothing outside this machine answers in the tests; each test names its own local server.
for _name in ("NAV_FEED_URL", "SSB_API_URL", "BRREG_API_URL", "ENTUR_API_URL"):
    globals()[_name] = "http://127.0.0.1:1"
