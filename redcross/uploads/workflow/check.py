"""The machine's part before a person decides: check an upload, and keep what was found."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import polars as pl
import structlog
from django.db import InterfaceError, OperationalError, transaction

from redcross.accounts.models import User
from redcross.accounts.scope import acting_for, vault_scope
from redcross.errors import RefusedError
from redcross.uploads.cells.columns import cell_parser
from redcross.uploads.choices import REVIEW_STATES, UploadOrigin, UploadState
from redcross.uploads.database.diff import Comparison, RowChange
from redcross.uploads.files import storage
from redcross.uploads.files.parser import TEXT
from redcross.uploads.files.workbook import UnreadableError, Workbook
from redcross.uploads.models import Upload, UploadFinding
from redcross.uploads.parsing.parse import parse_typed_rows
from redcross.uploads.parsing.parsed_workbook import ParsedWorkbook
from redcross.uploads.preparing.prepare import (
    CheckResult,
    ImportSetup,
    Stopwatch,
    add_plausibility_warnings,
    check_workbook,
    diff_with_database,
    prepare_result,
    prepare_setup,
)
from redcross.uploads.schema.findings import Finding, FindingGroup, Severity
from redcross.uploads.schema.import_spec import LABEL_KINDS, FieldSpec
from redcross.uploads.workflow import progress
from redcross.uploads.workflow.services import recheck, record_step

_log = structlog.get_logger("redcross.uploads")
_UNEXPECTED_ERROR = (
    "检查这份文件时出现意外，文件已原样保存，没有写入数据；请重新检查一次，"
    "仍不行时把批次号告诉系统管理员。"
)
CHECKABLE_STATES = frozenset({UploadState.RECEIVED, UploadState.CHECKING})
"""A message that comes twice finds the upload checked, and leaves it alone."""


def check_upload(upload_id: int, *, user: User, now: dt.datetime) -> Upload:
    """Read, check and compare an upload; it ends READY, HAS_ERRORS or FAILED."""
    watch = Stopwatch(lambda step, rows: progress.report_step(upload_id, step, rows))
    with progress.heartbeat(upload_id):
        with acting_for(user):
            upload = _start_check(upload_id, now)
            if upload is None:
                return Upload.objects.get(pk=upload_id)
            setting = upload_setup(upload, now=now)
        try:
            kept = _run_check(upload, setting, user=user, watch=watch, now=now)
        except UnreadableError as error:
            with acting_for(user):
                return _mark_failed(upload_id, error.code, str(error), now)
        except (OperationalError, InterfaceError):
            raise  # the database went away: the sweeper has it checked once more
        except Exception:  # noqa: BLE001  an upload ends somewhere whatever its file does
            # What failed once fails every time: it must not be sent round for ever.
            _log.exception("check failed", upload=upload_id)
            with acting_for(user):
                return _mark_failed(upload_id, "check.failed", _UNEXPECTED_ERROR, now)
    progress.report_step(upload_id, "done", kept.rows)
    return kept


def _run_check(
    upload: Upload, setting: ImportSetup, *, user: User, watch: Stopwatch, now: dt.datetime
) -> Upload:
    examination = _read_upload(upload, setting, watch)
    with acting_for(user), vault_scope():
        examination = add_plausibility_warnings(setting, examination)
        examination.comparison = diff_with_database(
            upload, setting.sheet, examination.frame, watch, look_only=True
        )
        return _store_result(upload.pk, examination, now)


def upload_setup(upload: Upload, *, now: dt.datetime) -> ImportSetup:
    """Return what an upload is read by, with what its uploader has said of all rows."""
    setting = prepare_setup(upload.declared, upload.branch, upload.period, now=now)
    context = dataclasses.replace(setting.context, table_values=upload.table_values)
    return dataclasses.replace(setting, context=context)


def set_table_value(
    upload_id: int, *, field: str, text: str, user: User, now: dt.datetime
) -> Upload:
    """Keep what the uploader says of every row of tables without a column, and read anew.

    An empty text takes it back. Raise RefusedError where the column does not take it.
    """
    with transaction.atomic():
        upload = recheck(upload_id, user=user, now=now)
        stated = {name: said for name, said in upload.table_values.items() if name != field}
        if text:
            setting = upload_setup(upload, now=now)
            if field not in {each.name for each in setting.spec.fields if may_fill_table(each)}:
                raise RefusedError("field.unknown", "这一栏不能为整张表填写。")
            parsed = cell_parser(setting.spec.field(field), setting.context, Decimal(1))(text, TEXT)
            if parsed.value is None:
                raise RefusedError(parsed.code, f"{parsed.reason}。{parsed.suggestion}")
            stated[field] = text
        upload.table_values = stated
        upload.save(update_fields=["table_values"])
    return upload


def may_fill_table(field: FieldSpec) -> bool:
    """Tell whether one value can be true of every row: a day or a word, nobody's number."""
    return field.kind in LABEL_KINDS and not field.personal


def _start_check(upload_id: int, now: dt.datetime) -> Upload | None:
    """Mark it as being checked; None where somebody else has moved it on."""
    upload = (
        Upload.objects.select_for_update(of=("self",)).select_related("branch").get(pk=upload_id)
    )
    if upload.state not in CHECKABLE_STATES:
        return None
    if upload.state != UploadState.CHECKING:
        upload.state = UploadState.CHECKING
        upload.save(update_fields=["state"])
        record_step(upload, by=None, now=now)
    return upload


