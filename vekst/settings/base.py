"""Settings of a production installation. A missing or malformed value stops the start."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from vekst.embedded import celery_url
from vekst.settings import beat, mail

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

# --- This installation -------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS")
# Absolute addresses in mail, feeds and calendar files start with this; no slash at the end.
SITE_URL: str = env("SITE_URL").rstrip("/")
CSRF_TRUSTED_ORIGINS: list[str] = [SITE_URL]
USE_TEST_DATA_NOTICE: bool = env.bool("USE_TEST_DATA_NOTICE", default=False)

# --- Municipal facts: another municipality changes these and no code ------------------------------
MUNICIPALITY_NAME: str = env("MUNICIPALITY_NAME", default="Kongsberg")
MUNICIPALITY_NUMBER: str = env("MUNICIPALITY_NUMBER", default="3303")
MUNICIPALITY_ORGNR: str = env("MUNICIPALITY_ORGNR", default="942402465")
MUNICIPALITY_CENTRE: tuple[float, ...] = tuple(
    float(value) for value in env.list("MUNICIPALITY_CENTRE", default=["59.668", "9.650"])
)
PROGRAMME_NAME: str = env("PROGRAMME_NAME", default="Vekst i Kongsberg")
BUSINESS_ASSOCIATION: str = env("BUSINESS_ASSOCIATION", default="Kongsberg Næringsforum")
STOP_PLACES: list[str] = env.list("STOP_PLACES", default=["NSR:StopPlace:519", "NSR:StopPlace:522"])
# Who counts what the apps have done for a project; see projects/portfolio/activity.py.
PROJECT_ACTIVITY = "vekst.home.activity.of_project"
CONTACT_EMAIL: str = env("CONTACT_EMAIL", default="vekst@example.no")
SECURITY_EMAIL: str = env("SECURITY_EMAIL", default="sikkerhet@example.no")
ACCESSIBILITY_STATEMENT_URL: str = env("ACCESSIBILITY_STATEMENT_URL", default="")

# --- Applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    # Its admin must see the models' translated fields before the admin registers them.
    "modeltranslation",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_prose_editor",
    "import_export",
    "simple_history",
    "template_partials",
    "members.accounts",
    "members.companies",
    "members.mailings",
    "members.posts",
    "projects.portfolio",
    "projects.innsikt",
    "projects.digital_stemme",
    "projects.bypuls",
    "projects.ung",
    "projects.kompetanse",
    "vekst.pagecache",
    "vekst.search",
    "vekst.api",
    "vekst.home",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vekst.home.middleware.ContentSecurityPolicyMiddleware",
    "vekst.home.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.accounts.middleware.ClosedByDefaultMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.accounts.middleware.StaffSecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "vekst.urls"
WSGI_APPLICATION = "vekst.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["vekst.templatetags.vekst"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vekst.home.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
# "example.no" typed in an address field is https, as it will be by default in Django 6.
FORMS_URLFIELD_ASSUME_HTTPS = True

# --- Database -----------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.db_url("DATABASE_URL"),
        # A connection per request costs five times the request itself (measured). Persistent
        # connections per thread, checked before use, so that a restarted server is noticed.
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache: sessions stand in the database, so the cache may be empty or gone at any time ----------
REDIS_URL: str = env("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "vekst",
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
        },
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
# Whole public pages, held in each web process in front of Django. Off to measure what lies behind it.
PAGE_CACHE: bool = env.bool("PAGE_CACHE", default=True)

# --- Background work ----------------------------------------------------------------------------
# Celery has a spelling of its own for a unix socket.
CELERY_BROKER_URL = celery_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Above the hard time limit, so that a slow task is not given to a second worker.
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # A page gives up on a broker that is down at once; workers have patience of their own.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "global_keyprefix": "vekst-celery-",
}
# A broker that is down must not hold up a page: beat finds the work in the rows.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/Oslo"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    # A mailbox that is slow to answer must not hold up those who send.
    "members.mailings.tasks.read_returns": {"queue": "default"},
    "members.mailings.tasks.store_clicks": {"queue": "default"},
    "members.mailings.tasks.count_readers": {"queue": "default"},
    "members.mailings.tasks.*": {"queue": "mail"},
    "*": {"queue": "default"},
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = beat.SCHEDULE

# --- Mail: written to the ledger, sent by workers over this server ---------------------------------
vars().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 20
# A worker holds the rows it sends so long; when it dies, others take them over after that.
MAIL_LEASE_SECONDS: int = env.int("MAIL_LEASE_SECONDS", default=60)
# The first wait after a temporary refusal; each further one is three times as long.
MAIL_RETRY_SECONDS: int = env.int("MAIL_RETRY_SECONDS", default=60)
MAIL_BATCH_SIZE: int = env.int("MAIL_BATCH_SIZE", default=50)
DEFAULT_FROM_EMAIL: str = env("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EDITORS_FROM_EMAIL: str = env("EDITORS_FROM_EMAIL", default=DEFAULT_FROM_EMAIL)
# What comes back: told by the provider, or lying in a mailbox. Both are off until they are named.
MAIL_PROVIDER_KEY: str = env("MAIL_PROVIDER_KEY", default="")
MAIL_PROVIDER: str = mail.provider(env("MAIL_PROVIDER", default=""), MAIL_PROVIDER_KEY)
MAIL_RETURN_ADDRESS: str = mail.return_address(env("MAIL_RETURN_ADDRESS", default=""))
MAIL_RETURNS_MAILBOX: mail.Mailbox | None = mail.mailbox(env("MAIL_RETURNS_MAILBOX", default=""))

# --- Sign-in ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/min-side/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "members.mailings.account_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = PROGRAMME_NAME
STAFF_NEED_SECOND_FACTOR = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Bokmål")), ("en", _("English"))]
MODELTRANSLATION_DEFAULT_LANGUAGE = "nb"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("nb",)
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"

# --- Static and uploaded files ----------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Admin ---------------------------------------------------------------------------------------
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": PROGRAMME_NAME,
    "SITE_HEADER": PROGRAMME_NAME,
    "SITE_SUBHEADER": _("Administrasjon"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "location_city",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("images/favicon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "vekst.home.dashboard.callback",
    "BORDER_RADIUS": "6px",
    "COLORS": {
        # The theme's green, from light to dark.
        "primary": {
            "50": "#eef7f5",
            "100": "#d5ebe7",
            "200": "#aed7d0",
            "300": "#7dbcb2",
            "400": "#4b9c90",
            "500": "#1f7d70",
            "600": "#00594f",
            "700": "#004d45",
            "800": "#003f38",
            "900": "#00332d",
            "950": "#00211d",
        }
    },
    "SIDEBAR": {
        "show_search": True,
        # The menu holds them all, in groups.
        "show_all_applications": False,
        "navigation": "vekst.home.dashboard.navigation",
    },
}

# Without these, import and export are open to every account that may sign in to the admin.
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# --- Security ------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
# The proxy in front tells whether the visitor came over TLS; set only behind one that overwrites it.
if env.bool("BEHIND_TLS_PROXY", default=True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    # The admin's own scripts need looser rules; `vekst.home.middleware` states those for /admin/ alone.
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        # Designsystemet draws its icons with data: masks; the map tiles come after a click.
        "img-src": [SELF, "data:", "https://cache.kartverket.no"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
RATELIMIT_FAIL_OPEN = True
# How many proxies of ours stand in front. Without it all visitors would share the proxy's address, and
# with it the limits on forms and on guessing passwords.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=1)
RATELIMIT_IP_META_KEY = "vekst.client.address"
# Sign-ups from one address: a whole company may come through the same one.
SIGNUP_RATE: str = env("SIGNUP_RATE", default="1000/h")

# --- Outside sources --------------------------------------------------------------------------------
NAV_FEED_URL: str = env("NAV_FEED_URL", default="https://pam-stilling-feed.nav.no")
NAV_FEED_TOKEN: str = env("NAV_FEED_TOKEN", default="")
SSB_API_URL: str = env("SSB_API_URL", default="https://data.ssb.no/api/pxwebapi/v2")
BRREG_API_URL: str = env("BRREG_API_URL", default="https://data.brreg.no/enhetsregisteret/api")
ENTUR_API_URL: str = env("ENTUR_API_URL", default="https://api.entur.io/journey-planner/v3/graphql")
ENTUR_CLIENT_NAME: str = env("ENTUR_CLIENT_NAME", default="kongsberg_kommune-vekst")
# An installation without a way out to the Internet says so, and its pages tell how old the figures are.
OUTSIDE_SOURCES_ENABLED: bool = env.bool("OUTSIDE_SOURCES_ENABLED", default=True)
# Calendars that staff type in the address of are asked only at public addresses, unless a municipality
# keeps some inside its own network.
SOURCES_MAY_BE_PRIVATE: bool = env.bool("SOURCES_MAY_BE_PRIVATE", default=False)

# --- Logging ----------------------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "ERROR"},
    },
}
