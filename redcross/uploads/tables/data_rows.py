"""Which rows below a heading are data.

Headings printed again, totals, notes, signatures and blank rows are none. A million clean rows
cost little: only doubtful ones are looked at one by one.
"""

from collections.abc import Collection

import polars as pl

from redcross.uploads.cells.parsed import BLANKS, INVISIBLE_PATTERN
from redcross.uploads.mapping.assignment import MappedColumns
from redcross.uploads.mapping.normalize import normalize_header, spacing_variants
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.mapping.words import SERIAL_HEADINGS, SUM_WORDS, TOTAL_WORDS
from redcross.uploads.schema.import_spec import SheetKind
from redcross.uploads.tables.cell_texts import RowTexts, column_index
from redcross.uploads.tables.layout import TotalRow
from redcross.uploads.tables.phrases import CARRIED_FORWARD, SECTION
from redcross.uploads.tables.printed_totals import total_row_at
from redcross.uploads.tables.row_classifier import Row, RowClassifier, RowKind

_NUMBER = r"^[\d,.%]+$"
_DOUBTFUL_FIRST_CELL = "|".join(
    [
        *(r"\s*".join(word) for word in TOTAL_WORDS),
        r"共(?:收|接|募|筹|\d)",
        r"^[(（]?[一二三四五六七八九十]{1,3}(?:[)）、.．：:]|$)",
        r"[：:]|^第\s*\d+\s*页|^承前页|^过次页|总",
        r"^(?:注|备注|说明|附注)",
    ]
)
"""A first cell that may belong to a total, a section, a note or the print of a page."""


