"""The way of prepared rows into a temporary table: COPY, with personal cells encrypted."""

import dataclasses
import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection, models

from redcross.accounts.encryption import (
    BlindIndexField,
    EncryptedField,
    blind_indexes,
    encrypt_many,
)
from redcross.uploads.models import Record
from redcross.uploads.schema.row_ids import ROW_KEY
from redcross.uploads.schema.sheet import Parent, Sheet

STAGING_TABLE = "incoming"
STAMP_COLUMNS = ("upload_id", "upload_sheet", "upload_row")
_BATCH_ROWS = 100_000
"""Rows written out at a time: the text of a million would stand in memory thrice."""
_FIXED_COLUMNS = ("branch_id", ROW_KEY, "upload_sheet", "upload_row")


@dataclasses.dataclass(frozen=True, slots=True)
class StagedColumns:
    """What lies in the temporary table, by the column's name there."""

    columns: tuple[str, ...]
    """Columns of the sheet's own table the workbook speaks of, without stamp and key."""
    foreign: Mapping[str, str]
    """Foreign key column → the parent row key's column in the temporary table."""
    names: frozenset[str] = frozenset()
    """Every column of the temporary table."""


def quote_name(name: str) -> str:
    """Return the name as SQL wants it."""
    return connection.ops.quote_name(name)


def table_name(model: type[models.Model]) -> str:
    """Return the model's table, quoted."""
    return quote_name(model._meta.db_table)


def model_columns(model: type[models.Model]) -> dict[str, "models.Field[Any, Any]"]:
    """Return the model's own columns without its primary key."""
    return {
        str(field.column): field for field in model._meta.concrete_fields if not field.primary_key
    }


def columns_by_name(model: type[models.Model]) -> dict[str, str]:
    """Return each field's column."""
    return {field.name: column for column, field in model_columns(model).items()}


def key_column(parent: Parent) -> str:
    """Return the temporary column that holds the parent's row key."""
    return f"{parent.foreign_key}__{ROW_KEY}"


def parent_column(parent: Parent, column: str) -> str:
    """Return the temporary column that holds a parent's own value."""
    return f"{parent.foreign_key}__{column}"


def disable_seqscan(sheet: Sheet) -> None:
    """Keep the planner, until the transaction ends, from reading a whole table a row.

    Nobody has counted a table that was filled a moment ago: the planner believes it small
    and would read all of it for each staged row, minutes long. By index it is never slow,
    but by the right one: a table the server counted while its first load was under way
    passes for empty, any index then seems as good as any, and each look-up reads all rows
    of the branch. Such a table is counted again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for model in _filled_models(sheet):
        counted, has_pages = _planner_statistics(model)
        if counted == 0 and has_pages:
            _analyze(model)


def analyze_if_grown(sheet: Sheet, rows: int) -> None:
    """Let the planner know of a table that these rows have made grow by a fifth.

    The server counts by itself only once a minute; until then the next upload's look-ups
    would go by an index that fits an empty table. Where the right to do so is missing the
    server says so in its log, and no more.
    """
    for model in _filled_models(sheet):
        counted, _ = _planner_statistics(model)
        if rows * 5 >= counted:
            _analyze(model)


def _filled_models(sheet: Sheet) -> set[type[models.Model]]:
    """Return the models whose tables a workbook of the sheet fills."""
    return {sheet.model, *(parent.model for parent in sheet.parents)}


def _planner_statistics(model: type[models.Model]) -> tuple[float, bool]:
    """Return the rows the planner believes in (-1: not counted), and whether a page is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples, pg_relation_size(oid) > 0 FROM pg_class WHERE oid = %s::regclass",
            [table_name(model)],
        )
        rows, has_pages = cursor.fetchone()
    return rows, has_pages


def _analyze(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table_name(model)} (branch_id, row_key)")


def stage_keys(sheet: Sheet, frame: pl.DataFrame) -> StagedColumns:
    """COPY no more of the prepared rows than tells which of them are there already."""
    fixed = {column: (sheet.model, column) for column in _FIXED_COLUMNS}
    _copy_rows(fixed, None if frame.is_empty() else _rename_columns(frame))
    return StagedColumns((), {}, frozenset(fixed))


