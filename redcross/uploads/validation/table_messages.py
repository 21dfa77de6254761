"""What is said of a workbook or of a whole table, not of one row.

In go a layout or a workbook; out come findings.
"""

from redcross.uploads.files.workbook import Workbook
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import FieldSpec, SheetSpec
from redcross.uploads.tables.layout import Layout


def notice_finding(text: str, code: str = "workbook.notice", worksheet: str = "") -> Finding:
    """Return a sentence as a finding that stands at no cell."""
    return Finding(
        worksheet=worksheet,
        row=None,
        column=None,
        field=None,
        code=code,
        severity=severity_of(code),
        message=text,
    )


def missing_heading_finding(book: Workbook, spec: SheetSpec) -> Finding:
    """Tell what heading was looked for in vain."""
    expected = "、".join(field.label for field in spec.fields[:8])
    return Finding(
        worksheet=book.grids[0].worksheet if book.grids else "",
        row=None,
        column=None,
        field=None,
        code="heading.missing",
        severity=severity_of("heading.missing"),
        message=f"没有找到《{spec.title}》的表头。",
        suggestion=f"表头应含有：{expected} 等栏目；可下载空表对照。",
    )


def empty_table_finding(layout: Layout) -> Finding:
    """Tell that a table has a heading and nothing below."""
    return Finding(
        worksheet=layout.worksheet,
        row=None,
        column=None,
        field=None,
        code="table.empty",
        severity=severity_of("table.empty"),
        message="表头下没有数据行。",
        suggestion=CODES["table.empty"].remedy,
    )


def missing_column_finding(layout: Layout, field: FieldSpec) -> Finding:
    """Tell that a table lacks a column that must be filled in."""
    return Finding(
        worksheet=layout.worksheet,
        row=layout.heading_rows[-1],
        column=None,
        field=field.name,
        code="column.missing",
        severity=severity_of("column.missing"),
        message=f"整张表缺少必填栏「{field.label}」。",
        suggestion=f"请补上「{field.label}」一栏；若已有而名称不同，可在页面上指定对应关系；"
        "全部行都一样的，可在“整张表填写”处填一次。",
    )


def unknown_column_findings(layout: Layout) -> list[Finding]:
    """Tell of each column that is not read."""
    return [
        Finding(
            worksheet=layout.worksheet,
            row=layout.heading_rows[-1],
            column=None,
            field=None,
            code="column.unknown",
            severity=severity_of("column.unknown"),
            message=f"栏目「{heading}」没有用到。",
            suggestion="如需读取，请在页面上指定它对应哪一栏。",
            value=heading[:80],
        )
        for heading in layout.unknown
    ]
