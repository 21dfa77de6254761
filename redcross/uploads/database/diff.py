"""What an upload would change: new, changed cell by cell, unchanged, missing, 手工改动."""

import dataclasses
from typing import Any

from django.db import connection

from redcross.accounts.encryption import EncryptedField
from redcross.uploads.choices import UploadMode
from redcross.uploads.database.staging import (
    STAGING_TABLE,
    StagedColumns,
    columns_by_name,
    model_columns,
    quote_name,
    table_name,
)
from redcross.uploads.models import Upload
from redcross.uploads.schema.sheet import Sheet

MAX_SHOWN_ROWS = 500
"""How many changed and missing rows are kept to be looked at."""


@dataclasses.dataclass(frozen=True, slots=True)
class CellChange:
    """One cell: what is there, and what the workbook says."""

    field: str
    old: str | None
    new: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class RowChange:
    """One row that would change, or that the workbook no longer has."""

    pk: int
    worksheet: str
    row: int | None
    by_hand: bool
    cells: tuple[CellChange, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """Counts, and the first rows to look at."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    edited_by_hand: int = 0
    changed_rows: tuple[RowChange, ...] = ()
    missing_rows: tuple[RowChange, ...] = ()
    staged: StagedColumns | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The counts as an upload keeps them and the command prints them."""
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "missing": self.missing,
            "edited_by_hand": self.edited_by_hand,
        }


def diff_rows(upload: Upload, sheet: Sheet, staged: StagedColumns) -> Comparison:
    """Hold the staged rows against the database."""
    differs = _differs_sql(staged)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE t.id IS NULL),"
            f" count(*) FILTER (WHERE t.id IS NOT NULL AND {differs}),"
            f" count(*) FILTER (WHERE t.id IS NOT NULL AND NOT {differs})"
            f" FROM {STAGING_TABLE} i LEFT JOIN {_match_own_row(sheet)} ON true"
        )
        new, changed, unchanged = cursor.fetchone()
    missing, missing_rows = _missing_rows(upload, sheet)
    edited, changed_rows = _changed_rows(sheet, staged, differs) if changed else (0, ())
    return Comparison(
        new=new,
        changed=changed,
        unchanged=unchanged,
        missing=missing,
        edited_by_hand=edited,
        changed_rows=changed_rows,
        missing_rows=missing_rows,
        staged=staged,
    )


def _match_own_row(sheet: Sheet) -> str:
    """Return SQL for row `t` of staged row `i`, found by its key for each.

    The limit keeps the planner from turning the look-up round and reading every staged
    row for each one that is there.
    """
    return (
        f"LATERAL (SELECT o.* FROM {table_name(sheet.model)} o"
        " WHERE o.branch_id = i.branch_id AND o.row_key = i.row_key LIMIT 1) t"
    )


def any_row_exists(sheet: Sheet) -> bool:
    """Tell whether any staged row is in the database already."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {STAGING_TABLE} i JOIN {_match_own_row(sheet)} ON true)"
        )
        return bool(cursor.fetchone()[0])


def _differs_sql(staged: StagedColumns) -> str:
    if not staged.columns:
        return "false"
    columns = [quote_name(column) for column in staged.columns]
    old = ", ".join(f"t.{column}" for column in columns)
    new = ", ".join(f"i.{column}" for column in columns)
    return f"(({old}) IS DISTINCT FROM ({new}))"


def _changed_rows(
    sheet: Sheet, staged: StagedColumns, differs: str
) -> tuple[int, tuple[RowChange, ...]]:
    by_hand = by_hand_sql(sheet)
    columns = [quote_name(column) for column in staged.columns]
    old = ", ".join(f"t.{column}::text" for column in columns)
    new = ", ".join(f"i.{column}::text" for column in columns)
    joined = f"FROM {STAGING_TABLE} i JOIN {_match_own_row(sheet)} ON true WHERE {differs}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FILTER (WHERE {by_hand}) {joined}")
        (edited,) = cursor.fetchone()
        cursor.execute(
            f"SELECT t.id, i.upload_sheet, i.upload_row, {by_hand}, {old}, {new}"
            f" {joined} ORDER BY i.n LIMIT {MAX_SHOWN_ROWS}"
        )
        rows = cursor.fetchall()
    width = len(columns)
    fields = model_columns(sheet.model)
    return edited, tuple(
        RowChange(
            pk=row[0],
            worksheet=row[1],
            row=row[2],
            by_hand=row[3],
            cells=tuple(
                _cell_change(fields[column], row[4 + index], row[4 + width + index])
                for index, column in enumerate(staged.columns)
                if row[4 + index] != row[4 + width + index] and not column.endswith("_index")
            ),
        )
        for row in rows
    )


def _cell_change(field: Any, old: str | None, new: str | None) -> CellChange:
    if isinstance(field, EncryptedField):
        old, new = (None if value is None else "（已加密）" for value in (old, new))
    return CellChange(field.name, old, new)


def by_hand_sql(sheet: Sheet) -> str:
    """Tell in SQL whether row `t` was changed outside every upload."""
    model = getattr(sheet.model, "pgh_event_models", {}).get("updated")
    if model is None:
        return "false"
    return (
        f"EXISTS (SELECT 1 FROM {table_name(model)} e"
        " LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id"
        " WHERE e.pgh_obj_id = t.id AND (c.metadata ->> 'upload') IS NULL)"
    )


def missing_sql(upload: Upload, sheet: Sheet) -> tuple[str, list[Any]]:
    """Return FROM … WHERE of the rows of this branch's period the workbook lacks."""
    dated = sheet.dated_by
    condition = "u.first_month = %s AND u.last_month = %s"
    parameters: list[Any] = [upload.first_month, upload.last_month]
    if dated is not None:
        column = quote_name(columns_by_name(sheet.model)[dated])
        condition = f"t.{column} >= %s AND t.{column} < %s"
        parameters = [upload.period.start, upload.period.end]
    return (
        (
            f"FROM {table_name(sheet.model)} t JOIN uploads_upload u ON u.id = t.upload_id"
            f" WHERE u.sheet = %s AND u.branch_id = %s AND {condition}"
            f" AND NOT EXISTS (SELECT 1 FROM {STAGING_TABLE} i"
            " WHERE i.branch_id = t.branch_id AND i.row_key = t.row_key)"
        ),
        [upload.sheet, upload.branch_id, *parameters],
    )


def _missing_rows(upload: Upload, sheet: Sheet) -> tuple[int, tuple[RowChange, ...]]:
    if upload.mode != UploadMode.REPLACE:
        return 0, ()
    sql, parameters = missing_sql(upload, sheet)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {sql}", parameters)
        (count,) = cursor.fetchone()
        cursor.execute(
            f"SELECT t.id, t.upload_sheet, t.upload_row {sql} ORDER BY t.id LIMIT {MAX_SHOWN_ROWS}",
            parameters,
        )
        rows = cursor.fetchall()
    return count, tuple(RowChange(pk, name, row, False, ()) for pk, name, row in rows)
