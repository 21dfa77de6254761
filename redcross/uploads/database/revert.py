"""Take back what an upload did: restore, delete, and keep what others have built on."""

import dataclasses
import uuid
from typing import Any

from django.db import connection

from redcross.uploads.database.staging import disable_seqscan, model_columns, quote_name, table_name
from redcross.uploads.history import DELETED, UPDATED
from redcross.uploads.models import Record, Upload
from redcross.uploads.schema.sheet import Sheet

_EDITED_REASON = "生效后又有改动，未还原"
_REFERENCED_REASON = "已被其他记录引用，未删除"
# A change `l` that a later upload made and that was taken back with it counts for nothing.
_IS_EFFECTIVE = (
    "NOT EXISTS (SELECT 1 FROM pghistory_context c"
    " JOIN uploads_upload u ON u.id = (c.metadata ->> 'upload')::bigint"
    " WHERE c.id = l.pgh_context_id AND u.state = 'UNDONE')"
)


@dataclasses.dataclass(frozen=True, slots=True)
class KeptRow:
    """A row that undoing leaves as it is, and why."""

    pk: int
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class RevertResult:
    """What an undo did."""

    restored: int
    deleted: int
    kept_rows: tuple[KeptRow, ...]


def revert_rows(upload: Upload, sheet: Sheet) -> RevertResult:
    """Restore what the upload changed or deleted, and delete what it brought."""
    if upload.context_id is None:
        return RevertResult(0, 0, ())
    disable_seqscan(sheet)
    overwritten = _overwritten_rows(sheet.model, upload, upload.context_id)
    restored, edited = _restore_rows(sheet.model, upload, upload.context_id)
    deleted, also_kept = _delete_rows(sheet.model, upload, upload.context_id)
    for parent in reversed(sheet.parents):
        _delete_rows(parent.model, upload, upload.context_id)
    return RevertResult(restored, deleted, (*overwritten, *edited, *also_kept))


def _event_table(model: type[Record], label: str) -> str | None:
    event = getattr(model, "pgh_event_models", {}).get(label)
    return None if event is None else table_name(event)


def _changed_later_sql(events: str, row: str, context: str) -> str:
    """Tell in SQL whether `row` was changed by anything but this context."""
    return (
        f"EXISTS (SELECT 1 FROM {events} l WHERE l.pgh_obj_id = {row}"
        f" AND l.pgh_context_id IS DISTINCT FROM {context} AND {_IS_EFFECTIVE}"
        f" AND l.pgh_id > coalesce((SELECT max(m.pgh_id) FROM {events} m"
        f" WHERE m.pgh_obj_id = {row} AND m.pgh_context_id = {context}), 0))"
    )


def _restore_rows(
    model: type[Record], upload: Upload, context: uuid.UUID
) -> tuple[int, list[KeptRow]]:
    updated, deleted = _event_table(model, UPDATED), _event_table(model, DELETED)
    if updated is None or deleted is None:
        return 0, []
    columns = [quote_name(column) for column in model_columns(model)]
    later = _changed_later_sql(updated, "t.id", "%(context)s")
    parameters: dict[str, Any] = {"context": context, "upload": upload.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id FROM {table_name(model)} t WHERE EXISTS (SELECT 1 FROM {updated} e"
            f" WHERE e.pgh_obj_id = t.id AND e.pgh_context_id = %(context)s) AND {later}",
            parameters,
        )
        kept_rows = [KeptRow(pk, _EDITED_REASON) for (pk,) in cursor.fetchall()]
        assignments = ", ".join(f"{column} = e.{column}" for column in columns)
        cursor.execute(
            f"UPDATE {table_name(model)} t SET {assignments} FROM"
            f" (SELECT DISTINCT ON (pgh_obj_id) * FROM {updated}"
            "   WHERE pgh_context_id = %(context)s ORDER BY pgh_obj_id, pgh_id) e"
            f" WHERE e.pgh_obj_id = t.id AND NOT {later}",
            parameters,
        )
        restored = cursor.rowcount
        names = ", ".join(columns)
        cursor.execute(
            f"INSERT INTO {table_name(model)} (id, {names})"
            f" SELECT pgh_obj_id, {names} FROM {deleted}"
            " WHERE pgh_context_id = %(context)s ON CONFLICT DO NOTHING",
            parameters,
        )
        restored += cursor.rowcount
    return restored, kept_rows


def _overwritten_rows(model: type[Record], upload: Upload, context: uuid.UUID) -> list[KeptRow]:
    """Return the rows it brought that a later upload has changed: they carry that one's stamp."""
    updated = _event_table(model, UPDATED)
    if updated is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT t.id FROM {table_name(model)} t JOIN {updated} e"
            " ON e.pgh_obj_id = t.id WHERE e.upload_id = %(upload)s"
            " AND t.upload_id <> %(upload)s"
            " AND e.pgh_context_id IS DISTINCT FROM %(context)s",
            {"context": context, "upload": upload.pk},
        )
        return [KeptRow(pk, _EDITED_REASON) for (pk,) in cursor.fetchall()]


def _delete_rows(
    model: type[Record], upload: Upload, context: uuid.UUID
) -> tuple[int, list[KeptRow]]:
    updated = _event_table(model, UPDATED)
    brought = "t.upload_id = %(upload)s"
    edited = "false"
    if updated is not None:
        brought += (
            f" AND NOT EXISTS (SELECT 1 FROM {updated} e WHERE e.pgh_obj_id = t.id"
            " AND e.pgh_context_id = %(context)s)"
        )
        edited = f"EXISTS (SELECT 1 FROM {updated} l WHERE l.pgh_obj_id = t.id AND {_IS_EFFECTIVE})"
    pointed_at = _is_referenced_sql(model)
    table = table_name(model)
    parameters: dict[str, Any] = {"context": context, "upload": upload.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} t WHERE {brought} AND NOT {edited} AND NOT ({pointed_at})",
            parameters,
        )
        deleted = cursor.rowcount
        cursor.execute(f"SELECT t.id, {edited} FROM {table} t WHERE {brought}", parameters)
        kept_rows = [
            KeptRow(pk, _EDITED_REASON if was_edited else _REFERENCED_REASON)
            for pk, was_edited in cursor.fetchall()
        ]
    return deleted, kept_rows


def _is_referenced_sql(model: type[Record]) -> str:
    """Tell in SQL whether any other row points at row `t`."""
    checks = [
        f"EXISTS (SELECT 1 FROM {table_name(relation.related_model)} r"
        f" WHERE r.{quote_name(str(relation.field.column))} = t.id)"
        for relation in model._meta.related_objects
        if not relation.many_to_many
        and "pgh_" not in relation.field.name
        and not relation.related_model.__name__.endswith("Event")
    ]
    return " OR ".join(checks) or "false"
