"""manage.py bench: how quickly the road carries gifts, and boards answer, as ratios.

Everything happens in a database of its own, made and dropped like a test's. Row-level
security, encryption, history and rollup are on. Times are told in var/bench.json.
"""

import csv
import datetime as dt
import io
import json
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import tablib
import xlsxwriter
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.test.utils import get_runner
from django.utils import timezone
from import_export import resources

from donations.management import measuring, rush
from donations.models import Donation
from redcross.accounts.models import User
from redcross.accounts.scope import acting_for
from redcross.accounts.services import ensure_service_accounts
from redcross.branches.models import Branch
from redcross.branches.services import load_divisions
from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.files import sandbox
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply, check, services

HEADINGS = (
    "序号", "捐赠人", "捐赠人类型", "联系电话", "金额（元）", "到账日期", "渠道", "是否定向",
    "定向用途", "基金", "票据代码", "票据号码", "备注",
)  # fmt: skip
FUNDS = ("滇苗助学", "博爱云南行", "博爱健康行", "非定向捐赠")
RIVAL_ROWS = 10_000
CSV_FROM = 500_000
REPEATS = 3
AT_ONCE = 40


class PlainResource(resources.ModelResource):
    """The rival with its defaults."""

    class Meta:
        model = Donation
        import_id_fields = ["row_key"]


class BulkResource(resources.ModelResource):
    """The rival as quick as it gets."""

    class Meta:
        model = Donation
        import_id_fields = ["row_key"]
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True


class Command(BaseCommand):
    """Measure uploads and boards."""

    help = "测量报送与看板的速度，结果写入 var/bench.json。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
        parser.add_argument("--gifts", type=int, default=200_000, help="看板测速用的捐赠行数")

    def handle(self, **options: Any) -> None:
        if settings.OWNER_DATABASE != "default":
            message = "请用 make bench 运行：测速须以所有者身份建立自己的数据库。"
            raise CommandError(message)
        runner = get_runner(settings)(verbosity=0, interactive=False)
        # Not the tests' own: both may run at once.
        connection.settings_dict["TEST"]["NAME"] = "bench_redcross"
        databases = runner.setup_databases()
        try:
            load_divisions()
            ensure_service_accounts()
            found: dict[str, Any] = {"uploads": [], "boards": {}}
            rival = self._rivals() if options["rows"] else {}
            for rows in options["rows"]:
                found["uploads"] += self._uploads(rows, rival)
            filler = _received(workbook(1), "2021")
            seconds = measuring.fill(options["gifts"], filler.pk)
            found["gifts"] = {"rows": options["gifts"], "seconds": round(seconds, 1)}
            found["boards"] = measuring.measure_boards()
            found["home"] = measuring.measure_home()
            found["rush"] = rush.measure_rush(
                [workbook(500, wrong=100, prefix=f"R{number}-") for number in range(AT_ONCE)]
            )
        finally:
            runner.teardown_databases(databases)
        target = settings.VAR_DIR / "bench.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(found, ensure_ascii=False, indent=1))
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))

    def _rivals(self) -> dict[str, float]:
        """Return the rival's rows per second, by its defaults and in bulk."""
        content = workbook(RIVAL_ROWS)
        upload = _received(content, "2021")
        speeds = {}
        for name, kind in (("default", PlainResource), ("bulk", BulkResource)):
            start = time.perf_counter()
            dataset = _dataset(content, upload.pk)
            result = kind().import_data(dataset, raise_errors=True)
            speeds[name] = len(dataset) / (time.perf_counter() - start)
            assert not result.has_errors()  # noqa: S101  a rival that failed is no measure
            Donation.objects.all().delete()
        return speeds

    def _uploads(self, rows: int, rival: dict[str, float]) -> list[dict[str, Any]]:
        measured = []

        def told(case: str, *parts: Part, copied: float | None = None) -> None:
            seconds = sum(part.seconds for part in parts)
            speed = rows / seconds
            measured.append(
                {
                    "rows": rows,
                    "case": case,
                    "seconds": round(seconds, 2),
                    "rows_per_second": round(speed),
                    "times_default": round(speed / rival["default"], 1),
                    "times_bulk": round(speed / rival["bulk"], 1),
                    "copy_times": None if copied is None else round(seconds / copied, 2),
                    "peak_mb": max(part.peak_mb for part in parts),
                }
            )
            self.stdout.write(str(measured[-1]))

        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "bench"
            apart(_write, path, rows)
            first = _walked(path)
            copied = statistics.median(_copy_back() for _ in range(REPEATS))
            told("first", *first, copied=copied)
            with path.open("ab") as file:
                file.write(b" ")  # the very same file would be known by its digest
            told("identical", *_walked(path))
            apart(_write, path, rows, changed=10)
            told("changed_10_percent", *_walked(path))
            apart(_write, path, rows, wrong=100)
            received = apart(_receive, path)
            told("wrong_1_percent", received, apart(_check, received.result))
            apart(_write, path, rows, prefix="U")
            *_, loaded = _walked(path)
        told("undo", apart(_undo, loaded.result))
        told("restore", apart(_restore, loaded.result))
        return measured


class Part(NamedTuple):
    """What a piece of work gave, its seconds, and the most memory it or a child of it took."""

    result: Any
    seconds: float
    peak_mb: int


def apart(act: Callable[..., Any], *given: Any, **more: Any) -> Part:
    """Do a piece of work in a process of its own, as a web process or a worker would."""
    connections.close_all()  # a child must not talk on its parent's line
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context) as alone:
        return alone.submit(_measured, act, *given, **more).result()


