"""The road's steps in a worker."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from redcross.accounts.models import User
from redcross.accounts.tasks import ScopedTask
from redcross.uploads import checking, effecting, progress, sweeping
from redcross.uploads.models import Upload


class RoadTask(ScopedTask):
    """Opens its own durable transactions; the person comes as an argument."""

    abstract = True
    opens_own_scope = True


@shared_task(name="uploads.check", base=RoadTask, acks_late=True)
def check_upload(*, upload_id: int, user_id: int) -> None:
    """Check what was uploaded."""
    checking.check(upload_id, user=User.objects.get(pk=user_id), now=timezone.now())


@shared_task(name="uploads.load", base=RoadTask, acks_late=True)
def load_upload(*, upload_id: int) -> None:
    """Make what was approved effective."""
    effecting.load(upload_id, now=timezone.now())


@shared_task(name="uploads.undo", base=RoadTask, acks_late=True)
def undo_upload(*, upload_id: int, user_id: int) -> None:
    """Take an upload back."""
    try:
        effecting.undo(upload_id, user=User.objects.get(pk=user_id), now=timezone.now())
    finally:
        progress.end_turn(upload_id)


def check_later(upload: Upload, user_id: int) -> None:
    """Have an upload checked once the request's transaction stands."""
    pk = upload.pk
    transaction.on_commit(lambda: check_upload.delay(upload_id=pk, user_id=user_id))


def load_later(upload_id: int) -> None:
    """Have an approved upload made effective."""
    load_upload.delay(upload_id=upload_id)


def undo_later(upload: Upload, user: User) -> None:
    """Have an upload taken back, if this person may; raise RefusedError."""
    effecting.require_undoable(upload, user)
    pk, user_id = upload.pk, user.pk
    progress.begin_turn(pk, "undo")
    transaction.on_commit(lambda: undo_upload.delay(upload_id=pk, user_id=user_id))


@shared_task(name="uploads.restore", base=RoadTask, acks_late=True)
def restore_upload(*, upload_id: int, user_id: int) -> None:
    """Make an undone upload effective again."""
    try:
        effecting.restore(upload_id, user=User.objects.get(pk=user_id), now=timezone.now())
    finally:
        progress.end_turn(upload_id)


@shared_task(name="uploads.sweep", base=RoadTask)
def sweep_uploads() -> None:
    """Take up what nobody works on any more."""
    sweeping.sweep()
