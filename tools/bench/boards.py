"""How quickly boards answer over many gifts, beside the same figures from the records."""

import functools
import statistics
import time
from typing import Any

from django.db import connection
from django.db.models import Field, Q, Sum
from django.db.models.functions import TruncMonth
from django.test.utils import CaptureQueriesContext

from donations.choices import Source
from donations.models import Donation, Fund
from redcross.accounts.scope import acting_as_system
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.dashboards.boards import Board, registry
from redcross.dashboards.compose import compose_board
from redcross.indicators.disclosure.disclosure_control import FigureAudience
from redcross.indicators.query.query_params import FigureQuery
from redcross.periods import Period
from redcross.uploads.database.upsert import default_literal
from tools.bench.ledgers import build_ledger
from tools.bench.pipeline import create_upload
from tools.bench.timing import measure_seconds

_BATCH_ROWS = 500_000
_BOARD_REPEATS, _LIVE_REPEATS = 7, 3
_BOARDS_OF_GIFTS = ("overview", "donations")
"""The boards whose figures come from gifts; of the others only queries are counted."""
_BRANCHES = ("53", "5301", "530102")


def insert_gifts(count: int) -> float:
    """Insert invented gifts of three years in every county; return seconds with triggers."""
    counties = list(
        Branch.objects.filter(level=Level.COUNTY).order_by("code").values_list("pk", flat=True)
    )
    funds = list(Fund.objects.order_by("pk").values_list("pk", flat=True))
    upload_id = create_upload(build_ledger(1), "2021").pk
    expressions = _column_expressions(len(counties), len(funds), upload_id)
    fields: list[Field[Any, Any]] = [
        field for field in Donation._meta.concrete_fields if not field.primary_key
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(
        expressions.get(str(field.column), default_literal(field)) for field in fields
    )
    arrays = [
        counties if field.column == "branch_id" else funds
        for field in fields
        if field.column in {"branch_id", "fund_id"}
    ]
    start = time.perf_counter()
    with connection.cursor() as cursor:
        for first in range(1, count + 1, _BATCH_ROWS):
            last = min(count, first + _BATCH_ROWS - 1)
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


def _column_expressions(counties: int, funds: int, upload_id: int) -> dict[str, str]:
    """Return the SQL expression of each filled column over the row's number n."""
    return {
        "branch_id": f"(%s::bigint[])[1 + n %% {counties}]",
        "fund_id": f"(%s::text[])[1 + n %% {max(1, funds)}]",
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


def measure_boards() -> list[dict[str, Any]]:
    """Return each board's queries and milliseconds for three levels, beside the same live."""
    period = Period.year(2021)
    results = []
    for code in _BRANCHES:
        branch = Branch.objects.get(code=code)
        query = FigureQuery(branch, period, own=False)
        with acting_as_system("测速"):
            live_seconds = statistics.median(
                measure_seconds(functools.partial(_query_records, branch))[1]
                for _ in range(_LIVE_REPEATS)
            )
            for key, board in registry.items():
                result = _measure_board(board, query) | {"board": key, "branch": code}
                if key in _BOARDS_OF_GIFTS:
                    result |= {
                        "live_ms": round(live_seconds * 1000, 1),
                        "live_times": round(live_seconds * 1000 / result["ms"], 1),
                    }
                results.append(result)
    return results


def _measure_board(board: Board, query: FigureQuery) -> dict[str, Any]:
    # Figures for outside cost more: small numbers are found and suppressed.
    compose = functools.partial(compose_board, board, query, FigureAudience.OUTSIDE)
    with CaptureQueriesContext(connection) as queries:
        compose()
    seconds = statistics.median(measure_seconds(compose)[1] for _ in range(_BOARD_REPEATS))
    return {"queries": len(queries), "ms": round(seconds * 1000, 1)}


def _query_records(branch: Branch) -> list[Any]:
    """Query the records for the main figures of a board: the least that it would take."""
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
