"""From a worksheet to its tables: where each stands and which field each column holds."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal

from redcross.uploads.files.cell_kinds import KIND_SUFFIX
from redcross.uploads.files.workbook import Grid, UnreadableError
from redcross.uploads.mapping.assignment import (
    Headings,
    MappedColumns,
    assign_columns,
    assign_similar,
    number_repeated_headings,
    propose_fields,
)
from redcross.uploads.mapping.normalize import normalize_header
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.units import column_multiple
from redcross.uploads.mapping.words import SERIAL_HEADINGS
from redcross.uploads.tables.cell_texts import RowTexts
from redcross.uploads.tables.data_rows import DataRows
from redcross.uploads.tables.header_rows import HeadingRows
from redcross.uploads.tables.header_search import HeaderSearch
from redcross.uploads.tables.layout import Layout
from redcross.uploads.tables.printed_totals import totals_above, totals_beside
from redcross.uploads.tables.side_by_side import split_side_by_side
from redcross.uploads.tables.table_unit import unit_above, unit_below


def detect_tables(grid: Grid, ranker: HeadingRanker) -> list[Layout]:
    """Return the layout of every table of a worksheet, from the top and from the left.

    Empty where no heading is known. Raise UnreadableError where there are more tables than
    anybody prints.
    """
    whole = HeadingRows(RowTexts(grid), ranker)
    starts = HeaderSearch(whole).heading_positions()
    layouts: list[Layout] = []
    for start, end in itertools.pairwise([*starts, grid.cells.height]):
        beside = split_side_by_side(whole, start)
        if len(layouts) + len(beside) > TUNING.max_tables:
            raise UnreadableError("file.too_many_tables", grid.worksheet)
        parts = [
            HeadingRows(RowTexts(_select_columns(grid, letters)), ranker) for letters in beside
        ] or [whole]
        # A second table, or the heading repeated on a new page, keeps the unit of the first.
        unit_before = layouts[-1].unit if layouts else ""
        described = [
            _describe_table(part, start, end, unit_before, is_first=start == starts[0])
            for part in parts
        ]
        layouts += [layout for layout in described if layout is not None]
    return layouts


def continue_layout(grid: Grid, above: Layout, ranker: HeadingRanker) -> Layout:
    """Return the layout of a worksheet whose rows stand under the heading of another one."""
    columns = MappedColumns(above.columns, ranker.spec)
    data, totals = DataRows(RowTexts(grid), ranker, columns, 0, 0).rows(grid.cells.height)
    return dataclasses.replace(
        above,
        worksheet=grid.worksheet,
        heading_rows=(grid.first_row,),
        unknown=(),
        proposals={},
        positions=(0, grid.cells.height),
        data=data,
        totals=totals,
    )


def _select_columns(grid: Grid, letters: Sequence[str]) -> Grid:
    """Return some columns of a worksheet under their own letters."""
    columns = [name for letter in letters for name in (letter, letter + KIND_SUFFIX)]
    return dataclasses.replace(grid, cells=grid.cells.select(columns))


def _describe_table(
    rows: HeadingRows, start: int, end: int, unit_before: str, *, is_first: bool
) -> Layout | None:
    """Return the layout of the table whose heading begins at a frame position.

    None where fewer than two of its columns are a field's.
    """
    texts, ranker = rows.texts, rows.ranker
    depth = rows.depth(start)[0]
    levels = rows.levels(start, depth)
    columns = assign_columns(levels, ranker)
    similar: dict[str, str] = {}
    if len(columns) < 2 <= len(levels):
        rest = {letter: own for letter, own in levels.items() if letter not in columns}
        similar = assign_similar(rest, ranker, columns.values())
        columns |= similar
    if len(columns) < 2:
        return None
    headings = number_repeated_headings(levels)
    unknown = {
        headings[letter]: own
        for letter, own in levels.items()
        if letter not in columns and normalize_header(headings[letter]) not in SERIAL_HEADINGS
    }
    mapped = MappedColumns(columns, ranker.spec)
    data, totals = DataRows(texts, ranker, mapped, start, depth).rows(end)
    if is_first:
        totals = (*totals_above(texts, start), *totals)
    totals += totals_beside(texts, data, end, headings, totals)
    unit = unit_above(texts, start, depth) or unit_before or unit_below(texts, data, end)
    return Layout(
        worksheet=texts.grid.worksheet,
        heading_rows=tuple(texts.grid.first_row + start + row for row in range(depth)),
        columns=columns,
        headings=headings,
        unknown=tuple(unknown),
        missing=_missing_fields(columns, ranker),
        multiples=_multiples(columns, levels, unit, ranker),
        unit=unit,
        positions=(start + depth, end),
        data=data,
        totals=totals,
        proposals=propose_fields(unknown, columns.values(), ranker),
        declined=_declined_headings(levels, headings, ranker),
        similar=similar,
    )


def _missing_fields(columns: Mapping[str, str], ranker: HeadingRanker) -> tuple[str, ...]:
    """Return the required fields without a column and without a constant."""
    present = set(columns.values())
    return tuple(
        field.name
        for field in ranker.spec.fields
        if field.required and field.name not in present and field.default is None
    )


def _multiples(
    columns: Mapping[str, str], levels: Headings, unit: str, ranker: HeadingRanker
) -> dict[str, Decimal]:
    return {
        letter: column_multiple(ranker.spec.field(name), levels[letter], unit)
        for letter, name in columns.items()
    }


def _declined_headings(
    levels: Headings, headings: Mapping[str, str], ranker: HeadingRanker
) -> tuple[str, ...]:
    """Return the headings that people marked as none of the sheet's columns."""
    return tuple(
        headings[letter]
        for letter, own in levels.items()
        if (best := ranker.best(own)) is not None and not best.field
    )