def _read_upload(upload: Upload, setting: ImportSetup, watch: Stopwatch) -> CheckResult:
    match upload.origin:
        case UploadOrigin.ZERO:
            return zero_report_result(watch)
        case UploadOrigin.TYPED:
            typed = parse_typed_rows(storage.load_json(upload.file), setting.spec, setting.context)
            return prepare_result(setting, typed, watch)
    if not upload.file:
        raise UnreadableError("file.empty")
    return check_workbook(setting, lambda: open_workbook(upload), watch=watch)


def open_workbook(upload: Upload) -> Workbook:
    """Return an upload's workbook, without opening the file where its grids are kept.

    Raise UnreadableError.
    """
    return storage.open_workbook(upload.file, upload.filename, grids=upload.grids_file)


def zero_report_result(watch: Stopwatch) -> CheckResult:
    """Return what a 零报告 holds: nothing, and nothing wrong with it."""
    nothing = ParsedWorkbook(
        (), pl.DataFrame(schema={"worksheet": pl.String, "row": pl.UInt32}), ()
    )
    return CheckResult([], 0, nothing.frame, [], [], watch.seconds)


def _mark_failed(upload_id: int, code: str, message: str, now: dt.datetime) -> Upload:
    upload = Upload.objects.select_for_update().get(pk=upload_id)
    upload.state, upload.code, upload.message = UploadState.FAILED, code, message
    upload.save()
    record_step(upload, by=None, now=now, remark=message)
    return upload


def _store_result(upload_id: int, found: CheckResult, now: dt.datetime) -> Upload:
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if upload.state != UploadState.CHECKING:
            return upload
        upload.tables = found.tables
        upload.rows, upload.accepted = found.rows, found.frame.height
        upload.errors = found.count(Severity.ERROR)
        upload.warnings = found.count(Severity.WARNING)
        upload.changes, upload.seconds = found.comparison.counts, found.seconds
        upload.code, upload.message = _first_error(found)
        upload.rows_digest = _rows_digest(found.frame)
        upload.state = UploadState.HAS_ERRORS if found.has_errors else UploadState.READY
        storage.store_frame(upload.rows_file, found.frame)
        storage.store_json(
            upload.findings_file, [_finding_to_json(each) for each in found.findings]
        )
        storage.store_json(upload.lines_file, [line.as_json() for line in found.lines])
        storage.store_json(upload.changes_file, changes_to_json(found.comparison))
        upload.save()
        upload.findings.all().delete()
        UploadFinding.objects.bulk_create(
            [*_finding_rows(upload, found.groups), *_identical_upload_findings(upload)]
        )
        record_step(upload, by=None, now=now)
    return upload


def _first_error(found: CheckResult) -> tuple[str, str]:
    if not found.has_errors:
        return "", ""
    first = next(group for group in found.groups if group.severity is Severity.ERROR)
    return first.first.code, first.first.message


def _rows_digest(frame: pl.DataFrame) -> str:
    """Return what the same rows give in any order, under any file name."""
    if frame.is_empty():
        return ""
    said = frame.select(pl.exclude("worksheet", "row", "row_key").cast(pl.String, strict=False))
    return f"{int(said.hash_rows(seed=1).sum()):x}-{frame.height}"


def _identical_upload_findings(upload: Upload) -> list[UploadFinding]:
    """Say so where another upload of the branch holds exactly these rows already."""
    if not upload.rows_digest:
        return []
    twin = (
        Upload.objects.filter(
            branch=upload.branch_id,
            sheet=upload.sheet,
            rows_digest=upload.rows_digest,
            state__in=[UploadState.EFFECTIVE, *REVIEW_STATES],
        )
        .exclude(pk=upload.pk)
        .order_by("pk")
        .last()
    )
    if twin is None:
        return []
    return [
        UploadFinding(
            branch_id=upload.branch_id,
            upload=upload,
            code="upload.same_rows",
            severity=Severity.NOTICE.value,
            message=f"数据与批次{twin.pk}（{twin.filename or twin.get_origin_display()}）完全相同",
            suggestion="若是重复报送，请撤回这一份；相同的行不会重复计入。",
        )
    ]


def _finding_to_json(finding: Finding) -> list[object]:
    return [
        finding.worksheet,
        finding.row,
        finding.column,
        finding.code,
        finding.severity.value,
        finding.message,
        finding.suggestion,
    ]


def _finding_rows(upload: Upload, groups: Iterable[FindingGroup]) -> list[UploadFinding]:
    return [
        UploadFinding(
            branch_id=upload.branch_id,
            upload=upload,
            worksheet=group.first.worksheet,
            row=group.first.row,
            column=group.first.column or "",
            field=group.first.field or "",
            code=group.first.code,
            severity=group.severity.value,
            message=group.first.message,
            suggestion=group.first.suggestion,
            value=group.first.value,
            count=group.count,
            rows=list(group.rows),
        )
        for group in groups
    ]


def changes_to_json(comparison: Comparison) -> dict[str, object]:
    """Return the rows of a comparison as they are kept beside the upload."""
    return {
        "changed": [_row_change_to_json(row) for row in comparison.changed_rows],
        "missing": [_row_change_to_json(row) for row in comparison.missing_rows],
    }


def _row_change_to_json(row: RowChange) -> dict[str, object]:
    return {
        "pk": row.pk,
        "worksheet": row.worksheet,
        "row": row.row,
        "by_hand": row.by_hand,
        "cells": [[cell.field, cell.old, cell.new] for cell in row.cells],
    }
