"""How quickly uploads of a ledger are checked and applied, in rows per second."""

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from tools.bench import pipeline
from tools.bench.rivals import measure_rivals
from tools.bench.timing import Measurement, run_in_process

_COPY_REPEATS = 3


def measure_uploads(sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Return seconds and ratios of each case for ledgers of so many rows."""
    rivals = measure_rivals() if sizes else {}
    results = []
    for rows in sizes:
        for case, parts, copy_seconds in _measure_cases(rows):
            results.append(_summarize(rows, case, parts, copy_seconds, rivals))
            sys.stdout.write(f"{results[-1]}\n")
    return results


def _measure_cases(rows: int) -> Iterator[tuple[str, list[Measurement], float | None]]:
    """Yield each case, its measured steps, and the seconds of a bare COPY for the first one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench"
        run_in_process(pipeline.write_ledger, path, rows)
        steps = _measure_upload(path)
        yield "first", steps, statistics.median(_measure_copy() for _ in range(_COPY_REPEATS))
        with path.open("ab") as file:
            file.write(b" ")  # the very same file would be recognised by its digest
        yield "identical", _measure_upload(path), None
        run_in_process(pipeline.write_ledger, path, rows, changed=10)
        yield "changed_10_percent", _measure_upload(path), None
        run_in_process(pipeline.write_ledger, path, rows, wrong=100)
        created = run_in_process(pipeline.create_upload_of_file, path)
        yield (
            "wrong_1_percent",
            [created, run_in_process(pipeline.check_upload, created.result)],
            None,
        )
        run_in_process(pipeline.write_ledger, path, rows, prefix="U")
        applied = _measure_upload(path)[-1]
    yield "undo", [run_in_process(pipeline.revert_upload, applied.result)], None
    yield "restore", [run_in_process(pipeline.restore_upload, applied.result)], None


def _measure_upload(path: Path) -> list[Measurement]:
    """Create, check and apply an upload of a file, each step in a process of its own."""
    created = run_in_process(pipeline.create_upload_of_file, path)
    return [
        created,
        run_in_process(pipeline.check_upload, created.result),
        run_in_process(pipeline.apply_upload, created.result),
    ]


def _measure_copy() -> float:
    """Return the seconds of COPYing the rows that are there into the emptied table."""
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY donations_donation TO STDOUT", buffer)
        cursor.execute("TRUNCATE donations_donation CASCADE")
        buffer.seek(0)
        start = time.perf_counter()
        cursor.copy_expert("COPY donations_donation FROM STDIN", buffer)
    return time.perf_counter() - start


def _summarize(
    rows: int,
    case: str,
    steps: Sequence[Measurement],
    copy_seconds: float | None,
    rivals: Mapping[str, float],
) -> dict[str, Any]:
    seconds = sum(step.seconds for step in steps)
    speed = rows / seconds
    return {
        "rows": rows,
        "case": case,
        "seconds": round(seconds, 2),
        "rows_per_second": round(speed),
        "times_default": round(speed / rivals["default"], 1),
        "times_bulk": round(speed / rivals["bulk"], 1),
        "copy_times": None if copy_seconds is None else round(seconds / copy_seconds, 2),
        "peak_mb": max(step.peak_mb for step in steps),
    }
