"""Which tables of a workbook are read: all of its own sheet, no summaries, no notes of ours."""

import dataclasses
from collections.abc import Collection, Sequence

from redcross.units import Unit
from redcross.uploads.cells.dates import EPOCH_1904
from redcross.uploads.files.workbook import OWN_WORKSHEETS, Grid, UnreadableError, Workbook
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import CellKind, ImportContext, SheetKind, SheetSpec
from redcross.uploads.tables.continuation_sheets import (
    continuation_finding,
    match_continuation_sheet,
)
from redcross.uploads.tables.detect import detect_tables
from redcross.uploads.tables.layout import Layout
from redcross.uploads.tables.table import Table
from redcross.uploads.validation.table_messages import notice_finding


@dataclasses.dataclass(frozen=True, slots=True)
class WorksheetTables:
    """One worksheet with the tables that are read, and the findings about the others."""

    worksheet: str
    tables: Sequence[Table]
    findings: Sequence[Finding] = ()


def detect_workbook(
    book: Workbook, ranker: HeadingRanker, context: ImportContext
) -> tuple[list[WorksheetTables], list[Finding]]:
    """Return the tables of each worksheet, and the findings about continued worksheets.

    A worksheet without a heading continues the one before it, where its rows fit. Raise
    UnreadableError where the workbook holds more tables than anybody prints.
    """
    worksheets: list[WorksheetTables] = []
    findings: list[Finding] = []
    before: Table | None = None
    count = 0
    for grid in book.grids:
        if max(count, len(book.grids)) > TUNING.max_tables:
            raise UnreadableError("file.too_many_tables", grid.worksheet)
        own = _own_epoch(context, grid)
        tables = [Table(grid, layout, ranker, own) for layout in detect_tables(grid, ranker)]
        count += len(tables)
        if not tables and before is not None and grid.worksheet not in OWN_WORKSHEETS:
            page = match_continuation_sheet(grid, before)
            if page is not None:
                tables = [page]
                findings.append(continuation_finding(page.layout, before.layout.worksheet))
        before = tables[-1] if tables else None
        worksheets.append(WorksheetTables(grid.worksheet, tables))
    return worksheets, findings


def _own_epoch(context: ImportContext, grid: Grid) -> ImportContext:
    return dataclasses.replace(context, epoch=EPOCH_1904) if grid.from_1904 else context


def select_tables(worksheets: Sequence[WorksheetTables], spec: SheetSpec) -> list[WorksheetTables]:
    """Leave out our own notes and the tables that are not of this sheet.

    A table is of the sheet where it has one of the columns by which its rows are known; one
    without, beside another that has some, is a summary: a list of channels with the sum of
    each. Each table left out that holds amounts, and each worksheet without any, is named in
    a finding.
    """
    ours = [entry for entry in worksheets if entry.worksheet not in OWN_WORKSHEETS]
    selected = [list(entry.tables) for entry in ours]
    for names in _identifying_fields(spec):
        matching = [
            [table for table in entry.tables if names & set(table.layout.columns.values())]
            for entry in ours
        ]
        if any(matching):
            selected = matching
            break
    return [
        dataclasses.replace(
            entry,
            tables=tables,
            findings=_omission_findings(entry, tables, spec, len(worksheets)),
        )
        for entry, tables in zip(ours, selected, strict=True)
    ]


def _identifying_fields(spec: SheetSpec) -> list[set[str]]:
    """Return the columns that make a table one of this sheet, the surest first.

    A statistics sheet is made of amounts; in a list an amount alone may be a sum of others,
    and a day beside it makes it the sum of a day.
    """
    needed = {field.name for field in spec.fields if field.required and field.kind != CellKind.DATE}
    known, amounts = needed | set(spec.identity), _amount_fields(spec)
    return [known | amounts] if spec.kind is SheetKind.STATISTICS else [known, amounts]


def _amount_fields(spec: SheetSpec) -> set[str]:
    return {field.name for field in spec.fields if field.unit is Unit.YUAN}


def _omission_findings(
    entry: WorksheetTables, selected: Collection[Table], spec: SheetSpec, worksheets: int
) -> list[Finding]:
    """Return what is said of the tables of a worksheet that are not read."""
    amounts = _amount_fields(spec)
    findings = [
        _summary_finding(table.layout, spec)
        for table in entry.tables
        if table.layout.data.len()
        and amounts & set(table.layout.columns.values())
        and not any(table is other for other in selected)
    ]
    if not selected and not findings and worksheets > 1:
        text = f"工作表“{entry.worksheet}”没有本表的表头，已跳过。"
        findings.append(notice_finding(text, "sheet.skipped", entry.worksheet))
    return findings


def _summary_finding(layout: Layout, spec: SheetSpec) -> Finding:
    """Return the finding of a table that is not read: where it stands and what it lacks."""
    present = set(layout.columns.values())
    lacking = "、".join(
        field.label for field in spec.fields if field.required and field.name not in present
    )
    text = (
        f"工作表“{layout.worksheet}”第{layout.heading_rows[0]}行起的表格（{layout.data.len()}行）"
        f"没有{lacking}，看作汇总，没有读取。"
    )
    return notice_finding(text, "table.skipped", layout.worksheet)