def stage_rows(sheet: Sheet, frame: pl.DataFrame) -> StagedColumns:
    """COPY the prepared rows into `incoming`, which ends with the transaction."""
    if frame.is_empty():
        return stage_keys(sheet, frame)
    own = model_columns(sheet.model)
    names = {field.name: column for column, field in own.items()}
    wide = _rename_columns(frame)
    speaks_of = [
        name for name in frame.columns if name in names and name not in {"branch", ROW_KEY}
    ]
    wide = wide.rename({name: names[name] for name in speaks_of if name != names[name]})
    columns = [names[name] for name in speaks_of]
    definitions = {column: (sheet.model, column) for column in (*_FIXED_COLUMNS, *columns)}
    wide, indexes = _encrypt_columns(wide, {column: own[column] for column in columns})
    columns += indexes
    definitions |= {column: (sheet.model, column) for column in indexes}
    foreign: dict[str, str] = {}
    for parent in sheet.parents:
        wide = _add_parent(wide, parent, definitions, names)
        if parent.foreign_key in {field.name for field in own.values()}:
            foreign[names[parent.foreign_key]] = key_column(parent)
    _copy_rows(definitions, wide)
    return StagedColumns(tuple(columns), foreign, frozenset(definitions))


def _rename_columns(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"branch": "branch_id", "row": "upload_row", "worksheet": "upload_sheet"})


def _add_parent(
    wide: pl.DataFrame,
    parent: Parent,
    definitions: dict[str, tuple[type[Record], str]],
    names: Mapping[str, str],
) -> pl.DataFrame:
    columns = model_columns(parent.model)
    by_name = {field.name: column for column, field in columns.items()}
    definitions[key_column(parent)] = (parent.model, ROW_KEY)
    added = []
    taken = {}
    for name, written in parent.fields.items():
        column = by_name[name]
        source = names.get(written, written)
        if source not in wide.columns:
            continue
        target = parent_column(parent, column)
        added.append(pl.col(source).alias(target))
        definitions[target] = (parent.model, column)
        taken[target] = columns[column]
    wide = wide.with_columns(added)
    wide, indexes = _encrypt_columns(wide, taken)
    for index in indexes:
        definitions[index] = (parent.model, index.removeprefix(f"{parent.foreign_key}__"))
    return wide


def _encrypt_columns(
    frame: pl.DataFrame, columns: Mapping[str, "models.Field[Any, Any]"]
) -> tuple[pl.DataFrame, list[str]]:
    """Encrypt the personal columns that are still in clear, and add their indexes."""
    added: list[str] = []
    series: list[pl.Series] = []
    for column, field in columns.items():
        if not isinstance(field, EncryptedField) or frame[column].dtype != pl.String:
            continue
        values = frame[column].to_list()
        series.append(_hex_series(column, encrypt_many(values)))
        prefix = column.removesuffix(str(field.column))
        for other in field.model._meta.concrete_fields:
            if isinstance(other, BlindIndexField) and other.of == field.name:
                name = f"{prefix}{other.column}"
                series.append(_hex_series(name, blind_indexes(field.kind, values)))
                added.append(name)
    return frame.with_columns(series), added


def _hex_series(name: str, values: Sequence[bytes | None]) -> pl.Series:
    return pl.Series(
        name,
        [None if value is None else f"\\x{value.hex()}" for value in values],
        dtype=pl.String,
    )


def _copy_rows(
    definitions: Mapping[str, tuple[type[Record], str]], frame: pl.DataFrame | None
) -> None:
    with connection.cursor() as cursor:
        typed = ", ".join(
            f"{quote_name(name)} {model_columns(model)[column].db_type(connection)}"
            for name, (model, column) in definitions.items()
        )
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{STAGING_TABLE}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {STAGING_TABLE} (n integer, {typed}) ON COMMIT DROP"
        )
        if frame is None:
            return
        rows = frame.with_row_index("n").select("n", *definitions)
        names = ", ".join(["n", *map(quote_name, definitions)])
        for part in rows.iter_slices(_BATCH_ROWS):
            buffer = io.BytesIO()
            part.write_csv(
                buffer,
                include_header=False,
                null_value="\\N",
                quote_style="non_numeric",
            )
            buffer.seek(0)
            cursor.copy_expert(
                f"COPY {STAGING_TABLE} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", buffer
            )
