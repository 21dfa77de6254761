"""All settings, from the environment or a default."""

import base64
import contextlib
import datetime as dt
import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from redcross import embedded, logs

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = environ.Env()

# Polars reads it once, when it is imported. Uploads are many and small, and there is one worker
# process per processor: more threads would double the time to check 500 rows.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

# Identity ----------------------------------------------------------------------

SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
SECURE = SITE_URL.startswith("https://")
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
BUSINESS_DATE = dt.date(2022, 2, 22) if DEMO else None
CERTIFICATE_CHECK = env.bool("CERTIFICATE_CHECK", default=False)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
DEMO_NOTICE = "演示数据：省级合计取自公开综述，州市县分解均为虚构"


def _secret(name: str, make: Any) -> str:
    """Return a secret; with https it must be configured, otherwise one is created and stored."""
    value: str = env.str(name, default="")
    if value:
        return value
    if SECURE:
        message = f"SITE_URL 为 https 时必须设置环境变量 {name}。"
        raise ImproperlyConfigured(message)
    path = VAR_DIR / "secrets" / name.lower()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(make())
        with contextlib.suppress(FileExistsError):  # of two simultaneous processes the first wins
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()


def _field_keys() -> str:
    return "1:" + base64.b64encode(secrets.token_bytes(64)).decode()


SECRET_KEY = _secret("SECRET_KEY", lambda: secrets.token_urlsafe(50))
KEYS_CHECKED_AT_START = True
FIELD_KEYS = _secret("FIELD_KEYS", _field_keys)

# Engines ----------------------------------------------------------------------

APPLICATION_ROLE = embedded.APPLICATION
OWNER_DATABASE = "owner"


def _embedded(user: str) -> dict[str, Any]:
    return {
        "ENGINE": "redcross.embedded",
        "NAME": embedded.DATABASE,
        "USER": user,
        "HOST": str(embedded.socket_folder()),
        "PORT": str(embedded.POSTGRES_PORT),
    }


if env.str("DATABASE_URL", default=""):
    _application = env.db_url("DATABASE_URL")
    _owner = env.db_url("DATABASE_OWNER_URL", default=env.str("DATABASE_URL"))
    APPLICATION_ROLE = _application["USER"]
else:
    _application = _embedded(embedded.APPLICATION)
    _owner = _embedded(embedded.OWNER)
_application["CONN_MAX_AGE"] = 60
_application["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _application, OWNER_DATABASE: _owner}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL or embedded.redis_url(),
        "KEY_PREFIX": "redcross",
        "OPTIONS": {} if REDIS_URL else {"pool_class": "redcross.embedded.cache.EmbeddedPool"},
    }
}
CELERY_BROKER_URL = REDIS_URL or embedded.broker_url()
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # workers log in the portal's format
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "uploads.sweep": {"task": "uploads.sweep", "schedule": 30.0},
    "exports.sweep": {"task": "exports.sweep", "schedule": 600.0},
    "people.close_unused": {"task": "people.close_unused", "schedule": 6 * 60 * 60.0},
    "reports.issue_due": {"task": "reports.issue_due", "schedule": 600.0},
    # Repeated: what an outage at nine prevented is sent when it is over.
    "completeness.remind": {
        "task": "completeness.remind",
        "schedule": crontab(minute="*/15", hour="9-17"),
    },
}

