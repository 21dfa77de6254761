"""The Celery application: `celery -A redcross.celery`."""

import os

from celery import Celery

from redcross import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redcross.settings")

app = Celery("redcross")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

if not os.environ.get("REDIS_URL"):
    app.on_after_configure.connect(lambda **_: embedded.ensure(), weak=False)
