"""What one can ask of an indicator, and the figure that answers it: plain values."""

import dataclasses
import datetime as dt
from decimal import Decimal

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.indicators.choices import FigureOrigin
from redcross.indicators.declare.declaration import Indicator
from redcross.periods import Period

BRANCH, MONTH = "branch", "month"


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """A question about one indicator: by default one figure of a branch's whole subtree.

    `own` limits it to the branch alone, `level` to the own values of the branches of a
    level below it. `by` may hold branch, month and one breakdown; `category` is one
    category of that breakdown, or several joined by +, whose values are added.
    """

    indicator: Indicator
    period: Period
    branch: Branch
    own: bool = False
    level: str = ""
    by: tuple[str, ...] = ()
    category: str | None = None

    @property
    def breakdown(self) -> str:
        """The name of the breakdown, "" for the total."""
        return next((name for name in self.by if name not in (BRANCH, MONTH)), "")


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One value as every screen and report shows it, with its origin and remarks."""

    indicator: Indicator
    period: Period
    branch: Branch
    own: bool
    value: Decimal | None
    origin: FigureOrigin
    level: str = ""
    month: dt.date | None = None
    breakdown: str = ""
    category_key: str = ""
    category: str = ""
    qualifier: str = ""
    note: str = ""
    reason: str = ""
    """Why there is no value, or why it is hidden."""
    missing: tuple[str, ...] = ()
    hidden: bool = False
    """Whether there is a value which this reader may not see."""

    @property
    def unit(self) -> str:
        """The unit as it is written behind the value."""
        return str(self.indicator.unit.label)


def parse_level(name: str) -> str:
    """Return the level a command's word means; raise KeyError."""
    return Level[name.upper()].value
