"""Prometheus metrics at /metrics: requests, uploads, the queue, stale indicators.

Every web process counts requests into files of the folder in PROMETHEUS_MULTIPROC_DIR; without
it each process reports its own. The other values are read from the database on request.
"""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from redcross.accounts.scope import acting_as_system
from redcross.celery import app
from redcross.indicators import rollup
from redcross.uploads.choices import UploadState
from redcross.uploads.intake import recovery
from redcross.uploads.models import Upload
from redcross.uploads.workflow import progress

METRICS_PATH = "/metrics"
_DURATION_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_requests = Counter(
    "redcross_requests", "Answers given.", ["method", "status"], registry=None
)  # fmt: skip
_seconds = Histogram(
    "redcross_request_seconds", "How long answers took.", buckets=_DURATION_BUCKETS, registry=None
)


class RequestMetricsMiddleware:
    """Counts responses and their durations, except those of /metrics itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        if request.path != METRICS_PATH:
            method = request.method if request.method in {"GET", "HEAD", "POST"} else "OTHER"
            _requests.labels(method, str(response.status_code)).inc()
            _seconds.observe(time.perf_counter() - start)
        return response


class _WorkCollector(Collector):
    """Collects uploads by state, the queue length and stale indicators."""

    def collect(self) -> Iterator[Metric]:
        yield _gauge("queue_length", "Tasks that wait for a worker.", queue_length())
        now = timezone.now()
        with acting_as_system("监控"):
            states = dict(Upload.objects.values_list("state").annotate(Count("pk")))
            begun = dict(Upload.objects.at_work().values_list("pk", "created_at"))
            stale = rollup.list_stale_indicators()
        uploads = GaugeMetricFamily("redcross_uploads", "Uploads by state.", labels=["state"])
        for state in UploadState.values:
            uploads.add_metric([state.lower()], states.get(state, 0))
        yield uploads
        last = [progress.last_heartbeat(pk) or at.timestamp() for pk, at in begun.items()]
        silence = max((now.timestamp() - moment for moment in last), default=0.0)
        text = "Longest silence, in seconds, of an upload in work; over 90 its worker is gone."
        yield _gauge("oldest_heartbeat_seconds", text, max(silence, 0.0))
        text = "Seconds since beat and a worker last swept; over 120 one of them is gone."
        yield _gauge("last_sweep_seconds", text, recovery.seconds_since_last_run(now=now))
        text = "Indicators whose cells were counted by another declaration; more than 0 is wrong."
        yield _gauge("indicators_stale", text, len(stale))


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"redcross_{name}", text, value=value)


def queue_length() -> int:
    """Return the number of waiting tasks; raise kombu's OperationalError without a queue."""
    cache.get("queue")  # starts the embedded server, if it is used
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, timeout=2)
        channel: Any = connection.default_channel  # its type stub has no queue
        declaration = channel.queue_declare(app.conf.task_default_queue)
    return int(declaration.message_count)


def may_read_metrics(request: HttpRequest) -> bool:
    """Return whether a request may read metrics: by token, else from this machine only.

    Requests through the proxy come from this machine too, but have forwarding headers.
    """
    if settings.METRICS_TOKEN:
        header = request.headers.get("Authorization", "")
        return constant_time_compare(header, f"Bearer {settings.METRICS_TOKEN}")
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_X_FORWARDED_PROTO" in request.META
    return request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not forwarded


def render_metrics() -> bytes:
    """Return all metrics in the text format of Prometheus."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(_requests)
        registry.register(_seconds)
    registry.register(_WorkCollector())
    return generate_latest(registry)
