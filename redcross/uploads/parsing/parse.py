"""From grids to one table of typed rows with everything found on the way."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

import polars as pl

from redcross.units import Unit
from redcross.uploads.cells.columns import clean_column, dtype_of, findings_of
from redcross.uploads.cells.dates import EPOCH_1904
from redcross.uploads.files.parser import KIND
from redcross.uploads.files.workbook import OWN_WORKSHEETS, Grid, UnreadableError, Workbook
from redcross.uploads.parsing.preview_rows import Line, lines_of
from redcross.uploads.passes.combined_columns import composed
from redcross.uploads.passes.content_fallback import (
    branches_beside,
    by_cell,
    by_content,
    handed_on,
    holds_words,
    with_words,
)
from redcross.uploads.passes.reporting_units import settled
from redcross.uploads.passes.similar_headers import akin
from redcross.uploads.passes.table_defaults import assumed, findings_of_all, said_of_all
from redcross.uploads.schema.findings import Finding, Severity
from redcross.uploads.schema.import_spec import (
    LABELLING,
    NUMERIC,
    CellKind,
    Context,
    SheetKind,
    SheetSpec,
)
from redcross.uploads.schema.row_ids import MARK, repeated
from redcross.uploads.tables.cell_texts import index_of
from redcross.uploads.tables.continuation_sheets import continued, told
from redcross.uploads.tables.detect import recognise
from redcross.uploads.tables.header_search import MOST_TABLES
from redcross.uploads.tables.layout import Layout
from redcross.uploads.validation import duplicate_tables
from redcross.uploads.validation.plausibility import doubts_of
from redcross.uploads.validation.row_rules import check
from redcross.uploads.validation.table_messages import missing, no_heading, no_rows, notice, unknown
from redcross.uploads.validation.total_checks import Rows, TotalCheck, checks_of, differing


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
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
class Reading:
    """Everything a workbook holds: its tables, their rows together, the findings."""

    tables: tuple[Table, ...]
    frame: pl.DataFrame
    """The sheet's fields that any table has, `worksheet` and `row`."""
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...] = ()
    """The first rows and those in doubt, as they stood and as they were read."""


def read_tables(
    book: Workbook,
    spec: SheetSpec,
    context: Context,
    remembered: Mapping[str, str] | None = None,
) -> Reading:
    """Recognise, clean and check every table of a workbook.

    Raise UnreadableError where it holds more tables than anybody prints.
    """
    findings = [notice(text) for text in book.notices]
    tables, frames = [], []
    lines: list[Line] = []
    earlier: dict[str, Decimal] = {}
    recognised, pages = _with_pages(_recognised(book, spec, remembered), spec, context)
    findings += pages
    for grid, everything, layouts in _real(recognised, spec):
        dropped = _dropped(everything, layouts, spec)
        findings += dropped
        if not layouts and not dropped and len(book.grids) > 1:
            text = f"工作表“{grid.worksheet}”没有本表的表头，已跳过。"
            findings.append(notice(text, "sheet.skipped", grid.worksheet))
        read = []
        for layout in layouts:
            grid, rows, found = _rows(grid, layout, spec, context)  # noqa: PLW2901
            read.append((rows, found))
        checks = checks_of(grid, [rows for rows, _ in read], spec, earlier)
        for (rows, found), totals in zip(read, checks, strict=True):
            tables.append(_table(rows, spec, totals))
            frames.append(_defaults(rows.frame, spec))
            findings += [*found, *differing(rows.layout, spec, totals)]
            lines += _lines(grid, rows.layout, frames[-1], spec, context, found)
        for table in tables[len(tables) - len(layouts) :]:
            for name, value in table.sums.items():
                earlier[name] = earlier.get(name, Decimal(0)) + value
    for at in list(duplicate_tables.excerpts([each.layout.worksheet for each in tables], frames)):
        findings.append(duplicate_tables.told(tables[at].layout.worksheet, frames[at].height))
        tables[at], frames[at] = tables[at].emptied(), frames[at].clear()
    if not tables:
        findings.append(no_heading(book, spec))
    frame = pl.concat(frames, how="diagonal") if frames else _empty()
    findings += repeated(frame)
    if tables and frame.is_empty():
        findings.append(no_rows(tables[0].layout))
    return Reading(tuple(tables), frame, tuple(findings), tuple(lines))


