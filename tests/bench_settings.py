"""The portal as it is served, on the bench's own database, with one empty page more."""

from redcross.settings import *  # noqa: F403
from redcross.settings import CACHES, DATABASES

for _each in DATABASES.values():
    _each["NAME"] = "bench_redcross"
CACHES["default"]["KEY_PREFIX"] = "bench"
ROOT_URLCONF = "tests.bench_urls"
DEMO, BUSINESS_DATE, SECOND_FACTOR = False, None, False
CELERY_TASK_DEFAULT_QUEUE = "bench"
