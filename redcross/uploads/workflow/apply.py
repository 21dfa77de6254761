"""An approved upload becomes effective, or is taken back: one durable transaction each."""

import contextlib
import dataclasses
import datetime as dt
import re
from typing import Any

import polars as pl
from django.apps import apps
from django.db import DatabaseError, OperationalError, connection, transaction

from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system, acting_for, vault_scope
from redcross.errors import RefusedError
from redcross.locks.triggers import LOCKED_SQLSTATE
from redcross.uploads import rules
from redcross.uploads.choices import UploadState
from redcross.uploads.database.diff import Comparison
from redcross.uploads.database.revert import RevertResult, revert_rows
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
from redcross.uploads.preparing.prepare import Stopwatch, diff_with_database
from redcross.uploads.schema.sheet import Sheet
from redcross.uploads.workflow import progress
from redcross.uploads.workflow.check import changes_to_json
from redcross.uploads.workflow.services import record_step

_DEADLOCK = "40P01"
_CONNECTION_LOST_CODES = frozenset({"", "08000", "08003", "08006", "57P01", "57P02", "57P03"})
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclasses.dataclass(frozen=True, slots=True)
class ApplyResult:
    """What a load did: rows written, or the new comparison that sends it back."""

    upload: Upload
    inserted: int = 0
    changed: int = 0
    deleted: int = 0
    needs_rereview: bool = False


def apply_upload(upload_id: int, *, now: dt.datetime) -> ApplyResult:
    """Make the upload's rows effective, together with its state or not at all.

    Called again for the same upload it does nothing. Where the database has moved since
    the reviewer looked, nothing is written and the upload goes back to 待审核.
    """
    approver = _approver(upload_id)
    watch = Stopwatch(lambda step, rows: progress.report_step(upload_id, step, rows))
    with progress.heartbeat(upload_id):
        try:
            loaded = _retry_on_deadlock(lambda: _apply(upload_id, approver, watch, now))
        except DatabaseError as error:
            if is_connection_lost(error):
                raise  # the upload stays LOADING: the sweeper has it loaded once more
            _mark_failed(upload_id, approver, now, error)
            raise RefusedError(*_describe_error(error)) from error
    progress.report_step(upload_id, "done", loaded.inserted + loaded.changed)
    analyze_if_grown(loaded.upload.declared, loaded.inserted)
    return loaded


def _apply(upload_id: int, approver: User, watch: Stopwatch, now: dt.datetime) -> ApplyResult:
    with acting_for(approver, durable=True), vault_scope():
        upload = (
            Upload.objects.select_for_update(of=("self",))
            .select_related("branch")
            .get(pk=upload_id)
        )
        if upload.state != UploadState.LOADING:
            return ApplyResult(upload)
        sheet = upload.declared
        frame = resolve_new_names(sheet, storage.load_frame(upload.rows_file))
        branches = frame["branch"].unique().to_list() if frame.height else []
        lock_branches([*branches, upload.branch_id])
        _share_period_locks(sheet.domain)
        with history_context(upload, "load") as context:
            written = _write_rows(upload, sheet, frame, watch)
            if isinstance(written, Comparison):
                return _return_for_rereview(upload, written, now)
            inserted, changed = written
            deleted = 0
            if upload.delete_missing and upload.mode == "replace":
                deleted = delete_missing(upload, sheet)
            upload.state, upload.context_id = UploadState.EFFECTIVE, context
            upload.effective_at, upload.undo_context_id = now, None
            upload.pending_action, upload.pending_action_by = "", None
            upload.seconds = {**upload.seconds, **watch.seconds}
            upload.code = upload.message = ""
            upload.save()
            record_step(upload, by=approver, now=now)
    return ApplyResult(upload, inserted, changed, deleted)


class _RowsChangedError(Exception):
    """A row the reviewer saw as new is there by now."""


def _write_rows(
    upload: Upload, sheet: Sheet, frame: pl.DataFrame, watch: Stopwatch
) -> tuple[int, int] | Comparison:
    """Write the rows and return how many are new and changed.

    Where the database has moved since the reviewer looked, nothing is written and the new
    comparison is returned instead.
    """
    if _was_all_new(upload, frame):
        # The upsert itself tells whether every row is new still: no need to compare first.
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
    return upload.mode == "append" and 0 < frame.height == upload.changes.get("new")


def _differs_from_reviewed(upload: Upload, comparison: Comparison) -> bool:
    """Tell whether the reviewer decided on another difference than today's."""
    return bool(upload.changes) and comparison.counts != upload.changes


def _return_for_rereview(upload: Upload, comparison: Comparison, now: dt.datetime) -> ApplyResult:
    upload.state, upload.approved_by = UploadState.SUBMITTED, None
    upload.changes = comparison.counts
    upload.message = "审核期间已有数据发生变化，请按新的变化对比重新审核。"
    storage.store_json(upload.changes_file, changes_to_json(comparison))
    upload.save()
    record_step(upload, by=None, now=now, remark=upload.message)
    return ApplyResult(upload, needs_rereview=True)


def revert_upload(upload_id: int, *, user: User, now: dt.datetime) -> RevertResult:
    """Take an effective upload back; what others have built on is kept and listed."""
    with acting_for(user):
        upload = Upload.objects.select_related("branch__parent").get(pk=upload_id)
        require_revertible(upload, user)
    with progress.heartbeat(upload_id):
        try:
            return _retry_on_deadlock(lambda: _revert(upload_id, user, now))
        except DatabaseError as error:
            if is_connection_lost(error):
                raise
            raise RefusedError(*_describe_error(error)) from error