def _recognised(
    book: Workbook, spec: SheetSpec, remembered: Mapping[str, str] | None
) -> list[tuple[Grid, list[Layout]]]:
    found: list[tuple[Grid, list[Layout]]] = []
    tables = 0
    for grid in book.grids:
        if max(tables, len(book.grids)) > MOST_TABLES:
            raise UnreadableError("file.too_many_tables", grid.worksheet)
        found.append((grid, recognise(grid, spec, remembered)))
        tables += len(found[-1][1])
    return found


def _with_pages(
    found: Sequence[tuple[Grid, list[Layout]]], spec: SheetSpec, context: Context
) -> tuple[list[tuple[Grid, list[Layout]]], list[Finding]]:
    """Read worksheets without a heading as pages of the one before, where they are."""
    read: list[tuple[Grid, list[Layout]]] = []
    said: list[Finding] = []
    for grid, layouts in found:
        if not layouts and read and read[-1][1] and grid.worksheet not in OWN_WORKSHEETS:
            before, tables = read[-1]
            page = continued(grid, before, tables[-1], spec, context)
            if page is not None:
                layouts = [page]  # noqa: PLW2901
                said.append(told(page, before))
        read.append((grid, layouts))
    return read, said


def _lines(
    grid: Grid,
    layout: Layout,
    frame: pl.DataFrame,
    spec: SheetSpec,
    context: Context,
    found: Iterable[Finding],
) -> Iterable[Line]:
    raw = {name: grid.cells[letter] for letter, name in layout.columns.items()}
    doubted = {each.row for each in found if each.row is not None and each.column}
    return lines_of(
        frame,
        raw,
        layout.data,
        spec,
        worksheet=layout.worksheet,
        doubted=doubted,
        branches=context.branch_labels,
    )


def _real(
    found: list[tuple[Grid, list[Layout]]], spec: SheetSpec
) -> list[tuple[Grid, list[Layout], list[Layout]]]:
    """Return of each worksheet all that looks like a table, and what of it is one.

    Our own notes are none, nor what has none of the columns by which rows of this sheet
    are known, where another table has some: a list of channels with the sum of each.
    """
    theirs = [(grid, layouts) for grid, layouts in found if grid.worksheet not in OWN_WORKSHEETS]
    for telling in _telling(spec):
        kept = [
            (grid, layouts, [each for each in layouts if telling & set(each.columns.values())])
            for grid, layouts in theirs
        ]
        if any(layouts for _, _, layouts in kept):
            return kept
    return [(grid, layouts, layouts) for grid, layouts in theirs]


def _telling(spec: SheetSpec) -> list[set[str]]:
    """Return the columns that make a table one of this sheet, the surest first.

    A statistics sheet is made of amounts; in a list an amount alone may be a sum of others,
    and a day beside it makes it the sum of a day.
    """
    needed = {each.name for each in spec.fields if each.required and each.kind != CellKind.DATE}
    known = needed | set(spec.identity)
    amounts = {field.name for field in spec.fields if field.unit is Unit.YUAN}
    return [known | amounts] if spec.kind is SheetKind.STATISTICS else [known, amounts]


def _dropped(found: Sequence[Layout], kept: Sequence[Layout], spec: SheetSpec) -> list[Finding]:
    """Say of each table that was not read where it stands, and how much it holds."""
    amounts = {field.name for field in spec.fields if field.unit is Unit.YUAN}
    return [
        notice(
            f"工作表“{layout.worksheet}”第{layout.heading_rows[0]}行起的表格（{layout.data.len()}行）"
            f"没有{_lacking(layout, spec)}，看作汇总，没有读取。",
            "table.skipped",
            layout.worksheet,
        )
        for layout in found
        if layout.data.len()
        and amounts & set(layout.columns.values())
        and not any(layout is each for each in kept)
    ]


def _lacking(layout: Layout, spec: SheetSpec) -> str:
    present = set(layout.columns.values())
    return "、".join(
        each.label for each in spec.fields if each.required and each.name not in present
    )


