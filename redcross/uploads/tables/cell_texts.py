"""The texts of a worksheet's rows, trimmed, fetched as they are asked for.

In goes a grid, which may have a million rows; out come single rows of it by frame position.
"""

from collections import Counter
from collections.abc import Sequence

from redcross.uploads.cells.parsed import strip_text
from redcross.uploads.files.parser import KIND_SUFFIX
from redcross.uploads.files.workbook import Grid

SCANNED_ROWS = 60
"""A first heading stands within so many rows."""
_BATCH_ROWS = 8


class RowTexts:
    """One worksheet as the search for its headings looks at it."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.letters = grid.letters
        self.height = grid.cells.height
        self._kinds = [
            at for at, name in enumerate(grid.cells.columns) if name.endswith(KIND_SUFFIX)
        ]
        self._rows: dict[int, list[str]] = {}
        self.look_up(range(min(self.height, SCANNED_ROWS)))

    def row(self, position: int) -> list[str]:
        """Return the texts of one row."""
        if position not in self._rows:
            self.look_up(range(position, min(position + _BATCH_ROWS, self.height)))
        return self._rows[position]

    def written(self, position: int) -> list[str]:
        """Return the texts of one row without its empty cells."""
        return [text for text in self.row(position) if text]

    def columns(self, position: int) -> set[int]:
        """Return which columns are filled in one row, from 0."""
        return {at for at, text in enumerate(self.row(position)) if text}

    def filled(self, position: int) -> dict[str, str]:
        """Return the texts of one row by letter, without its empty cells."""
        row = zip(self.letters, self.row(position), strict=True)
        return {letter: text for letter, text in row if text}

    def kinds(self, position: int) -> Counter[int]:
        """Return how many cells of each kind one row has."""
        row = self.grid.cells.row(position)
        return Counter(row[at] for at in self._kinds)

    def look_up(self, positions: Sequence[int]) -> None:
        """Fetch many rows at once."""
        rows = self.grid.cells.select(self.letters)[list(positions)]
        for position, row in zip(positions, rows.iter_rows(), strict=True):
            self._rows[position] = [strip_text(cell) if cell else "" for cell in row]


def column_index(letter: str) -> int:
    """Return the column's number from 0: A → 0, AA → 26."""
    value = 0
    for char in letter:
        value = value * 26 + ord(char) - 64
    return value - 1
