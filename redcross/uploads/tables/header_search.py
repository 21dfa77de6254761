"""Where the headings of a worksheet stand, one for each table below the other.

In go the texts of a worksheet; out come the positions of the first row of each heading.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import polars as pl

from redcross.uploads.cells.parsed import BLANKS, INVISIBLE_PATTERN
from redcross.uploads.files.parser import EMPTY, KIND_SUFFIX, NUMBER
from redcross.uploads.files.workbook import UnreadableError
from redcross.uploads.mapping.normalize import MAX_HEADING_LENGTH, normalize_header
from redcross.uploads.mapping.similarity import match_by_similarity
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.tables.cell_texts import SCANNED_ROWS
from redcross.uploads.tables.header_rows import HeadingRows
from redcross.uploads.tables.phrases import SIGNATURE

_BATCH_ROWS = 50_000
_SIMILAR_HEADING_ROWS, _MIN_SIMILAR_CELLS = 15, 4
_UNIT_NOTE = re.compile(r"\(?(?:金额|货币|计量)?单位[:为是]")


class HeaderSearch:
    """Searches one worksheet for headings."""

    def __init__(self, levels: HeadingRows) -> None:
        self.levels = levels
        self.texts = levels.texts
        self.vocabulary = levels.vocabulary

    def heading_positions(self) -> list[int]:
        """Return the frame positions of the first heading row of each table."""
        first = next(
            (
                at
                for at in range(min(self.texts.height, SCANNED_ROWS))
                if self._is_heading(at) or self._is_group_row(at)
            ),
            None,
        )
        if first is None:
            first = next(
                filter(
                    self._is_nearly_heading, range(min(self.texts.height, _SIMILAR_HEADING_ROWS))
                ),
                None,
            )
        if first is None:
            return []
        found = [first]
        below = first + self.levels.depth(first)[0]
        candidates = self._candidates(below, self.texts.row(first))
        self.texts.look_up(candidates)
        for at in candidates:
            if at < below:
                continue
            known = self._is_heading(at) and self._mostly_known(at)
            lower = known and self._repeats_lower_row(at, range(found[-1] + 1, below))
            if (known and not lower) or self._is_row_again(at, first):
                found.append(at)
                below = at + self.levels.depth(at)[0]
            if len(found) > TUNING.max_tables:
                raise UnreadableError("file.too_many_tables", self.texts.grid.worksheet)
        return found

    def _is_heading(self, at: int) -> bool:
        cells = self.texts.written(at)
        short = [text for text in cells if len(text) <= MAX_HEADING_LENGTH]
        fields = {match.field for text in short if (match := self.vocabulary.exact(text))}
        if len(fields) < 2:
            fields |= self._hinted(at, short)
        if len(fields) < 2:
            return False
        kinds = self.texts.kinds(at)
        return kinds.get(NUMBER, 0) <= len(cells) // 3

    def _is_nearly_heading(self, at: int) -> bool:
        """Tell a heading none of whose words is known, and most of which are nearly."""
        cells = self.texts.filled(at)
        short = {each: [text] for each, text in cells.items() if len(text) <= MAX_HEADING_LENGTH}
        if len(short) < _MIN_SIMILAR_CELLS or self.texts.kinds(at).get(NUMBER):
            return False
        known = [match.field for text in cells.values() if (match := self.vocabulary.exact(text))]
        found = match_by_similarity(short, self.vocabulary.spec.fields, known)
        return len(found) + len(known) >= _MIN_SIMILAR_CELLS and (
            len(found) + len(known)
        ) * 2 >= len(cells)

    def _hinted(self, at: int, texts: Sequence[str]) -> set[str]:
        """Return the fields that words within the cells of a heading point to.

        Where they are all there is to tell it by, none of them is a note with a colon,
        and numbers stand right below: 捐助者, 捐助金额.
        """
        named = {text: name for text in texts if (name := self.vocabulary.hinted(text))}
        if any(map(self.vocabulary.knows, texts)):
            return set(named.values())
        is_note = any(map(_is_note, texts))
        has_below = at + 1 < self.texts.height
        has_numbers = has_below and self.texts.kinds(at + 1).get(NUMBER, 0) > 0
        return set() if is_note or not has_numbers else set(named.values())

    def _mostly_known(self, at: int) -> bool:
        """Tell a heading among data from a gift whose kind is 单位 and whose channel 现金."""
        cells = self.texts.written(at)
        return sum(map(self.vocabulary.knows, cells)) * 2 > len(cells)

    def _is_group_row(self, at: int) -> bool:
        """Tell whether this is the upper row of a heading whose words stand below."""
        cells = self.texts.written(at)
        if len(cells) < 2 or at + 1 >= self.texts.height or self.texts.kinds(at).get(NUMBER):
            return False
        if any(map(_is_note, cells)):
            return False
        depth, score = self.levels.depth(at)
        below = self.levels.depth(at + 1)[1]
        has_columns = not self.texts.columns(at) <= self.levels.left_open(at, 1)
        beside_columns = has_columns and self.levels.continues(at, 1)
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

    def _is_row_again(self, at: int, first: int) -> bool:
        """Tell the upper row of a heading, groups as they may be, that comes a second time."""
        rows = zip(self.texts.row(at), self.texts.row(first), strict=True)
        cells = [(text, normalize_header(above)) for text, above in rows]
        filled = sum(bool(text) for text, _ in cells)
        alike = sum(normalize_header(text) == above for text, above in cells if text)
        return alike > 1 and alike * 3 > filled * 2

    def _candidates(self, start: int, first: Sequence[str]) -> list[int]:
        """Return rows far below that hold words of headings or repeat the first, found at once."""
        rest = self.texts.grid.cells[start:].with_row_index("at", offset=start)
        return [at for part in rest.iter_slices(_BATCH_ROWS) for at in self._among(part, first)]

    def _among(self, part: pl.DataFrame, first: Sequence[str]) -> list[int]:
        letters = self.texts.letters
        kinds = [pl.col(letter + KIND_SUFFIX) for letter in letters]
        numbers = pl.sum_horizontal([kind == NUMBER for kind in kinds])
        filled = pl.sum_horizontal([kind != EMPTY for kind in kinds])
        part = part.filter((numbers <= len(letters) // 3) & (filled > 1))
        if part.is_empty():
            return []
        words = [word for word in self.vocabulary.words if len(word) > 1]
        single = [word for word in self.vocabulary.words if len(word) == 1]
        above = [text for text in first if text]
        # One column under the other: the words are laid out for searching once, not for each.
        stacked = pl.concat([part[letter] for letter in letters])
        texts = stacked.str.replace_all(rf"\s|{INVISIBLE_PATTERN}", "")
        known = (texts.str.contains_any(words) | texts.is_in(single)) & (
            texts.str.len_chars() <= MAX_HEADING_LENGTH
        )
        hits = self._in_each_row(known, part.height)
        again = self._in_each_row(stacked.str.strip_chars(BLANKS).is_in(above), part.height)
        found = ((hits >= 2) & (hits * 2 > part.select(filled).to_series())) | (again >= 2)
        return part.filter(found)["at"].to_list()

    def _in_each_row(self, told: pl.Series, height: int) -> pl.Series:
        """Count the cells of each row of which it is told, columns one under the other."""
        letters = enumerate(self.texts.letters)
        columns = {letter: told[at * height :][:height] for at, letter in letters}
        return pl.DataFrame(columns).sum_horizontal()


def _is_note(text: str) -> bool:
    """Tell 制表人：… and （单位：万元） from a heading like 捐赠额（单位：元）, in either width."""
    bare = unicodedata.normalize("NFKC", text)
    return bool(SIGNATURE.match(bare) or _UNIT_NOTE.match(bare))
