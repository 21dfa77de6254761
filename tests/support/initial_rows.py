"""The rows a new portal starts with, restored after a test that commits.

Such a test ends with every table emptied, those that migrations filled included. A copy in a
schema of its own is not flushed.
"""

from django.core.management.commands import flush
from django.db import connection, transaction

SCHEMA = "at_first"
_NEVER_FLUSHED = {"django_migrations"}


def skip_post_migrate_on_flush() -> None:
    """Stop `flush` from installing every trigger, policy and grant again: only rows are deleted.

    It takes some seconds after each test that commits.
    """
    flush.emit_post_migrate_signal = lambda *_, **__: None


def save_initial_rows() -> None:
    """Copy every table that has rows into a schema of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in set(connection.introspection.table_names(cursor)) - _NEVER_FLUSHED:
            if _has_rows(cursor, table):
                cursor.execute(f'CREATE TABLE {SCHEMA}."{table}" AS SELECT * FROM "{table}"')


def restore_initial_rows() -> None:
    """Fill the flushed tables; leave tables with rows alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        empty = _flushed_tables(cursor)
        # The triggers ran when the rows were first written.
        for table in empty:
            cursor.execute(f'ALTER TABLE public."{table}" DISABLE TRIGGER USER')
        for table in empty:
            _fill(cursor, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in empty:
            cursor.execute(f'ALTER TABLE public."{table}" ENABLE TRIGGER USER')


def _flushed_tables(cursor) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
    return [table for (table,) in cursor.fetchall() if not _has_rows(cursor, table)]


def _has_rows(cursor, table: str) -> bool:
    cursor.execute(f'SELECT EXISTS (SELECT FROM public."{table}")')
    return cursor.fetchone()[0]


def _fill(cursor, table: str) -> None:
    cursor.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'"
        " AND column_name IN (SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name = %s)",
        [table, SCHEMA, table],
    )
    columns = cursor.fetchone()[0]
    cursor.execute(
        f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE'
        f' SELECT {columns} FROM {SCHEMA}."{table}"'
    )
