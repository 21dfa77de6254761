"""待改行: the rows with errors under their own headings, to be corrected and uploaded."""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from redcross.files.workbooks import ExportWorkbook
from redcross.uploads.cells.filling import DITTO_MARKS
from redcross.uploads.choices import Severity
from redcross.uploads.files.workbook import Grid, Workbook
from redcross.uploads.output.grid_writer import (
    FindingsByRow,
    GridWriter,
    findings_by_row,
    join_messages,
)
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import SheetSpec
from redcross.uploads.schema.row_ids import ROW_ID, ROW_ID_FIELD

_ROWS_ABOVE_HEADING = 6
"""So many rows above a heading are written: a unit is looked for as far up."""
_UNIT = re.compile(r"单位\s*[:：]\s*(?:人民币)?[万亿千百]?元")


@dataclasses.dataclass(frozen=True, slots=True)
class _Table:
    """One table of a worksheet, as stored beside the upload."""

    heading_rows: Sequence[int]
    fields: Mapping[str, str]  # letter → field, of this table and those beside it
    end: int | None  # the first heading row of the next table below, None for the last

    @property
    def start(self) -> int:
        """The first heading row."""
        return min(self.heading_rows)

    @property
    def first_data_row(self) -> int:
        """The row below the heading."""
        return max(self.heading_rows) + 1

    def contains(self, row: int) -> bool:
        """Tell whether a row is below this heading and above the next one."""
        return row >= self.first_data_row and (self.end is None or row < self.end)


def build_bad_rows(
    book: Workbook,
    tables: Sequence[Mapping[str, Any]],
    findings: Iterable[Finding],
    spec: SheetSpec,
    *,
    upload_id: int,
    has_row_ids: bool = True,
) -> bytes:
    """Return an xlsx of the rows with errors.

    `tables` are the upload's as stored. The rows above a heading are written too, since the
    unit may stand there; a cell that means the one above it gets that one's text. Each row
    gets a row id that names the upload and the row it came from, unless the sheet's rows are
    known by their month (`has_row_ids` false).
    """
    target = ExportWorkbook()
    errors = findings_by_row(one for one in findings if one.severity is Severity.ERROR)
    for grid in book.grids:
        by_row = errors.get(grid.worksheet)
        if by_row:
            own = [table for table in tables if table["worksheet"] == grid.worksheet]
            row_ids = {row: f"b{upload_id}r{row}" for row in by_row} if has_row_ids else {}
            _write_worksheet(GridWriter(target, grid), grid, own, by_row, row_ids, spec)
    if not target.worksheets():
        target.add_worksheet("待改行")
    return target.content()


def _write_worksheet(
    writer: GridWriter,
    grid: Grid,
    stored: Sequence[Mapping[str, Any]],
    by_row: FindingsByRow,
    row_ids: Mapping[int, str],
    spec: SheetSpec,
) -> None:
    """Write each table's head and its rows with errors."""
    tables = _tables(stored)
    at = 0
    for table in tables:
        rows = sorted(row for row in by_row if table.contains(row))
        if not rows:
            continue
        table_row_ids = row_ids if ROW_ID not in table.fields.values() else {}
        for row in _head_rows(grid, table, is_first=table is tables[0]):
            writer.write_row(at, row)
            at += 1
        if table_row_ids:
            writer.write_text(at - 1, writer.width, ROW_ID_FIELD.label)
        for row in rows:
            replaced = _resolve_ditto(grid, table, spec, row)
            writer.write_row(at, row, findings=by_row[row], replaced=replaced)
            if table_row_ids:
                writer.write_text(at, writer.width, table_row_ids[row])
            writer.write_text(at, writer.width + 1, join_messages(by_row[row]))
            at += 1


def _tables(stored: Sequence[Mapping[str, Any]]) -> list[_Table]:
    """Return the tables from top to bottom, those that stand side by side as one."""
    by_start: dict[int, list[Mapping[str, Any]]] = {}
    for table in stored:
        by_start.setdefault(min(table["heading_rows"]), []).append(table)
    starts = sorted(by_start)
    return [
        _Table(
            heading_rows=sorted(by_start[start][0]["heading_rows"]),
            fields={
                column["letter"]: column["field"]
                for table in by_start[start]
                for column in table.get("layout", ())
            },
            end=next((other for other in starts if other > start), None),
        )
        for start in starts
    ]


def _head_rows(grid: Grid, table: _Table, *, is_first: bool) -> list[int]:
    """Return the heading's rows and those above it: below another table only its unit's."""
    above = range(max(grid.first_row, table.start - _ROWS_ABOVE_HEADING), table.start)
    repeated_rows = [row for row in above if is_first or _has_unit(grid, row)]
    return [*repeated_rows, *table.heading_rows]


def _has_unit(grid: Grid, row: int) -> bool:
    texts = grid.cells.select(grid.letters).row(row - grid.first_row)
    return any(_UNIT.search(text) for text in texts if text)


def _resolve_ditto(grid: Grid, table: _Table, spec: SheetSpec, row: int) -> dict[str, str]:
    """Return letter → text of the cells that mean the one above: merged labels, and 同上."""
    texts = {}
    first, position = table.first_data_row - grid.first_row, row - grid.first_row
    for letter, name in table.fields.items():
        if not name or name == ROW_ID:
            continue
        text = (grid.cells[letter][position] or "").strip()
        if text in DITTO_MARKS or (spec.field(name).fill_down and not text):
            texts[letter] = _last_text(grid.cells[letter][first:position].to_list())
    return texts


def _last_text(texts: Sequence[str | None]) -> str:
    empty = {"", *DITTO_MARKS}
    return next((text for text in reversed(texts) if text and text.strip() not in empty), "")
