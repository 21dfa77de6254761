"""Settings for tests: as the owner of the database, with fast password hashing, nothing pinned."""

import os

from redcross.settings import *  # noqa: F403
from redcross.settings import CACHES, DATABASES, OWNER_DATABASE, STORAGES

DATABASES["default"] = DATABASES.pop(OWNER_DATABASE)
DATABASES["default"]["CONN_MAX_AGE"] = 0
OWNER_DATABASE = "default"
# Databases of parallel tests give the same ids; the cache is one for all of them.
CACHES["default"]["KEY_PREFIX"] = f"tests-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
SITE_URL = "http://localhost:8000"
DEMO, BUSINESS_DATE = False, None
KEYS_CHECKED_AT_START = False  # the application is imported before there is a database
SECOND_FACTOR = False  # its own tests turn it on
# Pages are tested without gathering static files first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT, WHITENOISE_USE_FINDERS = None, True