def _measured(act: Callable[..., Any], *given: Any, **more: Any) -> Part:
    result, seconds = measuring.timed(lambda: act(*given, **more))
    sandbox.stop_server()  # its children are counted once it has gone
    connections.close_all()
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Part(result, seconds, round(peak / 1024))


def _walked(path: Path) -> list[Part]:
    """Hand a file in, check it, and load it, each step by whom it would be done."""
    received = apart(_receive, path)
    return [received, apart(_check, received.result), apart(_load, received.result)]


def _write(path: Path, rows: int, **more: Any) -> None:
    path.write_bytes(workbook(rows, **more))


def _receive(path: Path) -> int:
    return int(_received(path.read_bytes(), "2021").pk)


def _check(pk: int) -> int:
    upload = Upload.objects.get(pk=pk)
    check.check_upload(pk, user=upload.uploaded_by, now=timezone.now())
    return pk


def _load(pk: int) -> int:
    upload = Upload.objects.get(pk=pk)
    assert upload.state == UploadState.READY, upload.message  # noqa: S101  a bench of nothing is none
    reviewer = User.objects.get(username="命令行（审核）")
    now = timezone.now()
    with acting_for(upload.uploaded_by):
        services.submit(pk, user=upload.uploaded_by, now=now, note="测速")
    with acting_for(reviewer):
        services.approve(pk, user=reviewer, now=now, then=lambda _: None)
    apply.apply_upload(pk, now=now)
    return pk


def _undo(pk: int) -> None:
    apply.revert_upload(pk, user=User.objects.get(username="命令行（审核）"), now=timezone.now())


def _restore(pk: int) -> None:
    apply.restore_upload(pk, user=User.objects.get(username="命令行（审核）"), now=timezone.now())


def workbook(rows: int, *, changed: int = 0, wrong: int = 0, prefix: str = "T") -> bytes:
    """Return an invented ledger of 13 columns; every `changed`-th and `wrong`-th gift differs.

    From half a million rows on as csv, which a spreadsheet program no longer opens whole.
    """
    if rows >= CSV_FROM:
        return _csv(rows, changed=changed, wrong=wrong, prefix=prefix)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet("捐赠明细")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADINGS)
    for number, line in _gifts(rows, changed=changed, wrong=wrong, prefix=prefix):
        sheet.write_row(number, 0, line[:5])
        sheet.write_datetime(number, 5, line[5], day)
        sheet.write_row(number, 6, line[6:])
    book.close()
    return buffer.getvalue()


def _csv(rows: int, *, changed: int, wrong: int, prefix: str) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADINGS)
    for _, line in _gifts(rows, changed=changed, wrong=wrong, prefix=prefix):
        lines.writerow([*line[:5], line[5].date(), *line[6:]])
    return text.getvalue().encode()


def _gifts(rows: int, *, changed: int, wrong: int, prefix: str) -> Iterator[tuple[int, list[Any]]]:
    rng = random.Random(rows)  # noqa: S311  invented data
    start = dt.datetime(2021, 1, 1)  # noqa: DTZ001  a workbook knows no zone
    for number in range(1, rows + 1):
        value: object = rng.randrange(100, 10**6) / 100
        if changed and number % changed == 0:
            value = 7
        if wrong and number % wrong == 0:
            value = "六万"
        yield (
            number,
            [
                *(number, f"示例{number}", "个人", f"138{number % 10**8:08d}", value),
                start + dt.timedelta(days=rng.randrange(365)),
                *("微信", rng.choice("是否"), "助学", rng.choice(FUNDS)),
                *("5301021", f"{prefix}{rows}-{number}", "示例"),
            ],
        )


def _received(content: bytes, period: str) -> Any:
    user = User.objects.get(username="命令行（填报）")
    with acting_for(user):
        return services.create_upload(
            user,
            sheet="donations.ledger",
            branch=Branch.objects.get(code="5301"),
            period=Period.parse(period),
            content=content,
            filename="bench.xlsx",
            now=timezone.now(),
        )


def _copy_back() -> float:
    """Return the seconds of COPYing the rows that are there into the emptied table."""
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY donations_donation TO STDOUT", buffer)
        cursor.execute("TRUNCATE donations_donation CASCADE")
        buffer.seek(0)
        start = time.perf_counter()
        cursor.copy_expert("COPY donations_donation FROM STDIN", buffer)
    return time.perf_counter() - start


def _dataset(content: bytes, upload_id: int) -> tablib.Dataset:
    """Read the rival's rows from the same file, with the keys it needs."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
    assert sheet is not None  # noqa: S101  we wrote it
    branch = Branch.objects.get(code="5301").pk
    names = [
        "giver_name", "value", "received_on", "purpose", "ticket_code", "ticket_number", "remark",
        "branch", "upload", "upload_sheet", "upload_row", "row_key",
        "giver_kind", "form", "source", "channel", "designated", "fund",
    ]  # fmt: skip
    rows = []
    for at, row in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
        value = Decimal(str(row[4])).quantize(Decimal("0.01"))
        given = [row[1], value, row[5].date(), row[8], row[10], row[11], row[12]]
        keys = [branch, upload_id, "捐赠明细", at, uuid.uuid4()]
        rows.append((*given, *keys, "PERSON", "MONEY", "SOCIETY", "WECHAT", "1", "dianmiao"))
    return tablib.Dataset(*rows, headers=names)
