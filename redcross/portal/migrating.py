"""Whether the database's tables are those the program was written for."""

import functools

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def missing_migrations() -> list[str]:
    """Return the migrations that have not been applied, by app and name."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _written() - applied.keys())


@functools.cache
def _written() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    replaced = {key for each in loader.replacements.values() for key in each.replaces}
    return frozenset(loader.disk_migrations.keys() - replaced)
