"""What parsing returns: the tables of a workbook, their rows together, the findings."""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

import polars as pl

from redcross.uploads.parsing.preview_rows import PreviewRow
from redcross.uploads.schema.findings import Finding
from redcross.uploads.schema.import_spec import NUMERIC_KINDS
from redcross.uploads.tables.layout import Layout
from redcross.uploads.tables.table import Table
from redcross.uploads.validation.total_checks import TotalCheck


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedTable:
    """One table of a workbook as read."""

    layout: Layout
    rows: int
    sums: Mapping[str, Decimal]
    """Field → the sum of its numbers, in the stored unit."""
    total_checks: Sequence[TotalCheck]

    @classmethod
    def from_table(cls, table: Table, total_checks: Sequence[TotalCheck]) -> Self:
        """Summarise a table after all passes."""
        sums = {
            name: _sum(table.frame[name])
            for name in table.layout.columns.values()
            if table.spec.field(name).kind in NUMERIC_KINDS
        }
        return cls(table.layout, table.frame.height, sums, total_checks)

    def without_rows(self) -> Self:
        """Return it without rows: they stand in another table too."""
        sums = dict.fromkeys(self.sums, Decimal(0))
        return dataclasses.replace(self, rows=0, sums=sums, total_checks=())

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it."""
        layout = self.layout
        return {
            "worksheet": layout.worksheet,
            "heading_rows": list(layout.heading_rows),
            "unit": layout.unit,
            "columns": layout.by_heading,
            "unknown": list(layout.unknown),
            "layout": [
                {
                    "heading": heading,
                    "letter": letter,
                    "field": layout.columns.get(letter, ""),
                    "multiple": f"{layout.multiples.get(letter, Decimal(1)):f}",
                }
                for letter, heading in layout.headings.items()
            ],
            "unsaid": list(layout.answerable),
            "nearly": {layout.headings[letter]: name for letter, name in layout.similar.items()},
            "proposals": {heading: field for heading, (field, _) in layout.proposals.items()},
            "rows": self.rows,
            "sums": {name: f"{value:f}" for name, value in self.sums.items()},
            "total_checks": [
                {
                    "worksheet": check.worksheet,
                    "field": check.field,
                    "row": check.row,
                    "printed": f"{check.printed:f}",
                    "read": f"{check.read:f}",
                    "agrees": check.agrees,
                }
                for check in self.total_checks
            ],
        }


def _sum(values: pl.Series) -> Decimal:
    total = values.sum()
    return Decimal(0) if total is None else Decimal(total)


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedWorkbook:
    """Everything a workbook holds: its tables, their rows together, the findings."""

    tables: tuple[ParsedTable, ...]
    frame: pl.DataFrame
    """The sheet's fields that any table has, `worksheet` and `row`."""
    findings: tuple[Finding, ...]
    lines: tuple[PreviewRow, ...] = ()
    """The first rows and those in doubt, as they stood and as they were read."""
