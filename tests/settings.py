"""The portal's settings for tests: as the owner, with quick passwords, nothing pinned."""

from redcross.settings import *  # noqa: F403
from redcross.settings import CACHES, DATABASES, OWNER_DATABASE

DATABASES["default"] = DATABASES.pop(OWNER_DATABASE)
DATABASES["default"]["CONN_MAX_AGE"] = 0
OWNER_DATABASE = "default"
CACHES["default"]["KEY_PREFIX"] = "tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
SITE_URL = "http://localhost:8000"
DEMO, BUSINESS_DATE = False, None
