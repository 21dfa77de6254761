"""From a worksheet to its tables.

In go a grid, a sheet's columns and what people have told of headings before; out come the
`Layout`s of all tables, from the top and from the left.
"""

import dataclasses
import itertools
from collections.abc import Sequence

from redcross.uploads.files.parser import KIND_SUFFIX
from redcross.uploads.files.workbook import Grid, UnreadableError
from redcross.uploads.mapping.assignment import (
    MappedColumns,
    assign_columns,
    number_repeated_headings,
    propose_fields,
)
from redcross.uploads.mapping.normalize import SERIAL_HEADINGS, normalize_header
from redcross.uploads.mapping.similarity import match_by_similarity
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.units import column_multiple
from redcross.uploads.mapping.vocabulary import Vocabulary
from redcross.uploads.tables.cell_texts import RowTexts
from redcross.uploads.tables.data_rows import DataRows
from redcross.uploads.tables.header_rows import HeadingRows
from redcross.uploads.tables.header_search import HeaderSearch
from redcross.uploads.tables.layout import Layout
from redcross.uploads.tables.printed_totals import totals_above, totals_beside
from redcross.uploads.tables.side_by_side import split_side_by_side
from redcross.uploads.tables.table_unit import unit_above, unit_below


def detect_tables(grid: Grid, vocabulary: Vocabulary) -> list[Layout]:
    """Find every table of a worksheet; empty where no heading is known.

    Raise UnreadableError where there are more than anybody prints.
    """
    whole = HeadingRows(RowTexts(grid), vocabulary)
    starts = HeaderSearch(whole).heading_positions()
    layouts: list[Layout] = []
    for at, end in itertools.pairwise([*starts, grid.cells.height]):
        beside = split_side_by_side(whole, at)
        if len(layouts) + len(beside) > TUNING.max_tables:
            raise UnreadableError("file.too_many_tables", grid.worksheet)
        parts = [
            HeadingRows(RowTexts(_select_columns(grid, letters)), vocabulary) for letters in beside
        ] or [whole]
        # A second table, or the heading repeated on a new page, keeps the unit of the first.
        above = layouts[-1].unit if layouts else ""
        found = [
            layout
            for each in parts
            if (layout := _describe_table(each, at, end, above, is_first=at == starts[0]))
            is not None
        ]
        layouts += found
    return layouts


def continue_layout(grid: Grid, above: Layout, vocabulary: Vocabulary) -> Layout:
    """Describe a worksheet whose rows stand under the heading of another one."""
    columns = MappedColumns(above.columns, vocabulary.spec)
    body = DataRows(RowTexts(grid), vocabulary, columns, 0, 0)
    data, totals = body.rows(grid.cells.height)
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
    levels: HeadingRows, at: int, end: int, unit_before: str, *, is_first: bool
) -> Layout | None:
    """Describe the table whose heading begins at a frame position."""
    texts, vocabulary = levels.texts, levels.vocabulary
    depth = levels.depth(at)[0]
    heading = levels.of(at, depth)
    columns = assign_columns(heading, vocabulary)
    near: dict[str, str] = {}
    if len(columns) < 2 <= len(heading):
        rest = {letter: each for letter, each in heading.items() if letter not in columns}
        near = match_by_similarity(rest, vocabulary.spec.fields, columns.values())
        columns |= near
    if len(columns) < 2:
        return None
    headings = number_repeated_headings(heading)
    unknown = [
        printed
        for letter, printed in headings.items()
        if letter not in columns and normalize_header(printed) not in SERIAL_HEADINGS
    ]
    start = at + depth
    body = DataRows(texts, vocabulary, MappedColumns(columns, vocabulary.spec), at, depth)
    data, totals = body.rows(end)
    if is_first:
        totals = (*totals_above(texts, at), *totals)
    totals += totals_beside(texts, data, end, headings, totals)
    unit = unit_above(texts, at, depth) or unit_before or unit_below(texts, data, end)
    spec = vocabulary.spec
    present = set(columns.values())
    return Layout(
        worksheet=texts.grid.worksheet,
        heading_rows=tuple(texts.grid.first_row + at + each for each in range(depth)),
        columns=columns,
        headings=headings,
        unknown=tuple(unknown),
        missing=tuple(
            field.name
            for field in spec.fields
            if field.required and field.name not in present and field.default is None
        ),
        multiples={
            letter: column_multiple(spec.field(name), heading[letter], unit)
            for letter, name in columns.items()
        },
        unit=unit,
        positions=(start, end),
        data=data,
        totals=totals,
        proposals=propose_fields(unknown, present, vocabulary),
        declined=tuple(
            headings[letter]
            for letter, each in heading.items()
            if (match := vocabulary.match(each)) is not None and not match.field
        ),
        similar=near,
    )
