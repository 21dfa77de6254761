"""A series: one indicator, breakdown and category, of a branch's subtree or of it alone."""

import dataclasses

from redcross.branches.models import Branch
from redcross.indicators.declare.declaration import Indicator


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """What a value is computed of, whatever the period."""

    indicator: Indicator
    breakdown: str
    category: str
    branch: Branch
    own: bool

    @property
    def key(self) -> tuple[str, str]:
        """Indicator key and breakdown, as fetched data are filed."""
        return self.indicator.key, self.breakdown

    def contains(self, code: str) -> bool:
        """Whether records of the branch with this code belong to the series."""
        return code == self.branch.code if self.own else code.startswith(self.branch.code)
