"""批注本: the uploader's own workbook with its findings in colour and beside the rows."""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from redcross.files import escape_formula
from redcross.files.workbooks import ExportWorkbook
from redcross.uploads.files.workbook import Grid, Workbook
from redcross.uploads.output.grid_writer import (
    SEVERITY_COLOURS,
    FindingsByRow,
    GridWriter,
    findings_by_row,
    join_messages,
)
from redcross.uploads.schema.findings import Finding

MAX_IN_PLACE_CELLS = 400_000
"""Above so many cells the workbook is written anew instead of being changed in place."""
MAX_WHOLE_CELLS = 3_000_000
"""Above so many cells only the head and the rows with findings are written."""
_HEAD_ROWS = 6


def annotate_workbook(
    path: Path, filename: str, book: Workbook, findings: Iterable[Finding]
) -> bytes:
    """Return the workbook at `path`, opened as `book`, with its findings, as an xlsx."""
    by_worksheet = findings_by_row(findings)
    cells = sum(grid.cells.height * len(grid.letters) for grid in book.grids)
    if filename.lower().endswith((".xlsx", ".xlsm")) and cells <= MAX_IN_PLACE_CELLS:
        try:
            return _annotate_in_place(path, by_worksheet)
        except Exception:  # noqa: BLE001  openpyxl raises many kinds on unusual files
            return _write_annotated_copy(book, by_worksheet)
    return _write_annotated_copy(book, by_worksheet)


def _annotate_in_place(path: Path, by_worksheet: Mapping[str, FindingsByRow]) -> bytes:
    book = openpyxl.load_workbook(path)
    for name, by_row in by_worksheet.items():
        sheet = book[name] if name in book.sheetnames else book.worksheets[0]
        message_column = sheet.max_column + 1
        for row, findings in by_row.items():
            for finding in findings:
                cell = sheet[f"{finding.column}{row}"] if finding.column else sheet.cell(row, 1)
                cell.fill = PatternFill("solid", fgColor=SEVERITY_COLOURS[finding.severity])
                if type(cell).__name__ != "MergedCell":
                    text = f"{finding.message}\n{finding.suggestion}"
                    cell.comment = Comment(text, "核对结果")
            sheet.cell(row, message_column).value = escape_formula(join_messages(findings))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_annotated_copy(book: Workbook, by_worksheet: Mapping[str, FindingsByRow]) -> bytes:
    target = ExportWorkbook()
    for grid in book.grids:
        by_row = by_worksheet.get(grid.worksheet, {})
        writer = GridWriter(target, grid)
        for row in _rows_to_write(grid, by_row):
            findings = by_row.get(row, ())
            writer.write_row(row - 1, row, findings=findings)
            if findings:
                writer.write_text(row - 1, writer.width, join_messages(findings))
    return target.content()


def _rows_to_write(grid: Grid, by_row: FindingsByRow) -> Sequence[int]:
    """Return the Excel rows that are written: all, or the head and those with findings."""
    rows = range(grid.first_row, grid.first_row + grid.cells.height)
    if grid.cells.height * len(grid.letters) <= MAX_WHOLE_CELLS:
        return rows
    return sorted(row for row in {*rows[:_HEAD_ROWS], *by_row} if row in rows)
