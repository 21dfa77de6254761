"""Which rows below a heading are data.

In go the columns of one table and the row its heading begins in; out come the positions of
its data, and the totals printed among them. Headings printed again, notes, signatures and
blank rows are neither.
"""

import polars as pl

from redcross.uploads.cells.parsed import BLANKS, INVISIBLE_PATTERN
from redcross.uploads.mapping.assignment import MappedColumns
from redcross.uploads.mapping.normalize import (
    SERIAL_HEADINGS,
    SUM_WORDS,
    normalize_header,
    spacing_variants,
)
from redcross.uploads.mapping.vocabulary import Vocabulary
from redcross.uploads.schema.import_spec import SheetKind
from redcross.uploads.tables.cell_texts import RowTexts, column_index
from redcross.uploads.tables.header_rows import MAX_HEADING_ROWS
from redcross.uploads.tables.layout import TotalRow
from redcross.uploads.tables.phrases import CARRIED_FORWARD, SECTION
from redcross.uploads.tables.printed_totals import total_row_at
from redcross.uploads.tables.row_classifier import COLUMN_NUMBER_ROWS, Row, RowClassifier, RowKind

_SAMPLE_ROWS, _MIN_WORD_SHARE = 300, 0.6
_MAX_SUMMARY_ROWS = 3
"""Rows below the heading of a summary at the foot; where more follow it is none."""


