"""Where the servers lie, as whom they run, and who may start them: one process at a time."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

PROJECT_ROOT = Path(__file__).resolve().parents[2]
OWNER, APPLICATION, DATABASE = "redcross_owner", "redcross_app", "redcross"
POSTGRES_PORT = 5432
_MAX_SOCKET_FOLDER_LENGTH = 80  # a socket's path may have 103 bytes, its name included
_UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody", "daemon")


class EmbeddedServerError(Exception):
    """A server could not be started; the message says what to do."""


def is_root() -> bool:
    """Return whether we are root, as whom PostgreSQL refuses to run."""
    return os.geteuid() == 0


def server_account() -> tuple[int, int]:
    """Return the user and group the servers run as."""
    if not is_root():
        return os.geteuid(), os.getegid()
    for name in _UNPRIVILEGED_ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    message = (
        "以 root 运行时需要一个普通账户来运行 PostgreSQL：请先执行 useradd -r postgres，"
        "或改用普通用户。"
    )
    raise EmbeddedServerError(message)


def servers_folder() -> Path:
    """Return the folder of both servers: under var/, as root one that others may pass.

    The account the servers run as could not reach a checkout under /root unless its
    parents were opened to everybody, and everything beside it with them.
    """
    return _temporary_folder("redcross") if is_root() else PROJECT_ROOT / "var" / "servers"


def socket_folder() -> Path:
    """Return where both listen: beside their data unless that path is too long."""
    wanted = servers_folder() / "run"
    if len(os.fsencode(wanted)) < _MAX_SOCKET_FOLDER_LENGTH:
        return wanted
    return _temporary_folder("redcross-run")


def _temporary_folder(name: str) -> Path:
    checkout = hashlib.sha256(os.fsencode(PROJECT_ROOT)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"{name}-{checkout}"


def valkey_socket() -> Path:
    """Return Valkey's socket."""
    return socket_folder() / "valkey.sock"


def redis_url() -> str:
    """Return the address that redis-py understands."""
    return f"unix://{quote(str(valkey_socket()))}?db=0"


def broker_url() -> str:
    """Return the address that Celery understands."""
    return f"redis+socket://{quote(str(valkey_socket()))}?virtual_host=0"


def check_folder_owners() -> None:
    """Fail if somebody else made our folders: names under /tmp can be foreseen."""
    for path in {servers_folder(), socket_folder()}:
        with contextlib.suppress(FileNotFoundError):
            status = path.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {
                os.geteuid(),
                server_account()[0],
            }:
                message = f"{path} 不是本用户建立的目录，请查明来源、删除后重试。"
                raise EmbeddedServerError(message)


@contextlib.contextmanager
def exclusive_lock() -> Iterator[None]:
    """Let one process at a time start or stop servers."""
    home = servers_folder()
    # As root the servers' account passes through to what is its own, and lists nothing.
    mode = 0o711 if is_root() else 0o700
    try:
        home.mkdir(parents=True, exist_ok=True, mode=mode)
        check_folder_owners()
        home.chmod(mode)
        make_private_folder(socket_folder())
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        message = f"无法写入 {home}（{error.filename}）：请用建立它的用户运行。"
        raise EmbeddedServerError(message) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def make_private_folder(path: Path) -> None:
    """Make a folder that only the servers' account may enter."""
    path.mkdir(exist_ok=True, mode=0o700)
    if is_root():
        os.chown(path, *server_account())
    path.chmod(0o700)
