"""A Celery worker on a test's database: `celery -A tests.uploads.support.celery_worker worker`."""

import os

from redcross.celery import app
from tests import settings

settings.DATABASES["default"]["NAME"] = os.environ["TESTED_DATABASE"]
settings.MEDIA_ROOT = os.environ["TESTED_MEDIA"]
settings.CELERY_TASK_ALWAYS_EAGER = False

__all__ = ["app"]
