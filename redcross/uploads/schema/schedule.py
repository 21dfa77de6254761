"""When a sheet is due: monthly, quarterly, half-yearly, yearly, by level of branch."""

import dataclasses

from redcross.branches.choices import Level


@dataclasses.dataclass(frozen=True, slots=True)
class Monthly:
    """Due each month, on the given day of the next one."""

    day: int
    months: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Quarterly:
    """Due each quarter, on the given day of the month after it."""

    day: int
    months: int = 3


@dataclasses.dataclass(frozen=True, slots=True)
class HalfYearly:
    """Due each half-year, on the given day of the month after it."""

    day: int
    months: int = 6


@dataclasses.dataclass(frozen=True, slots=True)
class Yearly:
    """Due each year, on the given day of the given month of the next one."""

    day: int
    month: int = 1
    months: int = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """Who owes the sheet, and when."""

    level: Level
    calendar: Monthly | Quarterly | HalfYearly | Yearly
