"""Staged rows become effective: parents first, then one upsert that writes what differs."""

import contextlib
import uuid
from collections.abc import Iterator, Mapping, Sequence

import pghistory
import polars as pl
from django.db import connection, models

from redcross.logs import request_id
from redcross.uploads.cells.words import normalize_name
from redcross.uploads.database.diff import missing_sql
from redcross.uploads.database.staging import (
    STAGING_TABLE,
    STAMP_COLUMNS,
    StagedColumns,
    key_column,
    model_columns,
    parent_column,
    quote_name,
    table_name,
)
from redcross.uploads.models import NamedKey, Record, Upload
from redcross.uploads.schema.sheet import Parent, Sheet, name_model


@contextlib.contextmanager
def history_context(upload: Upload, act: str) -> Iterator[uuid.UUID]:
    """Stamp every change in this transaction with one history context."""
    with pghistory.context(upload=upload.pk, act=act, request=request_id()) as context:
        yield context.id


def lock_branches(branch_ids: Sequence[int]) -> None:
    """Take the branches' advisory locks in ascending order, so that none can deadlock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(530000, id::int)"
            " FROM unnest(%s::bigint[]) AS id ORDER BY id",
            [sorted(branch_ids)],
        )


def resolve_new_names(sheet: Sheet, frame: pl.DataFrame) -> pl.DataFrame:
    """Give new names the key of those that somebody has registered since the check."""
    for name, model, keys in _new_names(sheet, frame):
        registered = {
            normalize_name(word): key
            for key, label, others in model.sheet_words()
            for word in (label, *others)
        }
        known = {
            key: registered[normalize_name(key)]
            for key in keys
            if normalize_name(key) in registered
        }
        frame = frame.with_columns(pl.col(name).replace(known))
    return frame


def create_new_names(sheet: Sheet, frame: pl.DataFrame) -> None:
    """Register the names that the rows bring along; of two loads at once one registers them."""
    for name, model, keys in _new_names(sheet, frame):
        model.objects.bulk_create(
            [model.from_new_name(key, frame.filter(pl.col(name) == key)) for key in keys],
            ignore_conflicts=True,
        )


def _new_names(
    sheet: Sheet, frame: pl.DataFrame
) -> Iterator[tuple[str, type[NamedKey], list[str]]]:
    """Yield each column with names nobody has registered, their list, and the names."""
    for name, column in sheet.columns.items():
        if not column.allow_create or name not in frame.columns:
            continue
        model = name_model(sheet.model_field(name))
        keys = frame[name].drop_nulls().unique().sort().to_list()
        there = set(model.objects.filter(pk__in=keys).values_list("pk", flat=True))
        wanting = [key for key in keys if key not in there]
        if wanting:
            yield name, model, wanting


def insert_parents(upload: Upload, sheet: Sheet, staged: StagedColumns) -> None:
    """Insert the rows that several staged rows share, each once."""
    with connection.cursor() as cursor:
        for parent in sheet.parents:
            cursor.execute(_parent_sql(parent, sheet.parents, staged), [upload.pk])


def upsert_rows(upload: Upload, sheet: Sheet, staged: StagedColumns) -> tuple[int, int]:
    """Write the staged rows that differ; return how many were inserted and changed."""
    with connection.cursor() as cursor:
        cursor.execute(_upsert_sql(sheet, staged), [upload.pk])
        inserted, written = cursor.fetchone()
    return inserted, written - inserted


def delete_missing(upload: Upload, sheet: Sheet) -> int:
    """Delete the rows of the period that the workbook no longer has."""
    sql, parameters = missing_sql(upload, sheet)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table_name(sheet.model)} WHERE id IN (SELECT t.id {sql})",
            parameters,
        )
        return int(cursor.rowcount)


def default_literal(field: "models.Field[object, object]") -> str:
    """Return the SQL literal an unmentioned column takes: the model's default."""
    value = field.get_default() if field.has_default() or not field.null else None
    if value is None:
        return "NULL"
    prepared = field.get_db_prep_save(value, connection)
    with connection.cursor() as cursor:
        literal = cursor.mogrify("%s", [prepared])
    return literal.decode() if isinstance(literal, bytes) else str(literal)


