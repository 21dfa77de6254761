"""What other apps declare about period locks, in their module `period_locks.py`.

The tables whose rows a lock protects, and how many uploads lie in the months of a lock.
"""

import dataclasses
from collections.abc import Callable, Iterable
from typing import NamedTuple, Self

from redcross.branches.models import Branch
from redcross.discovery import DeclarationList
from redcross.periods import Period


class GuardedTable(NamedTuple):
    """A table of branch-owned rows, the domain of its locks, and the column with the date."""

    table: str
    domain: str
    date_column: str


@dataclasses.dataclass(frozen=True, slots=True)
class LockImpact:
    """Numbers of uploads in the months to be locked or unlocked."""

    effective: int = 0
    rows: int = 0
    """Rows of the effective uploads."""
    waiting: int = 0
    in_work: int = 0

    def __add__(self, other: Self) -> Self:
        return dataclasses.replace(
            self,
            effective=self.effective + other.effective,
            rows=self.rows + other.rows,
            waiting=self.waiting + other.waiting,
            in_work=self.in_work + other.in_work,
        )


guarded_tables: DeclarationList[Callable[[], Iterable[GuardedTable]]] = DeclarationList(
    module="period_locks"
)
impact_counters: DeclarationList[Callable[[str, Branch, Period], LockImpact]] = DeclarationList(
    module="period_locks"
)
"""Domain ("" for all), branch with its subtree, months → impact."""


def measure_lock_impact(domain: str, branch: Branch, period: Period) -> LockImpact:
    """Return what lies in the months of a subtree, in one domain or in all ("")."""
    return sum((count(domain, branch, period) for count in impact_counters), LockImpact())
