"""Cells of a suppression table: a value and the people behind it, and when both are large."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, TypeVar

MIN_CELL: Final = 5
OWN_MARK, REST_MARK = ".", "~"
"""Behind a branch's code: its own records; what a higher figure contains beyond those below."""

CellTotal = tuple[Decimal, Decimal]
"""The value of a cell, and how many people or records are counted in it."""
LeafCells = Mapping[tuple[str, dt.date], CellTotal]
"""(node with a mark, month) → cell."""
EMPTY_CELL: Final[CellTotal] = (Decimal(0), Decimal(0))
K = TypeVar("K")


def add_cells(*cells: CellTotal) -> CellTotal:
    """Return the sum of cells."""
    return (
        sum((value for value, _ in cells), Decimal(0)),
        sum((people for _, people in cells), Decimal(0)),
    )


def is_empty(cell: CellTotal) -> bool:
    """Whether a cell has neither a value nor people."""
    return not cell[0] and not cell[1]


def is_large(cell: CellTotal) -> bool:
    """Whether a cell has at least `MIN_CELL` by its value and by its people."""
    return min(abs(cell[0]), abs(cell[1])) >= MIN_CELL


def is_publishable(cell: CellTotal) -> bool:
    """Whether a cell is empty or large."""
    return is_empty(cell) or is_large(cell)


def cell_size(cell: CellTotal) -> Decimal:
    """Return the smaller of value and people, the larger where the smaller is 0."""
    return min(abs(cell[0]), abs(cell[1])) or max(abs(cell[0]), abs(cell[1]))


def pack_neighbours(items: Iterable[tuple[K, CellTotal]]) -> list[list[K]]:
    """Join neighbours until each group is publishable; the rest at the end joins the last group.

    No group at all where everything together is small.
    """
    groups: list[list[K]] = []
    open_group: list[K] = []
    total = EMPTY_CELL
    for key, cell in items:
        open_group.append(key)
        total = add_cells(total, cell)
        if not is_empty(total) and is_publishable(total):
            groups.append(open_group)
            open_group, total = [], EMPTY_CELL
    if open_group and groups:
        groups[-1] += open_group
    elif open_group and is_empty(total):
        groups.append(open_group)
    return groups
