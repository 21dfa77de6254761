"""manage.py report: one report as a Word document."""

import sys
from pathlib import Path
from typing import Any

from django.utils import timezone

from redcross.accounts.scope import acting_as_system
from redcross.branches.services import find_branch
from redcross.commands import StrictCommand
from redcross.periods import Period, UnknownPeriodError, business_now
from redcross.reports.choices import ReportState
from redcross.reports.compose.content import EmptyReportError
from redcross.reports.documents.word import write_content, write_report
from redcross.reports.workflow import services
from redcross.reports.workflow.services import ReportRefusedError

REFUSED = 3


class Command(StrictCommand):
    """Write a report to a file: as it was fixed, else with today's figures; keep nothing."""

    help = "把一份报告写成 Word 文件。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("key")
        parser.add_argument("--period", required=True)
        parser.add_argument("--branch", default="53")
        parser.add_argument("-o", "--output", type=Path, required=True)

    def handle(self, **options: Any) -> None:
        try:
            document = _document(options)
            options["output"].write_bytes(document)
        except (ReportRefusedError, EmptyReportError, UnknownPeriodError) as error:
            self.stderr.write(str(error))
            sys.exit(REFUSED)
        except OSError as error:
            self.stderr.write(f"无法写入 {options['output']}：{error.strerror}。")
            sys.exit(REFUSED)
        self.stdout.write(f"已写入 {options['output']}。")


def _document(options: dict[str, Any]) -> bytes:
    kind = services.find_report_kind(options["key"])
    period = Period.parse(options["period"])
    with acting_as_system("命令行生成报告"):
        branch = find_branch(options["branch"])
        if branch is None:
            message = f"没有代码或名称为“{options['branch']}”的机构。"
            raise ReportRefusedError(message)
        services.check_report_scope(kind, branch, period)
        report = services.find_report(kind, branch, period)
        if report is not None and report.state != ReportState.DRAFT:
            return write_report(report)
        content = services.compose_checked_report(
            kind, branch, period, now=business_now(timezone.now())
        )
        edits = report.edits if report is not None else {}
        return write_content(content, edits, kind=kind.key, branch_id=branch.pk)
