"""manage.py migrate: Django's own, that renders a new table's model and no other."""

from typing import Any

from django.core.management.commands import migrate

from redcross.ops.migration_support import light_state_rendering


class Command(migrate.Command):
    """Bring the database to the tables the program is written for."""

    def handle(self, *args: Any, **options: Any) -> None:
        with light_state_rendering():
            super().handle(*args, **options)
