"""Every measurement, on a database made for it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import get_runner

from redcross.accounts.services import ensure_service_accounts
from redcross.branches.services import load_divisions
from tools.bench import boards, home, simultaneous, uploads
from tools.bench.ledgers import build_ledger


def measure_all(*, rows: Sequence[int], gifts: int, clerks: int) -> dict[str, Any]:
    """Return seconds, rows per second and ratios of uploads, boards and pages."""
    runner = get_runner(settings)(verbosity=0, interactive=False)
    # A name of its own: the tests may run at the same time.
    connection.settings_dict["TEST"]["NAME"] = "bench_redcross"
    databases = runner.setup_databases()
    try:
        load_divisions()
        ensure_service_accounts()
        return {
            "uploads": uploads.measure_uploads(rows),
            "gifts": {"rows": gifts, "seconds": round(boards.insert_gifts(gifts), 1)},
            "boards": boards.measure_boards(),
            "home": home.measure_home(),
            "simultaneous": simultaneous.measure_simultaneous_uploads(
                [build_ledger(500, wrong=100, prefix=f"R{number}-") for number in range(clerks)]
            ),
        }
    finally:
        runner.teardown_databases(databases)
