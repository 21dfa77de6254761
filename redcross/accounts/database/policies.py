"""Row-level security and grants of the application's database role.

Installed by the owner after every `migrate`. The policies repeat the rule of `visible_to` in
the database, so that a forgotten filter shows nothing. They do not bind the owner: they are
ENABLEd, not FORCEd.
"""

from collections.abc import Callable, Iterator

from django.apps import apps
from django.conf import settings
from django.db import connections, models

from redcross.accounts.database.functions import secure_functions
from redcross.accounts.models import Visible
from redcross.branches.tree import VERSION_TABLE

POLICY = "branch_in_scope"
VAULT_POLICY = "vault_is_open"
_SCOPE_RULE = (
    "{column} = ANY(ARRAY(SELECT unnest(string_to_array("
    "current_setting('redcross.scope', true), ',')::bigint[])))"
)
# Both policies must pass: whatever a forgotten filter selects, the rows of the vault stay
# hidden unless a user has opened those of his branch, or the import pipeline writes them.
_VAULT_RULE = (
    "current_setting('redcross.vault', true) = '*' OR {column} = ANY(ARRAY(SELECT unnest("
    "string_to_array(NULLIF(current_setting('redcross.vault', true), '*'), ',')::bigint[])))"
)

_MAINTAIN_VERSION = 170000  # the right to ANALYZE a table of another owner

_read_only: list[Callable[[], set[str]]] = [lambda: {VERSION_TABLE}]
_append_only: list[type[models.Model]] = []


def register_read_only(tables: Callable[[], set[str]]) -> Callable[[], set[str]]:
    """Register tables that the application may only SELECT; for use as a decorator."""
    _read_only.append(tables)
    return tables


def register_append_only(model: type[models.Model]) -> None:
    """Register a model whose rows the application may only INSERT and SELECT."""
    _append_only.append(model)


def visible_models() -> Iterator[type[Visible]]:
    """Yield every model whose rows are limited by branch."""
    for model in apps.get_models():
        if issubclass(model, Visible) and model.row_level_security:
            yield model


def install_policies(*, using: str) -> None:
    """Grant the application its rights and create the policies of every table."""
    with connections[using].cursor() as cursor:
        role = connections[using].ops.quote_name(settings.APPLICATION_ROLE)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        if connections[using].pg_version >= _MAINTAIN_VERSION:  # type: ignore[attr-defined]
            cursor.execute(f"GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {role}")
        protected = {"django_migrations"}.union(*(tables() for tables in _read_only))
        protected |= {
            event._meta.db_table
            for model in apps.get_models()
            for event in getattr(model, "pgh_event_models", {}).values()
        }
        for table in sorted(protected):
            quoted = connections[using].ops.quote_name(table)
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {quoted} FROM {role}")
        for model in _append_only:
            quoted = connections[using].ops.quote_name(model._meta.db_table)
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {quoted} FROM {role}")
        for model in visible_models():
            cursor.execute(policy_sql(model))
            for event in getattr(model, "pgh_event_models", {}).values():
                cursor.execute(policy_sql(event))
            if model.in_vault:
                cursor.execute(_vault_sql(model))
    secure_functions(using=using)


def policy_sql(model: type[models.Model]) -> str:
    """Return the statements that create the branch policy of the model's table."""
    table = f'"{model._meta.db_table}"'
    column = '"branch_id"'
    rule = _SCOPE_RULE.format(column=column)
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"DROP POLICY IF EXISTS {POLICY} ON {table};"
        f"CREATE POLICY {POLICY} ON {table} USING ({rule}) WITH CHECK ({rule});"
    )


def _vault_sql(model: type[models.Model]) -> str:
    table = f'"{model._meta.db_table}"'
    rule = _VAULT_RULE.format(column='"branch_id"')
    return (
        f"DROP POLICY IF EXISTS {VAULT_POLICY} ON {table};"
        f"CREATE POLICY {VAULT_POLICY} ON {table} AS RESTRICTIVE"
        f" USING ({rule}) WITH CHECK ({rule});"
    )
