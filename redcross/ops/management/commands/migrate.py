"""manage.py migrate: Django's command, with lighter rendering of the model state."""

from typing import Any

from django.core.management.commands import migrate

from redcross.ops.migration_support import light_state_rendering


class Command(migrate.Command):
    """Apply migrations."""

    def handle(self, *args: Any, **options: Any) -> None:
        with light_state_rendering():
            super().handle(*args, **options)
