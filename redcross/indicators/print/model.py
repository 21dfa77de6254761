"""A report for printing: a title, remarks, and tables of figures with their charts."""

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from redcross.indicators.query.question import Figure

PrintCell = str | Figure


@dataclasses.dataclass(frozen=True, slots=True)
class TablePage:
    """One table with its heading, and how its figures are drawn, if they are."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[PrintCell]]
    chart: Literal["", "line", "bar"] = ""
    rows_outside_chart: int = 0
    """How many of the last rows the chart leaves out: 本级 is not one of its own branches."""

    @property
    def charted_rows(self) -> Sequence[Sequence[PrintCell]]:
        """The rows that the chart shows."""
        return self.rows[: len(self.rows) - self.rows_outside_chart]

    @property
    def charted_columns(self) -> list[int]:
        """The columns that the chart shows: all figures as lines, or the first as bars."""
        columns = [index for index, cell in enumerate(self.rows[0]) if isinstance(cell, Figure)]
        return columns if self.chart == "line" else columns[:1]


@dataclasses.dataclass(frozen=True, slots=True)
class PrintReport:
    """What is printed: a title, remarks on the figures, and tables."""

    title: str
    remarks: tuple[str, ...]
    """Lines below the title: cut-off, missing branches, the notice of the demonstration."""
    pages: tuple[TablePage, ...]


def cell_value(cell: PrintCell) -> Decimal | None:
    """Return the value of a figure; None for a text and for a figure without a value."""
    return None if isinstance(cell, str) else cell.value
