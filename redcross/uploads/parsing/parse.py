"""The entry points of parsing: from grids of cells to typed rows with all findings.

Pure: no model, no query, no clock; tested by the thousand without a database.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import polars as pl

from redcross.uploads.cells.plain_cells import dtype_of
from redcross.uploads.files.cell_kinds import KIND_SUFFIX, column_letter
from redcross.uploads.files.workbook import Grid, Workbook
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.parsing.parsed_workbook import ParsedTable, ParsedWorkbook
from redcross.uploads.parsing.preview_rows import PreviewRow, preview_rows
from redcross.uploads.parsing.select_tables import detect_workbook, select_tables
from redcross.uploads.passes.pipeline import run_passes
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import ImportContext, SheetSpec
from redcross.uploads.schema.row_ids import repeated_row_ids
from redcross.uploads.tables.table import Table
from redcross.uploads.validation.duplicate_tables import (
    duplicate_table_finding,
    find_duplicate_tables,
)
from redcross.uploads.validation.table_messages import (
    empty_table_finding,
    missing_heading_finding,
    notice_finding,
)
from redcross.uploads.validation.total_checks import compare_totals, total_findings
from redcross.uploads.validation.validate import validate

_TYPED_ROWS_WORKSHEET = "在线填报"


def parse_workbook(
    book: Workbook,
    spec: SheetSpec,
    context: ImportContext,
    remembered: Mapping[str, str] | None = None,
) -> ParsedWorkbook:
    """Return the rows, tables and findings of a workbook read as a sheet.

    `context` tells who uploads and for when; `remembered` maps headings that people of this
    branch decided before to the field they chose, "" for none. Tables are detected, go through
    all passes, are validated and combined. Raise UnreadableError where the workbook holds more
    tables than anybody prints.
    """
    findings = [notice_finding(text) for text in book.notices]
    worksheets, continued = detect_workbook(book, HeadingRanker(spec, remembered), context)
    findings += continued
    parsed: list[ParsedTable] = []
    frames: list[pl.DataFrame] = []
    lines: list[PreviewRow] = []
    earlier: dict[str, Decimal] = {}
    for worksheet in select_tables(worksheets, spec):
        findings += worksheet.findings
        tables = [run_passes(table) for table in worksheet.tables]
        checks = compare_totals(tables, earlier)
        for table, totals in zip(tables, checks, strict=True):
            frame = _fill_defaults(table.frame, spec)
            own = [*table.findings, *validate(table)]
            findings += [*own, *total_findings(table, totals)]
            lines += _preview_rows(table, frame, own)
            frames.append(frame)
            parsed.append(ParsedTable.from_table(table, totals))
        for summary in parsed[len(parsed) - len(tables) :]:
            for name, value in summary.sums.items():
                earlier[name] = earlier.get(name, Decimal(0)) + value
    findings += _drop_duplicate_tables(parsed, frames)
    if not parsed:
        findings.append(missing_heading_finding(book, spec))
    whole = pl.concat(frames, how="diagonal") if frames else _empty_frame()
    findings += repeated_row_ids(whole)
    if parsed and whole.is_empty():
        findings.append(empty_table_finding(parsed[0].layout))
    return ParsedWorkbook(tuple(parsed), whole, tuple(findings), tuple(lines))


def parse_typed_rows(
    rows: Iterable[Mapping[str, str]], spec: SheetSpec, context: ImportContext
) -> ParsedWorkbook:
    """Read typed rows (在线填报, programs) as if they stood in a workbook; each is field → text."""
    listed = list(rows)
    fields = [field for field in spec.fields if any(row.get(field.name) for row in listed)]
    columns: dict[str, pl.Series] = {}
    for index, field in enumerate(fields):
        texts = [field.label, *(row.get(field.name) or "" for row in listed)]
        kinds = [int(bool(text)) for text in texts]
        letter = column_letter(index)
        columns[letter] = pl.Series(letter, texts, dtype=pl.String)
        columns[letter + KIND_SUFFIX] = pl.Series(letter + KIND_SUFFIX, kinds, dtype=pl.UInt8)
    grid = Grid(_TYPED_ROWS_WORKSHEET, 1, pl.DataFrame(columns))
    return parse_workbook(Workbook((grid,), ()), spec, context)


def _preview_rows(
    table: Table, frame: pl.DataFrame, findings: Iterable[Finding]
) -> Iterator[PreviewRow]:
    layout = table.layout
    return preview_rows(
        frame,
        {name: table.grid.cells[letter] for letter, name in layout.columns.items()},
        layout.data,
        table.spec,
        worksheet=layout.worksheet,
        doubtful={entry.row for entry in findings if entry.row is not None and entry.column},
        branches=table.context.branch_labels,
    )


def _fill_defaults(frame: pl.DataFrame, spec: SheetSpec) -> pl.DataFrame:
    """Fill the empty cells, and the columns, of the fields that have a constant for these."""
    filled = []
    for field in spec.fields:
        if field.default is not None:
            value = pl.lit(field.default).cast(dtype_of(field))
            is_present = field.name in frame.columns
            cells = pl.col(field.name).fill_null(value) if is_present else value
            filled.append(cells.alias(field.name))
    return frame.with_columns(filled)


def _drop_duplicate_tables(
    parsed: list[ParsedTable], frames: list[pl.DataFrame]
) -> Iterator[Finding]:
    """Empty, in place, the tables whose rows stand in another one too; yield what is dropped."""
    worksheets = [table.layout.worksheet for table in parsed]
    for index in list(find_duplicate_tables(worksheets, frames)):
        yield duplicate_table_finding(worksheets[index], frames[index].height)
        parsed[index], frames[index] = parsed[index].without_rows(), frames[index].clear()


def _empty_frame() -> pl.DataFrame:
    return pl.DataFrame(schema={"worksheet": pl.String, "row": pl.UInt32})
