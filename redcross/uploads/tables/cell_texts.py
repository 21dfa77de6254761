"""The texts of single rows of a worksheet, which may have a million of them."""

from collections import Counter
from collections.abc import Sequence

from redcross.uploads.cells.parsed import strip_text
from redcross.uploads.files.cell_kinds import KIND_SUFFIX
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.tuning import TUNING


class RowTexts:
    """The rows of one worksheet by frame position, trimmed and fetched when needed."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.letters = grid.letters
        self.height = grid.cells.height
        self._kind_columns = [
            index for index, name in enumerate(grid.cells.columns) if name.endswith(KIND_SUFFIX)
        ]
        self._rows: dict[int, list[str]] = {}
        self.fetch(range(min(self.height, TUNING.scanned_rows)))

    def row(self, position: int) -> list[str]:
        """Return the texts of one row."""
        if position not in self._rows:
            self.fetch(range(position, min(position + TUNING.fetched_rows, self.height)))
        return self._rows[position]

    def filled_texts(self, position: int) -> list[str]:
        """Return the texts of one row without its empty cells."""
        return [text for text in self.row(position) if text]

    def filled_columns(self, position: int) -> set[int]:
        """Return which columns are filled in one row, from 0."""
        return {index for index, text in enumerate(self.row(position)) if text}

    def filled_cells(self, position: int) -> dict[str, str]:
        """Return the texts of one row by letter, without its empty cells."""
        row = zip(self.letters, self.row(position), strict=True)
        return {letter: text for letter, text in row if text}

    def count_kinds(self, position: int) -> Counter[int]:
        """Return how many cells of each kind one row has."""
        row = self.grid.cells.row(position)
        return Counter(row[index] for index in self._kind_columns)

    def fetch(self, positions: Sequence[int]) -> None:
        """Fetch many rows at once."""
        rows = self.grid.cells.select(self.letters)[list(positions)]
        for position, row in zip(positions, rows.iter_rows(), strict=True):
            self._rows[position] = [strip_text(cell) if cell else "" for cell in row]


def column_index(letter: str) -> int:
    """Return the column's number from 0: A → 0, AA → 26."""
    value = 0
    for character in letter:
        value = value * 26 + ord(character) - 64
    return value - 1
