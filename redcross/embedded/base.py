"""A Django database engine that starts the embedded PostgreSQL at the first connection."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from redcross import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL over its Unix socket, started at the first connection."""

    def get_new_connection(self, conn_params: Any) -> Any:
        try:
            embedded.ensure_postgres()
        except embedded.EmbeddedServerError as error:
            raise OperationalError(str(error)) from error
        return super().get_new_connection(conn_params)
