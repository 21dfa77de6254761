"""What is recognised of a worksheet, as values: its tables, and the totals printed in them."""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Self

import polars as pl


@dataclasses.dataclass(frozen=True, slots=True)
class TotalRow:
    """A printed total: its Excel row, and its frame position."""

    row: int
    position: int
    label: str
    is_part: bool  # 小计: of the rows since the last one
    heads: bool = False  # 一、单位 with its sum: of the rows that follow
    column: str = ""  # where the sum stands by itself, outside the table's columns


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """One table of a worksheet as recognised."""

    worksheet: str
    heading_rows: tuple[int, ...]
    columns: Mapping[str, str]  # letter → field
    headings: Mapping[str, str]  # letter → printed heading, levels joined by ／
    unknown: tuple[str, ...]  # headings nothing is known of
    missing: tuple[str, ...]  # required fields the whole table lacks
    multiples: Mapping[str, Decimal]  # letter → what its numbers are multiplied by
    unit: str  # the unit of the table as printed, "" where none is
    positions: tuple[int, int]  # half-open range of frame rows below the heading
    data: pl.Series  # frame positions of data rows
    totals: tuple[TotalRow, ...]
    proposals: Mapping[str, tuple[str, int]]  # unknown heading → (field, score)
    declined: tuple[str, ...] = ()  # headings people said are none of the sheet's columns
    nearly: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Letter → field, of the columns that are only nearly called so."""
    unsaid: tuple[str, ...] = ()  # fields without a column that a person may fill in for all

    @property
    def by_heading(self) -> dict[str, str]:
        """Printed heading → field, as the command answers."""
        return {self.headings[letter]: field for letter, field in self.columns.items()}

    def without(self, letters: Sequence[str]) -> Self:
        """Leave columns unread, and say so among what is unknown."""
        return dataclasses.replace(
            self,
            columns={each: name for each, name in self.columns.items() if each not in letters},
            unknown=(*self.unknown, *(self.headings[each] for each in letters)),
        )
