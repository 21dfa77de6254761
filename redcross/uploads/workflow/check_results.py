"""Store the result of a check: rows, findings, preview and differences of the upload."""

import datetime as dt
from collections.abc import Iterable

import polars as pl
from django.db import transaction

from redcross.uploads.choices import REVIEW_STATES, Severity, UploadState
from redcross.uploads.database.diff import Comparison, RowChange
from redcross.uploads.files import storage
from redcross.uploads.models import Upload, UploadFinding
from redcross.uploads.preparing.check_result import CheckResult
from redcross.uploads.schema.findings import FindingGroup, findings_to_json
from redcross.uploads.workflow.transitions import change_state, lock_upload


def store_result(upload_id: int, result: CheckResult, now: dt.datetime) -> Upload:
    """Store what a check found, and end it as READY or HAS_ERRORS.

    Nothing is stored where the upload is no longer being checked.
    """
    with transaction.atomic():
        upload = lock_upload(upload_id)
        if upload.state != UploadState.CHECKING:
            return upload
        upload.tables = result.tables
        upload.rows, upload.accepted = result.rows, result.frame.height
        upload.errors = result.count(Severity.ERROR)
        upload.warnings = result.count(Severity.WARNING)
        upload.changes, upload.seconds = result.comparison.counts, result.seconds
        upload.code, upload.message = _first_error(result)
        upload.rows_digest = _rows_digest(result.frame)
        storage.store_frame(upload.rows_file, result.frame)
        storage.store_json(upload.findings_file, findings_to_json(result.findings))
        storage.store_json(upload.lines_file, [row.as_json() for row in result.lines])
        storage.store_json(upload.changes_file, changes_to_json(result.comparison))
        upload.findings.all().delete()
        UploadFinding.objects.bulk_create(
            [*_finding_rows(upload, result.groups), *_identical_upload_findings(upload)]
        )
        state = UploadState.HAS_ERRORS if result.has_errors else UploadState.READY
        change_state(upload, state, by=None, now=now)
    return upload


def changes_to_json(comparison: Comparison) -> dict[str, object]:
    """Return the rows of a comparison as they are stored beside the upload."""
    return {
        "changed": [_row_change_to_json(row) for row in comparison.changed_rows],
        "missing": [_row_change_to_json(row) for row in comparison.missing_rows],
    }


def _first_error(result: CheckResult) -> tuple[str, str]:
    """Return code and message of the first error, empty where there is none."""
    errors = (group.first for group in result.groups if group.severity is Severity.ERROR)
    first = next(errors, None)
    return (first.code, first.message) if first else ("", "")


def _rows_digest(frame: pl.DataFrame) -> str:
    """Return a digest that the same rows have in any order, under any file name."""
    if frame.is_empty():
        return ""
    texts = frame.select(pl.exclude("worksheet", "row", "row_key").cast(pl.String, strict=False))
    return f"{int(texts.hash_rows(seed=1).sum()):x}-{frame.height}"


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


def _identical_upload_findings(upload: Upload) -> list[UploadFinding]:
    """Return a notice where another upload of the branch has exactly these rows."""
    if not upload.rows_digest:
        return []
    other = (
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
    if other is None:
        return []
    name = other.filename or other.get_origin_display()
    return [
        UploadFinding(
            branch_id=upload.branch_id,
            upload=upload,
            code="upload.same_rows",
            severity=Severity.NOTICE.value,
            message=f"数据与批次{other.pk}（{name}）完全相同",
            suggestion="若是重复报送，请撤回这一份；相同的行不会重复计入。",
        )
    ]


def _row_change_to_json(row: RowChange) -> dict[str, object]:
    return {
        "pk": row.pk,
        "worksheet": row.worksheet,
        "row": row.row,
        "by_hand": row.by_hand,
        "cells": [[cell.field, cell.old, cell.new] for cell in row.cells],
    }