class DataRows:
    """The rows of one table."""

    def __init__(
        self, texts: RowTexts, vocabulary: Vocabulary, columns: MappedColumns, at: int, depth: int
    ) -> None:
        self.texts = texts
        self.vocabulary = vocabulary
        self.columns = columns
        self.start = at + depth
        # The texts of the heading by letter, from the lowest row, to know it when it comes again.
        self.printed_again = [
            {
                letter: normalize_header(text)
                for letter, text in cells.items()
                if normalize_header(text)
            }
            for cells in map(texts.filled, reversed(range(at, self.start)))
        ]
        self.kinds = RowClassifier(texts, vocabulary, columns, self.start, self.printed_again)

    def rows(self, end: int) -> tuple[pl.Series, tuple[TotalRow, ...]]:
        """Return the positions of the data before `end`, and the totals among them."""
        if self.texts.grid.cells[self.start : end].is_empty():
            return pl.Series([], dtype=pl.UInt32), ()
        table = self._table(end)
        self.kinds.rejects_numbers = self._worded(table)
        across = self._merged_across()
        sections = self._sections(table)
        doubtful = self._doubtful(table, across)
        last_data = _last_certain_row(table, doubtful)
        others = [
            row["at"]
            for row in table.head(COLUMN_NUMBER_ROWS).iter_rows(named=True)
            if row["at"] < COLUMN_NUMBER_ROWS and self.kinds.numbers_the_columns(row)
        ]
        totals: list[TotalRow] = []
        stopped = end - self.start
        for row in doubtful.iter_rows(named=True):
            position = row["at"]
            kind = self.kinds.kind_of(row, is_tail=position > last_data)
            if kind == "data":
                kind = self._kind_among(
                    row, in_sections=position in sections, is_across=position in across
                )
            if kind in ("total", "part", "section"):
                totals.append(self._total(row, kind))
            if kind != "data":
                others.append(position)
            if kind == "signature" and position > last_data:
                stopped = min(stopped, position)
            if kind == "summary" and table["at"][-1] - position <= _MAX_SUMMARY_ROWS:
                stopped = min(stopped, position)
        keep = table.select((~pl.col("at").is_in(others)) & (pl.col("at") < stopped)).to_series()
        positions = table["at"].filter(keep).cast(pl.UInt32) + self.start
        stopped += self.start
        return positions, tuple(total for total in totals if total.position < stopped)

    def _table(self, end: int) -> pl.DataFrame:
        """Return the rows that are not blank, with what tells them apart.

        `at` counts from the first row below the heading; `filled` and `mapped` are how many
        cells say something, and how many stand in columns that are read; `first` is the text
        of the first cell that says something; `numbered` where the row has a number.
        """
        letters = self.texts.letters
        tidy = self.texts.grid.cells[self.start : end].select(
            pl.col(letter).str.replace_all(INVISIBLE_PATTERN, "").str.strip_chars(BLANKS)
            for letter in letters
        )
        serial = self._serial_letters()

        def told(letter: str) -> pl.Expr:
            """A cell says something; the number of a row does not, 合计 in its place does."""
            column = pl.col(letter)
            if letter not in serial:
                return column != ""
            return (column != "") & ~column.str.contains(r"^\d+(?:\.0)?$")

        first = pl.coalesce([pl.when(told(letter)).then(pl.col(letter)) for letter in letters])
        table = tidy.select(
            pl.sum_horizontal([told(letter) for letter in letters]).alias("filled"),
            pl.sum_horizontal([pl.col(each) != "" for each in self.columns.letters]).alias(
                "mapped"
            ),
            first.fill_null("").alias("first"),
            pl.any_horizontal(
                pl.lit(value=False), *[pl.col(letter).str.contains(r"^\d") for letter in serial]
            ).alias("numbered"),
            *[pl.col(letter) for letter in letters],
        )
        return table.with_row_index("at").filter(pl.col("filled") > 0)

    def _serial_letters(self) -> set[str]:
        """Return the columns that only number the rows."""
        above = [
            self.texts.filled(self.start - back)
            for back in range(1, min(MAX_HEADING_ROWS, self.start) + 1)
        ]
        lowest = {letter: text for cells in reversed(above) for letter, text in cells.items()}
        return {
            letter for letter, text in lowest.items() if normalize_header(text) in SERIAL_HEADINGS
        }

    def _worded(self, table: pl.DataFrame) -> set[str]:
        """Return the columns, read or not, in which most rows have a word."""
        words = table.head(_SAMPLE_ROWS).select(
            ((pl.col(each) != "") & ~pl.col(each).str.contains(r"^[\d,.%]+$")).mean().alias(each)
            for each in self.texts.letters
        )
        shares = words.row(0, named=True).items() if words.height else ()
        return {letter for letter, share in shares if (share or 0) >= _MIN_WORD_SHARE}

    def _merged_across(self) -> set[int]:
        """Return the rows in which a cell is merged over a name and a number."""
        grid = self.texts.grid
        numbers = {column_index(letter) for letter in self.columns.numbers}
        offset = grid.first_row - 1 + self.start
        return {
            top - offset
            for top, left, _, right in grid.merged
            if right > left and any(left < each <= right for each in numbers)
        }

    def _sections(self, table: pl.DataFrame) -> set[int]:
        """Return the rows that head a section: 一、单位捐款, or 一 where lines have 1, 2, 3.

        Where most rows are written so it is how this office counts its lines.
        """
        if self.vocabulary.spec.kind is SheetKind.STATISTICS:
            return set()
        found = table.filter(
            ~pl.col("numbered")
            & pl.col("first").str.normalize("NFKC").str.replace_all(r"\s", "").str.contains(SECTION)
        )
        return set(found["at"].to_list()) if found.height * 3 <= table.height else set()

    def _doubtful(self, table: pl.DataFrame, across: set[int]) -> pl.DataFrame:
        """Return the rows worth a second look, so that a million clean ones cost little."""
        columns = self.columns
        first = pl.col("first")
        needed = max(1, min(3, len(columns.letters) - 1))
        suspicious = (
            first.str.contains(
                r"合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|总金额|总额|总数|总和|合計|總計"
            )
            | first.str.contains(
                r"共(?:收|接|募|筹|\d)|^[(（]?[一二三四五六七八九十]{1,3}(?:[)）、.．：:]|$)"
            )
            | first.str.contains(r"[：:]|^第\s*\d+\s*页|^承前页|^过次页|总")
            | first.str.contains(r"^(?:注|备注|说明|附注)")
            | (pl.col("mapped") < needed)
            | pl.col("at").is_in(list(across))
        )
        if columns.labels and columns.numbers:
            # A sum below the names, without a word beside it.
            suspicious |= pl.all_horizontal([pl.col(letter) == "" for letter in columns.labels])
        sums = [
            *(spelt for word in SUM_WORDS for spelt in spacing_variants(word)),
            *CARRIED_FORWARD,
        ]
        suspicious |= pl.any_horizontal(pl.col(self.texts.letters).is_in(sums))
        again = [
            pl.col(letter).is_in(spacing_variants(text))
            for texts in self.printed_again
            for letter, text in list(texts.items())[:3]
        ]
        suspicious |= pl.any_horizontal(pl.lit(value=False), *again)
        known = pl.col(columns.letters[0]).str.replace_all(r"\s", "")
        suspicious |= known.is_in(list(self.vocabulary.words))
        return table.filter(suspicious)

    def _kind_among(self, row: Row, *, in_sections: bool, is_across: bool) -> RowKind:
        """Return what a row of data is after all, by where it stands among the others.

        一、单位 stands alone, or beside the sum of what follows.
        """
        if in_sections:
            return "section" if self.kinds.numbers_in(row) else "note"
        return "note" if is_across and len(self.kinds.texts_of(row)) == 1 else "data"

    def _total(self, row: Row, kind: RowKind) -> TotalRow:
        return total_row_at(
            self.texts.grid,
            self.start + row["at"],
            row["first"],
            is_part=kind != "total",
            precedes_rows=kind == "section",
        )


def _last_certain_row(table: pl.DataFrame, doubtful: pl.DataFrame) -> int:
    """Return the position of the last row nobody doubts, -1 where all are doubtful."""
    certain = table.filter(~pl.col("at").is_in(doubtful["at"].implode()))
    return int(certain["at"].max()) if certain.height else -1  # type: ignore[arg-type]
