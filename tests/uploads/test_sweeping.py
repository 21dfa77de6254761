"""An upload whose worker died is found and taken up again; one at work is left alone."""

import datetime as dt
import os
import tempfile
from pathlib import Path

import pytest
from django.utils import timezone

from redcross.uploads import tasks
from redcross.uploads.choices import State
from redcross.uploads.files import scratch_dir
from redcross.uploads.models import Upload
from redcross.uploads.workflow import check, progress, services
from tests.caching import forget
from tests.ledger import ledger, ready, receive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet():
    forget()
    yield
    forget()


def test_a_check_that_was_cut_off_is_done_again(clerk, branch, now):
    upload = receive(clerk, branch("5301"), ledger(1), now=now)
    Upload.objects.filter(pk=upload.pk).update(state=State.CHECKING)

    assert tasks.requeue_stalled_work(now=timezone.now()) == [upload.pk]

    upload.refresh_from_db()
    assert upload.state == State.READY


def test_a_load_that_was_cut_off_is_done_once(clerk, reviewer, branch, now):
    upload = ready(clerk, branch("5301"), ledger(1), now=now)
    services.submit(upload.pk, user=clerk, now=now)
    services.approve(upload.pk, user=reviewer, now=now, then=lambda _: None)

    assert tasks.requeue_stalled_work(now=timezone.now()) == [upload.pk]
    assert tasks.requeue_stalled_work(now=timezone.now()) == []

    upload.refresh_from_db()
    assert upload.state == State.EFFECTIVE


def test_what_stands_in_the_queue_is_not_queued_again_at_once(clerk, branch, now):
    upload = receive(clerk, branch("5301"), ledger(1), now=now)
    progress.wait(upload.pk)
    moment = timezone.now()

    early = tasks.requeue_stalled_work(
        now=moment + dt.timedelta(seconds=progress.SILENT_AFTER - 10)
    )
    late = tasks.requeue_stalled_work(now=moment + dt.timedelta(seconds=progress.SILENT_AFTER + 10))

    assert (early, late) == ([], [upload.pk])


def test_what_somebody_works_on_is_left_alone(clerk, branch, now):
    upload = receive(clerk, branch("5301"), ledger(1), now=now)

    with progress.heartbeat(upload.pk):
        assert tasks.requeue_stalled_work(now=timezone.now()) == []


def test_what_a_killed_worker_had_laid_open_is_swept_away():
    folder = Path(tempfile.mkdtemp(prefix=scratch_dir._PREFIX))
    (folder / "workbook.xlsx").write_bytes(b"open")
    os.utime(folder, (0, 0))

    tasks.requeue_stalled_work(now=timezone.now())

    assert not folder.exists()


def test_a_check_that_nobody_foresaw_to_fail_ends_and_is_not_sent_round_for_ever(
    clerk, branch, now
):
    upload = receive(clerk, branch("5301"), ledger(1), now=now)
    Path(upload.file.path).unlink()  # a disk that lost a file, say

    checked = check.check(upload.pk, user=clerk, now=now)

    assert (checked.state, checked.code) == (State.FAILED, "check.failed")
    assert "批次号" in checked.message
    assert tasks.requeue_stalled_work(now=timezone.now()) == []
