"""Apply an approved upload: its rows become effective in one durable transaction."""

import contextlib
import dataclasses
import datetime as dt

import polars as pl
from django.db import DatabaseError, transaction

from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system, acting_for, vault_scope
from redcross.errors import RefusedError
from redcross.locks.services import share_period_locks
from redcross.uploads.choices import UploadMode, UploadState
from redcross.uploads.database.diff import Comparison
from redcross.uploads.database.staging import analyze_if_grown, disable_seqscan, stage_rows
from redcross.uploads.database.upsert import (
    create_new_names,
    delete_missing,
    history_context,
    insert_parents,
    lock_branches,
    resolve_new_names,
    upsert_rows,
)
from redcross.uploads.files import storage
from redcross.uploads.models import Upload
from redcross.uploads.preparing.check_result import Stopwatch
from redcross.uploads.preparing.prepare import diff_with_database
from redcross.uploads.schema.sheet import Sheet
from redcross.uploads.workflow import progress
from redcross.uploads.workflow.check_results import changes_to_json
from redcross.uploads.workflow.database_errors import (
    describe_error,
    is_connection_lost,
    retry_on_deadlock,
)
from redcross.uploads.workflow.transitions import change_state, lock_upload


@dataclasses.dataclass(frozen=True, slots=True)
class ApplyResult:
    """The upload and the numbers of rows written; none where it has to be reviewed again."""

    upload: Upload
    inserted: int = 0
    changed: int = 0
    deleted: int = 0
    needs_rereview: bool = False


def apply_upload(upload_id: int, *, now: dt.datetime) -> ApplyResult:
    """Make the upload's rows effective, together with its state or not at all.

    Called again for the same upload it does nothing. Where the difference to the database is
    no longer the one the reviewer saw, nothing is written and the upload goes back to 待审核.
    Raise RefusedError where the database rejects the rows; the upload is then FAILED.
    """
    approver = _approver(upload_id)
    watch = Stopwatch(lambda step, rows: progress.report_step(upload_id, step, rows))
    with progress.heartbeat(upload_id):
        try:
            result = retry_on_deadlock(lambda: _apply(upload_id, approver, watch, now))
        except DatabaseError as error:
            if is_connection_lost(error):
                raise  # the upload stays LOADING: the sweep sends it again
            _mark_failed(upload_id, approver, now, error)
            raise RefusedError(*describe_error(error)) from error
    progress.report_step(upload_id, "done", result.inserted + result.changed)
    analyze_if_grown(result.upload.declared, result.inserted)
    return result


def _approver(upload_id: int) -> User:
    with acting_as_system("找到审核人"):
        upload = Upload.objects.select_related("approved_by", "uploaded_by").get(pk=upload_id)
    return upload.approved_by or upload.uploaded_by


def _apply(upload_id: int, approver: User, watch: Stopwatch, now: dt.datetime) -> ApplyResult:
    with acting_for(approver, durable=True), vault_scope():
        upload = lock_upload(upload_id)
        if upload.state != UploadState.LOADING:
            return ApplyResult(upload)
        sheet = upload.declared
        frame = resolve_new_names(sheet, storage.load_frame(upload.rows_file))
        branches = frame["branch"].unique().to_list() if frame.height else []
        lock_branches([*branches, upload.branch_id])
        share_period_locks(sheet.domain)
        with history_context(upload, "load") as context:
            written = _write_rows(upload, sheet, frame, watch)
            if isinstance(written, Comparison):
                return _return_for_rereview(upload, written, now)
            inserted, changed = written
            deleted = 0
            if upload.delete_missing and upload.mode == UploadMode.REPLACE:
                deleted = delete_missing(upload, sheet)
            upload.context_id, upload.undo_context_id = context, None
            upload.effective_at = now
            upload.pending_action, upload.pending_action_by = "", None
            upload.seconds = {**upload.seconds, **watch.seconds}
            upload.code = upload.message = ""
            change_state(upload, UploadState.EFFECTIVE, by=approver, now=now)
    return ApplyResult(upload, inserted, changed, deleted)


class _RowsChangedError(Exception):
    """A row that was new to the reviewer exists by now."""


def _write_rows(
    upload: Upload, sheet: Sheet, frame: pl.DataFrame, watch: Stopwatch
) -> tuple[int, int] | Comparison:
    """Write the rows and return how many are new and changed.

    Where the difference is no longer the reviewed one, write nothing and return the new one.
    """
    if _was_all_new(upload, frame):
        # The upsert itself tells whether every row is still new: no need to compare first.
        with contextlib.suppress(_RowsChangedError), transaction.atomic():
            with watch.step("stage", frame.height):
                disable_seqscan(sheet)
                staged = stage_rows(sheet, frame)
            with watch.step("load", frame.height):
                create_new_names(sheet, frame)
                insert_parents(upload, sheet, staged)
                inserted, changed = upsert_rows(upload, sheet, staged)
            if inserted != frame.height:
                raise _RowsChangedError
            return inserted, changed
    comparison = diff_with_database(upload, sheet, frame, watch)
    if _differs_from_reviewed(upload, comparison):
        return comparison
    if comparison.staged is None or frame.is_empty():
        return 0, 0
    with watch.step("load", frame.height):
        create_new_names(sheet, frame)
        insert_parents(upload, sheet, comparison.staged)
        return upsert_rows(upload, sheet, comparison.staged)


def _was_all_new(upload: Upload, frame: pl.DataFrame) -> bool:
    return upload.mode == UploadMode.APPEND and 0 < frame.height == upload.changes.get("new")


def _differs_from_reviewed(upload: Upload, comparison: Comparison) -> bool:
    """Tell whether the reviewer saw another difference than the present one."""
    return bool(upload.changes) and comparison.counts != upload.changes


def _return_for_rereview(upload: Upload, comparison: Comparison, now: dt.datetime) -> ApplyResult:
    upload.approved_by = None
    upload.changes = comparison.counts
    upload.message = "审核期间已有数据发生变化，请按新的变化对比重新审核。"
    storage.store_json(upload.changes_file, changes_to_json(comparison))
    change_state(upload, UploadState.SUBMITTED, by=None, now=now, remark=upload.message)
    return ApplyResult(upload, needs_rereview=True)


def _mark_failed(upload_id: int, user: User, now: dt.datetime, error: DatabaseError) -> None:
    """Store why the upload could not be applied; one that was effective before stays UNDONE."""
    code, message = describe_error(error)
    with acting_for(user), transaction.atomic():
        upload = lock_upload(upload_id)
        if upload.state != UploadState.LOADING:
            return
        state = UploadState.UNDONE if upload.undo_context_id else UploadState.FAILED
        upload.code, upload.message = code, message
        if state == UploadState.FAILED:
            upload.approved_by = None
        change_state(upload, state, by=None, now=now, remark=message)
