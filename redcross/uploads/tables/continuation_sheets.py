"""A worksheet without a heading that goes on where the one before it ended.

In go both worksheets and the last table of the first; out comes the table of the second, read
under the same heading, or nothing where that would be a guess: a list of channels with a sum
each has a name and a number in every row too.
"""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from redcross.uploads.cells.columns import parse_column
from redcross.uploads.cells.parsed import BLANKS
from redcross.uploads.files.parser import KIND_SUFFIX
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import SERIAL_HEADINGS, normalize_header
from redcross.uploads.schema.finding_catalogue import CODES, severity_of
from redcross.uploads.schema.findings import Finding, Severity
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind, ImportContext, SheetSpec
from redcross.uploads.tables.detect import continue_layout
from redcross.uploads.tables.layout import Layout

_SAMPLE_ROWS = 300
_DISTINCTIVE_KINDS = (
    CellKind.DATE,
    CellKind.ID_NUMBER,
    CellKind.PHONE,
    CellKind.BRANCH,
    *NUMERIC_KINDS,
)
_DECISIVE_KINDS = (CellKind.DATE, CellKind.ID_NUMBER)
_MIN_FITTING_COLUMNS = 3
"""So many columns that only hold what such columns hold, a day or an identity among them."""
_MANY_ROWS = 10
"""So many rows, each with its day, are no summary of something."""


def match_continuation_sheet(
    grid: Grid, before: Grid, above: Layout, spec: SheetSpec, context: ImportContext
) -> Layout | None:
    """Return the rows of a worksheet under the heading of the one before, where they fit it."""
    columns = {letter: name for letter, name in above.columns.items() if letter in grid.letters}
    if above.missing:
        return None
    required = {name for name in above.columns.values() if spec.field(name).required}
    if len(columns) < 2 or not required <= set(columns.values()) or _has_other_columns(grid, above):
        return None
    layout = continue_layout(grid, dataclasses.replace(above, columns=columns), spec)
    if layout.data.is_empty():
        return None
    kinds = _fitting_kinds(grid, layout, spec, context)
    if kinds is None:
        return None
    enough = _MIN_FITTING_COLUMNS if layout.data.len() < _MANY_ROWS else _MIN_FITTING_COLUMNS - 1
    is_sure = len(kinds) >= enough and any(kind in _DECISIVE_KINDS for kind in kinds)
    return layout if is_sure or _continues_numbering(grid, layout, before, above) else None


def continuation_finding(layout: Layout, before: Grid) -> Finding:
    """Say by whose heading a worksheet is read."""
    return Finding(
        worksheet=layout.worksheet,
        row=None,
        column=None,
        field=None,
        code="sheet.continued",
        severity=severity_of("sheet.continued"),
        message=f"工作表“{layout.worksheet}”没有表头，按“{before.worksheet}”的表头读取。",
        suggestion=CODES["sheet.continued"].remedy,
    )


def _has_other_columns(grid: Grid, above: Layout) -> bool:
    """Tell whether anything stands in columns the heading does not have."""
    beside = [letter for letter in grid.letters if letter not in above.headings]
    return any((grid.cells[letter].str.strip_chars(BLANKS) != "").any() for letter in beside)


def _fitting_kinds(
    grid: Grid, layout: Layout, spec: SheetSpec, context: ImportContext
) -> list[CellKind] | None:
    """Return the kinds of the telling columns that are filled; None where one cannot be read."""
    rows = layout.data.head(_SAMPLE_ROWS)
    fitting = []
    for letter, name in layout.columns.items():
        field = spec.field(name)
        texts = grid.cells[letter][rows]
        written = int((texts.str.strip_chars(BLANKS) != "").sum())
        if field.required and written * 5 < rows.len() * 4:
            return None
        if field.kind not in _DISTINCTIVE_KINDS:
            continue
        column = parse_column(
            texts,
            grid.cells[letter + KIND_SUFFIX][rows],
            field,
            context,
            multiple=layout.multiples.get(letter, Decimal(1)),
        )
        unread = sum(severity_of(each.code) is Severity.ERROR for _, each, _ in column.problems)
        if unread * 10 > written:
            return None
        if written * 5 >= rows.len() * 4:
            fitting.append(field.kind)
    return fitting


def _continues_numbering(grid: Grid, layout: Layout, before: Grid, above: Layout) -> bool:
    """Tell whether the rows are numbered on: 1 to 50, then 51."""
    serial = _serial_column(above.headings)
    if serial is None or serial not in grid.letters:
        return False
    last = before.cells[serial][above.data].cast(pl.Float64, strict=False).drop_nulls()
    first = grid.cells[serial][layout.data].cast(pl.Float64, strict=False).drop_nulls()
    return bool(last.len() and first.len() and first[0] == last[-1] + 1)


def _serial_column(headings: Mapping[str, str]) -> str | None:
    numbering = (
        letter for letter, text in headings.items() if normalize_header(text) in SERIAL_HEADINGS
    )
    return next(numbering, None)
