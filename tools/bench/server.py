"""A web server and a worker on the bench's database, and requests to them."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from django.conf import settings

_START_SECONDS = 300
_ENVIRONMENT = {**os.environ, "DJANGO_SETTINGS_MODULE": "tools.bench.settings"}


@contextlib.contextmanager
def run_server(workers: int = 1) -> Iterator[int]:
    """Serve the bench's database by granian; yield the free port of this machine it listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(  # noqa: S603  our own program
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(workers), "--blocking-threads", "16", "redcross.wsgi:application"),
        ],
        env=_ENVIRONMENT,
        cwd=settings.BASE_DIR,
    )
    try:
        _wait_until_ready(port)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def run_worker() -> Iterator[None]:
    """Run a Celery worker on the bench's database."""
    worker = subprocess.Popen(  # noqa: S603  our own program
        [
            *(sys.executable, "-m", "celery", "-A", "redcross.celery"),
            *("worker", "--loglevel", "WARNING", "--concurrency", "2"),
        ],
        env=_ENVIRONMENT,
        cwd=settings.BASE_DIR,
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def send_get(line: http.client.HTTPConnection, path: str, cookie: str) -> None:
    """Request a page and read it; raise RuntimeError where the answer is not 200."""
    line.request("GET", path, headers={"Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        message = f"{path} answered {answer.status}"
        raise RuntimeError(message)


def _wait_until_ready(port: int) -> None:
    for _ in range(_START_SECONDS * 2):
        try:
            send_get(http.client.HTTPConnection("127.0.0.1", port, timeout=30), "/health/", "")
        except OSError:
            time.sleep(0.5)
        else:
            return
    message = "the server does not answer"
    raise TimeoutError(message)
