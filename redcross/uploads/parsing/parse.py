"""From grids to one table of typed rows with everything found on the way."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

import polars as pl

from redcross.units import Unit
from redcross.uploads.cells.columns import column_findings, dtype_of, parse_column
from redcross.uploads.cells.dates import EPOCH_1904
from redcross.uploads.files.parser import KIND_SUFFIX, column_letter
from redcross.uploads.files.workbook import OWN_WORKSHEETS, Grid, UnreadableError, Workbook
from redcross.uploads.parsing.preview_rows import PreviewRow, preview_rows
from redcross.uploads.passes.combined_columns import add_combined_columns
from redcross.uploads.passes.content_fallback import (
    append_words,
    branches_from_addresses,
    divert_unparsed,
    has_only_words,
    is_diverted_by_cell,
    remap_by_content,
)
from redcross.uploads.passes.reporting_units import resolve_reporting_units
from redcross.uploads.passes.similar_headers import match_similar_headers
from redcross.uploads.passes.table_defaults import (
    infer_table_defaults,
    overridable_fields,
    table_default_findings,
)
from redcross.uploads.schema.findings import Finding, Severity
from redcross.uploads.schema.import_spec import (
    LABEL_KINDS,
    NUMERIC_KINDS,
    CellKind,
    ImportContext,
    SheetKind,
    SheetSpec,
)
from redcross.uploads.schema.row_ids import ROW_ID, repeated_row_ids
from redcross.uploads.tables.cell_texts import column_index
from redcross.uploads.tables.continuation_sheets import (
    continuation_finding,
    match_continuation_sheet,
)
from redcross.uploads.tables.detect import detect_tables
from redcross.uploads.tables.header_search import MAX_TABLES
from redcross.uploads.tables.layout import Layout
from redcross.uploads.validation import duplicate_tables
from redcross.uploads.validation.plausibility import plausibility_findings
from redcross.uploads.validation.row_rules import check_rows
from redcross.uploads.validation.table_messages import (
    empty_table_finding,
    missing_column_finding,
    missing_heading_finding,
    notice_finding,
    unknown_column_findings,
)
from redcross.uploads.validation.total_checks import (
    TableRows,
    TotalCheck,
    compare_totals,
    total_findings,
)


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedTable:
    """One table of a workbook as read."""

    layout: Layout
    rows: int
    sums: Mapping[str, Decimal]
    total_checks: tuple[TotalCheck, ...]

    def emptied(self) -> Self:
        """Return it without rows: they stand in another table too."""
        sums = dict.fromkeys(self.sums, Decimal(0))
        return dataclasses.replace(self, rows=0, sums=sums, total_checks=())

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it."""
        return {
            "worksheet": self.layout.worksheet,
            "heading_rows": list(self.layout.heading_rows),
            "unit": self.layout.unit,
            "columns": self.layout.by_heading,
            "unknown": list(self.layout.unknown),
            "layout": [
                {
                    "heading": heading,
                    "letter": letter,
                    "field": self.layout.columns.get(letter, ""),
                    "multiple": f"{self.layout.multiples.get(letter, Decimal(1)):f}",
                }
                for letter, heading in self.layout.headings.items()
            ],
            "unsaid": list(self.layout.unsaid),
            "nearly": {
                self.layout.headings[letter]: name for letter, name in self.layout.nearly.items()
            },
            "proposals": {heading: field for heading, (field, _) in self.layout.proposals.items()},
            "rows": self.rows,
            "sums": {name: f"{value:f}" for name, value in self.sums.items()},
            "total_checks": [
                {
                    "worksheet": each.worksheet,
                    "field": each.field,
                    "row": each.row,
                    "printed": f"{each.printed:f}",
                    "read": f"{each.read:f}",
                    "agrees": each.agrees,
                }
                for each in self.total_checks
            ],
        }


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedWorkbook:
    """Everything a workbook holds: its tables, their rows together, the findings."""

    tables: tuple[ParsedTable, ...]
    frame: pl.DataFrame
    """The sheet's fields that any table has, `worksheet` and `row`."""
    findings: tuple[Finding, ...]
    lines: tuple[PreviewRow, ...] = ()
    """The first rows and those in doubt, as they stood and as they were read."""


