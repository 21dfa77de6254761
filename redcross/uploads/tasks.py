"""The road's steps in a worker."""

import contextlib
import datetime as dt
from typing import Any

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from redcross.accounts.models import User
from redcross.accounts.tasks import ScopedTask
from redcross.uploads.choices import PendingAction, UploadState
from redcross.uploads.intake import recognition, recovery
from redcross.uploads.models import DroppedFile, Upload
from redcross.uploads.workflow import apply, check, pending_actions, progress


class PipelineTask(ScopedTask):
    """Opens its own durable transactions; the person comes as an argument."""

    abstract = True
    opens_own_scope = True


@shared_task(name="uploads.check", base=PipelineTask, acks_late=True)
def check_upload(*, upload_id: int, user_id: int) -> None:
    """Check what was uploaded."""
    check.check_upload(upload_id, user=User.objects.get(pk=user_id), now=timezone.now())


@shared_task(name="uploads.recognise", base=PipelineTask, acks_late=True)
def recognize_dropped_file(*, dropped_file_id: int, user_id: int) -> None:
    """Guess what a dropped file is."""
    user = User.objects.get(pk=user_id)
    recognition.recognize_dropped_file(dropped_file_id, user=user, now=timezone.now())


@shared_task(name="uploads.load", base=PipelineTask, acks_late=True)
def apply_upload(*, upload_id: int) -> None:
    """Make what was approved effective."""
    apply.apply_upload(upload_id, now=timezone.now())


@shared_task(name="uploads.turn", base=PipelineTask, acks_late=True)
def execute_pending_action(*, upload_id: int) -> None:
    """Take an upload back, or make an undone one effective again, as was asked."""
    pending_actions.execute_action(upload_id, now=timezone.now())


@shared_task(name="uploads.sweep", base=PipelineTask)
def sweep_uploads() -> None:
    """Take up what nobody works on any more."""
    requeue_stalled_work(now=timezone.now())


def requeue_stalled_work(*, now: dt.datetime) -> list[int]:
    """Send stalled work to a worker once more; return the uploads' ids."""
    stalled = recovery.collect_stalled_work(now=now)
    for dropped_file in stalled.dropped_files:
        send_recognition(dropped_file)
    for upload in stalled.uploads:
        enqueue_upload(upload)
    return [upload.pk for upload in stalled.uploads]


def enqueue_upload(upload: Upload) -> None:
    """Queue what the upload waits for."""
    if upload.pending_action:
        _send_task(execute_pending_action, upload.pk)
    elif upload.state == UploadState.LOADING:
        enqueue_apply(upload.pk)
    else:
        _send_task(check_upload, upload.pk, user_id=upload.uploaded_by_id)


def enqueue_check(upload: Upload, user_id: int) -> None:
    """Have an upload checked once the request's transaction stands."""
    pk = upload.pk
    transaction.on_commit(lambda: _send_task(check_upload, pk, user_id=user_id))


def enqueue_recognition(dropped_file: DroppedFile) -> None:
    """Send a dropped file to a worker when the transaction commits."""
    transaction.on_commit(lambda: send_recognition(dropped_file))


def send_recognition(dropped_file: DroppedFile) -> None:
    """Send a dropped file to a worker; without a broker the next sweep sends it."""
    with contextlib.suppress(OperationalError):
        recognize_dropped_file.delay(dropped_file_id=dropped_file.pk, user_id=dropped_file.owner_id)


def enqueue_apply(upload_id: int) -> None:
    """Have an approved upload made effective."""
    _send_task(apply_upload, upload_id)


def request_revert(upload: Upload, user: User) -> None:
    """Have an upload taken back, if this person may; raise RefusedError."""
    _request_action(upload, PendingAction.UNDO, user)


def request_restore(upload: Upload, user: User) -> None:
    """Have an undone upload made effective again, if this person may; raise RefusedError."""
    _request_action(upload, PendingAction.RESTORE, user)


def _request_action(upload: Upload, action: PendingAction, user: User) -> None:
    pk = pending_actions.request_action(upload.pk, action, user=user).pk
    transaction.on_commit(lambda: _send_task(execute_pending_action, pk))


def _send_task(task: "Task[Any, Any]", upload_id: int, **more: int) -> None:
    """Send a task; while no queue answers the upload's state keeps it for the sweeper."""
    progress.mark_waiting(upload_id)
    with contextlib.suppress(OperationalError):
        task.delay(upload_id=upload_id, **more)
