"""What is detected of a worksheet, as values: its tables, and the totals printed in them."""

import dataclasses
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Self

import polars as pl

COMBINED = "＋"
"""Stands between the headings of the columns that a combined column is made of."""


@dataclasses.dataclass(frozen=True, slots=True)
class TotalRow:
    """A printed total: its Excel row, and its frame position."""

    row: int
    position: int
    label: str
    is_part: bool  # 小计: of the rows since the last one
    precedes_rows: bool = False  # 一、单位 with its sum: of the rows that follow
    column: str = ""  # where the sum stands by itself, outside the table's columns


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """One table of a worksheet as detected."""

    worksheet: str
    heading_rows: tuple[int, ...]
    columns: Mapping[str, str]  # letter → field
    headings: Mapping[str, str]  # letter → printed heading, levels joined by ／
    unknown: tuple[str, ...]  # headings that are read as no field
    missing: tuple[str, ...]  # required fields the whole table lacks
    multiples: Mapping[str, Decimal]  # letter → what its numbers are multiplied by
    unit: str  # the unit of the table as printed, "" where none is
    positions: tuple[int, int]  # half-open range of frame rows below the heading
    data: pl.Series  # frame positions of data rows
    totals: tuple[TotalRow, ...]
    proposals: Mapping[str, tuple[str, int]]  # unknown heading → (field, score)
    declined: tuple[str, ...] = ()  # headings people marked as none of the sheet's columns
    similar: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Letter → field, of the columns whose heading is only similar to the field's words."""
    answerable: tuple[str, ...] = ()
    """Fields without a column that the uploader may fill in for the whole table."""

    @property
    def by_heading(self) -> dict[str, str]:
        """Printed heading → field, as the command answers."""
        return {self.headings[letter]: field for letter, field in self.columns.items()}

    def with_column(self, letter: str, name: str, multiple: Decimal) -> Self:
        """Read a column as a field: it is no longer unknown, nor the field missing."""
        headings = {self.headings[letter], *self.headings[letter].split(COMBINED)}
        return dataclasses.replace(
            self,
            columns={**self.columns, letter: name},
            multiples={**self.multiples, letter: multiple},
            unknown=tuple(heading for heading in self.unknown if heading not in headings),
            missing=tuple(field for field in self.missing if field != name),
            proposals={
                heading: proposal
                for heading, proposal in self.proposals.items()
                if heading not in headings
            },
        )

    def with_heading(self, letter: str, heading: str) -> Self:
        """Name a column that the worksheet itself does not have."""
        return dataclasses.replace(self, headings={**self.headings, letter: heading})

    def without(self, letters: Collection[str], *, is_unknown: bool = True) -> Self:
        """Leave columns unread, and list them as unknown unless another one replaces them."""
        dropped = [self.headings[letter] for letter in letters] if is_unknown else []
        return dataclasses.replace(
            self,
            columns={at: name for at, name in self.columns.items() if at not in letters},
            unknown=(*self.unknown, *dropped),
        )
