"""What monitors hear, and that nobody else hears it."""

import datetime as dt
import re

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from redcross.uploads import tasks
from redcross.uploads.choices import State
from redcross.uploads.models import Upload
from tests.caching import forget
from tests.ledger import ledger, receive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet():
    forget()
    yield
    forget()


def told(client=None, **headers):
    """Return every metric's value by its name and labels."""
    response = (client or Client()).get("/metrics", **headers)
    assert response.status_code == 200, response.status_code
    pairs = re.findall(r"^(redcross_\S+(?: \S+)*) (\S+)$", response.content.decode(), re.MULTILINE)
    return {name: float(value) for name, value in pairs}


def test_a_monitor_hears_how_uploads_and_figures_stand(clerk, branch):
    hour_ago = timezone.now() - dt.timedelta(hours=1)
    for amount in (1, 2, 3):
        receive(clerk, branch("5301"), ledger(amount), now=hour_ago)
    Upload.objects.filter(pk=Upload.objects.latest("pk").pk).update(state=State.READY)

    metrics = told()

    assert metrics['redcross_uploads{state="received"}'] == 2
    assert metrics['redcross_uploads{state="ready"}'] == 1
    assert metrics['redcross_uploads{state="effective"}'] == 0
    assert 3600 <= metrics["redcross_oldest_heartbeat_seconds"] < 3700
    assert metrics["redcross_indicators_stale"] == 0
    assert metrics["redcross_queue_length"] >= 0


def test_a_sweep_shows_that_beat_and_a_worker_live(clerk):
    before = told()["redcross_last_sweep_seconds"]

    tasks.requeue_stalled_work(now=timezone.now())

    assert (before, told()["redcross_last_sweep_seconds"] < 60) == (float("inf"), True)


def test_answers_are_counted_by_status_and_those_to_the_monitor_are_not():
    name = 'redcross_requests_total{method="GET",status="404"}'
    before = told().get(name, 0)

    Client().get("/no-such-page/")

    assert told()[name] == before + 1
    assert not [each for each in told() if "metrics" in each]


def test_only_the_machine_itself_or_who_bears_the_token_may_listen(settings):
    outside = {"REMOTE_ADDR": "10.1.2.3"}
    by_proxy = {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}

    refused = [Client().get("/metrics", **each).status_code for each in (outside, by_proxy)]
    settings.METRICS_TOKEN = "t" * 48
    bare = Client().get("/metrics").status_code
    wrong = Client().get("/metrics", HTTP_AUTHORIZATION="Bearer x").status_code
    right = told(HTTP_AUTHORIZATION=f"Bearer {'t' * 48}", **outside, **by_proxy)

    assert (refused, bare, wrong) == ([404, 404], 404, 404)
    assert right


def test_a_portal_whose_tables_are_older_than_its_program_is_not_ready():
    MigrationRecorder.Migration.objects.filter(app="uploads", name="0001_initial").delete()

    response = Client().get("/ready/")

    assert response.status_code == 503
    assert response.json() == {"status": "migrations", "missing": ["uploads.0001_initial"]}
