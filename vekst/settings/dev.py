"""Settings of an installation that `make run` starts. `vekst.installation` fills in what nobody gave."""

import os

from vekst import installation

installation.fill_in(os.environ)

from vekst.settings.base import *  # noqa: E402, F403

DEBUG = False
STAFF_NEED_SECOND_FACTOR = False
SECURE_SSL_REDIRECT = False
ALLAUTH_TRUSTED_PROXY_COUNT = 0
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER = None  # type: ignore[assignment]
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
USE_TEST_DATA_NOTICE = True
# The accounts that `make run` makes have passwords, since nobody reads their mail. Elsewhere one signs
# in by a code or a passkey.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
