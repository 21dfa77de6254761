"""The portal as it is served, on the bench's own database, with one empty page more."""

from redcross.settings import *  # noqa: F403
from redcross.settings import CACHES, DATABASES

for _database in DATABASES.values():
    _database["NAME"] = "bench_redcross"
CACHES["default"]["KEY_PREFIX"] = "bench"
ROOT_URLCONF = "tools.bench.urls"
DEMO, BUSINESS_DATE, SECOND_FACTOR = False, None, False
CELERY_TASK_DEFAULT_QUEUE = "bench"
