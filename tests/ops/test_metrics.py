"""The metrics page: what it reports, and to whom it answers."""

import datetime as dt
import re

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from redcross.uploads import tasks
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from tests.support.cache import clear_test_cache
from tests.support.gift_ledger import create_upload, ledger_workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_uploads():
    clear_test_cache()
    yield
    clear_test_cache()


def read_metrics(client=None, **headers):
    """Return every metric's value by its name and labels."""
    response = (client or Client()).get("/metrics", **headers)
    assert response.status_code == 200, response.status_code
    pairs = re.findall(r"^(redcross_\S+(?: \S+)*) (\S+)$", response.content.decode(), re.MULTILINE)
    return {name: float(value) for name, value in pairs}


def test_metrics_report_uploads_and_figures(clerk, branch):
    hour_ago = timezone.now() - dt.timedelta(hours=1)
    for amount in (1, 2, 3):
        create_upload(clerk, branch("5301"), ledger_workbook(amount), now=hour_ago)
    Upload.objects.filter(pk=Upload.objects.latest("pk").pk).update(state=UploadState.READY)

    metrics = read_metrics()

    assert metrics['redcross_uploads{state="received"}'] == 2
    assert metrics['redcross_uploads{state="ready"}'] == 1
    assert metrics['redcross_uploads{state="effective"}'] == 0
    assert 3600 <= metrics["redcross_oldest_heartbeat_seconds"] < 3700
    assert metrics["redcross_indicators_stale"] == 0
    assert metrics["redcross_queue_length"] >= 0


def test_metrics_report_the_last_sweep_of_beat_and_worker(clerk):
    before = read_metrics()["redcross_last_sweep_seconds"]

    tasks.requeue_stalled_work(now=timezone.now())

    assert (before, read_metrics()["redcross_last_sweep_seconds"] < 60) == (float("inf"), True)


def test_metrics_count_responses_by_status_without_monitor_requests():
    name = 'redcross_requests_total{method="GET",status="404"}'
    before = read_metrics().get(name, 0)

    Client().get("/no-such-page/")

    assert read_metrics()[name] == before + 1
    assert not [line for line in read_metrics() if "metrics" in line]


def test_metrics_are_refused_without_local_address_or_token(settings):
    outside = {"REMOTE_ADDR": "10.1.2.3"}
    by_proxy = {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}

    refused = [Client().get("/metrics", **headers).status_code for headers in (outside, by_proxy)]
    settings.METRICS_TOKEN = "t" * 48
    bare = Client().get("/metrics").status_code
    wrong = Client().get("/metrics", HTTP_AUTHORIZATION="Bearer x").status_code
    right = read_metrics(HTTP_AUTHORIZATION=f"Bearer {'t' * 48}", **outside, **by_proxy)

    assert (refused, bare, wrong) == ([404, 404], 404, 404)
    assert right


def test_readiness_fails_with_unapplied_migrations():
    MigrationRecorder.Migration.objects.filter(app="uploads", name="0001_initial").delete()

    response = Client().get("/ready/")

    assert response.status_code == 503
    assert response.json() == {"status": "migrations", "missing": ["uploads.0001_initial"]}
