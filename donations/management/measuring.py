"""How quickly boards answer over many gifts, and home beside an empty page: medians and ratios."""

import functools
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth
from django.test.utils import CaptureQueriesContext

from donations.choices import Source
from donations.models import Donation, Fund
from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system
from redcross.accounts.services import grant_role
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.dashboards.boards import registry as boards
from redcross.dashboards.compose import compose_board
from redcross.indicators.disclosure.disclosure_control import FigureAudience
from redcross.indicators.query.query_params import FigureQuery
from redcross.periods import Period
from redcross.uploads.database.upsert import default_literal

AT_ONCE = 500_000
BOARD_REPEATS, LIVE_REPEATS = 7, 3
OF_GIFTS = ("overview", "donations")
"""The boards whose figures come from gifts; of the others only queries are counted."""
PLACES = ("53", "5301", "530102")
ROUNDS, REQUESTS, CLIENTS = 5, 120, 4
STARTS_WITHIN = 300


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Return what an act gives, and its seconds."""
    start = time.perf_counter()
    result = act()
    return result, time.perf_counter() - start


def fill(gifts: int, upload_id: int) -> float:
    """Add invented gifts of three years to every county; return the seconds, triggers included."""
    counties = list(
        Branch.objects.filter(level=Level.COUNTY).order_by("code").values_list("pk", flat=True)
    )
    funds = list(Fund.objects.order_by("pk").values_list("pk", flat=True))
    given = {
        "branch_id": f"(%s::bigint[])[1 + n %% {len(counties)}]",
        "fund_id": f"(%s::text[])[1 + n %% {max(1, len(funds))}]",
        "giver_name": "'示例' || n",
        "giver_kind": "'PERSON'",
        "form": "'MONEY'",
        "source": "'SOCIETY'",
        "value": "1 + (n::bigint * 7919 %% 1000000) / 100.0",
        "received_on": "date '2020-01-01' + (n::bigint * 7919 %% 1096)::int",
        "channel": "'WECHAT'",
        "designated": "n %% 3 = 0",
        "upload_id": str(upload_id),
        "upload_sheet": "'捐赠明细'",
        "upload_row": "n",
        "row_key": "gen_random_uuid()",
    }
    fields = [each for each in Donation._meta.concrete_fields if not each.primary_key]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    values = ", ".join(given.get(str(each.column), default_literal(each)) for each in fields)
    arrays = [
        counties if each.column == "branch_id" else funds
        for each in fields
        if each.column in {"branch_id", "fund_id"}
    ]
    start = time.perf_counter()
    with connection.cursor() as cursor:
        for first in range(1, gifts + 1, AT_ONCE):
            last = min(gifts, first + AT_ONCE - 1)
            cursor.execute(
                f'INSERT INTO "{Donation._meta.db_table}" ({columns})'
                f" SELECT {values} FROM generate_series({first}, {last}) n",
                arrays,
            )
    seconds = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute(f'ANALYZE "{Donation._meta.db_table}"')
        cursor.execute("ANALYZE indicators_rollup")
    return seconds


def measure_boards() -> list[dict[str, Any]]:
    """Return each board's queries and milliseconds for three levels, beside the same live."""
    period = Period.year(2021)
    measured = []
    for code in PLACES:
        branch = Branch.objects.get(code=code)
        asked = FigureQuery(branch, period, own=False)
        with acting_as_system("测速"):
            live = statistics.median(
                timed(functools.partial(_live, branch))[1] for _ in range(LIVE_REPEATS)
            )
            # What may leave is the dearer answer: the tables of small figures are laid out.
            for key, board in boards.items():
                with CaptureQueriesContext(connection) as queries:
                    compose_board(board, asked, FigureAudience.OUTSIDE)
                quick = statistics.median(
                    timed(functools.partial(compose_board, board, asked, FigureAudience.OUTSIDE))[1]
                    for _ in range(BOARD_REPEATS)
                )
                told = {
                    "board": key,
                    "branch": code,
                    "queries": len(queries),
                    "ms": round(quick * 1000, 1),
                }
                if key in OF_GIFTS:
                    told |= {
                        "live_ms": round(live * 1000, 1),
                        "live_times": round(live / quick, 1),
                    }
                measured.append(told)
    return measured


def _live(branch: Branch) -> list[Any]:
    """Ask the records for the main figures of a board: the least that it would take."""
    raised = Donation.objects.filter(Q(branch__code__startswith=branch.code), source=Source.SOCIETY)
    year, before = raised.filter(received_on__year=2021), raised.filter(received_on__year=2020)
    by_month = raised.annotate(month=TruncMonth("received_on")).values("month")
    return [
        year.aggregate(total=Sum("value")),
        before.aggregate(total=Sum("value")),
        list(year.values("branch").annotate(total=Sum("value"))),
        list(before.values("branch").annotate(total=Sum("value"))),
        list(by_month.annotate(total=Sum("value"))),
        list(year.values("form").annotate(total=Sum("value"))),
        list(year.values("fund").annotate(total=Sum("value"))),
    ]


def measure_home() -> dict[str, dict[str, float]]:
    """Return requests per second of home and of an empty signed-in page, from one server."""
    measured = {}
    with serving() as port:
        for name, role, code in (
            ("clerk", Role.STATISTICIAN, "530102"),
            ("reviewer", Role.REVIEWER, "5301"),
            ("leader", Role.LEADER, "53"),
        ):
            cookie = _session_of(name, role, code)
            for path in ("/", "/bench-empty/"):  # templates and connections warm up
                _requests_per_second(port, path, cookie)
            rounds = [
                (
                    _requests_per_second(port, "/", cookie),
                    _requests_per_second(port, "/bench-empty/", cookie),
                )
                for _ in range(ROUNDS)
            ]
            home, empty = (statistics.median(each) for each in zip(*rounds, strict=True))
            measured[name] = {
                "home_per_second": round(home, 1),
                "empty_per_second": round(empty, 1),
                "ratio": round(home / empty, 3),
            }
    return measured


def _session_of(name: str, role: Role, code: str) -> str:
    user, _ = User.objects.get_or_create(
        username=f"bench-{name}", defaults={"display_name": f"示例（{name}）"}
    )
    grant_role(user, role, Branch.objects.get(code=code))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextmanager
def serving(workers: int = 1) -> Iterator[int]:
    """Serve the bench's database by granian on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = subprocess.Popen(  # noqa: S603  our own program
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(workers), "--blocking-threads", "16", "redcross.wsgi:application"),
        ],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.bench_settings"},
        cwd=settings.BASE_DIR,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(port: int) -> None:
    for _ in range(STARTS_WITHIN * 2):
        try:
            _get(http.client.HTTPConnection("127.0.0.1", port, timeout=30), "/health/", "")
        except OSError:
            time.sleep(0.5)
        else:
            return
    message = "the server does not answer"
    raise TimeoutError(message)


def _get(line: http.client.HTTPConnection, path: str, cookie: str) -> None:
    line.request("GET", path, headers={"Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        message = f"{path} answered {answer.status}"
        raise RuntimeError(message)


def _requests_per_second(port: int, path: str, cookie: str) -> float:
    def some(_: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(REQUESTS // CLIENTS):
            _get(line, path, cookie)
        line.close()

    with ThreadPoolExecutor(CLIENTS) as clients:
        _, seconds = timed(lambda: list(clients.map(some, range(CLIENTS))))
    return REQUESTS / seconds
