"""What a row below a heading is, by its words: data, a total, a note, a signature …"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from redcross.chinese_dates import is_day_line
from redcross.uploads.cells.parsed import normalize_text
from redcross.uploads.files.cell_kinds import KIND_SUFFIX, NUMBER, TEXT
from redcross.uploads.mapping.assignment import MappedColumns
from redcross.uploads.mapping.normalize import normalize_exact, normalize_header
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.words import SUM_WORDS
from redcross.uploads.tables.cell_texts import RowTexts
from redcross.uploads.tables.phrases import (
    CARRIED_FORWARD,
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
"""One row of the frame that `DataRows` makes: `at`, `first`, `mapped`, `numbered`, the cells."""
Cells = Mapping[str, str]
"""The filled cells of a row, letter → text."""
_PLAIN_NUMBER = re.compile(r"[¥￥]?-?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d*)?")
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}(?:\.0)?\)?")
_COLUMN_MARKS = frozenset({"甲", "乙", "丙", "丁", "栏次", "列次", "—", "-", "/"})


class RowClassifier:
    """Tells the rows of one table apart."""

    def __init__(
        self,
        texts: RowTexts,
        ranker: HeadingRanker,
        columns: MappedColumns,
        start: int,
        heading_rows: Sequence[Mapping[str, str]],
    ) -> None:
        """`start` is the frame position of the first row below the heading."""
        self.letters = texts.letters
        self.cells = texts.grid.cells
        self.ranker = ranker
        self.columns = columns
        self.start = start
        self.heading_rows = heading_rows
        self.word_columns: set[str] = set()
        """Columns in which most rows have a word; set once the rows are known."""

    def kind_of(self, row: Row, *, is_tail: bool) -> RowKind:
        """Return what a row is by itself; the tail is what has no certain data below."""
        cells = self.filled_cells(row)
        first = normalize_text(row["first"])
        if self._is_repeated_heading(cells):
            return "heading"
        if self._is_summary_heading(cells):
            return "summary"
        total = self._total_kind(row, first, cells)
        if total:
            return total
        if NOTE.match(first) or _is_page_furniture(cells.values()):
            return "note"
        has_numbers = self.count_numbers(row) > 0
        if not has_numbers and (
            SIGNATURE.match(first) or (is_tail and _is_closing(list(cells.values())))
        ):
            return "signature"
        if is_tail and has_numbers and self._is_bare_sum(cells):
            return "total"
        if not row["mapped"]:
            return "note"
        is_alone = len(cells) == 1 and (is_tail or len(first) > TUNING.max_single_cell)
        return "note" if is_alone else "data"

    def _is_bare_sum(self, cells: Cells) -> bool:
        """Tell sums without a word below the last line, where the table's rows have words."""
        labels = self.word_columns.union(self.columns.labels)
        has_words = bool(self.columns.required or labels) and labels.isdisjoint(cells)
        return has_words and all(_PLAIN_NUMBER.fullmatch(text) for text in cells.values())

    def filled_cells(self, row: Row) -> dict[str, str]:
        """Return the filled cells of a row by letter."""
        return {letter: row[letter] for letter in self.letters if row[letter]}

    def count_numbers(self, row: Row) -> int:
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
        """Tell 甲, 乙, 1, 2, 3 below a heading: the numbers of its columns."""
        numbered = [text for text in self.filled_cells(row).values() if text not in _COLUMN_MARKS]
        if len(numbered) < TUNING.min_numbered_columns or not all(
            map(_COLUMN_NUMBER.fullmatch, numbered)
        ):
            return False
        numbers = [int(text.strip("()").removesuffix(".0")) for text in numbered]
        steps = {after - before for before, after in itertools.pairwise(numbers)}
        return numbers[0] <= TUNING.max_first_number and steps == {1}

    def _is_repeated_heading(self, cells: Cells) -> bool:
        """Tell a row most of whose cells are headings, or those of this table's heading."""
        known = sum(map(self.ranker.is_known, cells.values()))
        if known >= 2 and known * 2 > len(cells):
            return True
        repeats = [
            sum(normalize_header(text) == heading.get(letter) for letter, text in cells.items())
            for heading in self.heading_rows
        ]
        return any(
            count >= 2 and (len(cells) - count) * TUNING.one_unlike_in < len(cells)
            for count in repeats
        )

    def _is_summary_heading(self, cells: Cells) -> bool:
        """Tell the heading of a summary below the lines: 总交易单数, 订单总金额, 退款总金额."""
        texts = map(normalize_text, cells.values())
        return len(cells) > 1 and all(map(SUMMARY.fullmatch, texts))

    def _total_kind(
        self, row: Row, first: str, cells: Cells
    ) -> Literal["total", "part", "note", ""]:
        """Return what kind of total a row is, "note" for one that is carried, "" for none."""
        required, days = self.columns.required, self.columns.days
        if row["numbered"] and days & cells.keys() and required <= cells.keys():
            return ""  # numbered, and with a day of its own: a line, whatever its giver is called
        for text in (first, *self._sum_cells(cells)):
            match = TOTAL.match(text)
            if match and len(text) <= TUNING.max_total_length:
                return "part" if "小计" in match[0] else "total"
        names = required - days
        carried = {normalize_text(text) for text in cells.values()} & CARRIED_FORWARD
        if carried and (not names or not names <= cells.keys()):
            return "part" if carried <= PERIOD_SUMS else "note"
        match = TOTAL_OF.match(first)
        if match and self._has_only_an_amount(cells):
            return "part" if "小计" in match[0] else "total"
        return ""

    def _sum_cells(self, cells: Cells) -> list[str]:
        """Return the cells that are a bare 合计.

        Beside a name, 合计 in a column of another kind is a remark on that row.
        """
        labels = self.columns.labels
        is_named = any(letter in cells for letter in labels)
        texts = ["".join(cells[at].split()) for at in cells if at in labels or not is_named]
        return [text for text in texts if text.strip(":：") in SUM_WORDS]

    def _has_only_an_amount(self, cells: Cells) -> bool:
        """Tell whether a row has an amount and, besides its first cell, nothing lines must have."""
        label, *others = cells
        has_amount = any(at in cells for at in self.columns.numbers) or "元" in cells[label]
        return has_amount and self.columns.required.isdisjoint(others)


def _is_closing(texts: Sequence[str]) -> bool:
    """Tell 分管领导：, and a day alone, below the last line."""
    if all(LABEL_WITH_COLON.match(normalize_exact(text)) for text in texts):
        return True
    if len(texts) == 1 and NUMERIC_DAY.match(texts[0]):
        return True
    return len(texts) <= 2 and any(map(is_day_line, texts))


def _is_page_furniture(texts: Iterable[str]) -> bool:
    return all(PAGE_FURNITURE.fullmatch(normalize_text(text)) for text in texts)
