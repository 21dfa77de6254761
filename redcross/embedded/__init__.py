"""PostgreSQL and Valkey from wheels, used if no server is configured; they run until stopped.

The servers start at the first connection, never by importing the settings. They listen only
on Unix sockets in a folder that no account but theirs (and root) may enter: access to that
folder takes the place of a password.
"""

import shutil

from redcross.embedded.location import (
    APPLICATION,
    DATABASE,
    OWNER,
    POSTGRES_PORT,
    EmbeddedServerError,
    broker_url,
    redis_url,
    servers_folder,
    socket_folder,
)
from redcross.embedded.postgres import ensure_postgres, stop_postgres
from redcross.embedded.valkey import ensure_valkey, stop_valkey

__all__ = [
    "APPLICATION",
    "DATABASE",
    "OWNER",
    "POSTGRES_PORT",
    "EmbeddedServerError",
    "broker_url",
    "ensure",
    "ensure_postgres",
    "ensure_valkey",
    "forget",
    "redis_url",
    "socket_folder",
    "stop",
]


def ensure_servers() -> None:
    """Start the servers that do not run."""
    ensure_postgres()
    ensure_valkey()


def delete_servers() -> None:
    """Stop both servers and delete their data; configured servers are never touched."""
    stop_servers()
    shutil.rmtree(servers_folder(), ignore_errors=True)


def stop_servers() -> list[str]:
    """Stop both servers; return the names of those that ran."""
    ran = {"PostgreSQL": stop_postgres(), "Valkey": stop_valkey()}
    return [name for name, was_running in ran.items() if was_running]