def parse_workbook(
    book: Workbook,
    spec: SheetSpec,
    context: ImportContext,
    remembered: Mapping[str, str] | None = None,
) -> ParsedWorkbook:
    """Recognise, clean and check every table of a workbook.

    Raise UnreadableError where it holds more tables than anybody prints.
    """
    findings = [notice_finding(text) for text in book.notices]
    tables, frames = [], []
    lines: list[PreviewRow] = []
    earlier: dict[str, Decimal] = {}
    recognised, pages = _attach_continuation_sheets(
        _detect_all(book, spec, remembered), spec, context
    )
    findings += pages
    for grid, everything, layouts in _select_tables(recognised, spec):
        dropped = _skipped_table_findings(everything, layouts, spec)
        findings += dropped
        if not layouts and not dropped and len(book.grids) > 1:
            text = f"工作表“{grid.worksheet}”没有本表的表头，已跳过。"
            findings.append(notice_finding(text, "sheet.skipped", grid.worksheet))
        read = []
        for layout in layouts:
            grid, rows, found = _parse_table(grid, layout, spec, context)  # noqa: PLW2901
            read.append((rows, found))
        checks = compare_totals(grid, [rows for rows, _ in read], spec, earlier)
        for (rows, found), totals in zip(read, checks, strict=True):
            tables.append(_summarize_table(rows, spec, totals))
            frames.append(_fill_defaults(rows.frame, spec))
            findings += [*found, *total_findings(rows.layout, spec, totals)]
            lines += _preview_rows(grid, rows.layout, frames[-1], spec, context, found)
        for table in tables[len(tables) - len(layouts) :]:
            for name, value in table.sums.items():
                earlier[name] = earlier.get(name, Decimal(0)) + value
    for at in list(
        duplicate_tables.find_duplicate_tables([each.layout.worksheet for each in tables], frames)
    ):
        findings.append(
            duplicate_tables.duplicate_table_finding(tables[at].layout.worksheet, frames[at].height)
        )
        tables[at], frames[at] = tables[at].emptied(), frames[at].clear()
    if not tables:
        findings.append(missing_heading_finding(book, spec))
    frame = pl.concat(frames, how="diagonal") if frames else _empty_frame()
    findings += repeated_row_ids(frame)
    if tables and frame.is_empty():
        findings.append(empty_table_finding(tables[0].layout))
    return ParsedWorkbook(tuple(tables), frame, tuple(findings), tuple(lines))


def _detect_all(
    book: Workbook, spec: SheetSpec, remembered: Mapping[str, str] | None
) -> list[tuple[Grid, list[Layout]]]:
    found: list[tuple[Grid, list[Layout]]] = []
    tables = 0
    for grid in book.grids:
        if max(tables, len(book.grids)) > MAX_TABLES:
            raise UnreadableError("file.too_many_tables", grid.worksheet)
        found.append((grid, detect_tables(grid, spec, remembered)))
        tables += len(found[-1][1])
    return found


def _attach_continuation_sheets(
    found: Sequence[tuple[Grid, list[Layout]]], spec: SheetSpec, context: ImportContext
) -> tuple[list[tuple[Grid, list[Layout]]], list[Finding]]:
    """Read worksheets without a heading as pages of the one before, where they are."""
    read: list[tuple[Grid, list[Layout]]] = []
    said: list[Finding] = []
    for grid, layouts in found:
        if not layouts and read and read[-1][1] and grid.worksheet not in OWN_WORKSHEETS:
            before, tables = read[-1]
            page = match_continuation_sheet(grid, before, tables[-1], spec, context)
            if page is not None:
                layouts = [page]  # noqa: PLW2901
                said.append(continuation_finding(page, before))
        read.append((grid, layouts))
    return read, said


def _preview_rows(
    grid: Grid,
    layout: Layout,
    frame: pl.DataFrame,
    spec: SheetSpec,
    context: ImportContext,
    found: Iterable[Finding],
) -> Iterable[PreviewRow]:
    raw = {name: grid.cells[letter] for letter, name in layout.columns.items()}
    doubted = {each.row for each in found if each.row is not None and each.column}
    return preview_rows(
        frame,
        raw,
        layout.data,
        spec,
        worksheet=layout.worksheet,
        doubted=doubted,
        branches=context.branch_labels,
    )


