"""Undoing and restoring in a worker: asked for once, done once, whoever dies in between.

What was asked stands in the upload's row until it is done or refused. A message that a
dead worker left behind, and that the queue hands out an hour later, finds nothing to do.
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
from redcross.uploads.workflow import apply


@transaction.atomic
def request_action(upload_id: int, action: PendingAction, *, user: User) -> Upload:
    """Note what a worker shall do, if this person may have it done; raise RefusedError."""
    upload = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("branch__parent")
        .get(pk=upload_id)
    )
    if upload.pending_action:
        raise RefusedError(
            "upload.in_turn", f"{upload.get_pending_action_display()}，请等它完成后再办理。"
        )
    match action:
        case PendingAction.UNDO:
            apply.require_revertible(upload, user)
        case PendingAction.RESTORE:
            apply.require_restorable(upload, user)
    upload.pending_action, upload.pending_action_by = action, user
    upload.save(update_fields=["pending_action", "pending_action_by"])
    return upload


def execute_action(upload_id: int, *, now: dt.datetime) -> None:
    """Do what was asked of the upload; nothing where it is done already.

    What can no longer be done is told to the person who asked.
    """
    with acting_as_system("作废或恢复"):
        upload = Upload.objects.select_related("pending_action_by").get(pk=upload_id)
    user = upload.pending_action_by
    if user is None:
        return
    try:
        match PendingAction(upload.pending_action):
            case PendingAction.UNDO:
                apply.revert_upload(upload_id, user=user, now=now)
            case PendingAction.RESTORE:
                apply.restore_upload(upload_id, user=user, now=now)
    except RefusedError as error:
        _cancel_action(upload_id, user, error, now)


def _cancel_action(upload_id: int, user: User, error: RefusedError, now: dt.datetime) -> None:
    with acting_as_system("作废或恢复未成"):
        upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id)
        if upload.pending_action:
            upload.pending_action, upload.pending_action_by = "", None
            upload.save(update_fields=["pending_action", "pending_action_by"])
        link = reverse("upload", kwargs={"pk": upload_id})
        notify([user], f"批次{upload_id}未能办理：{error}", link=link, now=now)
