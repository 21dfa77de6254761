"""Totals that stand outside the rows of a table: above its heading, or beside its foot."""

import re
from collections.abc import Collection, Sequence

import polars as pl

from redcross.uploads.cells.parsed import BLANKS, normalize_text
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.tables.cell_texts import RowTexts
from redcross.uploads.tables.layout import TotalRow
from redcross.uploads.tables.phrases import TOTAL

_DIGIT = re.compile(r"\d")


def totals_above(texts: RowTexts, heading: int) -> list[TotalRow]:
    """Return the totals printed between the title and the first heading."""
    totals = []
    for position in range(max(heading - TUNING.title_rows, 0), heading):
        cells = texts.filled_cells(position)
        label = next(iter(cells.values()), "")
        if len(label) > TUNING.max_heading_length or not TOTAL.match(normalize_text(label)):
            continue
        amounts = [letter for letter, text in cells.items() if _DIGIT.search(text)]
        if len(amounts) == 1:
            totals.append(total_row_at(texts.grid, position, label, column=amounts[0]))
    return totals


def totals_beside(
    texts: RowTexts,
    data: pl.Series,
    end: int,
    headings: Collection[str],
    totals: Sequence[TotalRow],
) -> tuple[TotalRow, ...]:
    """Return sums without a word: alone in a column without a heading, at the table's foot.

    `headings` are the letters that have one, `totals` those known already, `end` the frame
    position behind the table.
    """
    if data.is_empty():
        return ()
    known = {total.position for total in totals}
    start, foot = int(data[0]), int(data[-1])
    beside = []
    for letter in texts.letters:
        if letter in headings:
            continue
        column = texts.grid.cells[letter][start:end].str.strip_chars(BLANKS)
        filled = (column != "").arg_true()
        position = start + int(filled[0]) if filled.len() == 1 else -1
        if position < foot or position in known:
            continue
        if _DIGIT.search(str(texts.grid.cells[letter][position])):
            beside.append(total_row_at(texts.grid, position, "", column=letter))
    return tuple(beside)


def total_row_at(
    grid: Grid,
    position: int,
    label: str,
    *,
    is_part: bool = False,
    precedes_rows: bool = False,
    column: str = "",
) -> TotalRow:
    """Return the total of the row at a frame position."""
    return TotalRow(grid.first_row + position, position, label, is_part, precedes_rows, column)
