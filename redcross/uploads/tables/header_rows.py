"""How many rows a heading takes, and what stands over each column."""

import itertools

from redcross.uploads.files.cell_kinds import NUMBER
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.units import is_unit
from redcross.uploads.tables.cell_texts import RowTexts, column_index


class HeadingRows:
    """The headings of one worksheet, row by row and column by column."""

    def __init__(self, texts: RowTexts, ranker: HeadingRanker) -> None:
        self.texts = texts
        self.ranker = ranker
        self._depths: dict[int, tuple[int, int]] = {}

    def depth(self, at: int) -> tuple[int, int]:
        """Return how many rows the heading takes, and how many fields it then names."""
        if at not in self._depths:
            self._depths[at] = self._find_depth(at)
        return self._depths[at]

    def _find_depth(self, at: int) -> tuple[int, int]:
        least = 1
        while least < TUNING.max_heading_rows and self.continues(at, least):
            least += 1
        best = (least, self._count_fields(at, least))
        for depth in range(least + 1, TUNING.max_heading_rows + 1):
            lowest = at + depth - 1
            if lowest >= self.texts.height or self.texts.count_kinds(lowest).get(NUMBER, 0) > 1:
                break
            count = self._count_fields(at, depth)
            if count > best[1] or (count == best[1] and self._has_only_units(lowest)):
                best = (depth, count)
        return best

    def levels(self, at: int, depth: int) -> dict[str, list[str]]:
        """Return each column's heading texts from the top, merged parents filled in."""
        rows = [list(self.texts.row(at + level)) for level in range(depth)]
        self._fill_merged(rows, at)
        for level in range(depth - 1):
            carried = ""
            for index, text in enumerate(rows[level]):
                below = any(rows[lower][index] for lower in range(level + 1, depth))
                if text:
                    carried = text if below else ""
                elif carried and below and not _starts_group(rows, level, index):
                    rows[level][index] = carried
                else:
                    carried = ""
        levels = {}
        for index, letter in enumerate(self.texts.letters):
            texts = [row[index] for row in rows if row[index]]
            distinct = [text for text, _ in itertools.groupby(texts)]
            if distinct:
                levels[letter] = distinct
        return levels

    def continues(self, at: int, depth: int) -> bool:
        """Tell whether the row below only fills columns that the groups of a heading leave open.

        So the depth of a heading is known whatever words it has.
        """
        if at + depth >= self.texts.height or self.texts.count_kinds(at + depth).get(NUMBER):
            return False
        filled = self.texts.filled_columns(at + depth)
        uncovered = filled - self.left_open(at, depth)
        # 受益人数 may have 人次 below it as the groups beside have their columns.
        return len(filled) > 1 and len(uncovered) * TUNING.one_uncovered_in <= len(filled)

    def left_open(self, at: int, depth: int) -> set[int]:
        """Return the columns that stand under a cell with blanks beside it: a group.

        They stay open for as long as nothing is written below.
        """
        open_columns: set[int] = set()
        taken: set[int] = set()
        for level in range(depth):
            filled = self.texts.filled_columns(at + level)
            open_columns -= filled
            group = None
            for index in range(len(self.texts.letters)):
                if index in filled:
                    group = index
                elif index in taken:  # a group or a column of a row above begins here
                    group = None
                elif group is not None:
                    open_columns |= {group, index}
            taken |= filled
        return open_columns

    def _count_fields(self, at: int, depth: int) -> int:
        """Count the fields that a heading of this depth names."""
        candidates = map(self.ranker.best, self.levels(at, depth).values())
        return len({candidate.field for candidate in candidates if candidate is not None})

    def _has_only_units(self, at: int) -> bool:
        cells = self.texts.filled_texts(at)
        return bool(cells) and all(map(is_unit, cells))

    def _fill_merged(self, rows: list[list[str]], at: int) -> None:
        """Write the text of each merged cell into all columns it spans, in place."""
        grid, letters = self.texts.grid, self.texts.letters
        if len(grid.merged) > TUNING.max_merged_ranges:
            return
        top = at + grid.first_row - 1
        left = column_index(letters[0])
        for first_row, first_column, last_row, last_column in grid.merged:
            level = first_row - top
            if not 0 <= level < len(rows) or last_column == first_column:
                continue
            source = first_column - left
            if not 0 <= source < len(letters) or last_row - top >= len(rows):
                continue
            for index in range(source + 1, min(last_column - left + 1, len(letters))):
                rows[level][index] = rows[level][index] or rows[level][source]


def _starts_group(rows: list[list[str]], level: int, index: int) -> bool:
    """Tell whether a cell stands under another group than the one to its left."""
    return (
        level > 0
        and bool(rows[level - 1][index])
        and (index == 0 or rows[level - 1][index] != rows[level - 1][index - 1])
    )