def _default_literals(model: type[Record], provided: set[str]) -> dict[str, str]:
    return {
        column: default_literal(field)
        for column, field in model_columns(model).items()
        if column not in provided
    }


def _select_list(values: Mapping[str, str]) -> tuple[str, str]:
    return ", ".join(map(quote_name, values)), ", ".join(values.values())


def _stamp(values: dict[str, str], upload_row: bool = True) -> dict[str, str]:
    source = "i.{}" if upload_row else "NULL"
    return {
        "branch_id": "i.branch_id",
        "upload_id": "%s",
        "upload_sheet": source.format("upload_sheet"),
        "upload_row": source.format("upload_row"),
        **values,
    }


def _parent_joins(parents: Sequence[Parent]) -> str:
    return "".join(
        f" LEFT JOIN {table_name(parent.model)} {quote_name(parent.foreign_key)}"
        f" ON {quote_name(parent.foreign_key)}.branch_id = i.branch_id"
        f" AND {quote_name(parent.foreign_key)}.row_key = i.{quote_name(key_column(parent))}"
        for parent in parents
    )


def _parent_sql(parent: Parent, parents: Sequence[Parent], staged: StagedColumns) -> str:
    key = quote_name(key_column(parent))
    columns = model_columns(parent.model)
    own = {
        column: f"i.{quote_name(parent_column(parent, column))}"
        for column in columns
        if parent_column(parent, column) in staged.names and column != "row_key"
    }
    earlier = [other for other in parents if other.foreign_key in parent.parent_keys]
    own |= {
        foreign_key_column(parent.model, other.foreign_key): f"{quote_name(other.foreign_key)}.id"
        for other in earlier
    }
    values = _stamp({"row_key": f"i.{key}", **own})
    values |= _default_literals(parent.model, set(values))
    names, select = _select_list(values)
    return (
        f"INSERT INTO {table_name(parent.model)} ({names})"
        f" SELECT DISTINCT ON (i.branch_id, i.{key}) {select}"
        f" FROM {STAGING_TABLE} i{_parent_joins(earlier)}"
        f" WHERE i.{key} IS NOT NULL ORDER BY i.branch_id, i.{key}, i.n"
        f" ON CONFLICT (branch_id, row_key) DO NOTHING"
    )


def foreign_key_column(model: type[Record], name: str) -> str:
    """Return the column of a foreign key by the field's name."""
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _upsert_sql(sheet: Sheet, staged: StagedColumns) -> str:
    table = table_name(sheet.model)
    values = _stamp(
        {
            "row_key": "i.row_key",
            **{column: f"i.{quote_name(column)}" for column in staged.columns},
            **{
                column: f"{quote_name(parent.foreign_key)}.id"
                for column, parent in _foreign_parents(sheet, staged).items()
            },
        }
    )
    data = [
        quote_name(name) for name in values if name not in {*STAMP_COLUMNS, "branch_id", "row_key"}
    ]
    values |= _default_literals(sheet.model, set(values))
    names, select = _select_list(values)
    assignments = ", ".join(
        f"{column} = EXCLUDED.{column}" for column in [*data, *map(quote_name, STAMP_COLUMNS)]
    )
    compared = [quote_name(column) for column in staged.columns]
    old = ", ".join(f"t.{column}" for column in compared)
    new = ", ".join(f"EXCLUDED.{column}" for column in compared)
    return (
        f"WITH written AS (INSERT INTO {table} AS t ({names})"
        f" SELECT {select} FROM {STAGING_TABLE} i{_parent_joins(sheet.parents)} ORDER BY i.n"
        f" ON CONFLICT (branch_id, row_key) DO UPDATE SET {assignments}"
        f" WHERE ({old}) IS DISTINCT FROM ({new})"
        " RETURNING (xmax = 0) AS inserted)"
        " SELECT count(*) FILTER (WHERE inserted), count(*) FROM written"
    )


def _foreign_parents(sheet: Sheet, staged: StagedColumns) -> dict[str, Parent]:
    by_key = {key_column(parent): parent for parent in sheet.parents}
    return {column: by_key[key] for column, key in staged.foreign.items()}
