"""What a row below a heading is, by its words.

In goes a row that may be no data; out comes what it is: data, a total, a note, a signature,
the heading again. `body.py` asks about doubtful rows only.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from redcross.uploads.cells.parsed import normalize_text
from redcross.uploads.files.parser import KIND_SUFFIX, NUMBER, TEXT
from redcross.uploads.mapping.assignment import MappedColumns
from redcross.uploads.mapping.normalize import SUM_WORDS, normalize_exact, normalize_header
from redcross.uploads.mapping.vocabulary import Vocabulary
from redcross.uploads.tables.cell_texts import RowTexts
from redcross.uploads.tables.phrases import (
    CARRIED_FORWARD,
    DAY_ALONE,
    LABEL_WITH_COLON,
    NOTE,
    NUMERIC_DAY,
    PAGE_FURNITURE,
    PERIOD_SUMS,
    SIGNATURE,
    SUMMARY,
    TOTAL,
    TOTAL_OF,
)

RowKind = Literal["data", "total", "part", "section", "note", "signature", "heading", "summary"]
Row = Mapping[str, Any]
"""One row of the frame `body.py` makes."""
_PLAIN_NUMBER = re.compile(r"[¥￥]?-?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d*)?")
_MAX_TOTAL_LENGTH = 60
COLUMN_NUMBER_ROWS = 2
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}(?:\.0)?\)?")
_COLUMN_MARKS = frozenset({"甲", "乙", "丙", "丁", "栏次", "列次", "—", "-", "/"})


class RowClassifier:
    """Tells the rows of one table apart."""

    def __init__(
        self,
        texts: RowTexts,
        vocabulary: Vocabulary,
        columns: MappedColumns,
        start: int,
        printed_again: Sequence[Mapping[str, str]],
    ) -> None:
        self.letters = texts.letters
        self.cells = texts.grid.cells
        self.vocabulary = vocabulary
        self.columns = columns
        self.start = start
        self.printed_again = printed_again
        self.rejects_numbers: set[str] = set()

    def kind_of(self, row: Row, *, is_tail: bool) -> RowKind:
        """Return what a row is by itself; the tail is what has no certain data below."""
        texts = self.texts_of(row)
        bare = normalize_text(row["first"])
        if self._is_heading_again(texts):
            return "heading"
        if self._is_summary(texts):
            return "summary"
        total = self._total_kind(row, bare, texts)
        if total:
            return total
        if NOTE.match(bare) or _is_page_furniture(texts):
            return "note"
        if SIGNATURE.match(bare) and not self.numbers_in(row):
            return "signature"
        if is_tail and not self.numbers_in(row) and self._ends_the_table(texts):
            return "signature"
        if is_tail and self._is_bare_sum(row, texts):
            return "total"
        if not row["mapped"] or (len(texts) == 1 and (is_tail or len(bare) > 12)):
            return "note"
        return "data"

    def _ends_the_table(self, texts: Mapping[str, str]) -> bool:
        """Tell 分管领导：, and a day alone, below the last line."""
        if all(LABEL_WITH_COLON.match(normalize_exact(text)) for text in texts.values()):
            return True
        if len(texts) == 1 and any(NUMERIC_DAY.match(text) for text in texts.values()):
            return True
        return len(texts) <= 2 and any(DAY_ALONE.match(text) for text in texts.values())

    def _is_bare_sum(self, row: Row, texts: Mapping[str, str]) -> bool:
        """Tell sums without a word below the last line, where the table's rows have words."""
        labels = self.rejects_numbers.union(self.columns.labels)
        has_words = bool(self.columns.asked or labels) and labels.isdisjoint(texts)
        are_numbers = all(_PLAIN_NUMBER.fullmatch(text) for text in texts.values())
        return has_words and are_numbers and self.numbers_in(row) > 0

    def texts_of(self, row: Row) -> dict[str, str]:
        """Return the filled cells of a row by letter."""
        return {letter: row[letter] for letter in self.letters if row[letter]}

    def numbers_in(self, row: Row) -> int:
        """Count the numbers in those columns that hold numbers."""
        position = self.start + row["at"]
        count = 0
        for letter in self.columns.numbers:
            if row[letter]:
                kind = self.cells[letter + KIND_SUFFIX][position]
                is_plain = _PLAIN_NUMBER.fullmatch(row[letter]) is not None
                count += kind == NUMBER or (kind == TEXT and is_plain)
        return count

    def numbers_the_columns(self, row: Row) -> bool:
        """Tell 甲, 乙, 1, 2, 3 below a heading: what its columns are called by."""
        counted = [text for text in self.texts_of(row).values() if text not in _COLUMN_MARKS]
        if len(counted) < 3 or not all(_COLUMN_NUMBER.fullmatch(text) for text in counted):
            return False
        numbers = [int(text.strip("()").removesuffix(".0")) for text in counted]
        steps = [after - this for this, after in itertools.pairwise(numbers)]
        return numbers[0] <= 3 and set(steps) == {1}

    def _is_heading_again(self, texts: Mapping[str, str]) -> bool:
        known = [text for text in texts.values() if self.vocabulary.knows(text)]
        if len(known) >= 2 and len(known) * 2 > len(texts):
            return True
        alike = [
            sum(normalize_header(text) == row.get(letter) for letter, text in texts.items())
            for row in self.printed_again
        ]
        return any(each >= 2 and each * 3 > len(texts) * 2 for each in alike)

    def _is_summary(self, texts: Mapping[str, str]) -> bool:
        """Tell the heading of a summary below the lines: 总交易单数, 订单总金额, 退款总金额."""
        found = sum(SUMMARY.fullmatch(normalize_text(text)) is not None for text in texts.values())
        return found > 1 and found == len(texts)

    def _total_kind(
        self, row: Row, bare: str, texts: Mapping[str, str]
    ) -> Literal["total", "part", "note", ""]:
        labels = self.columns.labels
        asked, days = self.columns.asked, self.columns.days
        if row["numbered"] and days & texts.keys() and asked <= texts.keys():
            return ""  # numbered, and with a day of its own: a line, whatever its giver is called
        # Beside a name, 合计 in a column of another kind is a remark on that row.
        named = any(letter in texts for letter in labels)
        words = [
            bare,
            *(
                "".join(text.split())
                for letter, text in texts.items()
                if (letter in labels or not named)
                and "".join(text.split()).strip(":：") in SUM_WORDS
            ),
        ]
        for word in words:
            match = TOTAL.match(word)
            if match and len(word) <= _MAX_TOTAL_LENGTH:
                return "part" if "小计" in match[0] else "total"
        is_unnamed = not asked - days <= texts.keys() or not asked - days
        carried = (
            {normalize_text(text) for text in texts.values()} & CARRIED_FORWARD
            if is_unnamed
            else set()
        )
        if carried:
            return "part" if carried <= PERIOD_SUMS else "note"
        match = TOTAL_OF.match(bare)
        if match and self._tells_little(texts):
            return "part" if "小计" in match[0] else "total"
        return ""

    def _tells_little(self, texts: Mapping[str, str]) -> bool:
        """Tell whether a row has an amount and, besides its first cell, nothing lines must have."""
        label, *others = texts
        has_amount = any(each in texts for each in self.columns.numbers) or "元" in texts[label]
        return has_amount and self.columns.asked.isdisjoint(others)


def _is_page_furniture(texts: Mapping[str, str]) -> bool:
    return all(PAGE_FURNITURE.fullmatch(normalize_text(text)) for text in texts.values())
