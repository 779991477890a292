"""Settings of an installation that `make run` starts. `vekst.embedded` fills in what nobody gave."""

from vekst.settings.base import *  # noqa: F403

DEBUG = False
STAFF_NEED_SECOND_FACTOR = False
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER = None  # type: ignore[assignment]
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
USE_TEST_DATA_NOTICE = True
