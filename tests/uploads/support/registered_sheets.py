"""Parsing of workbooks by the registered sheets; needs the database."""

from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.uploads.choices import Severity
from redcross.uploads.parsing.parse import parse_workbook
from redcross.uploads.preparing.import_setup import prepare_setup
from redcross.uploads.registry import registry
from tests.support.workbooks import write_xlsx
from tests.uploads.support.ledger_spec import open_in_process


def parse_rows(sheet, rows, folder, *, code="53", period="2021-09", now):
    """Read rows as a workbook of a registered sheet."""
    return parse_workbook_bytes(sheet, write_xlsx(rows), folder, code=code, period=period, now=now)


def parse_workbook_bytes(sheet, content, folder, *, code="53", period="2021-09", now):
    """Read a workbook of a registered sheet."""
    path = folder / "表.xlsx"
    path.write_bytes(content)
    branch = Branch.objects.get(code=code)
    setting = prepare_setup(registry[sheet], branch, Period.parse(period), now=now)
    return parse_workbook(open_in_process(path), setting.spec, setting.context)


def error_codes(reading):
    return [finding.code for finding in reading.findings if finding.severity is Severity.ERROR]
