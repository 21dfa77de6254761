"""Revert an effective upload, or apply an undone one again: one durable transaction each."""

import datetime as dt

from django.db import DatabaseError

from redcross.accounts.models import User
from redcross.accounts.scope import acting_for, vault_scope
from redcross.errors import RefusedError
from redcross.locks.services import share_period_locks
from redcross.uploads import rules
from redcross.uploads.choices import UploadState
from redcross.uploads.database.revert import RevertResult, revert_rows
from redcross.uploads.database.upsert import history_context, lock_branches
from redcross.uploads.models import Upload
from redcross.uploads.workflow import progress
from redcross.uploads.workflow.apply import ApplyResult, apply_upload
from redcross.uploads.workflow.database_errors import (
    describe_error,
    is_connection_lost,
    retry_on_deadlock,
)
from redcross.uploads.workflow.transitions import change_state, lock_upload

_MAX_LISTED = 10


def revert_upload(upload_id: int, *, user: User, now: dt.datetime) -> RevertResult:
    """Revert an effective upload; rows that others have changed or refer to stay, and are listed.

    Raise RefusedError where this person may not, or later uploads depend on it.
    """
    with acting_for(user):
        upload = Upload.objects.select_related("branch__parent").get(pk=upload_id)
        require_revertible(upload, user)
    with progress.heartbeat(upload_id):
        try:
            return retry_on_deadlock(lambda: _revert(upload_id, user, now))
        except DatabaseError as error:
            if is_connection_lost(error):
                raise
            raise RefusedError(*describe_error(error)) from error


def restore_upload(upload_id: int, *, user: User, now: dt.datetime) -> ApplyResult:
    """Apply the stored rows of an undone upload again; raise RefusedError."""
    with acting_for(user):
        upload = lock_upload(upload_id)
        require_restorable(upload, user)
        upload.changes = {}
        upload.pending_action, upload.pending_action_by = "", None
        change_state(upload, UploadState.LOADING, by=user, now=now, remark="恢复")
    return apply_upload(upload_id, now=now)


def require_revertible(upload: Upload, user: User) -> None:
    """Raise RefusedError unless this person may revert this upload now."""
    if not upload.is_effective:
        raise RefusedError(
            "upload.not_effective",
            f"该批次当前为“{upload.get_state_display()}”，只有已生效的批次可以作废。",
        )
    if not rules.may_revert(user, upload):
        raise RefusedError("upload.not_yours", "您没有作废这一批次的权限。")
    later = later_dependent_uploads(upload)
    if later:
        listed = "、".join(map(str, later[:_MAX_LISTED]))
        raise RefusedError("upload.stood_on", f"其后还有已生效的批次 {listed}，请先作废这些批次。")


def require_restorable(upload: Upload, user: User) -> None:
    """Raise RefusedError unless this person may apply this undone upload again."""
    if not upload.is_undone:
        raise RefusedError("upload.not_undone", "只有已作废的批次可以恢复。")
    if not rules.may_revert(user, upload):
        raise RefusedError("upload.not_yours", "您没有恢复这一批次的权限。")


def later_dependent_uploads(upload: Upload) -> list[int]:
    """Return the later effective uploads of the same sheet, branch and months, newest first."""
    later = Upload.objects.effective().filter(
        sheet=upload.sheet,
        branch=upload.branch,
        first_month__lte=upload.last_month,
        last_month__gte=upload.first_month,
        effective_at__gte=upload.effective_at,
    )
    later = later.exclude(pk=upload.pk).exclude(effective_at=upload.effective_at, pk__lt=upload.pk)
    return list(later.order_by("-effective_at").values_list("pk", flat=True))


def _revert(upload_id: int, user: User, now: dt.datetime) -> RevertResult:
    with acting_for(user, durable=True), vault_scope():
        upload = lock_upload(upload_id)
        require_revertible(upload, user)
        sheet = upload.declared
        branches = sheet.model.objects.filter(upload=upload).values_list("branch_id", flat=True)
        lock_branches([*branches.distinct(), upload.branch_id])
        # While this waited for the branch, a later upload may have become effective.
        require_revertible(upload, user)
        share_period_locks(sheet.domain)
        with history_context(upload, "undo") as context:
            result = revert_rows(upload, sheet)
            upload.undo_context_id = context
            upload.pending_action, upload.pending_action_by = "", None
            change_state(
                upload, UploadState.UNDONE, by=user, now=now, remark=_describe_result(result)
            )
    return result


def _describe_result(result: RevertResult) -> str:
    text = f"还原 {result.restored} 行，删除 {result.deleted} 行"
    return f"{text}，保留 {len(result.kept_rows)} 行" if result.kept_rows else text
