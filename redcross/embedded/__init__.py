"""PostgreSQL and Valkey from wheels, where no server is named; left running until stopped.

Servers start at the first connection, never by importing settings. They listen on Unix
sockets alone, in a folder that only the account they run as (and root) may enter, so
that no other user of the machine reaches them: that folder is the password.
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
    """Start what does not run; quick where both do."""
    ensure_postgres()
    ensure_valkey()


def delete_servers() -> None:
    """Stop both and delete all they keep; what a real server holds is never touched."""
    stop_servers()
    shutil.rmtree(servers_folder(), ignore_errors=True)


def stop_servers() -> list[str]:
    """Stop both; return the names of those that ran."""
    ran = {"PostgreSQL": stop_postgres(), "Valkey": stop_valkey()}
    return [name for name, was_running in ran.items() if was_running]
