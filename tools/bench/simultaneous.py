"""Many workbooks uploaded at the same moment: seconds until the findings of each are there."""

import datetime as dt
import http.client
import json
import statistics
import threading
import time
import uuid
from collections.abc import Sequence

from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.services import grant_role
from redcross.api.choices import TokenScope
from redcross.api.models import create_token
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from tools.bench.server import run_server, run_worker

_ROUNDS = 4
_POLL_SECONDS, _MAX_SECONDS = 0.05, 120
Clerk = tuple[str, str]
"""A branch's code, and the token of its clerk."""


def measure_simultaneous_uploads(workbooks: Sequence[bytes]) -> dict[str, float]:
    """Return p50 and p95 in seconds from upload to findings, medians of the rounds.

    Each workbook comes from a clerk of his own for a branch of his own, in each round for
    another month. Web, worker and this program share the machine; the first round, which
    fills caches of templates and connections, is not counted.
    """
    clerks = _create_clerks(len(workbooks))
    with run_server(workers=2) as port, run_worker():
        rounds = [
            _measure_round(port, clerks, workbooks, f"2021-{number + 1:02d}")
            for number in range(_ROUNDS)
        ][1:]
    return {
        "at_once": len(workbooks),
        "p50": round(statistics.median(seconds[len(seconds) // 2] for seconds in rounds), 2),
        "p95": round(
            statistics.median(seconds[int(len(seconds) * 0.95) - 1] for seconds in rounds), 2
        ),
    }


def _create_clerks(count: int) -> list[Clerk]:
    today = timezone.localdate()
    clerks = []
    for branch in Branch.objects.filter(level=Level.COUNTY).order_by("code")[:count]:
        user, _ = User.objects.get_or_create(
            username=f"bench-{branch.code}", defaults={"display_name": f"示例（{branch}）"}
        )
        grant_role(user, Role.STATISTICIAN, branch)
        _, secret = create_token(
            user,
            name="测速",
            scopes=[TokenScope.UPLOAD],
            ends_on=today + dt.timedelta(days=1),
            today=today,
        )
        clerks.append((branch.code, secret))
    return clerks


def _measure_round(
    port: int, clerks: Sequence[Clerk], workbooks: Sequence[bytes], month: str
) -> list[float]:
    """Upload every workbook at once; return the sorted seconds until each has findings."""
    started: dict[int, float] = {}
    barrier = threading.Barrier(len(clerks))

    def upload(clerk: Clerk, content: bytes) -> None:
        branch, token = clerk
        body, content_type = _encode_form(branch, month, content)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=_MAX_SECONDS)
        barrier.wait()
        start = time.perf_counter()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
        line.request("POST", "/api/v1/uploads/", body=body, headers=headers)
        answer = json.load(line.getresponse())
        started[answer["upload"]] = start
        line.close()

    threads = [
        threading.Thread(target=upload, args=pair) for pair in zip(clerks, workbooks, strict=True)
    ]
    for thread in threads:
        thread.start()
    seconds = _wait_for_findings(started, len(clerks))
    for thread in threads:
        thread.join()
    return sorted(seconds)


def _wait_for_findings(started: dict[int, float], count: int) -> list[float]:
    """Poll until `count` uploads are checked; return the seconds since each one's start."""
    seconds: dict[int, float] = {}
    end = time.perf_counter() + _MAX_SECONDS
    while len(seconds) < count and time.perf_counter() < end:
        time.sleep(_POLL_SECONDS)
        pending = {pk: start for pk, start in dict(started).items() if pk not in seconds}
        checked = Upload.objects.filter(
            pk__in=pending, state__in=[UploadState.READY, UploadState.HAS_ERRORS]
        ).values_list("pk", flat=True)
        seconds.update((pk, time.perf_counter() - pending[pk]) for pk in checked)
    if len(seconds) < count:
        message = f"{count - len(seconds)} of {count} uploads were not checked"
        raise RuntimeError(message)
    return list(seconds.values())


def _encode_form(branch: str, month: str, content: bytes) -> tuple[bytes, str]:
    """Return a multipart body and its content type."""
    boundary = uuid.uuid4().hex
    fields = {"sheet": "donations.ledger", "branch": branch, "period": month}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="bench.xlsx"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"
