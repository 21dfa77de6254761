"""Undoing and restoring in a worker: asked for once, done once, whoever dies in between.

What was asked stands in the upload's row until it is done or refused. A message that a
dead worker left behind, and that the queue hands out an hour later, finds nothing to do.
"""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system
from redcross.notices.services import tell
from redcross.uploads.choices import Turn
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply
from redcross.uploads.workflow.services import RefusedError


@transaction.atomic
def ask(upload_id: int, turn: Turn, *, user: User) -> Upload:
    """Note what a worker shall do, if this person may have it done; raise RefusedError."""
    upload = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("branch__parent")
        .get(pk=upload_id)
    )
    if upload.turn:
        raise RefusedError("upload.in_turn", f"{upload.get_turn_display()}，请等它完成后再办理。")
    match turn:
        case Turn.UNDO:
            apply.require_undoable(upload, user)
        case Turn.RESTORE:
            apply.require_restorable(upload, user)
    upload.turn, upload.turn_by = turn, user
    upload.save(update_fields=["turn", "turn_by"])
    return upload


def take(upload_id: int, *, now: dt.datetime) -> None:
    """Do what was asked of the upload; nothing where it is done already.

    What can no longer be done is told to the person who asked.
    """
    with acting_as_system("作废或恢复"):
        upload = Upload.objects.select_related("turn_by").get(pk=upload_id)
    user = upload.turn_by
    if user is None:
        return
    try:
        match Turn(upload.turn):
            case Turn.UNDO:
                apply.undo(upload_id, user=user, now=now)
            case Turn.RESTORE:
                apply.restore(upload_id, user=user, now=now)
    except RefusedError as error:
        _refuse(upload_id, user, error, now)


def _refuse(upload_id: int, user: User, error: RefusedError, now: dt.datetime) -> None:
    with acting_as_system("作废或恢复未成"):
        upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id)
        if upload.turn:
            upload.turn, upload.turn_by = "", None
            upload.save(update_fields=["turn", "turn_by"])
        link = reverse("upload", kwargs={"pk": upload_id})
        tell([user], f"批次{upload_id}未能办理：{error}", link=link, now=now)
