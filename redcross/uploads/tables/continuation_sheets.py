"""A worksheet without a heading that goes on where the one before it ended.

It is read under the heading of the one before, unless that would be a guess: a list of
channels with a sum each has a name and a number in every row too.
"""

import dataclasses
from collections.abc import Mapping

import polars as pl

from redcross.uploads.cells.parsed import BLANKS
from redcross.uploads.choices import Severity
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import normalize_header
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.words import SERIAL_HEADINGS
from redcross.uploads.schema.finding_catalogue import finding, severity_of
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import NUMERIC_KINDS, CellKind
from redcross.uploads.tables.detect import continue_layout
from redcross.uploads.tables.layout import Layout
from redcross.uploads.tables.table import Table

_DISTINCTIVE_KINDS = (
    CellKind.DATE,
    CellKind.ID_NUMBER,
    CellKind.PHONE,
    CellKind.BRANCH,
    *NUMERIC_KINDS,
)
_DECISIVE_KINDS = (CellKind.DATE, CellKind.ID_NUMBER)


def match_continuation_sheet(grid: Grid, before: Table) -> Table | None:
    """Return the rows of a worksheet as a table under the heading of the table before.

    None where they do not fit: columns are missing or added, required cells are blank, cells
    cannot be read, or nothing shows that the rows are of the same kind.
    """
    above = before.layout
    columns = {letter: name for letter, name in above.columns.items() if letter in grid.letters}
    required = {name for name in above.columns.values() if before.spec.field(name).required}
    if (
        above.missing
        or len(columns) < 2
        or not required <= set(columns.values())
        or _has_other_columns(grid, above)
    ):
        return None
    layout = continue_layout(grid, dataclasses.replace(above, columns=columns), before.ranker)
    if layout.data.is_empty():
        return None
    table = Table(grid, layout, before.ranker, before.context)
    kinds = _fitting_kinds(table)
    if kinds is None:
        return None
    # Many rows, each with its day, are no summary of something.
    is_long = layout.data.len() >= TUNING.many_rows
    enough = TUNING.min_fitting_columns - is_long
    is_same = len(kinds) >= enough and any(kind in _DECISIVE_KINDS for kind in kinds)
    return table if is_same or _continues_numbering(table, before) else None


def continuation_finding(layout: Layout, before: str) -> Finding:
    """Return the finding that names the worksheet by whose heading another one is read."""
    return finding(
        "sheet.continued",
        f"工作表“{layout.worksheet}”没有表头，按“{before}”的表头读取。",
        worksheet=layout.worksheet,
    )


def _has_other_columns(grid: Grid, above: Layout) -> bool:
    """Tell whether anything stands in columns the heading does not have."""
    beside = [letter for letter in grid.letters if letter not in above.headings]
    return any((grid.cells[letter].str.strip_chars(BLANKS) != "").any() for letter in beside)


def _fitting_kinds(table: Table) -> list[CellKind] | None:
    """Return the kinds of the distinctive columns that are filled; None where one is unreadable.

    Filled: four cells of five; unreadable: more than one filled cell of ten is an error.
    """
    fitting = []
    for letter, name in table.layout.columns.items():
        field = table.field(name)
        texts = table.texts(letter).head(TUNING.sample_rows)
        filled = int((texts != "").sum())
        is_filled = (texts.len() - filled) * TUNING.one_blank_in <= texts.len()
        if field.required and not is_filled:
            return None
        if field.kind not in _DISTINCTIVE_KINDS:
            continue
        problems = table.parsed(letter, field, rows=TUNING.sample_rows).problems
        errors = sum(severity_of(cell.code) is Severity.ERROR for _, cell, _ in problems)
        if errors * TUNING.one_error_in > filled:
            return None
        if is_filled:
            fitting.append(field.kind)
    return fitting


def _continues_numbering(table: Table, before: Table) -> bool:
    """Tell whether the rows are numbered on: 1 to 50, then 51."""
    serial = _serial_column(before.layout.headings)
    if serial is None or serial not in table.grid.letters:
        return False
    last, first = (
        side.grid.cells[serial][side.layout.data].cast(pl.Float64, strict=False).drop_nulls()
        for side in (before, table)
    )
    return bool(last.len() and first.len() and first[0] == last[-1] + 1)


def _serial_column(headings: Mapping[str, str]) -> str | None:
    letters = (at for at, text in headings.items() if normalize_header(text) in SERIAL_HEADINGS)
    return next(letters, None)
