"""One table of a worksheet as it passes from its detected columns to checked rows."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Self

import polars as pl

from redcross.uploads.cells.columns import parse_column
from redcross.uploads.cells.parsed import BLANKS, ParsedColumn
from redcross.uploads.files.cell_kinds import EMPTY, KIND_SUFFIX, TEXT, column_letter
from redcross.uploads.files.workbook import Grid
from redcross.uploads.mapping.normalize import heading_levels
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.units import column_multiple
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import LABEL_KINDS, FieldSpec, ImportContext, SheetSpec
from redcross.uploads.schema.row_ids import ROW_ID
from redcross.uploads.tables.cell_texts import column_index
from redcross.uploads.tables.layout import Layout

_CacheKey = tuple[str, str, bool, Decimal, int | None]


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """A table with all that is known of it; every pass takes one and returns another."""

    grid: Grid
    layout: Layout
    ranker: HeadingRanker
    context: ImportContext
    findings: tuple[Finding, ...] = ()
    frame: pl.DataFrame = dataclasses.field(default_factory=pl.DataFrame)
    """`worksheet`, `row` and the parsed fields; empty before the pass `parse_columns`."""
    letters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Field → the letter of the column its values in `frame` were read from."""
    faulty_rows: Mapping[str, frozenset[int]] = dataclasses.field(default_factory=dict)
    """Field → Excel rows whose cell could not be read."""
    _cache: dict[_CacheKey, ParsedColumn] = dataclasses.field(default_factory=dict, repr=False)
    """Columns parsed so far; data rows and cells of a letter never change on the way."""

    # Questions -----------------------------------------------------------------------

    @property
    def spec(self) -> SheetSpec:
        """The sheet's declaration."""
        return self.ranker.spec

    @property
    def row_numbers(self) -> pl.Series:
        """The data rows as Excel numbers them."""
        return (self.layout.data + self.grid.first_row).cast(pl.UInt32)

    def letter_of(self, name: str | None) -> str | None:
        """Return the letter of the column that is read as a field, None where none is."""
        return next((at for at, field in self.layout.columns.items() if field == name), None)

    def has_field(self, name: str) -> bool:
        """Tell whether a column is read as this field."""
        return name in self.layout.columns.values()

    def absent_fields(self) -> list[FieldSpec]:
        """Return the fields that no column is read as."""
        present = set(self.layout.columns.values())
        return [field for field in self.spec.fields if field.name not in present]

    def field(self, name: str) -> FieldSpec:
        """Return a field as the cells of this table are read.

        An export fills every cell that has a value: where the table bears row ids, an empty
        cell is empty and takes nothing from the row above.
        """
        field = self.spec.field(name)
        if field.fill_down and self.has_field(ROW_ID):
            return dataclasses.replace(field, fill_down=False)
        return field

    def multiple(self, letter: str, field: FieldSpec) -> Decimal:
        """Return what the numbers of a column are multiplied by when read as a field."""
        if self.layout.columns.get(letter) == field.name:
            return self.layout.multiples[letter]
        return column_multiple(
            field, heading_levels(self.layout.headings[letter]), self.layout.unit
        )

    def texts(self, letter: str) -> pl.Series:
        """Return the data cells of a column without outer blanks."""
        return self.grid.cells[letter][self.layout.data].str.strip_chars(BLANKS)

    def filled(self, letter: str) -> pl.Series:
        """Return the data cells of a column that are not blank, without outer blanks."""
        texts = self.texts(letter)
        return texts.filter(texts != "")

    def parsed(self, letter: str, field: FieldSpec, *, rows: int | None = None) -> ParsedColumn:
        """Return the data cells of a column read as a field, the first `rows` or all of them.

        A column is parsed at most once for a combination of letter, field and multiple.
        """
        multiple = self.multiple(letter, field)
        key = (letter, field.name, field.fill_down, multiple)
        if (whole := self._cache.get((*key, None))) is not None:
            return whole if rows is None else _first_rows(whole, rows)
        if rows is not None and rows >= self.layout.data.len():
            rows = None
        if (*key, rows) not in self._cache:
            self._cache[(*key, rows)] = self._parse(letter, field, multiple, rows)
        return self._cache[(*key, rows)]

    def _parse(
        self, letter: str, field: FieldSpec, multiple: Decimal, rows: int | None
    ) -> ParsedColumn:
        data = self.layout.data if rows is None else self.layout.data.head(rows)
        merged = self._merged_continuations(letter, data) if field.kind in LABEL_KINDS else None
        return parse_column(
            self.grid.cells[letter][data],
            self.grid.cells[letter + KIND_SUFFIX][data],
            field,
            self.context,
            multiple=multiple,
            merged=merged,
            knows_merges=self.grid.knows_merges,
        )

    def _merged_continuations(self, letter: str, data: pl.Series) -> pl.Series:
        """Tell for each data row whether the column's cell is the lower part of a merged one."""
        at = column_index(letter)
        top_row, end_row = self.layout.positions
        covered: set[int] = set()
        for top, left, bottom, right in self.grid.merged:
            if bottom > top and left <= at <= right:
                first, last = top + 2 - self.grid.first_row, bottom + 1 - self.grid.first_row
                covered.update(range(max(first, top_row), min(last + 1, end_row)))
                if len(covered) == end_row - top_row:
                    break
        return data.is_in(list(covered))

    # Changes -------------------------------------------------------------------------

    def clear_cache(self) -> None:
        """Let go of the parsed columns; a large upload would hold them beside its frame."""
        self._cache.clear()

    def with_layout(self, layout: Layout) -> Self:
        """Return the table with another layout of the same rows."""
        return dataclasses.replace(self, layout=layout)

    def with_findings(self, findings: Iterable[Finding]) -> Self:
        """Return the table with further findings behind those it has."""
        return dataclasses.replace(self, findings=(*self.findings, *findings))

    def map_column(self, letter: str, name: str) -> Self:
        """Return the table with a column read as a field, whatever it was read as before."""
        field = self.spec.field(name)
        return self.with_layout(self.layout.with_column(letter, name, self.multiple(letter, field)))

    def add_column(self, heading: str, name: str, texts: Sequence[str]) -> Self:
        """Return the table with a new column of texts, one for each row of the grid.

        It is read as the field `name`; the columns it is made of (`heading` joins theirs by
        COMBINED) no longer count as unknown.
        """
        letter = column_letter(max(map(column_index, self.grid.letters)) + 1)
        kinds = [TEXT if text else EMPTY for text in texts]
        cells = self.grid.cells.with_columns(
            pl.Series(letter, texts, dtype=pl.String),
            pl.Series(letter + KIND_SUFFIX, kinds, dtype=pl.UInt8),
        )
        layout = self.layout.with_heading(letter, heading).with_column(letter, name, Decimal(1))
        return dataclasses.replace(
            self, grid=dataclasses.replace(self.grid, cells=cells), layout=layout
        )


def _first_rows(column: ParsedColumn, rows: int) -> ParsedColumn:
    problems = [problem for problem in column.problems if problem[0] < rows]
    return ParsedColumn(column.values.head(rows), problems)
