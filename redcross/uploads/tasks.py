"""The steps of an upload that a worker carries out, and how they are sent to one."""

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
    """Opens its own durable transactions; the person is an argument."""

    abstract = True
    opens_own_scope = True


@shared_task(name="uploads.check", base=PipelineTask, acks_late=True)
def check_upload(*, upload_id: int, user_id: int) -> None:
    """Check an upload."""
    check.check_upload(upload_id, user=User.objects.get(pk=user_id), now=timezone.now())


@shared_task(name="uploads.recognise", base=PipelineTask, acks_late=True)
def recognize_dropped_file(*, dropped_file_id: int, user_id: int) -> None:
    """Guess what a dropped file is."""
    user = User.objects.get(pk=user_id)
    recognition.recognize_dropped_file(dropped_file_id, user=user, now=timezone.now())


@shared_task(name="uploads.load", base=PipelineTask, acks_late=True)
def apply_upload(*, upload_id: int) -> None:
    """Apply an approved upload."""
    apply.apply_upload(upload_id, now=timezone.now())


@shared_task(name="uploads.turn", base=PipelineTask, acks_late=True)
def execute_pending_action(*, upload_id: int) -> None:
    """Revert an upload, or restore an undone one, as was requested."""
    pending_actions.execute_action(upload_id, now=timezone.now())


@shared_task(name="uploads.sweep", base=PipelineTask)
def sweep_uploads() -> None:
    """Send work again whose worker died."""
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
    """Send the task that the upload waits for."""
    if upload.pending_action:
        _send_task(execute_pending_action, upload.pk)
    elif upload.state == UploadState.LOADING:
        _send_task(apply_upload, upload.pk)
    else:
        _send_task(check_upload, upload.pk, user_id=upload.uploaded_by_id)


def enqueue_check(upload: Upload, user_id: int) -> None:
    """Send an upload to be checked when the transaction commits."""
    pk = upload.pk
    transaction.on_commit(lambda: _send_task(check_upload, pk, user_id=user_id))


def enqueue_recognition(dropped_file: DroppedFile) -> None:
    """Send a dropped file to a worker when the transaction commits."""
    transaction.on_commit(lambda: send_recognition(dropped_file))


def send_recognition(dropped_file: DroppedFile) -> None:
    """Send a dropped file to a worker; without a broker the next sweep sends it."""
    with contextlib.suppress(OperationalError):
        recognize_dropped_file.delay(dropped_file_id=dropped_file.pk, user_id=dropped_file.owner_id)


def enqueue_apply(upload: Upload) -> None:
    """Send an approved upload to a worker when the transaction commits.

    Nothing is sent while it waits for a second reviewer.
    """
    pk = upload.pk
    if upload.state == UploadState.LOADING:
        transaction.on_commit(lambda: _send_task(apply_upload, pk))


def request_revert(upload: Upload, user: User) -> None:
    """Request that an upload be reverted, if this person may; raise RefusedError."""
    _request_action(upload, PendingAction.UNDO, user)


def request_restore(upload: Upload, user: User) -> None:
    """Request that an undone upload be applied again, if this person may; raise RefusedError."""
    _request_action(upload, PendingAction.RESTORE, user)


def _request_action(upload: Upload, action: PendingAction, user: User) -> None:
    pk = pending_actions.request_action(upload.pk, action, user=user).pk
    transaction.on_commit(lambda: _send_task(execute_pending_action, pk))


def _send_task(task: "Task[Any, Any]", upload_id: int, **more: int) -> None:
    """Send a task; without a broker the next sweep sends it, by the upload's state."""
    progress.mark_waiting(upload_id)
    with contextlib.suppress(OperationalError):
        task.delay(upload_id=upload_id, **more)