def from_rows(rows: Iterable[Mapping[str, str]], spec: SheetSpec, context: Context) -> Reading:
    """Read typed rows (在线填报, programs) exactly as if they stood in a workbook."""
    from redcross.uploads.files.parser import letter

    listed = list(rows)
    named = [field for field in spec.fields if any(row.get(field.name) for row in listed)]
    columns: dict[str, pl.Series] = {}
    for index, field in enumerate(named):
        texts = [field.label, *(row.get(field.name) or "" for row in listed)]
        name = letter(index)
        columns[name] = pl.Series(name, texts, dtype=pl.String)
        columns[name + KIND] = pl.Series(
            name + KIND, [int(bool(text)) for text in texts], dtype=pl.UInt8
        )
    grid = Grid("在线填报", 1, pl.DataFrame(columns))
    return read_tables(Workbook((grid,), ()), spec, context)


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema={"worksheet": pl.String, "row": pl.UInt32})


def _table(rows: Rows, spec: SheetSpec, totals: tuple[TotalCheck, ...]) -> Table:
    sums = {
        name: _sum(rows.frame[name])
        for name in rows.layout.columns.values()
        if spec.field(name).kind in NUMERIC
    }
    return Table(rows.layout, rows.frame.height, sums, totals)


def _rows(
    grid: Grid, layout: Layout, spec: SheetSpec, context: Context
) -> tuple[Grid, Rows, list[Finding]]:
    if grid.from_1904:
        context = dataclasses.replace(context, epoch=EPOCH_1904)
    layout, findings = settled(grid, layout, spec, context)
    layout = by_content(grid, layout, spec, context)
    grid, layout = composed(grid, layout, spec, context)
    layout, guessed = akin(grid, layout, spec, context)
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
        whole = MARK in layout.columns.values()
        field = (
            dataclasses.replace(spec.field(name), fill_down=False) if whole else spec.field(name)
        )
        column = clean_column(
            part[letter],
            part[letter + KIND],
            field,
            context,
            multiple=layout.multiples[letter],
            merged=_lower_parts(grid, letter, layout) if field.kind in LABELLING else None,
            knows_merges=grid.knows_merges,
        )
        if (
            field.kind is CellKind.DATE
            and not field.required
            and holds_words(column, part[letter], field)
        ):
            unused.append(letter)
            continue
        if by_cell(field, layout.headings[letter]):
            column, taken = handed_on(column, spec.field(field.otherwise))
            words.setdefault(field.otherwise, []).extend(taken.items())
        found = findings_of(column, field, worksheet=layout.worksheet, letter=letter, rows=rows)
        findings += found
        unread[name] = {
            each.row for each in found if each.row is not None and each.severity is Severity.ERROR
        }
        columns[name] = column.values.alias(name)
        letters[name] = letter
    beside = branches_beside(grid, layout, spec, context)
    if beside is not None:
        letter, column = beside
        field = spec.field("branch")
        findings += findings_of(column, field, worksheet=layout.worksheet, letter=letter, rows=rows)
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
        frame = with_words(frame, name, written) if written else frame
    frame = spec.interpret(frame) if spec.interpret is not None else frame
    said = said_of_all(grid, layout, spec, context)
    frame = frame.with_columns(pl.lit(each.value).alias(name) for name, each in said.items())
    findings += [
        found
        for name, each in said.items()
        for found in findings_of_all(layout, spec.field(name), each)
    ]
    lacking = [name for name in layout.missing if name not in said]
    findings += [missing(layout, spec.field(name)) for name in lacking]
    layout = dataclasses.replace(layout, unsaid=(*lacking, *assumed(said)))
    findings += unknown(layout)
    findings += doubts_of(grid, layout, frame, spec, context)
    findings += check(frame, spec, context, letters=letters, unread=unread)
    return grid, Rows(layout, frame), findings


def _lower_parts(grid: Grid, letter: str, layout: Layout) -> pl.Series:
    """Tell for each data row whether the column's cell is the lower part of a merged one."""
    at = index_of(letter)
    top_row, end_row = layout.positions
    covered: set[int] = set()
    for top, left, bottom, right in grid.merged:
        if bottom > top and left <= at <= right:
            first, last = top + 2 - grid.first_row, bottom + 1 - grid.first_row
            covered.update(range(max(first, top_row), min(last + 1, end_row)))
            if len(covered) == end_row - top_row:
                break
    return layout.data.is_in(list(covered))


def _defaults(frame: pl.DataFrame, spec: SheetSpec) -> pl.DataFrame:
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
