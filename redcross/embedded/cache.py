"""Connections of the cache that start the embedded Valkey when one is first needed."""

from typing import Any

from redis import ConnectionPool

from redcross import embedded


class EmbeddedPool(ConnectionPool):
    """A pool whose server is started before its first connection."""

    def make_connection(self) -> Any:
        embedded.ensure_valkey()
        return super().make_connection()
