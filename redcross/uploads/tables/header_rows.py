"""How many rows a heading takes, and what stands over each column.

In goes the row a heading begins in; out come its depth and, for each letter, the texts
from the group down to the column.
"""

import itertools

from redcross.uploads.files.parser import NUMBER
from redcross.uploads.mapping.units import is_unit
from redcross.uploads.mapping.vocabulary import Vocabulary
from redcross.uploads.tables.cell_texts import RowTexts, column_index

MAX_HEADING_ROWS = 3
_MIN_COVERED_RATIO = 5
_MAX_MERGED_RANGES = 5000


class HeadingRows:
    """The headings of one worksheet as one vocabulary has them."""

    def __init__(self, texts: RowTexts, vocabulary: Vocabulary) -> None:
        self.texts = texts
        self.vocabulary = vocabulary
        self._depths: dict[int, tuple[int, int]] = {}

    def depth(self, at: int) -> tuple[int, int]:
        """Return how many rows the heading takes, and how many fields it then names."""
        if at not in self._depths:
            self._depths[at] = self._depth(at)
        return self._depths[at]

    def _depth(self, at: int) -> tuple[int, int]:
        least = 1
        while least < MAX_HEADING_ROWS and self.continues(at, least):
            least += 1
        best = (least, self._score(at, least))
        for depth in range(least + 1, MAX_HEADING_ROWS + 1):
            if (
                at + depth > self.texts.height
                or self.texts.kinds(at + depth - 1).get(NUMBER, 0) > 1
            ):
                break
            score = self._score(at, depth)
            if score > best[1] or (score == best[1] and self._only_units(at + depth - 1)):
                best = (depth, score)
        return best

    def of(self, at: int, depth: int) -> dict[str, list[str]]:
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
            deduplicated = [text for text, _ in itertools.groupby(texts)]
            if deduplicated:
                levels[letter] = deduplicated
        return levels

    def continues(self, at: int, depth: int) -> bool:
        """Tell whether the row below fills nothing but what the groups of a heading leave open.

        So a heading is known for as deep as it is, whatever words it has.
        """
        if at + depth >= self.texts.height or self.texts.kinds(at + depth).get(NUMBER):
            return False
        filled = self.texts.columns(at + depth)
        beside = filled - self.left_open(at, depth)
        # 受益人数 may have 人次 below it as the groups beside have their columns.
        return len(filled) > 1 and len(beside) * _MIN_COVERED_RATIO <= len(filled)

    def left_open(self, at: int, depth: int) -> set[int]:
        """Return the columns that stand under a cell with blanks beside it: a group.

        They stay open for as long as nothing is written below.
        """
        found: set[int] = set()
        taken: set[int] = set()
        for level in range(depth):
            filled = self.texts.columns(at + level)
            found -= filled
            group = None
            for index in range(len(self.texts.letters)):
                if index in filled:
                    group = index
                elif index in taken:  # a group or a column of a row above begins here
                    group = None
                elif group is not None:
                    found |= {group, index}
            taken |= filled
        return found

    def _score(self, at: int, depth: int) -> int:
        levels = self.of(at, depth)
        fields = {
            match.field
            for each in levels.values()
            if (match := self.vocabulary.match(each)) is not None
        }
        return len(fields)

    def _only_units(self, at: int) -> bool:
        cells = self.texts.written(at)
        return bool(cells) and all(is_unit(text) for text in cells)

    def _fill_merged(self, rows: list[list[str]], at: int) -> None:
        grid, letters = self.texts.grid, self.texts.letters
        if len(grid.merged) > _MAX_MERGED_RANGES:
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
