"""Recovery of uploads whose worker died; one in progress is left alone."""

import datetime as dt
import os
import tempfile
from pathlib import Path

import pytest
from django.utils import timezone

from redcross.uploads import tasks
from redcross.uploads.choices import UploadState
from redcross.uploads.files import scratch_dir
from redcross.uploads.models import Upload
from redcross.uploads.workflow import check, progress, services
from tests.support.cache import clear_test_cache
from tests.support.gift_ledger import create_checked_upload, create_upload, ledger_workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_uploads():
    clear_test_cache()
    yield
    clear_test_cache()


def test_interrupted_check_is_queued_again(clerk, branch, now):
    upload = create_upload(clerk, branch("5301"), ledger_workbook(1), now=now)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.CHECKING)

    assert tasks.requeue_stalled_work(now=timezone.now()) == [upload.pk]

    upload.refresh_from_db()
    assert upload.state == UploadState.READY


def test_interrupted_load_is_completed_once(clerk, reviewer, branch, now):
    upload = create_checked_upload(clerk, branch("5301"), ledger_workbook(1), now=now)
    services.submit(upload.pk, user=clerk, now=now)
    services.approve(upload.pk, user=reviewer, now=now)

    assert tasks.requeue_stalled_work(now=timezone.now()) == [upload.pk]
    assert tasks.requeue_stalled_work(now=timezone.now()) == []

    upload.refresh_from_db()
    assert upload.state == UploadState.EFFECTIVE


def test_queued_upload_is_not_queued_again_at_once(clerk, branch, now):
    upload = create_upload(clerk, branch("5301"), ledger_workbook(1), now=now)
    progress.mark_waiting(upload.pk)
    moment = timezone.now()

    early = tasks.requeue_stalled_work(
        now=moment + dt.timedelta(seconds=progress.STALLED_SECONDS - 10)
    )
    late = tasks.requeue_stalled_work(
        now=moment + dt.timedelta(seconds=progress.STALLED_SECONDS + 10)
    )

    assert (early, late) == ([], [upload.pk])


def test_upload_in_progress_is_left_alone_by_recovery(clerk, branch, now):
    upload = create_upload(clerk, branch("5301"), ledger_workbook(1), now=now)

    with progress.heartbeat(upload.pk):
        assert tasks.requeue_stalled_work(now=timezone.now()) == []


def test_decrypted_files_of_a_killed_worker_are_deleted():
    folder = Path(tempfile.mkdtemp(prefix=scratch_dir._PREFIX))
    (folder / "workbook.xlsx").write_bytes(b"open")
    os.utime(folder, (0, 0))

    tasks.requeue_stalled_work(now=timezone.now())

    assert not folder.exists()


def test_check_failing_unexpectedly_ends_and_is_not_queued_forever(clerk, branch, now):
    upload = create_upload(clerk, branch("5301"), ledger_workbook(1), now=now)
    Path(upload.file.path).unlink()  # a disk that lost a file, say

    checked = check.check_upload(upload.pk, user=clerk, now=now)

    assert (checked.state, checked.code) == (UploadState.FAILED, "check.failed")
    assert "批次号" in checked.message
    assert tasks.requeue_stalled_work(now=timezone.now()) == []
