"""Check an upload: read its file, compare it with the database, store the result."""

import dataclasses
import datetime as dt

import polars as pl
import structlog
from django.db import InterfaceError, OperationalError

from redcross.accounts.models import User
from redcross.accounts.scope import acting_for, vault_scope
from redcross.uploads.choices import UploadOrigin, UploadState
from redcross.uploads.files import storage
from redcross.uploads.files.workbook import UnreadableError, Workbook
from redcross.uploads.models import Upload
from redcross.uploads.parsing.parse import parse_typed_rows
from redcross.uploads.preparing.check_result import CheckResult, Stopwatch
from redcross.uploads.preparing.import_setup import ImportSetup, prepare_setup
from redcross.uploads.preparing.prepare import (
    add_plausibility_warnings,
    check_workbook,
    diff_with_database,
    prepare_result,
)
from redcross.uploads.workflow import progress
from redcross.uploads.workflow.check_results import store_result
from redcross.uploads.workflow.transitions import change_state, lock_upload

_log = structlog.get_logger("redcross.uploads")
_UNEXPECTED_ERROR = (
    "检查这份文件时出现意外，文件已原样保存，没有写入数据；请重新检查一次，"
    "仍不行时把批次号告诉系统管理员。"
)
CHECKABLE_STATES = frozenset({UploadState.RECEIVED, UploadState.CHECKING})
"""A task that is delivered twice finds the upload checked, and does nothing."""


def check_upload(upload_id: int, *, user: User, now: dt.datetime) -> Upload:
    """Read, check and compare an upload; it ends READY, HAS_ERRORS or FAILED."""
    watch = Stopwatch(lambda step, rows: progress.report_step(upload_id, step, rows))
    with progress.heartbeat(upload_id):
        with acting_for(user):
            upload = _start_check(upload_id, now)
            if upload is None:
                return Upload.objects.get(pk=upload_id)
            setup = upload_setup(upload, now=now)
        try:
            checked = _run_check(upload, setup, user=user, watch=watch, now=now)
        except UnreadableError as error:
            with acting_for(user):
                return _mark_failed(upload_id, error.code, str(error), now)
        except (OperationalError, InterfaceError):
            raise  # the database went away: the sweep sends the upload again
        except Exception:  # noqa: BLE001  every upload ends in a state, whatever its file does
            # What failed once fails every time: sent again it would never end.
            _log.exception("check failed", upload=upload_id)
            with acting_for(user):
                return _mark_failed(upload_id, "check.failed", _UNEXPECTED_ERROR, now)
    progress.report_step(upload_id, "done", checked.rows)
    return checked


def upload_setup(upload: Upload, *, now: dt.datetime) -> ImportSetup:
    """Return what an upload is parsed by, with the values its uploader gave for all rows."""
    setup = prepare_setup(upload.declared, upload.branch, upload.period, now=now)
    context = dataclasses.replace(setup.context, table_values=upload.table_values)
    return dataclasses.replace(setup, context=context)


def open_workbook(upload: Upload) -> Workbook:
    """Return an upload's workbook, without opening the file where its grids are kept.

    Raise UnreadableError.
    """
    return storage.open_workbook(upload.file, upload.filename, grids=upload.grids_file)


def _start_check(upload_id: int, now: dt.datetime) -> Upload | None:
    """Mark the upload as being checked; None where it is in another state by now."""
    upload = lock_upload(upload_id)
    if upload.state not in CHECKABLE_STATES:
        return None
    if upload.state != UploadState.CHECKING:
        change_state(upload, UploadState.CHECKING, by=None, now=now)
    return upload


def _run_check(
    upload: Upload, setup: ImportSetup, *, user: User, watch: Stopwatch, now: dt.datetime
) -> Upload:
    result = _read_upload(upload, setup, watch)
    with acting_for(user), vault_scope():
        result = add_plausibility_warnings(setup, result)
        result.comparison = diff_with_database(
            upload, setup.sheet, result.frame, watch, look_only=True
        )
        return store_result(upload.pk, result, now)


def _read_upload(upload: Upload, setup: ImportSetup, watch: Stopwatch) -> CheckResult:
    match upload.origin:
        case UploadOrigin.ZERO:
            return _zero_report_result(watch)
        case UploadOrigin.TYPED:
            typed = parse_typed_rows(storage.load_json(upload.file), setup.spec, setup.context)
            return prepare_result(setup, typed, watch)
    if not upload.file:
        raise UnreadableError("file.empty")
    return check_workbook(setup, lambda: open_workbook(upload), watch=watch)


def _zero_report_result(watch: Stopwatch) -> CheckResult:
    """Return the result of a 零报告: no rows and no findings."""
    frame = pl.DataFrame(schema={"worksheet": pl.String, "row": pl.UInt32})
    return CheckResult([], 0, frame, [], [], watch.seconds)


def _mark_failed(upload_id: int, code: str, message: str, now: dt.datetime) -> Upload:
    upload = lock_upload(upload_id)
    upload.code, upload.message = code, message
    change_state(upload, UploadState.FAILED, by=None, now=now, remark=message)
    return upload
