"""Reverting and restoring in a worker: requested once, carried out once, even after a crash.

The request stands in the upload's row until it is carried out or refused. A task that a dead
worker left behind, and that the queue delivers again an hour later, finds nothing to do.
"""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system
from redcross.errors import RefusedError
from redcross.notices.services import notify
from redcross.uploads.choices import PendingAction
from redcross.uploads.models import Upload
from redcross.uploads.workflow import revert
from redcross.uploads.workflow.transitions import lock_upload


@transaction.atomic
def request_action(upload_id: int, action: PendingAction, *, user: User) -> Upload:
    """Store the request, if this person may make it now; raise RefusedError."""
    upload = lock_upload(upload_id)
    if upload.pending_action:
        message = f"{upload.get_pending_action_display()}，请等它完成后再办理。"
        raise RefusedError("upload.in_turn", message)
    match action:
        case PendingAction.UNDO:
            revert.require_revertible(upload, user)
        case PendingAction.RESTORE:
            revert.require_restorable(upload, user)
    upload.pending_action, upload.pending_action_by = action, user
    upload.save(update_fields=["pending_action", "pending_action_by"])
    return upload


def execute_action(upload_id: int, *, now: dt.datetime) -> None:
    """Carry out the request of the upload, if there is one.

    Where that is no longer possible, the person who made it is notified.
    """
    with acting_as_system("作废或恢复"):
        upload = Upload.objects.select_related("pending_action_by").get(pk=upload_id)
    user = upload.pending_action_by
    if user is None:
        return
    try:
        match PendingAction(upload.pending_action):
            case PendingAction.UNDO:
                revert.revert_upload(upload_id, user=user, now=now)
            case PendingAction.RESTORE:
                revert.restore_upload(upload_id, user=user, now=now)
    except RefusedError as error:
        _cancel_action(upload_id, user, error, now)


def _cancel_action(upload_id: int, user: User, error: RefusedError, now: dt.datetime) -> None:
    with acting_as_system("作废或恢复未成"):
        upload = lock_upload(upload_id)
        if upload.pending_action:
            upload.pending_action, upload.pending_action_by = "", None
            upload.save(update_fields=["pending_action", "pending_action_by"])
        link = reverse("upload", kwargs={"pk": upload_id})
        notify([user], f"批次{upload_id}未能办理：{error}", link=link, now=now)
