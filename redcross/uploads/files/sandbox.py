"""The process that opens strangers' files: `python -m redcross.uploads.files.sandbox`.

Each file is opened in a child of its own, with limits. Starting a fresh program for it would
take four fifths of a small upload's time, so this one waits with everything loaded and forks.
It reads orders, one JSON line each, answers each in one line, and ends with who started it.
"""

import atexit
import contextlib
import dataclasses
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

_BLOCK_BYTES = 65536
_MAX_NOISE_BYTES = 2000
"""How much of a child's last words is kept, in bytes."""


@dataclasses.dataclass(frozen=True, slots=True)
class ChildResult:
    """How a child ended: its exit code (negative: the signal), what it answered and said."""

    code: int
    answer: dict[str, Any] | None
    noise: str
    is_in_time: bool


class _ForkServer:
    """The waiting process of this process; one file at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, path: Path, folder: Path, seconds: float) -> ChildResult:
        """Have a file opened, its grids laid into `folder`."""
        order = json.dumps([str(path), str(folder), seconds]).encode() + b"\n"
        with self._lock:
            line = self._told(order) or self._told(order)
        if not line:
            return ChildResult(-signal.SIGKILL, None, "", is_in_time=True)
        return ChildResult(**json.loads(line))

    def warm(self) -> None:
        """Start it before the first file comes."""
        with self._lock:
            self._running()

    def _told(self, order: bytes) -> bytes:
        """Return the answer, empty where the process died over it."""
        process = self._running()
        given, taken = process.stdin, process.stdout
        assert given is not None  # noqa: S101  both are pipes of ours
        assert taken is not None  # noqa: S101
        try:
            given.write(order)
            given.flush()
            line: bytes = taken.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            process.kill()
            with contextlib.suppress(OSError):
                process.communicate()
            self._process = None
        return line

    def _running(self) -> "subprocess.Popen[bytes]":
        # A forked process must not read the answers of its parent's.
        mine = self._owner == os.getpid()
        if not mine or self._process is None or self._process.poll() is not None:
            self._process, self._owner = _start_process(), os.getpid()
        return self._process

    def end(self) -> None:
        """Let it go with the process that started it."""
        if self._process is not None and self._owner == os.getpid():
            with contextlib.suppress(OSError):
                self._process.communicate()
            self._process = None


def _start_process() -> "subprocess.Popen[bytes]":
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "POLARS_MAX_THREADS": "1",
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PYTHONWARNINGS": "ignore",
    }
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "redcross.uploads.files.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd="/",
    )


_server = _ForkServer()
atexit.register(_server.end)
open_in_child, start_server, stop_server = _server.ask, _server.warm, _server.end


# The waiting process -----------------------------------------------------------


def main() -> None:
    """Carry orders out until nobody can give any more."""
    import olefile  # noqa: F401, PLC0415  loaded once, before the children fork
    import python_calamine  # noqa: F401, PLC0415  loaded once, before the children fork
    from lxml import etree  # noqa: F401, PLC0415  loaded once, before the children fork

    from redcross.uploads.files import parser  # noqa: PLC0415  loaded once, before the children fork

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends who started us, then us
    for line in sys.stdin.buffer:
        path, folder, seconds = json.loads(line)
        outcome = _open_forked(parser, Path(path), Path(folder), seconds)
        sys.stdout.write(json.dumps(dataclasses.asdict(outcome)) + "\n")
        sys.stdout.flush()


def _open_forked(opening: Any, path: Path, folder: Path, seconds: float) -> ChildResult:
    said = folder / "noise"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _become_child(opening, path, folder, writing)
    os.close(writing)
    with open(reading, "rb") as answers:  # noqa: PTH123  a pipe has no path
        content, in_time = _read_answer(answers, time.monotonic() + seconds)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    noise = said.read_bytes()[-_MAX_NOISE_BYTES:].decode(errors="replace") if said.exists() else ""
    answer = None
    with contextlib.suppress(ValueError):
        answer = json.loads(content)
    return ChildResult(os.waitstatus_to_exitcode(status), answer, noise, in_time)


def _become_child(opening: Any, path: Path, folder: Path, writing: int) -> None:
    """Open the file; never return."""
    code = 1
    try:
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDONLY)
        noise = os.open(folder / "noise", os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(nothing, 0)
        os.dup2(noise, 1)
        os.dup2(noise, 2)
        answer = opening.answer_for(path, folder)
        with open(writing, "wb") as told:
            told.write(json.dumps(answer, ensure_ascii=True).encode())
        code = 0
    finally:
        os._exit(code)  # a million cells need no tidying one by one


def _read_answer(answers: IO[bytes], deadline: float) -> tuple[bytes, bool]:
    """Read to the end, and tell whether it came in time."""
    return b"".join(_read_blocks(answers, deadline)), time.monotonic() < deadline


def _read_blocks(answers: IO[bytes], deadline: float) -> Iterator[bytes]:
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([answers], [], [], left)[0]:
            return
        block = os.read(answers.fileno(), _BLOCK_BYTES)
        if not block:
            return
        yield block


if __name__ == "__main__":
    main()
