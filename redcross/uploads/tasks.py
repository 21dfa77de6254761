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
from redcross.uploads.choices import State, Turn
from redcross.uploads.intake import drafts, recovery
from redcross.uploads.models import Parcel, Upload
from redcross.uploads.workflow import apply, check, pending_actions, progress


class RoadTask(ScopedTask):
    """Opens its own durable transactions; the person comes as an argument."""

    abstract = True
    opens_own_scope = True


@shared_task(name="uploads.check", base=RoadTask, acks_late=True)
def check_upload(*, upload_id: int, user_id: int) -> None:
    """Check what was uploaded."""
    check.check(upload_id, user=User.objects.get(pk=user_id), now=timezone.now())


@shared_task(name="uploads.recognise", base=RoadTask, acks_late=True)
def recognise_parcel(*, parcel_id: int, user_id: int) -> None:
    """Guess what a dropped file is."""
    drafts.recognise(parcel_id, user=User.objects.get(pk=user_id), now=timezone.now())


@shared_task(name="uploads.load", base=RoadTask, acks_late=True)
def load_upload(*, upload_id: int) -> None:
    """Make what was approved effective."""
    apply.load(upload_id, now=timezone.now())


@shared_task(name="uploads.turn", base=RoadTask, acks_late=True)
def turn_upload(*, upload_id: int) -> None:
    """Take an upload back, or make an undone one effective again, as was asked."""
    pending_actions.take(upload_id, now=timezone.now())


@shared_task(name="uploads.sweep", base=RoadTask)
def sweep_uploads() -> None:
    """Take up what nobody works on any more."""
    requeue_stalled_work(now=timezone.now())


def requeue_stalled_work(*, now: dt.datetime) -> list[int]:
    """Send stalled uploads and drafts to a worker once more; return the uploads' ids."""
    stalled = recovery.collect_stalled_work(now=now)
    for draft in stalled.drafts:
        recognise_again(draft)
    for upload in stalled.uploads:
        send(upload)
    return [upload.pk for upload in stalled.uploads]


def send(upload: Upload) -> None:
    """Queue what the upload waits for."""
    if upload.turn:
        _queue(turn_upload, upload.pk)
    elif upload.state == State.LOADING:
        load_later(upload.pk)
    else:
        _queue(check_upload, upload.pk, user_id=upload.uploaded_by_id)


def check_later(upload: Upload, user_id: int) -> None:
    """Have an upload checked once the request's transaction stands."""
    pk = upload.pk
    transaction.on_commit(lambda: _queue(check_upload, pk, user_id=user_id))


def recognise_later(parcel: Parcel) -> None:
    """Have a dropped file read once the request's transaction stands."""
    transaction.on_commit(lambda: recognise_again(parcel))


def recognise_again(parcel: Parcel) -> None:
    """Have a dropped file read; while no queue answers its state keeps it for the sweeper."""
    with contextlib.suppress(OperationalError):
        recognise_parcel.delay(parcel_id=parcel.pk, user_id=parcel.owner_id)


def load_later(upload_id: int) -> None:
    """Have an approved upload made effective."""
    _queue(load_upload, upload_id)


def undo_later(upload: Upload, user: User) -> None:
    """Have an upload taken back, if this person may; raise RefusedError."""
    _turn_later(upload, Turn.UNDO, user)


def restore_later(upload: Upload, user: User) -> None:
    """Have an undone upload made effective again, if this person may; raise RefusedError."""
    _turn_later(upload, Turn.RESTORE, user)


def _turn_later(upload: Upload, turn: Turn, user: User) -> None:
    pk = pending_actions.ask(upload.pk, turn, user=user).pk
    transaction.on_commit(lambda: _queue(turn_upload, pk))


def _queue(task: "Task[Any, Any]", upload_id: int, **more: int) -> None:
    """Send a task; while no queue answers the upload's state keeps it for the sweeper."""
    progress.wait(upload_id)
    with contextlib.suppress(OperationalError):
        task.delay(upload_id=upload_id, **more)