class DataRows:
    """The rows of one table."""

    def __init__(
        self,
        texts: RowTexts,
        ranker: HeadingRanker,
        columns: MappedColumns,
        heading: int,
        depth: int,
    ) -> None:
        """`heading` is the frame position of its first heading row, `depth` how many it has."""
        self.texts = texts
        self.ranker = ranker
        self.columns = columns
        self.start = heading + depth
        # The texts of the heading by letter, from the lowest row, to know it when it comes again.
        self.heading_rows = [
            {
                letter: normalize_header(text)
                for letter, text in cells.items()
                if normalize_header(text)
            }
            for cells in map(texts.filled_cells, reversed(range(heading, self.start)))
        ]
        self.classifier = RowClassifier(texts, ranker, columns, self.start, self.heading_rows)

    def rows(self, end: int) -> tuple[pl.Series, tuple[TotalRow, ...]]:
        """Return the positions of the data before `end`, and the totals among them."""
        if self.texts.grid.cells[self.start : end].is_empty():
            return pl.Series([], dtype=pl.UInt32), ()
        table = self._filled_rows(end)
        self.classifier.word_columns = self._word_columns(table)
        across = self._merged_across()
        sections = self._section_rows(table)
        doubtful = self._doubtful_rows(table, across)
        last_data = _last_certain_row(table, doubtful)
        others = self._column_number_rows(table)
        totals: list[TotalRow] = []
        stop = end - self.start
        for row in doubtful.iter_rows(named=True):
            position = row["at"]
            kind = self.classifier.kind_of(row, is_tail=position > last_data)
            if kind == "data":
                kind = self._kind_among(
                    row, in_sections=position in sections, is_across=position in across
                )
            if kind in ("total", "part", "section"):
                totals.append(self._total_row(row, kind))
            if kind != "data":
                others.append(position)
            if self._ends_table(kind, position, last_data, table):
                stop = min(stop, position)
        is_data = table.select((~pl.col("at").is_in(others)) & (pl.col("at") < stop)).to_series()
        positions = table["at"].filter(is_data).cast(pl.UInt32) + self.start
        stop += self.start
        return positions, tuple(total for total in totals if total.position < stop)

    def _ends_table(
        self, kind: RowKind, position: int, last_data: int, table: pl.DataFrame
    ) -> bool:
        """Tell a signature below all data, and the heading of a summary at the foot."""
        if kind == "signature":
            return position > last_data
        rows_below = int(table["at"][-1]) - position
        return kind == "summary" and rows_below <= TUNING.max_summary_rows

    def _filled_rows(self, end: int) -> pl.DataFrame:
        """Return the rows that are not blank, with what tells them apart.

        `at` counts from the first row below the heading; `filled` and `mapped` are how many
        cells are filled at all, and in columns that are read; `first` is the text of the first
        filled cell; `numbered` whether the row has a number. The number of a row does not
        count as filled, 合计 in its place does.
        """
        letters = self.texts.letters
        tidy = self.texts.grid.cells[self.start : end].select(
            pl.col(letter).str.replace_all(INVISIBLE_PATTERN, "").str.strip_chars(BLANKS)
            for letter in letters
        )
        serial = self._serial_letters()

        def is_filled(letter: str) -> pl.Expr:
            column = pl.col(letter)
            if letter not in serial:
                return column != ""
            return (column != "") & ~column.str.contains(r"^\d+(?:\.0)?$")

        first = pl.coalesce([pl.when(is_filled(letter)).then(pl.col(letter)) for letter in letters])
        mapped = [pl.col(letter) != "" for letter in self.columns.letters]
        numbered = [pl.col(letter).str.contains(r"^\d") for letter in serial]
        table = tidy.select(
            pl.sum_horizontal([is_filled(letter) for letter in letters]).alias("filled"),
            pl.sum_horizontal(mapped).alias("mapped"),
            first.fill_null("").alias("first"),
            pl.any_horizontal(pl.lit(value=False), *numbered).alias("numbered"),
            *[pl.col(letter) for letter in letters],
        )
        return table.with_row_index("at").filter(pl.col("filled") > 0)

    def _serial_letters(self) -> set[str]:
        """Return the columns that only number the rows."""
        above = [
            self.texts.filled_cells(self.start - back)
            for back in range(1, min(TUNING.max_heading_rows, self.start) + 1)
        ]
        lowest = {letter: text for cells in reversed(above) for letter, text in cells.items()}
        return {
            letter for letter, text in lowest.items() if normalize_header(text) in SERIAL_HEADINGS
        }

    def _word_columns(self, table: pl.DataFrame) -> set[str]:
        """Return the columns, read or not, in which most rows have a word."""
        words = table.head(TUNING.sample_rows).select(
            ((pl.col(letter) != "") & ~pl.col(letter).str.contains(_NUMBER)).mean().alias(letter)
            for letter in self.texts.letters
        )
        shares = words.row(0, named=True).items() if words.height else ()
        return {letter for letter, share in shares if (share or 0) >= TUNING.min_word_share}

    def _merged_across(self) -> set[int]:
        """Return the rows in which a cell is merged over a name and a number."""
        grid = self.texts.grid
        numbers = {column_index(letter) for letter in self.columns.numbers}
        offset = grid.first_row - 1 + self.start
        return {
            top - offset
            for top, left, _, right in grid.merged
            if right > left and any(left < number <= right for number in numbers)
        }

    def _section_rows(self, table: pl.DataFrame) -> set[int]:
        """Return the rows that head a section: 一、单位捐款, or 一 where lines have 1, 2, 3.

        Where more than a third of the rows are written so, this office counts its lines so.
        """
        if self.ranker.spec.kind is SheetKind.STATISTICS:
            return set()
        text = pl.col("first").str.normalize("NFKC").str.replace_all(r"\s", "")
        sections = table.filter(~pl.col("numbered") & text.str.contains(SECTION))
        return (
            set(sections["at"])
            if sections.height * TUNING.one_section_in <= table.height
            else set()
        )

    def _column_number_rows(self, table: pl.DataFrame) -> list[int]:
        """Return the first rows that only number the columns: 甲, 乙, 1, 2, 3."""
        return [
            row["at"]
            for row in table.head(TUNING.column_number_rows).iter_rows(named=True)
            if row["at"] < TUNING.column_number_rows and self.classifier.numbers_the_columns(row)
        ]

    def _doubtful_rows(self, table: pl.DataFrame, across: Collection[int]) -> pl.DataFrame:
        """Return the rows worth a second look."""
        columns = self.columns
        needed = max(1, min(TUNING.doubtful_cells, len(columns.letters) - 1))
        is_doubtful = (
            pl.col("first").str.contains(_DOUBTFUL_FIRST_CELL)
            | (pl.col("mapped") < needed)
            | pl.col("at").is_in(list(across))
        )
        if columns.labels and columns.numbers:
            # A sum below the names, without a word beside it.
            is_doubtful |= pl.all_horizontal([pl.col(letter) == "" for letter in columns.labels])
        sums = [text for word in SUM_WORDS for text in spacing_variants(word)]
        is_sum = pl.col(self.texts.letters).is_in([*sums, *CARRIED_FORWARD])
        is_doubtful |= pl.any_horizontal(is_sum)
        repeats = [
            pl.col(letter).is_in(spacing_variants(text))
            for cells in self.heading_rows
            for letter, text in list(cells.items())[: TUNING.compared_headings]
        ]
        is_doubtful |= pl.any_horizontal(pl.lit(value=False), *repeats)
        first_mapped = pl.col(columns.letters[0]).str.replace_all(r"\s", "")
        is_doubtful |= first_mapped.is_in(list(self.ranker.words))
        return table.filter(is_doubtful)

    def _kind_among(self, row: Row, *, in_sections: bool, is_across: bool) -> RowKind:
        """Return what a row of data is after all, by where it stands among the others.

        一、单位 stands alone, or beside the sum of what follows.
        """
        if in_sections:
            return "section" if self.classifier.count_numbers(row) else "note"
        return "note" if is_across and len(self.classifier.filled_cells(row)) == 1 else "data"

    def _total_row(self, row: Row, kind: RowKind) -> TotalRow:
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
