"""Folders, sockets and account of the embedded servers, and the lock around starting them."""

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
_MAX_SOCKET_FOLDER_LENGTH = 80  # the path of a socket may have 103 bytes, its name included
_UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody", "daemon")


class EmbeddedServerError(Exception):
    """A server could not be started or stopped; the message says what to do."""


def is_root() -> bool:
    """Return whether this process runs as root, as which PostgreSQL refuses to run."""
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
    """Return the folder of both servers: below var/, as root one in the temporary folder.

    The account of the servers could reach a checkout below /root only if the parent folders
    were opened to everybody.
    """
    return _temporary_folder("redcross") if is_root() else PROJECT_ROOT / "var" / "servers"


def socket_folder() -> Path:
    """Return the folder of the sockets: beside the data unless that path is too long."""
    wanted = servers_folder() / "run"
    if len(os.fsencode(wanted)) < _MAX_SOCKET_FOLDER_LENGTH:
        return wanted
    return _temporary_folder("redcross-run")


def _temporary_folder(name: str) -> Path:
    checkout = hashlib.sha256(os.fsencode(PROJECT_ROOT)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"{name}-{checkout}"


def valkey_socket() -> Path:
    """Return the socket of Valkey."""
    return socket_folder() / "valkey.sock"


def redis_url() -> str:
    """Return the URL for redis-py."""
    return f"unix://{quote(str(valkey_socket()))}?db=0"


def broker_url() -> str:
    """Return the URL for Celery."""
    return f"redis+socket://{quote(str(valkey_socket()))}?virtual_host=0"


def check_folder_owners() -> None:
    """Raise EmbeddedServerError if another user created the folders (names in /tmp are known)."""
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
    """Hold the lock under which one process at a time starts or stops servers."""
    home = servers_folder()
    # As root: the account of the servers may pass through, but not list the folder.
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
    """Create a folder that only the account of the servers may enter."""
    path.mkdir(exist_ok=True, mode=0o700)
    if is_root():
        os.chown(path, *server_account())
    path.chmod(0o700)
