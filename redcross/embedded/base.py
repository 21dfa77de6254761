"""A database engine that starts the embedded servers at its first connection."""

from typing import Any

from django.db.backends.postgresql import base

from redcross import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL over its Unix socket, started when it is first needed."""

    def get_new_connection(self, conn_params: Any) -> Any:
        embedded.ensure()
        return super().get_new_connection(conn_params)