# Applications -----------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "import_export",
    "pghistory",
    "pgtrigger",
    "django_celery_beat",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "redcross.branches",
    "redcross.accounts",
    "redcross.exports",
    "redcross.audit",
    "redcross.notices",
    "redcross.locks",
    "redcross.uploads",
    "redcross.completeness",
    "redcross.people",
    "redcross.indicators",
    "redcross.dashboards",
    "redcross.reports",
    "redcross.api",
    "redcross.ops",
    "redcross.demo",
    "redcross.portal",
    "donations",
    "training",
    "donors",
    "relief",
    "reform",
]
MIDDLEWARE = [
    "redcross.ops.middleware.RequestLogMiddleware",
    "redcross.ops.metrics.RequestMetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "redcross.ops.middleware.SecurityHeadersMiddleware",
    "redcross.ops.middleware.PlainRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "redcross.api.middleware.TokenMiddleware",
    "redcross.audit.middleware.AccessLogMiddleware",
    "redcross.accounts.middleware.ScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "redcross.accounts.middleware.SessionLifeMiddleware",
    "redcross.accounts.middleware.PasswordChangeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "redcross.accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "redcross.accounts.sign_in.rate_limits.RateLimitMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "redcross.exports.middleware.FileExportMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "redcross.urls"
WSGI_APPLICATION = "redcross.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "redcross.portal.context.page_frame",
            ],
        },
    },
]

# People -----------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {"NAME": "redcross.accounts.sign_in.passwords.CharacterClassesValidator"},
    {"NAME": "redcross.accounts.sign_in.passwords.PasswordHistoryValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_AGE = 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Visitors of the demonstration sign in without an authenticator.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=not DEMO)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "redcross.accounts.sign_in.adapters.SecondFactorAdapter"
MFA_TOTP_ISSUER = "红十字会业务门户"
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = dt.timedelta(days=30)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "redcross.accounts.sign_in.addresses.client_address"
AXES_LOCKOUT_TEMPLATE = "portal/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Mail ---------------------------------------------------------------------------

# An empty value counts as unset: docker compose passes every variable on.
EMAIL_CONFIG = environ.Env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="") or "portal@localhost"

# Language, time, files --------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
FORMAT_MODULE_PATH = "redcross.formats"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
PGHISTORY_APPEND_ONLY = False

# HTTP --------------------------------------------------------------------------

# Health checks use local names; links are built from SITE_URL, never from the host header.
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
if SECURE:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^ready/$", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # The record pages allow more (portal/record_pages/site.py), as Unfold requires it.
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "redcross.api.access.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["redcross.api.access.InScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "redcross.accounts.sign_in.rate_limits.AddressThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    # The pages' rates stand here too: one place, one counter for all processes. A whole
    # office may come from one address, so that these are wide.
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("RATE_API_STRANGERS", default="") or "60/hour",
        "user": env.str("RATE_API", default="") or "3000/hour",
        "sign-in": env.str("RATE_SIGN_IN", default="") or "60/min",
        "search": env.str("RATE_SEARCH", default="") or "120/min",
        "certificate-check": env.str("RATE_CERTIFICATE_CHECK", default="") or "30/hour",
    },
    "EXCEPTION_HANDLER": "redcross.api.errors.handle_error",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "红十字会业务门户接口",
    "DESCRIPTION": "报送工作簿、查看问题、提交与审核、查询指标、读取记录和报告。",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "ENFORCE_NON_BLANK_FIELDS": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "redcross.api.schema.tighten_schema",
    ],
    "SWAGGER_UI_FAVICON_HREF": "data:,",
}
UNFOLD = {
    "SITE_TITLE": "红十字会业务门户",
    "SITE_HEADER": "红十字会业务门户",
    "SITE_SYMBOL": "hub",
    # Without an icon browsers request /favicon.ico and are refused.
    "SITE_FAVICONS": [{"rel": "icon", "href": "data:,"}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "4px",
    # Hexadecimal: Unfold's own greys are oklch(), which Chromium 109 does not know.
    "COLORS": json.loads((BASE_DIR / "redcross" / "portal" / "palette.json").read_text()),
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "redcross.portal.navigation.admin_navigation",
    },
}

# Logging -----------------------------------------------------------------------

LOGGING = logs.CONFIGURATION
LOGGING_CONFIG = "redcross.logs.configure"
# No errors by mail with form values; they are found by request id in the log.
ADMINS: list[tuple[str, str]] = []
MANAGERS = ADMINS