def _select_tables(
    found: list[tuple[Grid, list[Layout]]], spec: SheetSpec
) -> list[tuple[Grid, list[Layout], list[Layout]]]:
    """Return of each worksheet all that looks like a table, and what of it is one.

    Our own notes are none, nor what has none of the columns by which rows of this sheet
    are known, where another table has some: a list of channels with the sum of each.
    """
    theirs = [(grid, layouts) for grid, layouts in found if grid.worksheet not in OWN_WORKSHEETS]
    for telling in _identifying_fields(spec):
        kept = [
            (grid, layouts, [each for each in layouts if telling & set(each.columns.values())])
            for grid, layouts in theirs
        ]
        if any(layouts for _, _, layouts in kept):
            return kept
    return [(grid, layouts, layouts) for grid, layouts in theirs]


def _identifying_fields(spec: SheetSpec) -> list[set[str]]:
    """Return the columns that make a table one of this sheet, the surest first.

    A statistics sheet is made of amounts; in a list an amount alone may be a sum of others,
    and a day beside it makes it the sum of a day.
    """
    needed = {each.name for each in spec.fields if each.required and each.kind != CellKind.DATE}
    known = needed | set(spec.identity)
    amounts = {field.name for field in spec.fields if field.unit is Unit.YUAN}
    return [known | amounts] if spec.kind is SheetKind.STATISTICS else [known, amounts]


def _skipped_table_findings(
    found: Sequence[Layout], kept: Sequence[Layout], spec: SheetSpec
) -> list[Finding]:
    """Say of each table that was not read where it stands, and how much it holds."""
    amounts = {field.name for field in spec.fields if field.unit is Unit.YUAN}
    return [
        notice_finding(
            f"工作表“{layout.worksheet}”第{layout.heading_rows[0]}行起的表格（{layout.data.len()}行）"
            f"没有{_missing_labels(layout, spec)}，看作汇总，没有读取。",
            "table.skipped",
            layout.worksheet,
        )
        for layout in found
        if layout.data.len()
        and amounts & set(layout.columns.values())
        and not any(layout is each for each in kept)
    ]


def _missing_labels(layout: Layout, spec: SheetSpec) -> str:
    present = set(layout.columns.values())
    return "、".join(
        each.label for each in spec.fields if each.required and each.name not in present
    )


def parse_typed_rows(
    rows: Iterable[Mapping[str, str]], spec: SheetSpec, context: ImportContext
) -> ParsedWorkbook:
    """Read typed rows (在线填报, programs) exactly as if they stood in a workbook."""
    listed = list(rows)
    named = [field for field in spec.fields if any(row.get(field.name) for row in listed)]
    columns: dict[str, pl.Series] = {}
    for index, field in enumerate(named):
        texts = [field.label, *(row.get(field.name) or "" for row in listed)]
        name = column_letter(index)
        columns[name] = pl.Series(name, texts, dtype=pl.String)
        columns[name + KIND_SUFFIX] = pl.Series(
            name + KIND_SUFFIX, [int(bool(text)) for text in texts], dtype=pl.UInt8
        )
    grid = Grid("在线填报", 1, pl.DataFrame(columns))
    return parse_workbook(Workbook((grid,), ()), spec, context)


def _empty_frame() -> pl.DataFrame:
    return pl.DataFrame(schema={"worksheet": pl.String, "row": pl.UInt32})


def _summarize_table(
    rows: TableRows, spec: SheetSpec, totals: tuple[TotalCheck, ...]
) -> ParsedTable:
    sums = {
        name: _sum(rows.frame[name])
        for name in rows.layout.columns.values()
        if spec.field(name).kind in NUMERIC_KINDS
    }
    return ParsedTable(rows.layout, rows.frame.height, sums, totals)


