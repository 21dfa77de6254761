"""Where the headings of a worksheet stand, one for each table below the other."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import polars as pl

from redcross.uploads.cells.parsed import BLANKS, INVISIBLE_PATTERN
from redcross.uploads.files.cell_kinds import EMPTY, KIND_SUFFIX, NUMBER
from redcross.uploads.files.workbook import UnreadableError
from redcross.uploads.mapping.assignment import assign_similar
from redcross.uploads.mapping.normalize import normalize_header
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.tables.header_rows import HeadingRows
from redcross.uploads.tables.phrases import SIGNATURE

_UNIT_NOTE = re.compile(r"\(?(?:金额|货币|计量)?单位[:为是]")


class HeaderSearch:
    """Searches one worksheet for headings."""

    def __init__(self, headings: HeadingRows) -> None:
        self.headings = headings
        self.texts = headings.texts
        self.ranker = headings.ranker

    def heading_positions(self) -> list[int]:
        """Return the frame position of the first heading row of each table.

        Raise UnreadableError where there are more than anybody prints.
        """
        first = self._first_heading()
        if first is None:
            return []
        positions = [first]
        below = first + self.headings.depth(first)[0]
        candidates = self._candidate_rows(below, self.texts.row(first))
        self.texts.fetch(candidates)
        for at in candidates:
            if at < below:
                continue
            is_known = self._is_heading(at) and self._is_mostly_known(at)
            is_lower = is_known and self._repeats_lower_row(at, range(positions[-1] + 1, below))
            if (is_known and not is_lower) or self._repeats_row(at, first):
                positions.append(at)
                below = at + self.headings.depth(at)[0]
            if len(positions) > TUNING.max_tables:
                raise UnreadableError("file.too_many_tables", self.texts.grid.worksheet)
        return positions

    def _first_heading(self) -> int | None:
        """Return the first row that is a heading, else the first that is similar to one."""
        for at in range(min(self.texts.height, TUNING.scanned_rows)):
            if self._is_heading(at) or self._is_group_row(at):
                return at
        rows = range(min(self.texts.height, TUNING.similar_heading_rows))
        return next(filter(self._is_similar_heading, rows), None)

    def _is_heading(self, at: int) -> bool:
        """Tell whether a row names two fields of the sheet and holds few numbers."""
        cells = self.texts.filled_texts(at)
        fields = set(self._known_fields(cells))
        if len(fields) < 2:
            fields |= self._fields_by_substring(at, cells)
        if len(fields) < 2:
            return False
        return self.texts.count_kinds(at).get(NUMBER, 0) * TUNING.one_number_in <= len(cells)

    def _known_fields(self, cells: Iterable[str]) -> list[str]:
        """Return the field of each cell that is a heading by itself."""
        candidates = map(self.ranker.rank_cell, cells)
        return [candidate.field for candidate in candidates if candidate is not None]

    def _is_similar_heading(self, at: int) -> bool:
        """Tell whether most cells of a row are headings or similar to one, at least four."""
        cells = self.texts.filled_cells(at)
        short = {
            letter: [text]
            for letter, text in cells.items()
            if len(text) <= TUNING.max_heading_length
        }
        if len(short) < TUNING.min_similar_cells or self.texts.count_kinds(at).get(NUMBER):
            return False
        known = self._known_fields(cells.values())
        count = len(known) + len(assign_similar(short, self.ranker, known))
        return count >= TUNING.min_similar_cells and count * 2 >= len(cells)

    def _fields_by_substring(self, at: int, cells: Sequence[str]) -> set[str]:
        """Return the fields that words within the cells of a heading point to.

        Where nothing else shows that it is a heading, none of them may be a note with a
        colon, and numbers must stand right below: 捐助者, 捐助金额.
        """
        short = [text for text in cells if len(text) <= TUNING.max_heading_length]
        candidates = map(self.ranker.rank_short_cell, short)
        fields = {candidate.field for candidate in candidates if candidate is not None}
        if any(map(self.ranker.is_known, short)):
            return fields
        has_below = at + 1 < self.texts.height
        has_numbers = has_below and self.texts.count_kinds(at + 1).get(NUMBER, 0) > 0
        return set() if any(map(_is_note, short)) or not has_numbers else fields

    def _is_mostly_known(self, at: int) -> bool:
        """Tell a heading among data from a gift whose kind is 单位 and whose channel 现金."""
        cells = self.texts.filled_texts(at)
        return sum(map(self.ranker.is_known, cells)) * 2 > len(cells)

    def _is_group_row(self, at: int) -> bool:
        """Tell whether this is the upper row of a heading whose words stand below."""
        cells = self.texts.filled_texts(at)
        if (
            len(cells) < 2
            or at + 1 >= self.texts.height
            or self.texts.count_kinds(at).get(NUMBER)
            or any(map(_is_note, cells))
        ):
            return False
        depth, score = self.headings.depth(at)
        below = self.headings.depth(at + 1)[1]
        has_columns = not self.texts.filled_columns(at) <= self.headings.left_open(at, 1)
        beside_columns = has_columns and self.headings.continues(at, 1)
        return depth > 1 and (score > below or (beside_columns and score == below))

    def _repeats_lower_row(self, at: int, lower: Iterable[int]) -> bool:
        """Tell the lower row of a heading that comes again: without its groups it says less."""
        cells = [
            (index, normalize_header(text)) for index, text in enumerate(self.texts.row(at)) if text
        ]
        return any(
            all(normalize_header(self.texts.row(row)[index]) == text for index, text in cells)
            for row in lower
        )

    def _repeats_row(self, at: int, first: int) -> bool:
        """Tell the upper row of a heading, groups as they may be, that comes a second time."""
        rows = zip(self.texts.row(at), self.texts.row(first), strict=True)
        cells = [(text, normalize_header(above)) for text, above in rows]
        filled = sum(bool(text) for text, _ in cells)
        alike = sum(normalize_header(text) == above for text, above in cells if text)
        return alike > 1 and (filled - alike) * TUNING.one_unlike_in < filled

    def _candidate_rows(self, start: int, first: Sequence[str]) -> list[int]:
        """Return the rows from `start` on that may be a heading, searched in large parts."""
        rest = self.texts.grid.cells[start:].with_row_index("at", offset=start)
        parts = rest.iter_slices(TUNING.searched_rows)
        return [at for part in parts for at in self._candidates_in(part, first)]

    def _candidates_in(self, part: pl.DataFrame, first: Sequence[str]) -> list[int]:
        """Return the rows that hold words of headings or repeat the first heading row."""
        letters = self.texts.letters
        kinds = [pl.col(letter + KIND_SUFFIX) for letter in letters]
        numbers = pl.sum_horizontal([kind == NUMBER for kind in kinds])
        filled = pl.sum_horizontal([kind != EMPTY for kind in kinds])
        part = part.filter((numbers * TUNING.one_number_in <= len(letters)) & (filled > 1))
        if part.is_empty():
            return []
        words = [word for word in self.ranker.words if len(word) > 1]
        single = [word for word in self.ranker.words if len(word) == 1]
        # One column under the other: the words are laid out for searching once, not for each.
        stacked = pl.concat([part[letter] for letter in letters])
        texts = stacked.str.replace_all(rf"\s|{INVISIBLE_PATTERN}", "")
        is_short = texts.str.len_chars() <= TUNING.max_heading_length
        is_known = (texts.str.contains_any(words) | texts.is_in(single)) & is_short
        is_repeated = stacked.str.strip_chars(BLANKS).is_in([text for text in first if text])
        known = self._count_by_row(is_known, part.height)
        repeated = self._count_by_row(is_repeated, part.height)
        mostly_known = (known >= 2) & (known * 2 > part.select(filled).to_series())
        return part.filter(mostly_known | (repeated >= 2))["at"].to_list()

    def _count_by_row(self, stacked: pl.Series, height: int) -> pl.Series:
        """Count the true cells of each row, given one column under the other."""
        letters = enumerate(self.texts.letters)
        columns = {letter: stacked[index * height :][:height] for index, letter in letters}
        return pl.DataFrame(columns).sum_horizontal()


def _is_note(text: str) -> bool:
    """Tell 制表人：… and （单位：万元） from a heading like 捐赠额（单位：元）, in either width."""
    folded = unicodedata.normalize("NFKC", text)
    return bool(SIGNATURE.match(folded) or _UNIT_NOTE.match(folded))