def _revert(upload_id: int, user: User, now: dt.datetime) -> RevertResult:
    with acting_for(user, durable=True), vault_scope():
        upload = (
            Upload.objects.select_for_update(of=("self",))
            .select_related("branch")
            .get(pk=upload_id)
        )
        require_revertible(upload, user)
        sheet = upload.declared
        branches = sheet.model.objects.filter(upload=upload).values_list("branch_id", flat=True)
        lock_branches([*branches.distinct(), upload.branch_id])
        # While we waited for the branch a later upload may have become effective.
        require_revertible(upload, user)
        _share_period_locks(sheet.domain)
        with history_context(upload, "undo") as context:
            undone = revert_rows(upload, sheet)
            upload.state, upload.undo_context_id = UploadState.UNDONE, context
            upload.pending_action, upload.pending_action_by = "", None
            upload.save()
            record_step(upload, by=user, now=now, remark=_describe_revert(undone))
    return undone


def _describe_revert(undone: RevertResult) -> str:
    text = f"还原 {undone.restored} 行，删除 {undone.deleted} 行"
    return f"{text}，保留 {len(undone.kept)} 行" if undone.kept else text


def restore_upload(upload_id: int, *, user: User, now: dt.datetime) -> ApplyResult:
    """Make an undone upload effective again: the same rows by the same road."""
    with acting_for(user):
        upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id)
        require_restorable(upload, user)
        upload.state, upload.changes = UploadState.LOADING, {}
        upload.pending_action, upload.pending_action_by = "", None
        upload.save()
        record_step(upload, by=user, now=now, remark="恢复")
    return apply_upload(upload_id, now=now)


def require_restorable(upload: Upload, user: User) -> None:
    """Raise RefusedError unless this person may make this undone upload effective again."""
    if upload.state != UploadState.UNDONE:
        raise RefusedError("upload.not_undone", "只有已作废的批次可以恢复。")
    if not rules.may_revert(user, upload):
        raise RefusedError("upload.not_yours", "您没有恢复这一批次的权限。")


def later_dependent_uploads(upload: Upload) -> list[int]:
    """Return the later effective uploads of the same sheet, branch and months."""
    later = Upload.objects.effective().filter(
        sheet=upload.sheet,
        branch=upload.branch,
        first_month__lte=upload.last_month,
        last_month__gte=upload.first_month,
        effective_at__gte=upload.effective_at,
    )
    later = later.exclude(pk=upload.pk).exclude(effective_at=upload.effective_at, pk__lt=upload.pk)
    return list(later.order_by("-effective_at").values_list("pk", flat=True))


def require_revertible(upload: Upload, user: User) -> None:
    """Raise RefusedError unless this person may take this upload back now."""
    if upload.state != UploadState.EFFECTIVE:
        raise RefusedError(
            "upload.not_effective",
            f"该批次当前为“{upload.get_state_display()}”，只有已生效的批次可以作废。",
        )
    if not rules.may_revert(user, upload):
        raise RefusedError("upload.not_yours", "您没有作废这一批次的权限。")
    later = later_dependent_uploads(upload)
    if later:
        listed = "、".join(map(str, later[:10]))
        raise RefusedError("upload.stood_on", f"其后还有已生效的批次 {listed}，请先作废这些批次。")


def _approver(upload_id: int) -> User:
    with acting_as_system("找到审核人"):
        upload = Upload.objects.select_related("approved_by", "uploaded_by").get(pk=upload_id)
    return upload.approved_by or upload.uploaded_by


def _share_period_locks(domain: str) -> None:
    """Hold the locks of the domain as they are until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM uploads_periodlock WHERE domain = %s FOR SHARE", [domain])


def _retry_on_deadlock(act: Any) -> Any:
    """Run once more where another writer took the same rows the other way round."""
    try:
        return act()
    except DatabaseError as error:
        if sqlstate(error) != _DEADLOCK:
            raise
    return act()


def sqlstate(error: DatabaseError) -> str:
    """Return PostgreSQL's code of an error, "" where it has none."""
    return str(getattr(error.__cause__, "pgcode", None) or "")


def is_connection_lost(error: DatabaseError) -> bool:
    """Tell whether the server went away, rather than refused what it was given."""
    return sqlstate(error) in _CONNECTION_LOST_CODES and isinstance(error, OperationalError)


def _describe_error(error: DatabaseError) -> tuple[str, str]:
    detail = str(getattr(getattr(error.__cause__, "diag", None), "message_primary", "") or "")
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if sqlstate(error) == LOCKED_SQLSTATE:
        return "period.locked", f"{detail}已锁定，请向省红十字会申请解锁。"
    if constraint:
        # A trigger of ours speaks for itself; a constraint through its declaration.
        said = detail if _CHINESE.search(detail) else violated_rule(constraint)
        return "load.constraint", f"{said.rstrip('。')}。整批未写入，请改正后重报。"
    return "load.failed", "写入时出错，整批未写入，请稍后重试或与管理员联系。"


def violated_rule(constraint: str) -> str:
    """Return what a named constraint demands, as its declaration says it."""
    for model in apps.get_models():
        for each in model._meta.constraints:
            said = each.violation_error_message
            if each.name == constraint and said != each.default_violation_error_message:
                return str(said)
    return f"数据不符合数据库约束（{constraint}）。"


def _mark_failed(upload_id: int, user: User, now: dt.datetime, error: DatabaseError) -> None:
    code, message = _describe_error(error)
    with acting_for(user), transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if upload.state != UploadState.LOADING:
            return
        # What was effective once can be restored once more.
        upload.state = UploadState.UNDONE if upload.undo_context_id else UploadState.FAILED
        upload.code, upload.message = code, message
        if upload.state == UploadState.FAILED:
            upload.approved_by = None
        upload.save()
        record_step(upload, by=None, now=now, remark=message)