def _parse_table(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> tuple[Grid, TableRows, list[Finding]]:
    if grid.from_1904:
        context = dataclasses.replace(context, epoch=EPOCH_1904)
    layout, findings = resolve_reporting_units(grid, layout, spec, context)
    layout = remap_by_content(grid, layout, spec, context)
    grid, layout = add_combined_columns(grid, layout, spec, context)
    layout, guessed = match_similar_headers(grid, layout, spec, context)
    findings += guessed
    part = grid.cells[layout.data]
    rows = (layout.data + grid.first_row).cast(pl.UInt32)
    columns: dict[str, pl.Series] = {}
    unread: dict[str, set[int]] = {}
    letters: dict[str, str] = {}
    unused: list[str] = []
    words: dict[str, list[tuple[int, str]]] = {}
    for letter, name in layout.columns.items():
        # An export says of every row all there is to say: its empty cells are empty.
        whole = ROW_ID in layout.columns.values()
        field = (
            dataclasses.replace(spec.field(name), fill_down=False) if whole else spec.field(name)
        )
        column = parse_column(
            part[letter],
            part[letter + KIND_SUFFIX],
            field,
            context,
            multiple=layout.multiples[letter],
            merged=_merged_continuations(grid, letter, layout)
            if field.kind in LABEL_KINDS
            else None,
            knows_merges=grid.knows_merges,
        )
        if (
            field.kind is CellKind.DATE
            and not field.required
            and has_only_words(column, part[letter], field)
        ):
            unused.append(letter)
            continue
        if is_diverted_by_cell(field, layout.headings[letter]):
            column, taken = divert_unparsed(column, spec.field(field.fallback_column))
            words.setdefault(field.fallback_column, []).extend(taken.items())
        found = column_findings(column, field, worksheet=layout.worksheet, letter=letter, rows=rows)
        findings += found
        unread[name] = {
            each.row for each in found if each.row is not None and each.severity is Severity.ERROR
        }
        columns[name] = column.values.alias(name)
        letters[name] = letter
    beside = branches_from_addresses(grid, layout, spec, context)
    if beside is not None:
        letter, column = beside
        field = spec.field("branch")
        findings += column_findings(
            column, field, worksheet=layout.worksheet, letter=letter, rows=rows
        )
        columns["branch"], letters["branch"] = column.values.alias("branch"), letter
    layout = layout.without(unused)
    frame = pl.DataFrame(
        {
            "worksheet": pl.Series([layout.worksheet], dtype=pl.String).new_from_index(
                0, rows.len()
            ),
            "row": rows,
            **columns,
        }
    )
    for name, written in words.items():
        frame = append_words(frame, name, written) if written else frame
    frame = spec.normalize(frame) if spec.normalize is not None else frame
    said = infer_table_defaults(grid, layout, spec, context)
    frame = frame.with_columns(pl.lit(each.value).alias(name) for name, each in said.items())
    findings += [
        found
        for name, each in said.items()
        for found in table_default_findings(layout, spec.field(name), each)
    ]
    lacking = [name for name in layout.missing if name not in said]
    findings += [missing_column_finding(layout, spec.field(name)) for name in lacking]
    layout = dataclasses.replace(layout, unsaid=(*lacking, *overridable_fields(said)))
    findings += unknown_column_findings(layout)
    findings += plausibility_findings(grid, layout, frame, spec, context)
    findings += check_rows(frame, spec, context, letters=letters, unread=unread)
    return grid, TableRows(layout, frame), findings


def _merged_continuations(grid: Grid, letter: str, layout: Layout) -> pl.Series:
    """Tell for each data row whether the column's cell is the lower part of a merged one."""
    at = column_index(letter)
    top_row, end_row = layout.positions
    covered: set[int] = set()
    for top, left, bottom, right in grid.merged:
        if bottom > top and left <= at <= right:
            first, last = top + 2 - grid.first_row, bottom + 1 - grid.first_row
            covered.update(range(max(first, top_row), min(last + 1, end_row)))
            if len(covered) == end_row - top_row:
                break
    return layout.data.is_in(list(covered))


def _fill_defaults(frame: pl.DataFrame, spec: SheetSpec) -> pl.DataFrame:
    filled = []
    for field in spec.fields:
        if field.default is not None:
            value = pl.lit(field.default).cast(dtype_of(field))
            there = pl.col(field.name).fill_null(value) if field.name in frame.columns else value
            filled.append(there.alias(field.name))
    return frame.with_columns(filled)


def _sum(series: pl.Series) -> Decimal:
    total = series.sum()
    return Decimal(0) if total is None else Decimal(total)
