"""The fork server that opens strangers' files: `python -m redcross.uploads.files.sandbox`.

Each file is opened in a child of its own, with limits. Starting a fresh program for it would
take four fifths of a small upload's time, so this process waits with everything loaded and
forks. It reads requests of one JSON line each, answers each in one line, and ends with the
process that started it.
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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

_BLOCK_BYTES = 65536
_MAX_NOISE_BYTES = 2000
"""So much of the end of a child's output is returned."""
_NOISE_FILE = "noise"

OpenFile = Callable[[Path, Path], dict[str, Any]]
"""A function that writes the grids of a file into a folder and returns the answer."""


@dataclasses.dataclass(frozen=True, slots=True)
class ChildResult:
    """How a child ended: exit code (negative: the signal), answer, output and error output."""

    code: int
    answer: dict[str, Any] | None
    noise: str
    is_in_time: bool


class _ForkServer:
    """The fork server of this process; it opens one file at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def open_in_child(self, path: Path, folder: Path, seconds: float) -> ChildResult:
        """Open a file in a child, its grids written into `folder`, for at most some seconds."""
        request = json.dumps([str(path), str(folder), seconds]).encode() + b"\n"
        with self._lock:
            answer = self._send(request) or self._send(request)
        if not answer:
            return ChildResult(-signal.SIGKILL, None, "", is_in_time=True)
        return ChildResult(**json.loads(answer))

    def start(self) -> None:
        """Start the server before the first file comes."""
        with self._lock:
            self._running_process()

    def stop(self) -> None:
        """Stop the server; called when the process that started it ends."""
        if self._process is not None and self._owner == os.getpid():
            with contextlib.suppress(OSError):
                self._process.communicate()
            self._process = None

    def _send(self, request: bytes) -> bytes:
        """Return the answer, empty where the server died."""
        process = self._running_process()
        requests, answers = process.stdin, process.stdout
        assert requests is not None  # noqa: S101  both are pipes of ours
        assert answers is not None  # noqa: S101
        try:
            requests.write(request)
            requests.flush()
            answer: bytes = answers.readline()
        except BrokenPipeError:
            answer = b""
        if not answer:
            process.kill()
            with contextlib.suppress(OSError):
                process.communicate()
            self._process = None
        return answer

    def _running_process(self) -> "subprocess.Popen[bytes]":
        # A forked process must not read the answers of its parent's server.
        is_own = self._owner == os.getpid()
        if not is_own or self._process is None or self._process.poll() is not None:
            self._process, self._owner = _start_process(), os.getpid()
        return self._process


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
atexit.register(_server.stop)
open_in_child, start_server, stop_server = _server.open_in_child, _server.start, _server.stop


# The fork server's own process ----------------------------------------------------------


def main() -> None:
    """Answer requests until the pipe is closed."""
    # Loaded here, before the children fork, and never in the process that started this one.
    from redcross.uploads.files.parser import open_within_limits  # noqa: PLC0415  before the fork

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends who started us, then us
    for line in sys.stdin.buffer:
        path, folder, seconds = json.loads(line)
        result = _open_forked(open_within_limits, Path(path), Path(folder), seconds)
        sys.stdout.write(json.dumps(dataclasses.asdict(result)) + "\n")
        sys.stdout.flush()


def _open_forked(open_file: OpenFile, path: Path, folder: Path, seconds: float) -> ChildResult:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _become_child(open_file, path, folder, writing)
    os.close(writing)
    with open(reading, "rb") as answers:  # noqa: PTH123  a pipe has no path
        content, is_in_time = _read_answer(answers, time.monotonic() + seconds)
    if not is_in_time:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    output = folder / _NOISE_FILE
    noise = output.read_bytes()[-_MAX_NOISE_BYTES:] if output.exists() else b""
    answer = None
    with contextlib.suppress(ValueError):
        answer = json.loads(content)
    code = os.waitstatus_to_exitcode(status)
    return ChildResult(code, answer, noise.decode(errors="replace"), is_in_time)


def _become_child(open_file: OpenFile, path: Path, folder: Path, writing: int) -> None:
    """Open the file, write the answer into the pipe, and end; never return."""
    code = 1
    try:
        os.chdir(folder)
        no_input = os.open(os.devnull, os.O_RDONLY)
        output = os.open(folder / _NOISE_FILE, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(no_input, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        answer = open_file(path, folder)
        with open(writing, "wb") as pipe:
            pipe.write(json.dumps(answer, ensure_ascii=True).encode())
        code = 0
    finally:
        os._exit(code)  # a million cells need not be freed one by one


def _read_answer(answers: IO[bytes], deadline: float) -> tuple[bytes, bool]:
    """Read to the end of the pipe; return the content and whether it ended in time."""
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
