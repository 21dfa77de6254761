"""manage.py demo: build the demonstration through the import pipeline."""

import datetime as dt
import sys
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from redcross.accounts.choices import Domain
from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system, acting_for
from redcross.accounts.services import grant_role
from redcross.branches.models import PROVINCE_CODE, Branch
from redcross.completeness.models import DueRule, Exemption
from redcross.completeness.obligations.exemptions import grant_exemption
from redcross.demo.acceptance import ExpectedFigure, list_expected_figures
from redcross.demo.declaration import (
    ACCOUNTS,
    PASSWORD,
    DemoFile,
    list_demo_files,
    list_visitor_files,
)
from redcross.errors import RefusedError
from redcross.indicators.declare.declaration import registry as indicators
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_question
from redcross.locks.services import lock_period
from redcross.periods import Period, business_now
from redcross.reports.choices import ReportState
from redcross.reports.models import Report
from redcross.reports.workflow.due_reports import write_due_reports
from redcross.reports.workflow.services import finalise_report, issue_report
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply, check, creation, services

WORKERS = 2
LAST_MONTH = dt.date(2021, 12, 1)
EXEMPT_BRANCH = "5334"
CLERK, REVIEWER = "命令行（填报）", "命令行（审核）"


class Command(BaseCommand):
    """Build the demonstration; a second run changes nothing."""

    help = "建立演示数据：机构、账户、演示工作簿，全部经由真实的报送流程生效。"

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            self.stderr.write("请用 make demo 运行，或设置 DEMO=1。")
            sys.exit(1)
        self.console = Console(stderr=False, highlight=False)
        self.seconds: dict[str, float] = {}
        self._timed("数据库与机构", lambda: call_command("setup", stdout=_NullOutput()))
        self._timed("账户", make_accounts)
        files = self._timed("工作簿清单", self._pending_files)
        try:
            done = self._timed("报送、审核、生效", lambda: self._process_files(files))
        except RefusedError as refused:
            self.stderr.write(f"演示工作簿未被接收：{refused}")
            self.stderr.write("演示数据若由旧版本建立，请先运行 make reset 再重来。")
            sys.exit(1)
        self._timed("锁定 2021 年", lock_2021)
        self._timed("应报起点与免报", start_obligations)
        self._timed("待试用文件", write_visitor_files)
        self._timed("到期报告", write_reports)
        differing = self._timed("核对公开数字", list_wrong_figures)
        self._print_summary(done, len(list_expected_figures()) - len(differing))
        for line in differing:
            self.stderr.write(line)
        if differing:
            sys.exit(1)

    def _timed(self, name: str, act: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = act()
        self.seconds[name] = time.perf_counter() - start
        return result

    def _pending_files(self) -> list[DemoFile]:
        """Return the workbooks that are not uploaded yet."""
        with acting_as_system("演示数据"):
            gone = Upload.objects.exclude(state__in=[UploadState.HAS_ERRORS, UploadState.FAILED])
            known = set(gone.values_list("branch__code", "filename"))
            return [file for file in list_demo_files() if (file.branch, file.filename) not in known]

    def _process_files(self, files: list[DemoFile]) -> int:
        if not files:
            return 0
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        lock = threading.Lock()
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task("工作簿", total=len(files))

            def one(file: DemoFile) -> None:
                close_old_connections()
                process_file(file)
                with lock:
                    bar.advance(task)

            with ThreadPoolExecutor(WORKERS, initializer=connection.ensure_connection) as pool:
                for result in [pool.submit(one, file) for file in files]:
                    result.result()
        return len(files)

    def _print_summary(self, sent: int, agreeing: int) -> None:
        with acting_as_system("演示数据"):
            uploads = Upload.objects.count()
            effective = Upload.objects.effective()
            rows = sum(effective.values_list("accepted", flat=True))
            table = Table(title="演示门户", show_header=False)
            table.add_row("机构", f"{Branch.objects.count()} 个")
            table.add_row("工作簿", f"{uploads} 份（本次新报 {sent} 份）")
            table.add_row("已生效明细", f"{rows} 行")
            table.add_row("与公开数字一致", f"{agreeing}/{len(list_expected_figures())}")
            for name, seconds in self.seconds.items():
                table.add_row(name, f"{seconds:.1f} 秒")
            self.console.print(table)
            people = Table("账户", "姓名与角色", "机构", title=f"演示账户（密码均为 {PASSWORD}）")
            names = dict(Branch.objects.values_list("code", "short_name"))
            for account in ACCOUNTS:
                people.add_row(account.username, account.display_name, names[account.branch])
            self.console.print(people)
            self.console.print(settings.DEMO_NOTICE)


class _NullOutput:
    def write(self, text: str) -> None:
        """Discard the output: the demonstration prints its own accounts."""


def make_accounts() -> None:
    """Create the accounts for visitors."""
    with acting_as_system("演示数据"):
        for account in ACCOUNTS:
            user, created = User.objects.get_or_create(
                username=account.username, defaults={"display_name": account.display_name}
            )
            if created:
                user.set_password(PASSWORD)
                user.save()
            branch = Branch.objects.get(code=account.branch)
            grant_role(user, account.role, branch, domain=account.domain)


def process_file(file: DemoFile) -> None:
    """Upload, check, submit and review one workbook, as its branch and the level above would."""
    now = submission_time(file)
    with acting_as_system("演示数据"):
        filler = User.objects.get(username=CLERK)
        reviewer = User.objects.get(username=REVIEWER)
        branch = Branch.objects.get(code=file.branch)
        upload = creation.create_upload(
            filler,
            sheet=file.sheet,
            branch=branch,
            period=Period.parse(file.period),
            content=file.build(),
            filename=file.filename,
            now=now,
        )
    upload = check.check_upload(upload.pk, user=filler, now=now)
    if upload.state != UploadState.READY:
        message = f"{file.filename}：{upload.get_state_display()} {upload.message}"
        raise RuntimeError(message)
    with acting_for(filler):
        services.submit(upload.pk, user=filler, now=now, note="演示数据。")
    if file.outcome == "returned":
        with acting_for(reviewer):
            services.return_upload(upload.pk, user=reviewer, now=now, remark=file.remark)
    elif file.outcome == "effective":
        with acting_for(reviewer):
            services.approve(upload.pk, user=reviewer, now=now)
        apply.apply_upload(upload.pk, now=now)


def submission_time(file: DemoFile) -> dt.datetime:
    """Return a plausible time of submission: a few days after the period, sometimes late."""
    end = Period.parse(file.period).end
    days = 1 + zlib.crc32(f"{file.branch} {file.filename}".encode()) % 8
    moment = dt.datetime.combine(
        end + dt.timedelta(days=days), dt.time(10), timezone.get_current_timezone()
    )
    return min(moment, business_now(timezone.now()))


def lock_2021() -> None:
    """Lock the year that is complete."""
    with acting_as_system("演示数据"):
        for domain in Domain.values:
            lock_period(
                domain,
                Branch.objects.get(code=PROVINCE_CODE),
                Period.year(2021),
                user=User.objects.get(username=REVIEWER),
                now=business_now(timezone.now()),
                reason="年度数据已定稿",
            )


def start_obligations() -> None:
    """Set the first month with obligations, and exempt one branch for some months."""
    with acting_as_system("演示数据"):
        DueRule.objects.filter(sheet="", since=None).update(since=dt.date(2022, 1, 1))
        branch = Branch.objects.get(code=EXEMPT_BRANCH)
        if not Exemption.objects.filter(branch=branch).exists():
            grant_exemption(
                branch,
                Period.parse("2022-01..2022-03"),
                user=User.objects.get(username=REVIEWER),
                reason="机构合并，人员调整中",
                now=business_now(timezone.now()),
                with_below=True,
            )


def write_reports() -> None:
    """Draft the reports that are due, and issue the review of the year that is complete."""
    now = business_now(timezone.now())
    write_due_reports(now)
    with acting_as_system("演示数据"):
        office = User.objects.get(username="office")
        review = Report.objects.get(
            kind="portal.annual_review", branch__code=PROVINCE_CODE, last_month=LAST_MONTH
        )
        if review.state == ReportState.DRAFT:
            finalise_report(review.pk, document_number="", user=office, now=now)
            issue_report(review.pk, user=office, now=now)


def write_visitor_files() -> None:
    """Write the files for visitors to var/demo/."""
    folder = settings.VAR_DIR / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    with acting_as_system("演示数据"):
        for name, content in list_visitor_files():
            (folder / name).write_bytes(content)


def list_wrong_figures() -> list[str]:
    """Compute every published figure; return a sentence for each that differs."""
    province = Branch.objects.get(code=PROVINCE_CODE)
    with acting_as_system("核对公开数字"):
        results = [(figure, _actual_value(figure, province)) for figure in list_expected_figures()]
    return [
        f"{figure.indicator} {figure.period} {figure.category}：应为 {figure.value}，得 {value}"
        for figure, value in results
        if value != figure.value
    ]


def _actual_value(expected: ExpectedFigure, province: Branch) -> Decimal | None:
    question = Question(
        indicator=indicators[expected.indicator],
        period=Period.parse(expected.period),
        branch=province,
        own=expected.own,
        level=expected.level,
        by=(expected.breakdown,) if expected.breakdown else (),
        category=expected.category or None,
    )
    return answer_question(question).value
