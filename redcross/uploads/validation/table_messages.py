"""Findings about a workbook or about a whole table, not about one row."""

from redcross.uploads.files.workbook import Workbook
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import FieldSpec, SheetSpec
from redcross.uploads.tables.layout import Layout


def notice_finding(text: str, code: str = "workbook.notice", worksheet: str = "") -> Finding:
    """Return a sentence as a finding that stands at no cell."""
    return finding(code, text, worksheet=worksheet, suggestion="")


def missing_heading_finding(book: Workbook, spec: SheetSpec) -> Finding:
    """Return the finding of a workbook without any heading of the sheet."""
    expected = "、".join(field.label for field in spec.fields[: TUNING.listed_labels])
    return finding(
        "heading.missing",
        f"没有找到《{spec.title}》的表头。",
        worksheet=book.grids[0].worksheet if book.grids else "",
        suggestion=f"表头应含有：{expected} 等栏目；可下载空表对照。",
    )


def empty_table_finding(layout: Layout) -> Finding:
    """Return the finding of a workbook with a heading and no row of data."""
    return finding("table.empty", "表头下没有数据行。", worksheet=layout.worksheet)


def missing_column_finding(layout: Layout, field: FieldSpec) -> Finding:
    """Return the finding of a table without a required column."""
    return finding(
        "column.missing",
        f"整张表缺少必填栏「{field.label}」。",
        worksheet=layout.worksheet,
        row=layout.heading_rows[-1],
        field=field.name,
        suggestion=f"请补上「{field.label}」一栏；若已有而名称不同，可在页面上指定对应关系；"
        "全部行都一样的，可在“整张表填写”处填一次。",
    )


def unknown_column_findings(layout: Layout) -> list[Finding]:
    """Return a finding for each column that is not read."""
    return [
        finding(
            "column.unknown",
            f"栏目「{heading}」没有用到。",
            worksheet=layout.worksheet,
            row=layout.heading_rows[-1],
            suggestion="如需读取，请在页面上指定它对应哪一栏。",
            value=heading[: TUNING.shown_length],
        )
        for heading in layout.unknown
    ]
