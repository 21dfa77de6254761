"""Forty workbooks handed in at the same moment: how long until each one's findings stand."""

import contextlib
import datetime as dt
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils import timezone

from donations.management import measuring
from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.services import grant_role
from redcross.api.choices import TokenScope
from redcross.api.models import create_token
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload

ROUNDS = 4
LOOKS_EVERY, PATIENCE = 0.05, 120
Clerk = tuple[str, str]
"""A branch's code, and the token of its clerk."""


def measure_rush(workbooks: Sequence[bytes]) -> dict[str, float]:
    """Return p50 and p95 in seconds from handing in to findings, medians of the rounds.

    Each workbook comes from a clerk of his own for a branch of his own, in each round for
    another month. Web, worker and this program share the machine; the first round, which
    warms templates and connections, is not counted.
    """
    clerks = _clerks(len(workbooks))
    with measuring.serving(workers=2) as port, _working():
        rounds = [
            _round(port, clerks, workbooks, f"2021-{number + 1:02d}") for number in range(ROUNDS)
        ][1:]
    return {
        "at_once": len(workbooks),
        "p50": round(statistics.median(each[len(each) // 2] for each in rounds), 2),
        "p95": round(statistics.median(each[int(len(each) * 0.95) - 1] for each in rounds), 2),
    }


def _clerks(count: int) -> list[Clerk]:
    today = timezone.localdate()
    found = []
    for branch in Branch.objects.filter(level=Level.COUNTY).order_by("code")[:count]:
        user, _ = User.objects.get_or_create(
            username=f"bench-{branch.code}", defaults={"display_name": f"示例（{branch}）"}
        )
        grant_role(user, Role.STATISTICIAN, branch)
        _, secret = create_token(
            user, name="测速", scopes=[TokenScope.UPLOAD], ends_on=today + dt.timedelta(days=1),
            today=today,
        )  # fmt: skip
        found.append((branch.code, secret))
    return found


@contextlib.contextmanager
def _working() -> Iterator[None]:
    """Run a worker on the bench's database, as it is served."""
    worker = subprocess.Popen(  # noqa: S603  our own program
        [
            *(sys.executable, "-m", "celery", "-A", "redcross.celery"),
            *("worker", "--loglevel", "WARNING", "--concurrency", "2"),
        ],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.bench_settings"},
        cwd=settings.BASE_DIR,
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def _round(
    port: int, clerks: Sequence[Clerk], workbooks: Sequence[bytes], month: str
) -> list[float]:
    """Hand in every workbook at once; return how long each took until its findings stood."""
    handed_in: dict[int, float] = {}
    together = threading.Barrier(len(clerks))

    def hand_in(clerk: Clerk, content: bytes) -> None:
        body, kind = _form(clerk[0], month, content)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        together.wait()
        start = time.perf_counter()
        headers = {"Authorization": f"Bearer {clerk[1]}", "Content-Type": kind}
        line.request("POST", "/api/v1/uploads/", body=body, headers=headers)
        told = json.load(line.getresponse())
        handed_in[told["upload"]] = start
        line.close()

    threads = [
        threading.Thread(target=hand_in, args=pair) for pair in zip(clerks, workbooks, strict=True)
    ]
    for thread in threads:
        thread.start()
    found: dict[int, float] = {}
    end = time.perf_counter() + PATIENCE
    while len(found) < len(clerks) and time.perf_counter() < end:
        time.sleep(LOOKS_EVERY)
        known = dict(handed_in)
        ready = Upload.objects.filter(
            pk__in=known.keys() - found.keys(),
            state__in=[UploadState.READY, UploadState.HAS_ERRORS],
        ).values_list("pk", flat=True)
        found.update((pk, time.perf_counter() - known[pk]) for pk in ready)
    for thread in threads:
        thread.join()
    if len(found) < len(clerks):
        message = f"{len(clerks) - len(found)} of {len(clerks)} uploads were not checked"
        raise RuntimeError(message)
    return sorted(found.values())


def _form(branch: str, month: str, content: bytes) -> tuple[bytes, str]:
    """Return a multipart body and its content type."""
    mark = uuid.uuid4().hex
    fields = {"sheet": "donations.ledger", "branch": branch, "period": month}
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="bench.xlsx"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"
