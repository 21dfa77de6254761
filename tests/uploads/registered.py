"""Reading workbooks as the registered sheets do; this needs the database."""

from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.uploads.parsing.parse import read_tables
from redcross.uploads.preparing.prepare import setting_for
from redcross.uploads.registry import registry
from redcross.uploads.schema.findings import Severity
from tests.uploads.readers import opened_here
from tests.workbooks import xlsx


def read(sheet, rows, folder, *, code="53", period="2021-09", now):
    """Read rows as a workbook of a registered sheet."""
    return read_book(sheet, xlsx(rows), folder, code=code, period=period, now=now)


def read_book(sheet, content, folder, *, code="53", period="2021-09", now):
    """Read a workbook of a registered sheet."""
    path = folder / "表.xlsx"
    path.write_bytes(content)
    branch = Branch.objects.get(code=code)
    setting = setting_for(registry[sheet], branch, Period.parse(period), now=now)
    return read_tables(opened_here(path), setting.spec, setting.context)


def errors(reading):
    return [each.code for each in reading.findings if each.severity is Severity.ERROR]
