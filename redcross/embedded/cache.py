"""A connection pool of the cache that starts the embedded Valkey at the first connection."""

from typing import Any

from redis import ConnectionPool

from redcross import embedded


class EmbeddedPool(ConnectionPool):
    """A pool that starts the server before its first connection."""

    def make_connection(self) -> Any:
        embedded.ensure_valkey()
        return super().make_connection()
