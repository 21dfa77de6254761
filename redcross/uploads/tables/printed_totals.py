"""Totals that stand outside the rows of a table: above its heading, or beside its foot.

In go the texts around a table; out come `TotalRow`s.
"""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from redcross.uploads.cells.parsed import BLANKS, normalize_text
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import MAX_HEADING_LENGTH
from redcross.uploads.tables.cell_texts import RowTexts
from redcross.uploads.tables.layout import TotalRow
from redcross.uploads.tables.phrases import TOTAL

_AMOUNT = re.compile(r"\d")


def totals_above(texts: RowTexts, at: int) -> list[TotalRow]:
    """Return the totals printed between the title and the first heading."""
    found = []
    for position in range(max(at - 6, 0), at):
        cells = texts.filled(position)
        label = next(iter(cells.values()), "")
        if len(label) > MAX_HEADING_LENGTH or not TOTAL.match(normalize_text(label)):
            continue
        amounts = [letter for letter, text in cells.items() if _AMOUNT.search(text)]
        if len(amounts) == 1:
            found.append(total_row_at(texts.grid, position, label, column=amounts[0]))
    return found


def totals_beside(
    texts: RowTexts,
    data: pl.Series,
    end: int,
    headings: Mapping[str, str],
    totals: Sequence[TotalRow],
) -> tuple[TotalRow, ...]:
    """Return sums without a word: alone in a column without a heading, at the table's foot."""
    if data.is_empty():
        return ()
    told = {total.position for total in totals}
    foot = int(data[-1])
    found = []
    for letter in texts.letters:
        if letter in headings:
            continue
        column = texts.grid.cells[letter][int(data[0]) : end].str.strip_chars(BLANKS)
        at = (column != "").arg_true()
        position = int(data[0]) + int(at[0]) if at.len() == 1 else -1
        if position < foot or position in told:
            continue
        if _AMOUNT.search(str(texts.grid.cells[letter][position])):
            found.append(total_row_at(texts.grid, position, "", column=letter))
    return tuple(found)


def total_row_at(
    grid: Grid,
    position: int,
    label: str,
    *,
    is_part: bool = False,
    precedes_rows: bool = False,
    column: str = "",
) -> TotalRow:
    """Return the total of one row."""
    return TotalRow(grid.first_row + position, position, label, is_part, precedes_rows, column)
