"""manage.py migrate: Django's own, that renders a new table's model and no other."""

from typing import Any

from django.core.management.commands import migrate

from redcross.ops.migrating import rendering_new_models_alone


class Command(migrate.Command):
    """Bring the database to the tables the program is written for."""

    def handle(self, *args: Any, **options: Any) -> None:
        with rendering_new_models_alone():
            super().handle(*args, **options)
