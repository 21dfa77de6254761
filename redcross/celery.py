"""The Celery application: `celery -A redcross.celery worker`, `… beat`."""

import os
from typing import Any

from celery import Celery, signals

from redcross import embedded
from redcross.uploads.files import sandbox

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redcross.settings")

app = Celery("redcross")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _start_queue(**_: Any) -> None:
    """Start the embedded queue in a worker, beat or sender, when it is first needed."""
    embedded.ensure_valkey()


def _warm_sandbox(**_: Any) -> None:
    """Start the process that opens files before the first file arrives."""
    sandbox.start_server()


signals.worker_process_init.connect(_warm_sandbox)
if not os.environ.get("REDIS_URL"):
    for moment in (signals.worker_init, signals.beat_init, signals.before_task_publish):
        moment.connect(_start_queue)
